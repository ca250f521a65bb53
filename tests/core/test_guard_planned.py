"""A guard stop that was to come with its entry under an id of ours: how long it is waited for, and when it goes."""

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
    UNNAMED,
    WITH_ENTRY,
    Goal,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Sending,
    State,
)
from atomicpos.plan import Cancel, Place, Plan
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.weigh import weigh

FILLED = filled_and(SEEN)
WAITED = AT + BOUNDS.write_patience_us
"""When a stop that comes with an entry which was answered, and over, at AT must have come."""
SEPARATE = Place(Leg.STOP, 1, TEN, Decimal("0.1225"))


def a_guard(**changes: Any) -> Order:
    """As it left with the entry, and nothing was seen of it."""
    unseen = {"status": None, "read_back": False, "seen_at_us": None, "created_at_us": None}
    return a_stop(**{"attempt": WITH_ENTRY, "client_order_id": "guard"} | unseen | changes)


def guarded(*orders: Order, row: Record = FILLED, **changes: Any) -> Record:
    """A filled row that is not protected yet, with these stops."""
    return with_orders(row, *orders, **{"state": State.VERIFYING} | changes)


def at(row: Record, at_us: int) -> Plan:
    """What is planned then, where the guard stop rides as an order."""
    return planned(row, at_us, protection=Protection.ATTACHED_ORDER)


def stops(row: Record, at_us: int) -> list[Place]:
    """The stops of it."""
    return [step for step in at(row, at_us).steps if isinstance(step, Place) and step.leg is Leg.STOP]


# --- waiting for it -----------------------------------------------------------------------------------------------


def test_after_a_whole_fill_it_is_waited_for_as_long_as_an_answer() -> None:
    """To the microsecond; then one of ours goes in its place."""
    row = guarded(a_guard())
    assert (stops(row, WAITED - 1), at(row, WAITED - 1).wake_at_us) == ([], WAITED)
    assert stops(row, WAITED) == [SEPARATE]


def test_the_wait_begins_with_the_answer() -> None:
    """Which came a second after the entry left; where none came, when our patience for it ended, counted from now on
    where nothing says when it left."""
    late = guarded(a_guard(), replace(FILLED.entry, answered_at_us=AT + S))
    assert (stops(late, WAITED + S - 1), stops(late, WAITED + S)) == ([], [SEPARATE])
    never = guarded(a_guard(), replace(FILLED.entry, answered_at_us=None))
    due = WAITED + BOUNDS.write_patience_us
    assert (stops(never, due - 1), stops(never, due)) == ([], [SEPARATE])
    timeless = guarded(a_guard(), replace(FILLED.entry, answered_at_us=None, sent_at_us=None))
    assert stops(timeless, due) == []


def test_one_that_a_look_did_not_find_is_waited_for_no_longer() -> None:
    """A look from after the entry's end did not show it: it has not come."""
    assert stops(guarded(a_guard(absent_since_us=AT + S)), WAITED - 1) == [SEPARATE]


def test_after_half_a_fill_it_is_not_waited_for() -> None:
    """It comes with a fill of the whole entry only; what did fill has no stop until ours stands."""
    half = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "5"),
        fills(a_fill("1", OrderSide.BUY, "5", FILLED_AT, ENTRY_ID)),
        slot("5", FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    )
    todo = at(guarded(a_guard(), row=half), FILLED_AT)
    assert todo.steps == [replace(SEPARATE, quantity=Decimal(5))]
    assert todo.wake_at_us != WAITED


@pytest.mark.parametrize("seen", [
    {"status": OrderStatus.UNTRIGGERED}, {"status": OrderStatus.UNTRIGGERED, "read_back": True, "seen_at_us": WAITED},
])  # fmt: skip
def test_one_that_has_come_is_a_stop_like_any_other(seen: dict[str, Any]) -> None:
    """However long ago that was: nothing is put beside it."""
    assert stops(guarded(a_guard(**seen)), WAITED + 10 * S) == []


def test_only_what_comes_with_the_entry_is_waited_for_so() -> None:
    """A stop that left by itself and was acknowledged stands for one until it reads otherwise."""
    assert stops(guarded(a_guard(attempt=1)), WAITED + 10 * S) == []


# --- and taking it away -------------------------------------------------------------------------------------------

