"""What one reading of an order changes in it, to the amount and to the microsecond."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import (
    AT,
    BOUNDS,
    ENTRY_ID,
    FILLED_AT,
    GAP,
    HORIZON,
    S,
    a_fill,
    a_stop,
    filled_and,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.absorb import answered
from atomicpos.absorb.plausible import _dated, plausible
from atomicpos.absorb.position_stop import waiting
from atomicpos.evidence import Evidence, Kind, OrderView, Source
from atomicpos.models import Leg, Order, OrderSide, OrderStatus, PositionSide, Refusal, Sending
from atomicpos.record import Record
from atomicpos.testing.samples import a_record

LATEST = AT + BOUNDS.visibility_us + BOUNDS.clock_skew_us
"""What was asked for at AT cannot show anything later."""

# --- states and amounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["0.5", "1", "1.5"])
def test_filled_with_nothing_is_no_view_however_small_the_order(quantity: str) -> None:
    """Half of one unit called filled with 0 is as odd as ten of them (F03)."""
    row = sending(Sending.ACKNOWLEDGED)
    small = row.with_order(replace(row.entry, quantity=Decimal(quantity)))
    assert told(small, order(OrderStatus.FILLED, "0")).entry.status is OrderStatus.UNKNOWN
    assert told(small, order(OrderStatus.FILLED, quantity)).entry.status is OrderStatus.FILLED


def test_the_average_that_the_order_shows_stands_beside_its_fills() -> None:
    """Fills that sum to as much as the order says correct nothing; fills of more do."""
    said = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.PARTIAL, "4", average=Decimal("0.1260")))
    assert told(said, fills(a_fill("1", OrderSide.BUY, "4", FILLED_AT, ENTRY_ID))).entry.average == Decimal("0.1260")
    assert told(said, fills(a_fill("1", OrderSide.BUY, "5", FILLED_AT, ENTRY_ID))).entry.average == Decimal("0.1250")


def test_an_answer_keeps_its_words() -> None:
    """Why it was refused, as the exchange said it."""
    refused = answered(a_record().entry, Sending.REFUSED, AT, refusal=Refusal.OTHER, why="too poor")
    assert (refused.refusal, refused.why) == (Refusal.OTHER, "too poor")


# --- absence ------------------------------------------------------------------------------------------------------


def missing(one: Order, *at_us: int) -> Order:
    """That order after lookups which answered and did not show it."""
    row = a_record().with_order(one)
    for time_us in at_us:
        ids = (one.client_order_id,)
        row = told(row, Evidence(Kind.ABSENT, source=Source.ORDER_STATUS, asked_at_us=time_us, absent_ids=ids))
    return next(o for o in row.orders if o.client_order_id == one.client_order_id)


SEEN_AT = AT + 2 * S
FIRST, SECOND = SEEN_AT + HORIZON, SEEN_AT + HORIZON + GAP
UNKNOWN_THERE = {"refusal": Refusal.UNKNOWN_ORDER}


@pytest.mark.parametrize(
    ("changes", "at_us", "status"),
    [
        (UNKNOWN_THERE, (FIRST, SECOND), OrderStatus.DEAD),
        (UNKNOWN_THERE, (FIRST, SECOND - 1), OrderStatus.UNTRIGGERED),
        (UNKNOWN_THERE, (FIRST - 1, SECOND - 1), OrderStatus.UNTRIGGERED),
        ({"refusal": Refusal.OTHER}, (FIRST, SECOND), OrderStatus.UNTRIGGERED),
        ({"refusal": None}, (FIRST, SECOND), OrderStatus.UNTRIGGERED),
        (UNKNOWN_THERE | {"leg": Leg.ENTRY}, (FIRST, SECOND), OrderStatus.UNTRIGGERED),
    ],
    ids=["twice", "too soon", "before the horizon", "refused for something else", "not refused", "an entry"],
)
def test_an_exit_that_was_alive_is_gone_when_a_cancel_says_so_too(
    changes: dict[str, Any], at_us: tuple[int, ...], status: OrderStatus
) -> None:
    """Absent twice, a gap apart, past the horizon since it was seen, and unknown to who was to cancel it."""
    gone = missing(a_stop(attempt=2, **changes), *at_us)
    assert gone.status is status
    assert gone.proven_absent is False


def test_what_has_ended_is_not_proven_never_to_have_been() -> None:
    """A dead order leaves the lookups too: that is no absence of the kind that proves."""
    assert missing(a_stop(status=OrderStatus.DEAD), FIRST, SECOND).proven_absent is False
    unread = a_stop(status=None, sending=Sending.UNKNOWN, read_back=False, seen_at_us=None)
    assert missing(unread, FIRST, SECOND).proven_absent is True


# --- what can be so -----------------------------------------------------------------------------------------------


def whole() -> Evidence:
    """A finding of every kind, all of it possible."""
    foreign = OrderView("somebody's", "x9", OrderStatus.FILLED, OrderSide.SELL, filled=Decimal(99))
    stop = OrderView(None, None, OrderStatus.UNTRIGGERED, created_at_us=AT, updated_at_us=LATEST)
    looked = slot("10", AT, LATEST, PositionSide.LONG)
    return replace(
        looked, orders=(*order(OrderStatus.OPEN, "0", created_at_us=LATEST, updated_at_us=LATEST).orders, foreign),
        fills=(a_fill("1", OrderSide.BUY, "4", LATEST, ENTRY_ID),), position_stop=stop,
    )


def test_what_can_be_so_is_left_as_it_is() -> None:
    """The same object, to the last moment at which it can have happened, what is others' included."""
    finding = whole()
    assert plausible(sending(Sending.ACKNOWLEDGED), finding, BOUNDS) is finding
    assert _dated(finding.orders[0], LATEST) is finding.orders[0]


