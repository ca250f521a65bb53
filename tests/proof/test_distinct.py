"""What counts as a distinct history: one in which all that was planned came about, and which went as none before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import pytest

from atomicpos.sim import Fault
from atomicpos.testing.interleavings.budgets import FAULT_AND_DEATH, TWO_DEATHS, dealt
from atomicpos.testing.interleavings.distinct import Known, in_order, mishaps
from atomicpos.testing.interleavings.histories import History, play
from atomicpos.testing.interleavings.kinds import Kind
from atomicpos.testing.interleavings.odometer import Space, Tape
from atomicpos.testing.interleavings.spaces import REFUSED, history, strike
from atomicpos.testing.interleavings.walk import play_tape, walk

LOST = strike("place_entry", "lose_reply", 1)
SECOND_STOP = strike("place_stop", "lose_reply", 2)
AFTER_FILL = History(kind=Kind.AFTER_FILL)


class Here(Executor):
    """Plays in this process, one after the other."""

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **how: Any) -> Iterator[Any]:
        return map(fn, *iterables)


def known(*histories: History) -> Known:
    """What is known once these were played."""
    found = Known()
    for one in histories:
        assert found.learn(play(one))
    return found


def test_a_death_after_the_last_instant_is_the_history_without_it() -> None:
    """An open of so many instants can be cut short at each of them, and not at the next."""
    instants = play(AFTER_FILL).instants
    told = known(AFTER_FILL)
    assert not told.is_another(History(kind=Kind.AFTER_FILL, dies_at=instants - 1))
    assert told.is_another(History(kind=Kind.AFTER_FILL, dies_at=instants))
    assert not told.learn(play(History(kind=Kind.AFTER_FILL, dies_at=instants)))


def test_a_fault_of_a_call_that_is_not_made_is_the_history_without_it() -> None:
    """One stop is placed, so the second cannot be lost; the first can, and then there is a second."""
    told = known(AFTER_FILL)
    first = strike("place_stop", "lose_request", 1)
    assert told.is_another(History(kind=Kind.AFTER_FILL, faults=(SECOND_STOP,)))
    assert told.is_another(History(kind=Kind.AFTER_FILL, faults=(SECOND_STOP, strike("cancel", "lose_reply", 1))))
    assert not told.is_another(History(kind=Kind.AFTER_FILL, faults=(first,)))
    assert not told.is_another(History(kind=Kind.AFTER_FILL, faults=(first, SECOND_STOP)))


def test_what_is_not_known_is_played() -> None:
    """Of another kind of exchange nothing is known; nor is a condition that stands from the beginning a mishap."""
    told = known(AFTER_FILL)
    assert not told.is_another(History(kind=Kind.ATTACHED, faults=(SECOND_STOP,)))
    stands = strike("position", "backwards", None, 1)
    assert mishaps(History(faults=(stands, LOST), dies_at=3)) == (LOST, "dies_at")
    assert not told.is_another(History(kind=Kind.AFTER_FILL, faults=(stands,)))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (LOST, SECOND_STOP, True),
        (strike("place_stop", "refuse", 1), SECOND_STOP, True),
        (strike("place_stop", "refuse", 2), SECOND_STOP, False),
        (strike("place_stop", "refuse"), SECOND_STOP, False),
    ],
    ids=["other calls", "other times", "the same time", "every time"],
)
def test_two_faults_have_an_order_only_where_they_meet(one: Fault, other: Fault, alike: bool) -> None:
    """Two that may strike the same call do what the one does that was set first."""
    assert (in_order(History(faults=(one, other))) == in_order(History(faults=(other, one)))) is alike


def test_of_two_faults_that_meet_the_second_did_not_happen() -> None:
    """It is masked for good: the history is the one with the first alone."""
    told = known(History(faults=(LOST,)))
    assert not told.learn(play(History(faults=(LOST, strike("place_entry", "refuse", 1)))))


def test_every_call_that_is_made_once_is_the_first() -> None:
    """A fault of every close strikes the one there is; of every stop, the next one as well."""
    closed = History(closes=True, kind=Kind.AFTER_FILL)
    told = known(closed, replace(closed, faults=(strike("place_close", "late_reply", 1, 1),)))
    assert not told.learn(play(replace(closed, faults=(strike("place_close", "late_reply", None, 1),))))
    assert told.learn(play(replace(closed, faults=(strike("place_stop", "lose_request", 1),))))
    assert told.learn(play(replace(closed, faults=(strike("place_stop", "lose_request"),))))


@pytest.mark.parametrize(
    ("space", "tapes"),
    [
        (FAULT_AND_DEATH, dealt(FAULT_AND_DEATH, 1)[::8]),
        (TWO_DEATHS, dealt(TWO_DEATHS, 1)[::2]),
        (REFUSED, tuple(REFUSED.tapes())[::40]),
    ],
    ids=["a fault and a death", "two deaths", "refusals"],
)
def test_what_need_not_be_played_goes_as_one_that_was(space: Space, tapes: tuple[Tape, ...]) -> None:
    """Every tape of the share that was left out, played all the same, is a known history, and breaks nothing."""
    told = Known()
    walked = walk(space, tapes, Here(), told)
    assert walked.tapes >= set(tapes)
    assert not walked.broken, walked.report
    left_out = [tape for tape in tapes if tape not in walked.called]
    assert len(left_out) >= len(tapes) // 10
    for tape in left_out:
        assert told.is_another(in_order(history(space.read(tape))))
        again = play_tape(space, tape)
        assert (again.was in told.distinct, again.broken) == (True, ()), space.read(tape)