BESIDE = a_stop(attempt=1, client_order_id="ours")
"""Ours, read back: with it the position is protected, and the guard is one too many."""
GONE = filled_and(fills(BOUGHT, SOLD), slot("0", CLOSED_AT + S, CLOSED_AT))
SURPLUS, LEFT_OVER = guarded(BESIDE, a_guard(), state=State.PROTECTED), guarded(a_guard(), row=GONE)


@pytest.mark.parametrize("row", [SURPLUS, LEFT_OVER], ids=["beside ours", "after the position"])
def test_one_that_was_not_seen_is_asked_for_once_it_must_have_come(row: Record) -> None:
    """A cancel from before that would find nothing, and prove nothing."""
    early = at(row, WAITED - 1)
    assert ([step for step in early.steps if isinstance(step, Cancel)], early.wake_at_us) == ([], WAITED)
    assert at(row, WAITED).steps == [Cancel(Leg.STOP, WITH_ENTRY)]


def test_the_wait_begins_with_the_end_of_the_entry() -> None:
    """By the exchange's time of it, where that is later than our send."""
    ended = replace(FILLED.entry, updated_at_us=FILLED_AT)
    row, due = guarded(BESIDE, a_guard(), ended, state=State.PROTECTED), FILLED_AT + BOUNDS.write_patience_us
    assert (at(row, due - 1).steps, at(row, due).steps) == ([], [Cancel(Leg.STOP, WITH_ENTRY)])


def test_while_nobody_knows_when_the_entry_ended_it_is_not_asked_for() -> None:
    """Nor does anybody wake up for it: a look will tell."""
    timeless = replace(FILLED.entry, sent_at_us=None, updated_at_us=None)
    todo = at(guarded(BESIDE, a_guard(), timeless, state=State.PROTECTED), WAITED + S)
    assert (todo.steps, todo.look) == ([], True)
    assert todo.wake_at_us is None or todo.wake_at_us > WAITED + 2 * S


def test_one_that_is_there_goes_at_once() -> None:
    """At a trigger of the mark's, where it no longer belongs: it can be called by its id."""
    there = a_guard(status=OrderStatus.UNTRIGGERED, trigger_price=Decimal("0.1200"))
    row = guarded(BESIDE, there, state=State.PROTECTED)
    assert at(row, WAITED - 1).steps == [Cancel(Leg.STOP, WITH_ENTRY)]


def test_one_that_left_by_itself_is_not_waited_for() -> None:
    """It was acknowledged: it is there, or was."""
    row = guarded(a_guard(attempt=1), row=GONE)
    assert at(row, WAITED - 1).steps == [Cancel(Leg.STOP, 1)]


def test_one_without_any_name_keeps_no_other_from_being_cancelled() -> None:
    """There is nothing to call it by; what comes after it in the row is cancelled all the same."""
    unnamed = a_guard(attempt=UNNAMED, client_order_id="a name of ours")
    row = guarded(unnamed, BESIDE, row=GONE)
    assert at(row, WAITED + S).steps == [Cancel(Leg.STOP, 1)]


# --- what can still bring it --------------------------------------------------------------------------------------


def entry_read(status: OrderStatus | None, filled: str, how: Sending = Sending.ACKNOWLEDGED) -> Record:
    """A row whose entry reads so, with its guard."""
    return sending(how, status=status, filled=Decimal(filled)).with_order(a_guard())


@pytest.mark.parametrize(("row", "may_come"), [
    (entry_read(OrderStatus.DEAD, "0"), False), (entry_read(None, "0", Sending.REFUSED), False),
    (entry_read(None, "0", Sending.NOT_SENT), False), (entry_read(OrderStatus.DEAD, "1"), True),
    (entry_read(OrderStatus.OPEN, "0"), True), (entry_read(OrderStatus.FILLED, "10"), True),
    (entry_read(None, "0", Sending.UNKNOWN), True),
])  # fmt: skip
def test_it_is_loose_while_the_entry_may_bring_it(row: Record, may_come: bool) -> None:
    """An entry that filled nothing and never will brings none."""
    loose = weigh(row, BOUNDS, AT + S).loose
    assert any(one.attempt == WITH_ENTRY for one in loose) is may_come


def test_while_the_position_is_closed_it_waits_like_any_other() -> None:
    """Closing goes first: nothing is cancelled beside a close of what is still there."""
    todo = at(guarded(a_guard(), goal=Goal.FLAT), WAITED)
    assert [type(step) for step in todo.steps] == [Place]
