"""Fold in what the exchange told by itself: a message counts for what it shows to have happened, and for nothing else.

Messages come late, twice and out of order, so none of them says how things stand *now*: whether an order is alive, dead
or waits as it was asked to is read (I2, I3), and so is whether the slot is empty (F38). What has filled stays filled.
"""

from __future__ import annotations

from decimal import Decimal

from ..evidence import Evidence, OrderView
from ..frozen import replace
from ..models import Leg, Order, OrderStatus, Sending
from ..record import Record
from ..sightings import told
from .orders import average_of, fold_fills, later


def fold_told(record: Record, evidence: Evidence) -> Record:
    """The row after one finding of the stream: what filled, and that the exchange knows an order of ours."""
    after = replace(record, sightings=told(record.sightings, evidence.fills))
    for view in evidence.orders:
        order = after.named(view.client_order_id)
        if order is not None and order.sends > 0:
            after = after.with_order(_told(order, view))
    return fold_fills(after) if evidence.fills else after


def _told(order: Order, view: OrderView) -> Order:
    """The order after a message about it: never dead, never read back, never seen at a time of ours.

    The same message may be looked at again later, so it ends no absence that is being counted; but an order that was
    told of was taken, and to have never been accepted is no longer proven.
    """
    exists = _lives(view) or bool(view.filled)
    return replace(
        order,
        status=_status(order, view),
        filled=max(order.filled, view.filled or Decimal(0)),
        average=average_of(order, view),
        exchange_order_id=order.exchange_order_id or view.exchange_order_id,
        created_at_us=view.created_at_us if order.created_at_us is None else order.created_at_us,
        updated_at_us=later(order.updated_at_us, view.updated_at_us),
        sending=Sending.ACKNOWLEDGED if order.unanswered else order.sending,
        proven_absent=order.proven_absent and not exists,
    )


def _status(order: Order, view: OrderView) -> OrderStatus | None:
    """Filled, where all of it filled: nothing undoes that. Of an entry that was never read, that it is there."""
    if order.status is not None and order.status.final:
        return order.status
    if view.status is OrderStatus.FILLED and (view.filled or 0) >= order.quantity:
        return OrderStatus.FILLED
    return view.status if order.status is None and order.leg is Leg.ENTRY and _lives(view) else order.status


def _lives(view: OrderView) -> bool:
    return not view.status.final and view.status is not OrderStatus.UNKNOWN
