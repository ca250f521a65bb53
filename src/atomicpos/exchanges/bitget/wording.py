"""Bitget's classic futures, in the words of ``writes``, ``queries`` and ``parse``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

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
from .refusal_codes import BITGET_REFUSALS


class BitgetWording(Wording):
    """Sizes in the base asset, and stops that are plans beside the orders."""

    credentials = ("apiKey", "secret", "password")
    rows: ClassVar[Rows] = parse
    refusals = BITGET_REFUSALS
    triggers = words.TRIGGERS
    window_us = 7 * 24 * 3600 * MICROSECONDS
    cancels_by_row = True

    def read_code(self, said: Row) -> tuple[Code | None, str]:
        return whole(said.get("code")), str(said.get("msg") or "")

    def key_ask(self, view: Any) -> Ask:
        """A unified account refuses the classic endpoints (code 40085), with a sentence that says so."""
        return queries.accounts()

    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        return (queries.account(contract),)

    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        row = frames.row(exchanged[0], "account", "data")
        mode = words.POSITION_MODES.get(text(row, "posMode") or "")
        margin = parse.margin_mode(row)
        if mode is None or margin is None:
            raise ReadFailed("account: the position mode or the margin mode is not said", exchanged[0].raw)
        if margin is MarginMode.CROSS:
            return Terms(mode, margin, price(row, "crossedMarginLeverage"))
        both = {price(row, "isolatedLongLever"), price(row, "isolatedShortLever")}
        return Terms(mode, margin, both.pop() if len(both) == 1 else None)

    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
        if terms.position_mode is not PositionMode.ONE_WAY:
            raise Unspeakable("the account is in hedge mode; switch it to one-way mode")
        if request.trigger_price is None:
            return writes.order(request, contract, terms)
        return writes.stop(request, request.trigger_price, self.trigger(request.trigger_by), contract)

    def cancel(self, request: CancelOrder, contract: Contract) -> Ask:
        return writes.cancel(request, contract)

    def cancel_listed(self, request: CancelOrder, row: Row | None, contract: Contract) -> Ask:
        return writes.cancel_preset(request, None if row is None else text(row, "planType"), contract)

    def placed(self, exchanged: Exchanged) -> str | None:
        return text(acknowledged(exchanged), "orderId")

    def cancelled(self, exchanged: Exchanged) -> bool:
        """A plan's reply lists what was cancelled and what was not."""
        data = acknowledged(exchanged)
        if "successList" in data or "failureList" in data:
            return bool(data.get("successList")) and not data.get("failureList")
        return text(data, "orderId") is not None or text(data, "clientOid") is not None

    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask:
        return writes.leverage(contract, leverage)

    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask:
        return writes.margin_mode(contract, mode)

    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        return (
            queries.detail(contract, clientOid=client_order_id),
            queries.plans(contract.settle, queries.TPSL, contract),
            queries.past_stops(contract),
        )

    def waiting_stops(self, contract: Contract) -> Listing[Row]:
        return queries.plans(contract.settle, queries.TPSL, contract)

    def past_stop(self, contract: Contract, exchange_order_id: str) -> Listing[Row]:
        return queries.past_stops(contract, orderId=exchange_order_id)

    def made_by(self, row: Row, contract: Contract) -> Listing[Row] | None:
        order_id = parse.became(row)
        return None if order_id is None else queries.detail(contract, orderId=order_id)

    def position_rows(self, contract: Contract) -> Listing[Row]:
        return queries.position(contract)

    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(contract.settle, start_us, end_us, contract),)

    def fill(self, row: Row, contract: Contract) -> Fill:
        return parse.fill(row, contract)

    def mark_rows(self, contract: Contract) -> Listing[Row]:
        return queries.mark(contract)

    def mark(self, row: Row, contract: Contract) -> Decimal:
        return must(row, "markPrice")

    def all_positions(self, settle: str) -> Listing[Row]:
        return queries.positions(settle)

    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        return (
            queries.pending(settle),
            queries.plans(settle, queries.TPSL),
            queries.plans(settle, "normal_plan"),
        )

    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(settle, start_us, end_us),)

    def market_id(self, row: Row) -> str:
        return words.symbol(row)
