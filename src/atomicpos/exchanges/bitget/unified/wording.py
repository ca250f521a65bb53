"""Bitget's unified account, in the words of ``writes``, ``queries`` and ``parse``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from atomicpos.models import MICROSECONDS, Fill, MarginMode, PositionMode
from atomicpos.ports import CancelOrder, PlaceOrder, ReadFailed

from ... import frames
from ...bycontract.cells import acknowledged
from ...bycontract.contract import Contract, Unspeakable
from ...bycontract.wording import Rows, Terms, Wording
from ...fields import Row, must, price, text, whole
from ...paging import Listing
from ...refusals import Code
from ...transport import Ask, Exchanged
from .. import words
from ..parse import margin_mode
from ..refusal_codes import BITGET_REFUSALS
from . import parse, queries, writes


class UnifiedWording(Wording):
    """One account for all products; stops are strategy orders beside the orders."""

    credentials = ("apiKey", "secret", "password")
    rows: ClassVar[Rows] = parse
    refusals = BITGET_REFUSALS
    triggers = parse.TRIGGERS
    window_us = 7 * 24 * 3600 * MICROSECONDS

    def read_code(self, said: Row) -> tuple[Code | None, str]:
        return whole(said.get("code")), str(said.get("msg") or "")

    def key_ask(self, view: Any) -> Ask:
        return queries.settings()

    def account_id(self, exchanged: Exchanged, view: Any) -> str | None:
        return text(acknowledged(exchanged), "uid")

    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        return (queries.settings(),)

    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        """A symbol that was never set up is not listed: its margin mode and leverage are not said then."""
        row = frames.row(exchanged[0], "settings", "data")
        mode = words.POSITION_MODES.get(text(row, "holdMode") or "")
        if mode is None:
            raise ReadFailed("settings: the position mode is not said", exchanged[0].raw)
        listed = row.get("symbolConfigList")
        asked = (words.product(contract.settle), contract.id)
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and (each.get("category"), each.get("symbol")) == asked:
                return Terms(mode, margin_mode(each), price(each, "leverage"))
        return Terms(mode)

    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
        if terms.position_mode is not PositionMode.ONE_WAY:
            raise Unspeakable("the account is in hedge mode; switch it to one-way mode")
        if request.trigger_price is None:
            rides = request.attached_stop
            return writes.order(request, contract, "" if rides is None else self.trigger(rides.trigger_by))
        return writes.stop(request, request.trigger_price, self.trigger(request.trigger_by), contract)

    def cancel(self, request: CancelOrder, contract: Contract) -> Ask:
        return writes.cancel(request)

    def placed(self, exchanged: Exchanged) -> str | None:
        return text(acknowledged(exchanged), "orderId")

    def cancelled(self, exchanged: Exchanged) -> bool:
        """The reply to a stop's names nothing (documented: data is null): its return code is all there is."""
        return isinstance(exchanged.reply, dict) and "data" in exchanged.reply

    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask:
        return writes.leverage(contract, leverage)

    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask:
        raise Unspeakable("how a unified Bitget account sets a symbol's margin mode is not documented: set it there")

    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        return (
            queries.by_client_oid(contract, client_order_id),
            queries.stops(contract.settle, contract=contract),
            queries.past_stops(contract),
        )

    def waiting_stops(self, contract: Contract) -> Listing[Row]:
        return queries.stops(contract.settle, contract=contract)

    def past_stop(self, contract: Contract, exchange_order_id: str) -> Listing[Row]:
        return queries.past_stops(contract)

    def position_rows(self, contract: Contract) -> Listing[Row]:
        return queries.positions(contract.settle, contract)

    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(contract.settle, start_us, end_us, contract),)

    def fill(self, row: Row, contract: Contract) -> Fill:
        return parse.fill(row, contract)

    def mark_rows(self, contract: Contract) -> Listing[Row]:
        return queries.ticker(contract)

    def mark(self, row: Row, contract: Contract) -> Decimal:
        return must(row, "markPrice")

    def all_positions(self, settle: str) -> Listing[Row]:
        return queries.positions(settle)

    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        return queries.orders(settle), queries.stops(settle), queries.stops(settle, "trigger")

    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(settle, start_us, end_us),)

    def market_id(self, row: Row) -> str:
        return words.symbol(row)
