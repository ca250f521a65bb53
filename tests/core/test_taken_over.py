"""A successor protects at once, and has the last word only when its predecessor's last request can arrive no more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import (
    AT,
    BOUGHT,
    BOUNDS,
    CLOSED_AT,
    SOLD,
    S,
    a_stop,
    absent,
    filled_and,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.advance import advance, guards
from atomicpos.bounds import Bounds
from atomicpos.evidence import Source
from atomicpos.models import Goal, Leg, OrderStatus, PositionSide, Sending, State
from atomicpos.plan import Cancel, Place, plan
from atomicpos.record import Record, adopt, taken_up
from atomicpos.weigh import weigh

TAKEN = AT + 100 * S
ALONE = TAKEN + BOUNDS.last_word_us


def taken(record: Record, *evidences: object) -> Record:
    """The row as a successor has it after these looks of its own."""
    return told(adopt(record, TAKEN), *evidences)  # type: ignore[arg-type]


def protected_by(record: Record) -> Record:
    """Naked no more: a stop of the successor's own, read back since it took the row."""
    stop = a_stop(seen_at_us=TAKEN + S, sent_at_us=TAKEN + S, created_at_us=TAKEN + S)
    return replace(record.with_order(stop), state=State.VERIFYING, deadline_us=TAKEN + 41 * S)


LOOKED = slot("10", TAKEN + S, AT + S, PositionSide.LONG)
LATE = (filled_and(), LOOKED)


def test_the_last_word_is_a_receive_window_and_a_skew_away() -> None:
    """Six seconds: what was signed before the row was taken is taken by the exchange for so long, and not longer."""
    assert BOUNDS.last_word_us == BOUNDS.recv_window_us + BOUNDS.clock_skew_us == 6 * S


@pytest.mark.parametrize(("at_us", "alone"), [(TAKEN, False), (ALONE - 1, False), (ALONE, True), (ALONE + S, True)])
def test_a_successor_is_alone_when_it_has_waited_for_so_long(at_us: int, alone: bool) -> None:
    """To the microsecond, counted from when it took the row."""
    assert weigh(taken(*LATE), BOUNDS, at_us).alone is alone


@given(since_us=st.integers(0, 10**15), recv=st.integers(1, 60 * S), skew=st.integers(0, 10 * S),
       after=st.integers(0, 100 * S))  # fmt: skip
def test_alone_is_a_matter_of_the_bounds(since_us: int, recv: int, skew: int, after: int) -> None:
    """Whatever the receive window and the skew: exactly from then on."""
    given_bounds = replace(BOUNDS, recv_window_us=recv, clock_skew_us=skew)
    row = adopt(filled_and(), since_us)
    assert weigh(row, given_bounds, since_us + after).alone is (after >= recv + skew)


def test_who_looks_at_its_own_row_again_is_alone_at_once() -> None:
    """Nobody else had it: a stop that is missing is tidied up and settled without a wait."""
    rested = replace(filled_and(), state=State.PROTECTED)
    assert weigh(taken_up(rested, TAKEN, ours=True), BOUNDS, TAKEN).alone
    assert not weigh(taken_up(rested, TAKEN, ours=False), BOUNDS, TAKEN).alone
    assert not weigh(taken_up(filled_and(), TAKEN, ours=True), BOUNDS, TAKEN).alone
    assert weigh(filled_and(), BOUNDS, AT).alone


# --- saying protected ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at_us", "confirmed"), [(ALONE - 1, False), (ALONE, True)])
def test_a_stop_is_called_protection_only_then(at_us: int, confirmed: bool) -> None:
    """It was read back, it covers everything, and the predecessor's own request might still replace it."""
    row = protected_by(taken(*LATE))
    verdict = weigh(row, BOUNDS, at_us)
    assert verdict.stop is not None
    assert guards(row, verdict)["stop_confirmed"] is confirmed
    after, _, _ = advance(row, verdict, BOUNDS)
    assert after.state is (State.PROTECTED if confirmed else State.VERIFYING)


