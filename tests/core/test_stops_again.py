"""Which stop goes next after what became of the last one: how much, which of the two kinds, when, and when not."""

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

from atomicpos.models import Goal, Leg, Order, OrderSide, OrderStatus, PositionSide, Refusal, Sending, State, StopRule
from atomicpos.plan import Place
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.weigh import weigh

LARGE, OTHER = Refusal.QUANTITY, Refusal.OTHER
FILLED = replace(filled_and(SEEN), state=State.VERIFYING)
OWN = {"protection": Protection.ATTACHED}
RULE = StopRule(price=Decimal("0.1200"))
"""Where the stop is to be moved to."""


def refused(attempt: int, why: Refusal, at_us: int = AT + 5 * S, **changes: Any) -> Order:
    """A stop of ten that the exchange refused for that reason."""
    stop = a_stop(
        attempt=attempt, client_order_id=f"s{attempt}", sending=Sending.REFUSED, refusal=why, status=None,
        read_back=False, seen_at_us=None, created_at_us=None, sent_at_us=at_us, first_sent_at_us=at_us,
        answered_at_us=at_us,
    )
    return replace(stop, **changes)


def stops(row: Record, at_us: int = AT + 20 * S, **bounds: Any) -> list[Place]:
    """The stops of it."""
    steps = planned(row, at_us, **bounds).steps
    return [step for step in steps if isinstance(step, Place) and step.leg is Leg.STOP]


def a_separate(attempt: int, quantity: Decimal = TEN) -> Place:
    """A separate stop where it belongs."""
    return Place(Leg.STOP, attempt, quantity, Decimal("0.1225"))


# --- how much, and when -------------------------------------------------------------------------------------------


def test_a_separate_stop_refused_as_too_large_goes_in_pieces() -> None:
    """Half of it, in whole steps; and all of it again after any other reason."""
    assert stops(with_orders(FILLED, refused(1, LARGE))) == [a_separate(2, Decimal(5))]
    assert stops(with_orders(FILLED, refused(1, OTHER))) == [a_separate(2)]


def test_a_stop_is_never_smaller_than_an_eighth() -> None:
    """However often that was refused: more pieces than that find no room where ten may wait on a symbol."""
    five = [refused(attempt, LARGE) for attempt in range(1, 6)]
    assert stops(with_orders(FILLED, *five)) == [a_separate(6, Decimal(2))]


def test_the_position_s_own_stop_has_no_size() -> None:
    """It covers whatever there is: a separate one that was too large is no reason to say less, nor is it one itself."""
    both = with_orders(FILLED, refused(2, LARGE), refused(3, LARGE, attached=True))
    assert stops(both, **OWN)[0] == replace(a_separate(4), attached=True)
    own_only = with_orders(FILLED, refused(2, LARGE, attached=True))
    assert stops(own_only, **OWN) == [a_separate(3)]


def test_the_next_one_waits_for_the_pause_after_the_last_that_left() -> None:
    """Half a second after two, counted from the later of their sends."""
    row = with_orders(FILLED, refused(1, OTHER, AT + 9 * S), refused(2, OTHER, AT + 5 * S))
    due = AT + 9 * S + S // 2
    assert stops(row, due - 1) == []
    assert planned(row, due - 1).wake_at_us == due
    assert stops(row, due) == [a_separate(3)]


