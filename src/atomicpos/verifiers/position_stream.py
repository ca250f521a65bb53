"""Position stream: what the exchange told of our orders, without being asked. It can show, and never prove an end.

A message that came before the request's own reply counts (F17), and so does one from before anybody asked. What it does
not show means nothing: there is no answer "absent" here (F38).
"""

from __future__ import annotations

from decimal import Decimal

from ..evidence import POSITION_STREAM, Evidence, Kind, OrderView, PositionView
from ..models import Fill
from ..noticeboard import Noticeboard
from ..ports import Notice
from .question import Question

RAWS_KEPT = 4
"""Messages of ours that are kept as evidence, the newest."""


class PositionStream:
    """Looks at what hangs on the board; a look costs nothing and waits for nothing."""

    name = POSITION_STREAM

    def __init__(self, board: Noticeboard) -> None:
        self._board = board

    async def look(self, question: Question) -> Evidence:
        """SEEN with the entry's filled quantity where a message showed some, or our side of the slot held something;
        else UNKNOWN. Orders and fills of ours are filled in either way.
        """
        notices = [n for n in self._board.of(question.symbol) if n.heard_at_us >= question.sent_at_us]
        orders = _orders(notices, question)
        fills = _fills(notices, orders, question)
        slot = next((n.position for n in reversed(notices) if n.position is not None), None)
        quantity, price = _entry(orders, fills, question) or _slot(slot, question) or (None, None)
        silent = self._board.silent
        kind = Kind.SEEN if quantity and silent is None else Kind.UNKNOWN
        return Evidence(
            kind,
            quantity=quantity if kind is Kind.SEEN else None,
            price=price if kind is Kind.SEEN else None,
            why="" if kind is Kind.SEEN else silent or "it showed nothing of ours, which proves nothing",
            orders=orders,
            fills=fills,
            position=slot,
            raw="\n".join(_raws(notices, orders, fills)),
        )


def _orders(notices: list[Notice], question: Question) -> tuple[OrderView, ...]:
    """The newest message about each order that the question names, by the exchange's own time of it."""
    newest: dict[str, OrderView] = {}
    for view in (view for notice in notices for view in notice.orders):
        own = view.client_order_id
        if own is None or own not in question.client_order_ids:
            continue
        known = newest.get(own)
        if known is None or _later(view, known):
            newest[own] = view
    return tuple(newest.values())


def _later(view: OrderView, known: OrderView) -> bool:
    """More has filled, or as much at a later time: messages may overtake one another."""
    def rank(order: OrderView) -> tuple[Decimal, bool, int]:
        return order.filled or Decimal(0), order.status.final, order.updated_at_us or 0

    return rank(view) >= rank(known)


def _fills(notices: list[Notice], orders: tuple[OrderView, ...], question: Question) -> tuple[Fill, ...]:
    """The fills of those orders, by our id, or by the exchange's where it is known which that is; each once."""
    named = {view.exchange_order_id for view in orders if view.exchange_order_id is not None}
    found = {
        fill.fill_id: fill for notice in notices for fill in notice.fills
        if fill.client_order_id in question.client_order_ids
        or (fill.client_order_id is None and fill.exchange_order_id in named)
    }
    return tuple(found.values())


def _entry(
    orders: tuple[OrderView, ...], fills: tuple[Fill, ...], question: Question
) -> tuple[Decimal, Decimal | None] | None:
    """What filled of the entry, by its row or by its fills, whichever shows more; None where neither shows any."""
    ours = [fill for fill in fills if fill.client_order_id == question.entry_id]
    total = sum((fill.quantity for fill in ours), Decimal(0))
    row = next((view for view in orders if view.client_order_id == question.entry_id), None)
    if row is not None and row.filled and row.filled >= total:
        return row.filled, row.average
    paid = sum((fill.quantity * fill.price for fill in ours), Decimal(0))
    return (total, paid / total) if total else None


def _slot(slot: PositionView | None, question: Question) -> tuple[Decimal, Decimal | None] | None:
    """What the slot was said to hold on our side."""
    ours = slot is not None and slot.quantity > 0 and slot.side is question.side
    return (slot.quantity, slot.entry_price) if ours and slot is not None else None


def _raws(notices: list[Notice], orders: tuple[OrderView, ...], fills: tuple[Fill, ...]) -> list[str]:
    """The messages that the finding is made of."""
    shown = {fill.fill_id for fill in fills}
    return [
        notice.raw for notice in notices
        if any(v in orders for v in notice.orders) or any(f.fill_id in shown for f in notice.fills)
    ][-RAWS_KEPT:]