def test_a_row_that_was_protected_before_is_not_doubted_for_being_taken_over() -> None:
    """The word that stood goes on standing: six seconds are no loss of protection."""
    row = replace(protected_by(taken(*LATE)), state=State.PROTECTED, protected_at_us=AT + 3 * S)
    verdict = weigh(row, BOUNDS, TAKEN + 2 * S)
    assert not guards(row, verdict)["protection_lost"]


# --- settling -----------------------------------------------------------------------------------------------------

GONE = (order(OrderStatus.FILLED, "10", TAKEN + S), fills(BOUGHT, SOLD), slot("0", TAKEN + S, CLOSED_AT))
DEAD = (order(OrderStatus.DEAD, "0", TAKEN + S), absent(Source.POSITION_POLL, TAKEN + S))


@pytest.mark.parametrize(
    ("row", "looks"),
    [(filled_and(), GONE), (sending(Sending.UNKNOWN), DEAD)],
    ids=["exits sum to the fill", "dead unfilled"],
)
def test_no_proof_ends_a_row_before_then(row: Record, looks: tuple[object, ...]) -> None:
    """Shown flat or never filled, and yet the predecessor's entry or close may still be on its way."""
    found = taken(row, *looks)
    early, late = weigh(found, BOUNDS, ALONE - 1), weigh(found, BOUNDS, ALONE)
    assert (early.flat or early.never_filled) is not None
    assert early.ended is None
    assert late.ended is not None
    assert advance(found, early, BOUNDS)[0].state.settled is False
    assert advance(found, late, BOUNDS)[0].state.settled is True


# --- what is done meanwhile ---------------------------------------------------------------------------------------


def steps(record: Record, at_us: int, bounds: Bounds = BOUNDS) -> list[tuple[type, Leg]]:
    """What is planned, by kind and leg."""
    planned = plan(record, weigh(record, bounds, at_us), bounds)
    return [(type(step), step.leg) for step in planned.steps if isinstance(step, Place | Cancel)]


def test_a_naked_position_gets_its_stop_at_once() -> None:
    """The moment it was taken over: protecting cannot hurt whatever still arrives."""
    row = replace(taken(*LATE), state=State.VERIFYING)
    assert steps(row, TAKEN + S) == [(Place, Leg.STOP)]


def test_an_exit_that_was_asked_for_goes_on_at_once() -> None:
    """Goal flat, every source looked: a close can only shrink, and is not kept waiting."""
    looks = (LOOKED, order(OrderStatus.FILLED, "10", TAKEN + S), fills())
    row = replace(taken(filled_and(), *looks), state=State.VERIFYING, goal=Goal.FLAT)
    assert (Place, Leg.CLOSE) in steps(row, TAKEN + S)


def test_nothing_is_cancelled_before_then() -> None:
    """A surplus stop, an entry's remainder, what is left after flat: each is cancelled once nothing else may come."""
    surplus = a_stop(attempt=2, client_order_id="aptestsecond", trigger_price=Decimal("0.1220"))
    cases = {
        "surplus": protected_by(taken(*LATE)).with_order(surplus),
        "after flat": replace(taken(filled_and().with_order(a_stop()), *GONE), state=State.VERIFYING),
        "remainder": replace(
            taken(sending(Sending.ACKNOWLEDGED), order(OrderStatus.PARTIAL, "4", TAKEN + S)),
            state=State.VERIFYING, goal=Goal.FLAT,
        ),
    }
    for name, row in cases.items():
        assert not [step for step in steps(row, ALONE - 1) if step[0] is Cancel], name
        assert [step for step in steps(row, ALONE) if step[0] is Cancel], name


def test_it_wakes_for_its_last_word() -> None:
    """Whatever else there is to do, the plan says when: not a moment later than it may speak."""
    row = protected_by(taken(*LATE))
    early = plan(row, weigh(row, BOUNDS, TAKEN + S), BOUNDS)
    assert early.wake_at_us is not None
    assert early.wake_at_us <= ALONE
