"""What the stream tells changes what has filled, and nothing else: pure claims about ``absorb`` and ``weigh``."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.absorb import absorb
from atomicpos.bounds import bounds
from atomicpos.evidence import POSITION_STREAM, Evidence, Kind, OrderView, PositionView
from atomicpos.models import Fill, Leg, Order, OrderSide, OrderStatus, Sending, TriggerBy
from atomicpos.record import Record
from atomicpos.settings import Settings
from atomicpos.sim import SIM_PROFILE
from atomicpos.testing.samples import a_record
from atomicpos.weigh import weigh

BOUNDS = bounds(Settings(), SIM_PROFILE)
S = 1_000_000


def told(**shown: object) -> Evidence:
    base = Evidence(Kind.SEEN, source=POSITION_STREAM, asked_at_us=AT, answered_at_us=AT)
    return replace(base, **shown)  # type: ignore[arg-type]


def sent(record: Record, **entry: object) -> Record:
    return record.with_order(replace(record.entry, **{"sends": 1, "sending": Sending.IN_FLIGHT, "sent_at_us": AT - S,
                                                      "first_sent_at_us": AT - S, **entry}))  # fmt: skip


def row(record: Record, status: OrderStatus, filled: Decimal | int, **more: object) -> OrderView:
    entry = record.entry
    view = OrderView(entry.client_order_id, "x1", status, entry.order_side, entry.quantity, Decimal(filled),
                     Decimal("0.5") if filled else None, created_at_us=AT - S, updated_at_us=AT - S // 2)  # fmt: skip
    return replace(view, **more)  # type: ignore[arg-type]


RECORD = a_record()
AT = RECORD.intent.created_at_us + 10 * S
WHOLE = RECORD.intent.quantity


def test_a_whole_fill_that_was_told_is_filled_and_final() -> None:
    """By the order's row, and by fills that sum to it."""
    record = sent(RECORD)
    by_row = absorb(record, told(orders=(row(record, OrderStatus.FILLED, WHOLE),)), BOUNDS)
    fill = Fill("f", record.entry.order_side, WHOLE, Decimal("0.5"), AT - S,
                client_order_id=record.entry.client_order_id)  # fmt: skip
    by_fill = absorb(record, told(fills=(fill,)), BOUNDS)
    for after in (by_row, by_fill):
        assert after.entry.status is OrderStatus.FILLED
        verdict = weigh(after, BOUNDS, AT)
        assert (verdict.filled, verdict.entry_final, verdict.share) == (WHOLE, True, WHOLE)
    assert by_row.entry.sending is Sending.ACKNOWLEDGED


def test_f38_neither_a_dead_order_nor_an_empty_slot_is_believed() -> None:
    """The entry told dead and unfilled, the slot told empty: nothing is final, flat, absent or ended."""
    record = sent(RECORD)
    news = told(orders=(row(record, OrderStatus.DEAD, 0),), position=PositionView(Decimal(0), updated_at_us=AT),
                absent_ids=(record.entry.client_order_id,))  # fmt: skip
    after = absorb(record, news, BOUNDS)
    verdict = weigh(after, BOUNDS, AT + 3600 * S)
    assert after.entry.status is None
    assert (verdict.never_filled, verdict.flat, verdict.ended) == (None, None, None)
    assert after.sightings.looks == record.sightings.looks
    assert (after.sightings.dated, after.sightings.undated) == (None, None)


def test_i3_a_stop_that_was_told_waiting_is_neither_read_back_nor_seen() -> None:
    """Its own reading is what protects; what was read before stays read."""
    stop = Order(Leg.STOP, 1, "stop-id", OrderSide.SELL, WHOLE, reduce_only=True, trigger_price=Decimal("0.1225"),
                 trigger_by=TriggerBy.MARK, sends=1, sending=Sending.IN_FLIGHT)  # fmt: skip
    view = OrderView(stop.client_order_id, "x2", OrderStatus.UNTRIGGERED, stop.order_side, stop.quantity, Decimal(0),
                     reduce_only=True, trigger_price=stop.trigger_price, trigger_by=stop.trigger_by)  # fmt: skip
    after = absorb(sent(RECORD).with_order(stop), told(orders=(view,)), BOUNDS)
    heard = next(order for order in after.orders if order.leg is Leg.STOP)
    assert (heard.status, heard.read_back, heard.seen_at_us) == (None, False, None)
    assert heard.sending is Sending.ACKNOWLEDGED
    read = replace(stop, status=OrderStatus.UNTRIGGERED, read_back=True, seen_at_us=AT - S)
    after = absorb(sent(RECORD).with_order(read), told(orders=(replace(view, trigger_price=Decimal("0.1")),)), BOUNDS)
    kept = next(order for order in after.orders if order.leg is Leg.STOP)
    assert (kept.status, kept.read_back, kept.seen_at_us) == (OrderStatus.UNTRIGGERED, True, AT - S)


def test_i1_absence_does_not_outweigh_what_was_told() -> None:
    """Proven absent by two rounds, then told alive: it was taken, so nothing ends on that proof; and the count of an
    absence that goes on is not begun anew by a message that is looked at again.
    """
    record = sent(RECORD, proven_absent=True, sending=Sending.UNKNOWN, absent_since_us=AT - 60 * S)
    after = absorb(record, told(orders=(row(record, OrderStatus.OPEN, 0),)), BOUNDS)
    assert not after.entry.never_existed
    assert weigh(after, BOUNDS, AT + 3600 * S).never_filled is None
    missing = sent(RECORD, status=OrderStatus.OPEN, seen_at_us=AT - 90 * S, absent_since_us=AT - 60 * S)
    again = absorb(missing, told(orders=(row(record, OrderStatus.OPEN, 0),)), BOUNDS)
    assert again.entry.absent_since_us == AT - 60 * S


@pytest.mark.parametrize("late", [OrderStatus.OPEN, OrderStatus.PARTIAL, OrderStatus.DEAD])
def test_messages_that_come_late_take_nothing_back(late: OrderStatus) -> None:
    """Filled stays filled, in whatever order messages and readings come."""
    record = sent(RECORD, status=OrderStatus.FILLED, filled=WHOLE, average=Decimal("0.5"))
    after = absorb(record, told(orders=(row(record, late, 0),)), BOUNDS)
    assert (after.entry.status, after.entry.filled, after.entry.average) == (OrderStatus.FILLED, WHOLE, Decimal("0.5"))


def test_what_cannot_be_so_is_left_out() -> None:
    """More filled than was sent for, the other side, or an order that was never sent: nothing of it counts."""
    record = sent(RECORD)
    assert absorb(record, told(orders=(row(record, OrderStatus.FILLED, WHOLE * 2),)), BOUNDS).entry == record.entry
    other = row(record, OrderStatus.FILLED, WHOLE, order_side=OrderSide.SELL)
    assert absorb(record, told(orders=(other,)), BOUNDS).entry == record.entry
    assert absorb(RECORD, told(orders=(row(RECORD, OrderStatus.OPEN, 0),)), BOUNDS).entry == RECORD.entry