@pytest.mark.parametrize(("answered_us", "due_us"), [(AT + 5 * S, AT + 5 * S + S // 4), (AT + 5 * S + 1, AT)])
def test_a_refusal_counts_from_the_entry_s_answer_on(answered_us: int, due_us: int) -> None:
    """One from before says nothing about now: then nothing is waited for. One of the same moment counts."""
    entry = replace(FILLED.entry, answered_at_us=answered_us)
    row = with_orders(FILLED, entry, refused(1, OTHER))
    assert stops(row, max(due_us, AT + 5 * S + 2)) == [a_separate(2)]
    assert stops(row, AT + 5 * S + S // 4 - 1) == ([] if due_us > AT else [a_separate(2)])


def test_without_an_answer_of_the_entry_every_refusal_counts() -> None:
    """An entry known by its fills alone: what refused a stop since it left refuses it now."""
    row = with_orders(FILLED, replace(FILLED.entry, answered_at_us=None), refused(1, OTHER))
    assert stops(row, AT + 5 * S + 1) == []


def test_a_stop_that_covers_what_filled_is_not_added_to() -> None:
    """Half of the entry filled, the rest may still: a stop of that half stands, and nothing is put beside it."""
    row = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.PARTIAL, "5"),
        fills(a_fill("1", OrderSide.BUY, "5", FILLED_AT, ENTRY_ID)),
        slot("5", FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    )
    half = a_stop(quantity=Decimal(5))
    less = a_stop(quantity=Decimal(4))
    assert stops(with_orders(row, half, state=State.VERIFYING), AT + 3 * S) == []
    assert stops(with_orders(row, less, state=State.VERIFYING), AT + 3 * S) == [a_separate(2, Decimal(6))]


# --- which of the two ---------------------------------------------------------------------------------------------


def test_the_two_kinds_take_turns() -> None:
    """The position's own goes first, and is next again once the separate one was refused as often."""
    own, separate = refused(2, OTHER, attached=True), refused(3, OTHER)
    assert stops(FILLED, **OWN)[0].attached
    assert [step.attached for step in stops(with_orders(FILLED, own), **OWN)] == [False]
    assert stops(with_orders(FILLED, own, separate), **OWN)[0].attached


OWN_ALIVE = a_stop(attempt=2, attached=True, read_back=True)
SEPARATE_ALIVE = a_stop(attempt=1, client_order_id="s1")


def test_the_position_s_own_stop_is_moved_by_setting_it_again() -> None:
    """However often it was refused: a second one beside it would leave the first where it no longer belongs."""
    row = with_orders(FILLED, SEPARATE_ALIVE, OWN_ALIVE, refused(3, OTHER, attached=True), moving=RULE)
    moved = replace(a_separate(4), trigger_price=Decimal("0.1200"), attached=True)
    assert stops(row, **OWN) == [moved]


def test_without_a_wish_it_is_left_alone_once_refused() -> None:
    """What stands on the position, at a trigger that serves no longer, is replaced by a separate stop meanwhile."""
    stray = replace(OWN_ALIVE, trigger_price=Decimal("0.1100"))
    row = with_orders(FILLED, stray, refused(3, OTHER, attached=True))
    assert [step.attached for step in stops(row, **OWN)] == [False]


SMALL = replace(
    told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "0.5"),
        fills(a_fill("1", OrderSide.BUY, "0.5", FILLED_AT, ENTRY_ID)),
        slot("0.5", FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    ),
    state=State.VERIFYING,
)


def test_a_separate_stop_goes_at_once_where_the_own_one_was_refused() -> None:
    """However little filled, and although the position could have been read for a moment only."""
    row = with_orders(SMALL, refused(2, OTHER, FILLED_AT, attached=True))
    assert stops(row, FILLED_AT + S // 4, **OWN) == [a_separate(3, Decimal("0.5"))]


def test_one_that_is_on_the_position_is_waited_for() -> None:
    """A living one of ours that was not read back yet holds the separate one back for as long as a write may take."""
    unread = replace(OWN_ALIVE, read_back=False, seen_at_us=None, sent_at_us=FILLED_AT)
    row = with_orders(SMALL, unread, refused(3, OTHER, FILLED_AT, attached=True))
    due = FILLED_AT + BOUNDS.write_patience_us
    assert stops(row, due - 1, **OWN) == []
    assert stops(row, due, **OWN) == [a_separate(4, Decimal("0.5"))]


# --- while the goal is flat ---------------------------------------------------------------------------------------


def a_close(attempt: int) -> Order:
    """A refused close."""
    return Order(
        Leg.CLOSE, attempt, f"c{attempt}", OrderSide.SELL, TEN, True, sending=Sending.REFUSED, refusal=OTHER, sends=1,
        first_sent_at_us=AT, sent_at_us=AT, answered_at_us=AT,
    )


CLOSES = (a_close(1), a_close(2))


@pytest.mark.parametrize("row", [FILLED, SMALL], ids=["ten", "half of one"])
def test_a_stop_goes_up_after_the_second_refused_close(row: Record) -> None:
    """Not after the first; and closing goes on beside it, however small the position."""
    assert stops(with_orders(row, CLOSES[0], goal=Goal.FLAT)) == []
    twice = with_orders(row, *CLOSES, goal=Goal.FLAT)
    assert [step.attempt for step in stops(twice)] == [1]
    assert [step.leg for step in planned(twice).steps if isinstance(step, Place)] == [Leg.CLOSE, Leg.STOP]


def test_no_stop_goes_up_beside_one_that_is_at_work() -> None:
    """Acknowledged and not read yet is cover enough while the position is being closed."""
    working = a_stop(status=None, read_back=False, seen_at_us=None, trigger_price=Decimal("0.1100"))
    assert stops(with_orders(FILLED, *CLOSES, working, goal=Goal.FLAT)) == []


def test_no_stop_goes_up_where_nothing_is_left() -> None:
    """All of it was sold, and no look has shown the slot empty yet: there is nothing to protect."""
    sold = told(filled_and(), fills(BOUGHT, a_fill("2", OrderSide.SELL, "10", CLOSED_AT)))
    gone = with_orders(sold, *CLOSES, goal=Goal.FLAT, state=State.VERIFYING)
    verdict = weigh(gone, BOUNDS, AT + 3 * S)
    assert (verdict.share, verdict.flat) == (0, None)
    assert stops(gone, AT + 3 * S) == []
