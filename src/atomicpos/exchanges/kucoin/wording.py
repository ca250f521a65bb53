"""KuCoin futures, in the words of ``writes``, ``queries`` and ``parse``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from atomicpos.errors import NotReady
from atomicpos.models import MICROSECONDS, Fill, MarginMode, PositionMode
from atomicpos.ports import CancelOrder, PlaceOrder, ReadFailed

from .. import frames
from ..bycontract.cells import acknowledged
from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Rows, Terms, Wording
from ..fields import Row, must, price, text, whole
from ..paging import Listing
from ..refusals import Code
from ..transport import Ask, Exchanged
from . import parse, queries, words, writes
from .refusal_codes import KUCOIN_REFUSALS

SUCCESS = 200000


class KucoinWording(Wording):
    """Whole contracts, and a leverage that goes with each order in isolated margin."""

    credentials = ("apiKey", "secret", "password")
    rows: ClassVar[Rows] = parse
    refusals = KUCOIN_REFUSALS
    triggers = words.TRIGGERS
    window_us = 7 * 24 * 3600 * MICROSECONDS

    def read_code(self, said: Row) -> tuple[Code | None, str]:
        code = whole(said.get("code"))
        return 0 if code == SUCCESS else code, str(said.get("msg") or "")

    def key_ask(self, view: Any) -> Ask:
        """A unified account answers at other endpoints, which have no profile."""
        if view.options.get("uta") is True:
            raise NotReady("the ccxt client is set to a unified KuCoin account (options uta), which has no profile")
        return queries.account()

    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        return queries.position_mode(), queries.margin_mode(contract), queries.cross_leverage(contract)

    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        mode = whole(frames.row(exchanged[0], "position mode", "data").get("positionMode"))
        margin = parse.margin_mode(frames.row(exchanged[1], "margin mode", "data"))
        if mode not in words.POSITION_MODES or margin is None:
            raise ReadFailed("the position mode or the margin mode is not said", exchanged[1].raw)
        leverage = None
        if margin is MarginMode.CROSS:
            leverage = price(frames.row(exchanged[2], "cross leverage", "data"), "leverage")
        return Terms(words.POSITION_MODES[mode], margin, leverage)

    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
        if terms.position_mode is not PositionMode.ONE_WAY:
            raise Unspeakable("the account is in hedge mode; switch it to one-way mode")
        rides = request.attached_stop
        trigger_by = request.trigger_by if rides is None else rides.trigger_by
        by = "" if request.trigger_price is None and rides is None else self.trigger(trigger_by)
        return writes.order(request, by, contract, terms)

    def cancel(self, request: CancelOrder, contract: Contract) -> Ask:
        return writes.cancel(request, contract)

    def placed(self, exchanged: Exchanged) -> str | None:
        return text(acknowledged(exchanged), "orderId")

    def cancelled(self, exchanged: Exchanged) -> bool:
        data = acknowledged(exchanged)
        return bool(data.get("cancelledOrderIds")) or text(data, "clientOid") is not None

    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask | None:
        return writes.cross_leverage(contract, leverage) if terms.margin_mode is MarginMode.CROSS else None

    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask:
        return writes.margin_mode(contract, mode)

    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        return queries.by_client_oid(contract, client_order_id), queries.stops(contract)

    def waiting_stops(self, contract: Contract) -> Listing[Row]:
        return queries.stops(contract)

    def past_stop(self, contract: Contract, exchange_order_id: str) -> Listing[Row]:
        return queries.by_order_id(contract, exchange_order_id)

    def position_rows(self, contract: Contract) -> Listing[Row]:
        return queries.position(contract)

    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(start_us, end_us, contract),)

    def fill(self, row: Row, contract: Contract) -> Fill | None:
        return parse.fill(row, contract)

    def mark_rows(self, contract: Contract) -> Listing[Row]:
        return queries.mark(contract)

    def mark(self, row: Row, contract: Contract) -> Decimal:
        return must(row, "value")

    def all_positions(self, settle: str) -> Listing[Row]:
        return queries.positions()

    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        return queries.active_orders(), queries.stops()

    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(start_us, end_us),)

    def market_id(self, row: Row) -> str:
        name = text(row, "symbol")
        if name is None:
            raise ReadFailed("a row names no symbol")
        return name
