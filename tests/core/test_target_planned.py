"""The target beside the stop: when one is wanted, what is sent of it, when again, and when none is tried any more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import (
    AT,
    BOUGHT,
    BOUNDS,
    CLOSED_AT,
    ENTRY_ID,
    FILLED_AT,
    SEEN,
    SOLD,
    TEN,
    S,
    a_fill,
    a_stop,
    filled_and,
    fills,
    order,
    planned,
    sending,
    slot,
    told,
    with_orders,
)

from atomicpos.models import (
    Goal,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Refusal,
    Sending,
    State,
    StopRule,
    TargetRule,
    TriggerBy,
)
from atomicpos.plan import Cancel, Place, Step
from atomicpos.record import Record
from atomicpos.weigh import TARGET_TRIES, left_out, weigh

FILLED = filled_and(SEEN)
FOUR = TargetRule(percent=Decimal(4))
TRIGGER = Decimal("0.1300")
"""Four percent above the fills at 0.125."""
FIRST = Place(Leg.TARGET, 1, TEN, TRIGGER)
OTHER = Refusal.OTHER


def protected(*orders: Order, row: Record = FILLED, rule: TargetRule | None = FOUR, **changes: Any) -> Record:
    """The row with its stop read back and these orders beside it; the price it was asked at is another one."""
    intent = replace(row.intent, target_rule=rule, mark_price=Decimal("0.2"))
    stops = () if any(one.leg is Leg.STOP for one in orders) else (a_stop(),)
    return with_orders(row, *stops, *orders, **{"intent": intent, "state": State.PROTECTED} | changes)


def a_target(attempt: int = 1, **changes: Any) -> Order:
    """A target that was read back as waiting."""
    target = Order(
        Leg.TARGET, attempt, f"t{attempt}", OrderSide.SELL, TEN, True, TRIGGER, TriggerBy.MARK,
        sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=AT + 3 * S, sent_at_us=AT + 3 * S,
        answered_at_us=AT + 3 * S, status=OrderStatus.UNTRIGGERED, read_back=True, seen_at_us=AT + 4 * S,
    )  # fmt: skip
    return replace(target, **changes)


def refused(attempt: int, at_us: int = AT + 5 * S, **changes: Any) -> Order:
    """One that the exchange refused."""
    return a_target(
        attempt, status=None, read_back=False, seen_at_us=None, sending=Sending.REFUSED, refusal=OTHER,
        first_sent_at_us=at_us, sent_at_us=at_us, answered_at_us=at_us, **changes,
    )


UNREAD = a_target(status=None, read_back=False, seen_at_us=None)
UNKNOWN = replace(UNREAD, sending=Sending.UNKNOWN, answered_at_us=None)
INTENDED = a_target(
    status=None, read_back=False, seen_at_us=None, sending=Sending.INTENDED, sends=0, first_sent_at_us=None,
    sent_at_us=None, answered_at_us=None, quantity=Decimal(7), trigger_price=Decimal("0.1400"),
)


def targets(row: Record, at_us: int = AT + 20 * S, **bounds: Any) -> list[Step]:
    """What is planned of targets then."""
    steps = planned(row, at_us, **bounds).steps
    return [step for step in steps if isinstance(step, Place | Cancel) and step.leg is Leg.TARGET]


# --- whether ------------------------------------------------------------------------------------------------------


def test_one_goes_up_beside_the_stop_as_far_from_the_fills_as_was_asked() -> None:
    """For what is held, and by what was paid for it: not by the price at which it was asked for."""
    assert targets(protected()) == [FIRST]
    assert planned(protected()).look


@pytest.mark.parametrize("changes", [
    {"rule": None}, {"goal": Goal.FLAT}, {"state": State.VERIFYING}, {"state": State.ORPHAN_SUSPECTED},
])  # fmt: skip
def test_none_goes_up_where_none_is_wanted(changes: dict[str, Any]) -> None:
    """Where none was asked for, while the position is being closed, and before it is protected."""
    assert targets(protected(**changes)) == []


def test_none_goes_up_without_a_stop() -> None:
    """A stop that does not read as it was sent is none."""
    assert targets(protected(a_stop(read_back=False))) == []


def test_a_stop_that_is_wanted_goes_first() -> None:
    """While the position counts as protected and its stop was taken away, the stop comes back, and no target does."""
    gone = protected(a_stop(status=OrderStatus.DEAD))
    assert [step.leg for step in planned(gone).steps if isinstance(step, Place)] == [Leg.STOP]


def test_the_smallest_share_has_one_too() -> None:
    """One of ten filled, the rest is dead: one is what the target closes."""
    one = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "1"),
        fills(a_fill("1", OrderSide.BUY, "1", FILLED_AT, ENTRY_ID)),
        slot("1", FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    )
    assert targets(protected(row=one)) == [replace(FIRST, quantity=Decimal(1))]


# --- where --------------------------------------------------------------------------------------------------------


def test_an_absolute_price_needs_no_average() -> None:
    """Nothing says what was paid: a target at a price goes up, one at a distance waits for the average."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"), SEEN)
    by_price = StopRule(price=Decimal("0.1225"))
    asked = replace(row, intent=replace(row.intent, stop_rule=by_price))
    assert weigh(asked, BOUNDS, AT + 20 * S).average is None
    assert targets(protected(row=asked)) == []
    assert targets(protected(row=asked, rule=TargetRule(price=Decimal("0.1400")))) == [
        replace(FIRST, trigger_price=Decimal("0.1400"))
    ]


