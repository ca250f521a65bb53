"""Gate perpetuals, in the words of ``writes``, ``queries`` and ``parse``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from atomicpos.models import MICROSECONDS, Fill, MarginMode, PositionMode
from atomicpos.ports import CancelOrder, PlaceOrder, ReadFailed

from .. import frames
from ..bycontract.cells import ident, one_page
from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Rows, Terms, Wording
from ..fields import Row, flag, must
from ..paging import Listing
from ..refusals import Code
from ..transport import Ask, Exchanged
from . import parse, queries, words, writes
from .refusal_codes import GATE_REFUSALS


class GateWording(Wording):
    """Labels instead of codes, contracts as signed sizes, and our ids behind ``t-``."""

    rows: ClassVar[Rows] = parse
    refusals = GATE_REFUSALS
    triggers = words.TRIGGERS
    leverage_unchanged: ClassVar[frozenset[Code]] = frozenset({"NO_CHANGE"})
    margin_mode_unchanged: ClassVar[frozenset[Code]] = frozenset({"NO_CHANGE"})
    window_us = 7 * 24 * 3600 * MICROSECONDS
    resolution_us = MICROSECONDS

    def read_code(self, said: Row) -> tuple[Code | None, str]:
        label = said.get("label")
        if isinstance(label, str) and label:
            return label, str(said.get("message") or said.get("detail") or "")
        return (0, "") if said else (None, "")

    def key_ask(self, view: Any) -> Ask:
        return queries.account("usdt")

    def account_id(self, exchanged: Exchanged, view: Any) -> str | None:
        return ident(exchanged.reply, "user") if isinstance(exchanged.reply, dict) else None

    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        return queries.account(contract.settle), queries.position(contract)

    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        dual = flag(frames.row(exchanged[0], "account"), "in_dual_mode")
        if dual is None:
            raise ReadFailed("account: it does not say whether it is in dual mode", exchanged[0].raw)
        if dual:
            return Terms(PositionMode.HEDGE)
        if exchanged[1].code == queries.NO_POSITION:
            return Terms(PositionMode.ONE_WAY)
        view = parse.position(frames.row(exchanged[1], "position"), contract)
        return Terms(PositionMode.ONE_WAY, view.margin_mode, view.leverage)

    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
        if terms.position_mode is not PositionMode.ONE_WAY:
            raise Unspeakable("gate is in dual mode, where an order says otherwise which side it closes")
        if request.trigger_price is None:
            return writes.order(request, contract)
        return writes.stop(request, request.trigger_price, self.trigger(request.trigger_by), contract)

    def cancel(self, request: CancelOrder, contract: Contract) -> Ask:
        return writes.cancel(request, contract)

    def placed(self, exchanged: Exchanged) -> str | None:
        return ident(exchanged.reply, "id") if isinstance(exchanged.reply, dict) else None

    def cancelled(self, exchanged: Exchanged) -> bool:
        return self.placed(exchanged) is not None

    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask:
        return writes.leverage(contract, leverage, terms.margin_mode is not MarginMode.ISOLATED)

    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask:
        if terms.leverage is None:
            raise Unspeakable("gate sets the margin mode together with a leverage, and none is known: give leverage=")
        return writes.leverage(contract, terms.leverage, mode is MarginMode.CROSS)

    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        return (
            queries.by_text(contract, client_order_id),
            queries.stops(contract.settle, "open", contract),
            queries.stops(contract.settle, "finished", contract),
            queries.past_orders(contract, now_us),
        )

    def made_by(self, row: Row, contract: Contract) -> Listing[Row] | None:
        order_id = parse.became(row)
        return None if order_id is None else queries.by_id(contract, order_id)

    def position_rows(self, contract: Contract) -> Listing[Row]:
        def rows(exchanged: Exchanged) -> list[Row]:
            if exchanged.code == queries.NO_POSITION:
                return []
            found = [frames.row(exchanged, "position")]
            return frames.only(found, {"contract": contract.id}, exchanged, "position")

        return one_page("position", queries.position(contract), rows)

    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(contract.settle, start_us, end_us, contract),)

    def fill(self, row: Row, contract: Contract) -> Fill:
        return parse.fill(row, contract)

    def mark_rows(self, contract: Contract) -> Listing[Row]:
        def rows(exchanged: Exchanged) -> list[Row]:
            return frames.only([frames.row(exchanged, "mark price")], {"name": contract.id}, exchanged, "mark price")

        return one_page("mark price", queries.contract_state(contract), rows)

    def mark(self, row: Row, contract: Contract) -> Decimal:
        return must(row, "mark_price")

    def all_positions(self, settle: str) -> Listing[Row]:
        return queries.positions(settle)

    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        return queries.open_orders(settle), queries.stops(settle, "open")

    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]:
        return (queries.fills(settle, start_us, end_us),)

    def market_id(self, row: Row) -> str:
        return words.contract_id(row)