@pytest.mark.parametrize(("created", "updated"), [(LATEST + 1, LATEST), (LATEST, LATEST + 1), (LATEST + 1, None)])
def test_a_time_that_lies_ahead_is_left_out_and_no_other(created: int, updated: int | None) -> None:
    """Of an order's two times only that one; the rest of the reading is as good as any."""
    finding = replace(order(OrderStatus.OPEN, "0"), asked_at_us=AT)
    view = replace(finding.orders[0], created_at_us=created, updated_at_us=updated)
    kept = plausible(sending(Sending.ACKNOWLEDGED), replace(finding, orders=(view,)), BOUNDS).orders
    expected = [None if at_us is not None and at_us > LATEST else at_us for at_us in (created, updated)]
    assert [(v.created_at_us, v.updated_at_us) for v in kept] == [tuple(expected)]


def test_a_finding_without_a_stamp_is_no_finding_of_long_ago() -> None:
    """Nobody has said when it was asked: then nothing in it lies ahead."""
    unstamped = replace(whole(), asked_at_us=0, answered_at_us=0)
    assert plausible(sending(Sending.ACKNOWLEDGED), unstamped, BOUNDS) is unstamped


# --- the position's own stop --------------------------------------------------------------------------------------

SENT = AT + 10 * S
LAG = BOUNDS.visibility_us + BOUNDS.clock_skew_us


def own(attempt: int, trigger: str, **changes: Any) -> Order:
    """A stop on the position, read a moment after it was set."""
    stop = a_stop(
        attempt=attempt, client_order_id=f"s{attempt}", attached=True, trigger_price=Decimal(trigger), sent_at_us=SENT,
        seen_at_us=SENT,
    )
    return replace(stop, **changes)


def looked(row: Record, at_us: int, trigger: str | None, quantity: str = "10") -> list[Order]:
    """The stops after a look at the slot which showed that trigger."""
    look = slot(quantity, at_us, FILLED_AT, PositionSide.LONG)
    assert look.position is not None
    shown = replace(look.position, stop_price=trigger and Decimal(trigger))
    return list(told(row, replace(look, position=shown)).of(Leg.STOP))


@pytest.mark.parametrize(("trigger", "seen"), [("0.12255", True), ("0.12245", True), ("0.1225500001", False)])
def test_a_trigger_within_half_a_tick_is_ours(trigger: str, seen: bool) -> None:
    """At half a tick still: what an exchange rounds; beyond it is another one."""
    (stop,) = looked(filled_and().with_order(own(2, "0.1225")), SENT + S, trigger)
    assert (stop.seen_at_us == SENT + S) is seen
    assert (stop.absent_since_us is None) is seen


def test_an_empty_slot_is_no_witness_of_a_stop() -> None:
    """Whatever side it names: a stop goes with its position, and says nothing about what was there before."""
    (stop,) = looked(filled_and().with_order(own(2, "0.1225")), SENT + S, None, quantity="0")
    assert stop == own(2, "0.1225")


@pytest.mark.parametrize(("at_us", "asked"), [(SENT - 1, False), (SENT, True)])
def test_a_look_from_before_it_was_set_says_nothing(at_us: int, asked: bool) -> None:
    """One that was asked for at the very moment may show it, or not."""
    (stop,) = looked(filled_and().with_order(own(2, "0.1225")), at_us, None)
    assert (stop.absent_since_us is not None) is asked


@pytest.mark.parametrize(("at_us", "doubted"), [(SENT + LAG - 1, False), (SENT + LAG, True)])
def test_an_earlier_trigger_of_ours_is_a_late_look_for_as_long_as_looks_may_be_late(at_us: int, doubted: bool) -> None:
    """The visibility and a skew after the last send, and not a microsecond longer."""
    row = filled_and().with_order(own(2, "0.1200", status=OrderStatus.DEAD)).with_order(own(3, "0.1225"))
    _, last = looked(row, at_us, "0.1200")
    assert (last.absent_since_us is not None) is doubted


def test_the_newest_that_shows_it_is_the_one_and_the_earlier_are_replaced() -> None:
    """The earlier ones ended where it was seen, without a gap; a later one that is not shown is in doubt."""
    row = filled_and().with_order(own(2, "0.1200")).with_order(own(3, "0.1225")).with_order(own(4, "0.1230"))
    at_us = SENT + LAG
    first, shown, last = looked(row, at_us, "0.1225")
    assert (first.status, first.updated_at_us) == (OrderStatus.DEAD, at_us)
    assert (shown.status, shown.seen_at_us, shown.absent_since_us) == (OrderStatus.UNTRIGGERED, at_us, None)
    assert (last.status, last.seen_at_us, last.absent_since_us) == (OrderStatus.UNTRIGGERED, SENT, at_us)


def test_a_stop_that_never_left_is_not_the_one_on_the_position() -> None:
    """Those that were sent may be, the newest first; what has ended is not."""
    unsent = own(4, "0.1230", sending=Sending.INTENDED, sends=0, sent_at_us=None, status=None, seen_at_us=None)
    row = filled_and().with_order(own(1, "0.1190", status=OrderStatus.DEAD))
    for one in (own(2, "0.1200"), own(3, "0.1225"), unsent):
        row = row.with_order(one)
    assert [one.attempt for one in waiting(row)] == [3, 2]