# --- what became of the last one ----------------------------------------------------------------------------------


def test_one_whose_row_is_stored_leaves_as_it_was_meant() -> None:
    """With the size and the trigger it was stored with, whatever would be asked for now."""
    assert targets(protected(INTENDED)) == [Place(Leg.TARGET, 1, Decimal(7), Decimal("0.1400"))]


def test_one_that_waits_is_left_alone_and_not_looked_at() -> None:
    """It stands, nothing else is planned, and nobody has to look."""
    todo = planned(protected(a_target()))
    assert (todo.steps, todo.look) == ([], False)


def test_beside_one_that_waits_another_order_is_still_looked_at() -> None:
    """A stop of ours that stands too many is cancelled, and looked at until it is gone."""
    surplus = a_stop(attempt=2, client_order_id="s2", trigger_price=Decimal("0.1100"))
    todo = planned(protected(a_stop(), surplus, a_target()))
    assert (todo.steps, todo.look) == ([Cancel(Leg.STOP, 2)], True)


def test_one_that_somebody_altered_is_cancelled() -> None:
    """It waits, and not as it was sent: it goes, and until it is gone no other comes."""
    altered = protected(a_target(read_back=False))
    assert targets(altered) == [Cancel(Leg.TARGET, 1)]
    assert planned(altered).look


@pytest.mark.parametrize("status", [OrderStatus.TRIGGERED, OrderStatus.OPEN, OrderStatus.PARTIAL, None])
def test_one_that_does_not_wait_is_neither_cancelled_nor_replaced(status: OrderStatus | None) -> None:
    """It fires just now, or was taken and not read yet."""
    assert targets(protected(a_target(status=status, read_back=False))) == []


def test_one_of_unknown_outcome_goes_again_under_its_id() -> None:
    """Where a living duplicate is refused, once its answer must have come; elsewhere it is only looked for."""
    row, due = protected(UNKNOWN), AT + 3 * S + BOUNDS.write_patience_us
    assert targets(row, due - 1, duplicate_ids_refused=True) == []
    assert planned(row, due - 1, duplicate_ids_refused=True).wake_at_us == due
    assert targets(row, due, duplicate_ids_refused=True) == [FIRST]
    assert targets(row, due) == []
    assert planned(row, due).look


