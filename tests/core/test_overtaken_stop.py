"""The position's own stop, set twice: a late reading of the first trigger and a late request for it look the same, but
for the exchange's own time; and a look that the second request overtook says nothing of the first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from stories import AT, BOUGHT, TEN, S, fills, order, sending, told

from atomicpos.evidence import Evidence, Kind, OrderView, Source
from atomicpos.exposure import naked_since_us
from atomicpos.models import Leg, Order, OrderSide, OrderStatus, Sending, TriggerBy
from atomicpos.record import Record

OLD, NEW = Decimal("0.1224"), Decimal("0.1225")
SET_AT = AT + 5 * S


def own(attempt: int, trigger: Decimal, sent_at_us: int = SET_AT) -> Order:
    """A stop of ours on the position, acknowledged."""
    return Order(
        leg=Leg.STOP, attempt=attempt, client_order_id=f"aptest{attempt}", order_side=OrderSide.SELL, quantity=TEN,
        reduce_only=True, trigger_price=trigger, trigger_by=TriggerBy.MARK, attached=True,
        sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=sent_at_us, sent_at_us=sent_at_us,
    )


def shown(trigger: Decimal, asked_s: int, updated_s: int | None) -> Evidence:
    """A look so many seconds after AT at a stop that the exchange last changed so many seconds after AT."""
    view = OrderView(
        None, "x7", OrderStatus.UNTRIGGERED, filled=Decimal(0), quantity=TEN, order_side=OrderSide.SELL,
        reduce_only=True, trigger_price=trigger, trigger_by=TriggerBy.MARK,
        updated_at_us=None if updated_s is None else AT + updated_s * S,
    )
    return Evidence(Kind.SEEN, source=Source.ORDER_STATUS, asked_at_us=AT + asked_s * S, position_stop=view)


def stands(record: Record) -> bool:
    """Whether the newest stop counts as the one on the position."""
    return max(record.of(Leg.STOP), key=lambda stop: stop.attempt).alive


@pytest.mark.parametrize(
    ("updated_s", "still"), [(4, True), (6, True), (None, True), (7, False)], ids=["older", "same", "untold", "newer"]
)
def test_a_trigger_that_was_set_after_ours_is_no_late_reading(updated_s: int | None, still: bool) -> None:
    """Told to be newer than ours was, it took its place, and two looks end ours; else ours may well stand."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"), fills(BOUGHT))
    row = told(row.with_order(own(2, OLD)).with_order(own(3, NEW)), shown(NEW, 6, 6))
    assert stands(row)
    late = told(row, shown(OLD, 8, updated_s), shown(OLD, 9, updated_s))
    assert stands(late) is still


def test_looks_that_a_move_overtook_doubt_nothing() -> None:
    """Two looks were asked for before the move left and show it already: the stop before stood until then, no gap."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"), fills(BOUGHT))
    row = told(row.with_order(own(2, OLD)), shown(OLD, 6, 5)).with_order(own(3, NEW, AT + 60 * S))
    row = told(row, shown(NEW, 58, 60), shown(NEW, 59, 60))
    assert naked_since_us(row, TEN) is None
    row = told(row, shown(NEW, 61, 60), shown(NEW, 62, 60))
    old, new = row.of(Leg.STOP)[-2:]
    assert (old.alive, old.updated_at_us, new.alive) == (False, AT + 61 * S, True)
    assert naked_since_us(row, TEN) is None


def test_another_trigger_after_the_move_is_the_end_of_both() -> None:
    """Looks asked for after the move left that show neither are believed, as they were."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"), fills(BOUGHT))
    row = told(row.with_order(own(2, OLD)), shown(OLD, 6, 5)).with_order(own(3, NEW, AT + 60 * S))
    row = told(row, shown(NEW, 61, 60), *(shown(Decimal("0.1100"), 90 + n, 90) for n in range(3)))
    assert not any(stop.alive for stop in row.of(Leg.STOP))
