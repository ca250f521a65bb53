"""Hyperliquid perpetuals, in the words of ``writes``, ``queries`` and ``parse``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from atomicpos.errors import NotReady
from atomicpos.models import MICROSECONDS, Fill, MarginMode, PositionMode
from atomicpos.ports import CancelOrder, PlaceOrder, ReadFailed

from .. import frames
from ..bycontract.cells import ident
from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Rows, Terms, Wording
from ..fields import Row, inner, must, price, text
from ..paging import Listing
from ..refusals import Code
from ..transport import Ask, Exchanged
from . import parse, queries, words, writes
from .refusal_codes import ERROR, HYPERLIQUID_REFUSALS
from .signing import Signer

_OTHERS_ACCOUNT = ("vaultAddress", "subAccountAddress")


class HyperliquidWording(Wording):
    """Actions signed with the account's own key, ids of 128 bits, and a worst price on every order."""

    credentials = ("walletAddress", "privateKey")
    rows: ClassVar[Rows] = parse
    refusals = HYPERLIQUID_REFUSALS
    triggers = words.TRIGGERS
    window_us = 30 * 24 * 3600 * MICROSECONDS
    priced = True

    def __init__(self) -> None:
        self._signer = Signer()
        self._user = ""

    def read_code(self, said: Row) -> tuple[Code | None, str]:
        """An error stands under ``response``, ``error``, or among the statuses of a reply that says ok."""
        word = said.get("status")
        if word == queries.UNKNOWN_ORDER:
            return queries.UNKNOWN_ORDER, ""
        sentence = said.get("response") if word == "err" else said.get("error")
        for status in _statuses(said):
            if isinstance(status, dict) and status.get("error"):
                sentence = status["error"]
        if sentence or word == "err":
            return ERROR, str(sentence or "")
        return (0, "") if said else (None, "")

    def key_ask(self, view: Any) -> Ask:
        """Every read is public: a wrong key shows only when something is signed with it."""
        if any(view.options.get(name) for name in _OTHERS_ACCOUNT):
            raise NotReady(f"the ccxt client acts for another account ({' or '.join(_OTHERS_ACCOUNT)}), which has "
                           "no profile")  # fmt: skip
        self._user = str(view.walletAddress)
        return queries.account()

    def account_id(self, exchanged: Exchanged, view: Any) -> str | None:
        return str(view.walletAddress).lower()

    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        return (queries.terms(contract),)

    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        row = frames.row(exchanged[0], "asset")
        leverage = inner(row, "leverage")
        return Terms(PositionMode.ONE_WAY, parse.margin_mode(leverage), price(leverage, "value"), must(row, "markPx"))

    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
        if request.trigger_price is not None:
            self.trigger(request.trigger_by)
        return self._signer.ask(writes.order(request, contract, terms))

    def cancel(self, request: CancelOrder, contract: Contract) -> Ask:
        return self._signer.ask(writes.cancel(request, contract))

    def placed(self, exchanged: Exchanged) -> str | None:
        """A stop that waits for its trigger may be answered without an id: it is looked up by ours then."""
        for status in _statuses(exchanged.reply):
            for word in ("resting", "filled"):
                if isinstance(status, dict) and isinstance(status.get(word), dict):
                    return ident(status[word], "oid")
        return None

    def cancelled(self, exchanged: Exchanged) -> bool:
        return _statuses(exchanged.reply) == ["success"]

    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask:
        if terms.margin_mode is None:
            raise Unspeakable("leverage is set together with the margin mode, and that is not known")
        return self._signer.ask(writes.leverage(contract, leverage, terms.margin_mode))

    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask:
        if terms.leverage is None:
            raise Unspeakable("the margin mode is set together with a leverage, and that is not known")
        return self._signer.ask(writes.leverage(contract, terms.leverage, mode))

    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        try:
            return queries.by_cloid(contract, client_order_id), queries.open_orders(contract)
        except Unspeakable as why:
            raise ReadFailed(str(why)) from None

    def position_rows(self, contract: Contract) -> Listing[Row]:
        return queries.positions(contract)

    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(start_us, end_us, contract),)

    def fill(self, row: Row, contract: Contract) -> Fill:
        return parse.fill(row, contract, self._user)

    def mark_rows(self, contract: Contract) -> Listing[Row]:
        return queries.asset(contract)

    def mark(self, row: Row, contract: Contract) -> Decimal:
        return must(row, "markPx")

    def all_positions(self, settle: str) -> Listing[Row]:
        return queries.positions()

    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        return (queries.open_orders(),)

    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(start_us, end_us),)

    def market_id(self, row: Row) -> str:
        inside = inner(row, "order") or inner(row, "position") or row
        name = text(inside, "coin")
        if name is None:
            raise ReadFailed("a row names no coin")
        return name


def _statuses(said: object) -> list[Any]:
    """The statuses of what an action asked for; none in any other reply."""
    response = said.get("response") if isinstance(said, dict) else None
    data = response.get("data") if isinstance(response, dict) else None
    statuses = data.get("statuses") if isinstance(data, dict) else None
    return statuses if isinstance(statuses, list) else []
