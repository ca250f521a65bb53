"""What was sent before a fill was known is judged by the fill once it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import AT, BOUNDS, ENTRY_ID, FILLED_AT, TEN, S, a_fill, fills, order, sending, slot, told

from atomicpos.bounds import Bounds
from atomicpos.exposure import filled_since_us
from atomicpos.models import Goal, Leg, Order, OrderSide, OrderStatus, PositionSide, Sending, State
from atomicpos.plan import Place, plan
from atomicpos.record import Record
from atomicpos.weigh import weigh

FIVE = a_fill("1", OrderSide.BUY, "5", FILLED_AT, ENTRY_ID)
IDS_REFUSED = replace(BOUNDS, duplicate_ids_refused=True)


def closing(shown: str) -> Record:
    """Five of ten filled after all, a close of ten is of unknown outcome, and the slot shows so many."""
    close = Order(
        leg=Leg.CLOSE, attempt=1, client_order_id="aptestclose", order_side=OrderSide.SELL, quantity=TEN,
        reduce_only=True, sending=Sending.UNKNOWN, sends=1, first_sent_at_us=AT, sent_at_us=AT,
    )
    row = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "5"), fills(FIVE),
        slot(shown, FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    )
    return replace(row.with_order(close), goal=Goal.FLAT, state=State.VERIFYING)


def closes(record: Record, bounds: Bounds = IDS_REFUSED) -> list[Place]:
    """The closes that are planned ten seconds later."""
    steps = plan(record, weigh(record, bounds, AT + 10 * S), bounds).steps
    return [step for step in steps if isinstance(step, Place) and step.leg is Leg.CLOSE]


@pytest.mark.parametrize(("shown", "again"), [("5", True), ("6", False), ("15", False)])
def test_a_close_that_turned_out_too_large_is_not_sent_again_where_others_hold_the_rest(
    shown: str, again: bool
) -> None:
    """Alone in the slot it closes what there is; beside others it would close what is theirs, and is looked up."""
    assert [step.attempt for step in closes(closing(shown))] == ([1] if again else [])


def test_an_entry_that_is_known_by_its_fills_alone_is_as_old_as_the_first_of_them() -> None:
    """By the exchange's time, not by ours: exposure is counted from the first fill once the fills are out of sight."""
    second = a_fill("2", OrderSide.BUY, "5", FILLED_AT + 3 * S, ENTRY_ID)
    row = told(sending(Sending.ACKNOWLEDGED, first_sent_at_us=FILLED_AT + S), fills(FIVE, second))
    forgotten = replace(row, sightings=replace(row.sightings, fills=()))
    assert row.entry.status is OrderStatus.FILLED
    assert filled_since_us(row) == filled_since_us(forgotten) == FILLED_AT
    assert row.entry.filled == Decimal(10)
