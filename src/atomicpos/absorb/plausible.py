"""What of a finding can be so at all: nothing happens in the future, and no order does more than it was sent for.

Fills, final states and times are kept once they are known. So one garbled reply must not put in what no honest one
takes out again: it is left out here, and the next look shows what is so.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from ..bounds import Bounds
from ..evidence import Evidence, OrderView
from ..models import Fill
from ..record import Record


def plausible(record: Record, evidence: Evidence, bounds: Bounds) -> Evidence:
    """The finding without what cannot be so; the same object where all of it can."""
    latest_us = _latest_us(evidence, bounds)
    fills = tuple([fill for fill in evidence.fills if fill.time_us <= latest_us and not _is_another(record, fill)])
    orders = tuple([_dated(view, latest_us) for view in evidence.orders if not _contradicts(record, view)])
    stop = evidence.position_stop if evidence.position_stop is None else _dated(evidence.position_stop, latest_us)
    position = evidence.position
    if position is not None and position.updated_at_us != _past(position.updated_at_us, latest_us):
        position = replace(position, updated_at_us=None)
    if (fills, orders, stop, position) == (
        evidence.fills, evidence.orders, evidence.position_stop, evidence.position
    ):  # fmt: skip
        return evidence
    return replace(evidence, fills=fills, orders=orders, position_stop=stop, position=position)


def _latest_us(evidence: Evidence, bounds: Bounds) -> int:
    """Generous: a clock that is further off than the bounds say must not hide what happened."""
    since_us = max(evidence.asked_at_us, evidence.answered_at_us)
    return since_us + bounds.visibility_us + bounds.clock_skew_us if since_us else sys.maxsize


def _is_another(record: Record, fill: Fill) -> bool:
    """True for a fill under an id of ours on the side that this order is not on."""
    order = record.named(fill.client_order_id)
    return order is not None and fill.order_side is not order.order_side


def _contradicts(record: Record, view: OrderView) -> bool:
    """True for a reading of an order of ours on another side, or with more filled than it was sent for."""
    order = record.named(view.client_order_id)
    if order is None:
        return False
    other_side = view.order_side is not None and view.order_side is not order.order_side
    return other_side or (view.filled or 0) > order.quantity


def _dated(view: OrderView, latest_us: int) -> OrderView:
    """The reading without a time that lies ahead."""
    created, updated = _past(view.created_at_us, latest_us), _past(view.updated_at_us, latest_us)
    if created == view.created_at_us and updated == view.updated_at_us:
        return view
    return replace(view, created_at_us=created, updated_at_us=updated)


def _past(at_us: int | None, latest_us: int) -> int | None:
    """The time, unless it lies ahead."""
    return None if at_us is not None and at_us > latest_us else at_us