def test_after_a_refusal_the_next_one_waits_for_the_pause() -> None:
    """A quarter of a second after one, half a second after two, counted from the later of their sends."""
    once, twice = protected(refused(1)), protected(refused(1, AT + 9 * S), refused(2))
    for row, attempt, due in ((once, 2, AT + 5 * S + S // 4), (twice, 3, AT + 9 * S + S // 2)):
        assert targets(row, due - 1) == []
        todo = planned(row, due - 1)
        assert (todo.wake_at_us, todo.look) == (due, True)
        assert targets(row, due) == [replace(FIRST, attempt=attempt)]


def test_it_is_for_what_is_left_after_a_part_was_closed() -> None:
    """Four of ten were sold by our own close: the next target is for six."""
    part = told(FILLED, fills(BOUGHT, a_fill("2", OrderSide.SELL, "4", CLOSED_AT)),
                slot("6", CLOSED_AT + S, CLOSED_AT, PositionSide.LONG))  # fmt: skip
    assert targets(protected(row=part)) == [replace(FIRST, quantity=Decimal(6))]


# --- and when no more ---------------------------------------------------------------------------------------------


def test_after_six_that_came_to_nothing_none_is_tried_and_nobody_looks() -> None:
    """Not after five; and the position goes on as it is."""
    many = [refused(attempt, AT + 5 * S) for attempt in range(1, TARGET_TRIES + 1)]
    assert TARGET_TRIES == 6
    todo = planned(protected(*many))
    assert (todo.steps, todo.look) == ([], False)
    assert targets(protected(*many[:5])) == [replace(FIRST, attempt=6)]
    assert [left_out(protected(*many[:n])) for n in (3, 5, 6)] == [False, False, True]


def test_what_never_left_is_no_try() -> None:
    """One of six was not sent at all: there is one more to try, and it is planned."""
    row = protected(*(refused(n) for n in range(1, 6)), refused(6, sends=0))
    assert not left_out(row)
    assert targets(row) == [replace(FIRST, attempt=7)]


def test_what_was_sent_twice_is_one_try() -> None:
    """Six tries are six orders."""
    assert not left_out(protected(*(refused(n, sends=2) for n in range(1, 6))))
    assert left_out(protected(*(refused(n, sends=1) for n in range(1, 7))))


def test_while_one_lives_none_is_left_out() -> None:
    """A seventh that was sent and not read yet may still stand; stops that came to nothing do not count."""
    six = [refused(n) for n in range(1, 7)]
    assert not left_out(protected(*six, replace(UNREAD, attempt=7, client_order_id="t7")))
    stops = [replace(refused(n), leg=Leg.STOP, client_order_id=f"s{n}") for n in range(2, 8)]
    assert not left_out(protected(a_stop(), *stops))


# --- at the end ---------------------------------------------------------------------------------------------------

GONE = filled_and(fills(BOUGHT, SOLD), slot("0", CLOSED_AT + S, CLOSED_AT))


def test_one_that_waits_is_cancelled_when_the_position_is_gone() -> None:
    """It is loose until it reads as dead, and so is one that may still arrive; the stop goes, too."""
    for one in (a_target(), UNREAD, UNKNOWN):
        row = protected(one, row=GONE)
        verdict = weigh(row, BOUNDS, AT + 20 * S)
        assert (verdict.flat is not None, one in verdict.loose, verdict.ended) == (True, True, None)
    assert Cancel(Leg.TARGET, 1) in planned(protected(a_target(), row=GONE)).steps


def test_one_that_never_left_holds_up_no_end() -> None:
    """It leaves only while the position is protected, and that is over."""
    row = protected(a_stop(status=OrderStatus.DEAD), INTENDED, row=GONE)
    verdict = weigh(row, BOUNDS, AT + 20 * S)
    assert (verdict.loose, verdict.ended is not None) == ((), True)
    assert targets(row) == []
