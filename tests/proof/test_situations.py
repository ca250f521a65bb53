"""The rig has been everywhere: every situation happened, counted from journal, evidence and the venue's log."""

from collections import Counter
from collections.abc import Iterator

import pytest

from atomicpos import errors
from atomicpos.models import ProofKind, Refusal, Sending, State
from atomicpos.sim.fault_words import FaultKind
from atomicpos.states import TABLE
from atomicpos.testing.interleavings.histories import Told
from atomicpos.testing.interleavings.situations.situation import EXCUSED, Situation, every, families, unseen
from atomicpos.testing.interleavings.situations.stories import STORIES, TOLD, play_story

SAID_BY_THE_RIG = {"answer: died", "answer: scripted", "answer: none"}
"""What no bot is ever answered."""


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """Every story, played once."""
    return {name: play_story(TOLD, (at,)) for at, name in enumerate(STORIES)}


def test_every_situation_happens(told: dict[str, Told]) -> None:
    """The stories alone come into every situation that has a row; an empty row fails, and none is excused."""
    seen = Counter(name for one in told.values() for name in one.situations)
    assert unseen(seen) == ()
    assert EXCUSED == {}


def test_no_story_breaks_an_invariant(told: dict[str, Told]) -> None:
    """What is rare is held to the same promise as what is not."""
    assert {name: one.broken for name, one in told.items() if one.broken} == {}


def test_whatever_happens_has_a_row(told: dict[str, Told]) -> None:
    """A new alert, act, proof or answer that nobody counts would be found here."""
    assert {name for one in told.values() for name in one.situations} - set(every()) - SAID_BY_THE_RIG == set()


def _expected() -> Iterator[str]:
    """Spelled out once more, not taken from the table of situations."""
    for row in TABLE:
        yield f"transition: {row.source.value} to {row.dest.value}: {row.guard}"
    for kind in FaultKind:
        yield f"fault: {kind.value}"
    for state in State:
        yield f"death: before commit of {state.value}"
        if not state.settled:
            yield f"takeover: {state.value}"
    for word in (*ProofKind, *Refusal, *Sending):
        yield f"{type(word).__name__.removesuffix('Kind').lower()}: {word.value}"
    for name in ("EntryRefused", "OrphanSuspected", "UnknownPosition", "ClosedImmediately", "AlreadyOpen"):
        assert issubclass(getattr(errors, name), errors.AtomicPositionError)
        yield f"answer: {name}"


def test_every_transition_fault_state_proof_refusal_and_error_has_its_row() -> None:
    """Whoever adds one to the code adds a row that must be filled."""
    assert set(_expected()) <= set(every())
    assert len(set(every())) == len(every()) == sum(map(len, families().values()))


def test_every_situation_of_its_own_is_explained() -> None:
    """Each has a sentence, and no two the same."""
    assert len({situation.value for situation in Situation}) == len(Situation) >= 30


def test_an_empty_row_is_told() -> None:
    """What was not seen is named; what was seen once is not."""
    rows = every()
    assert unseen(Counter()) == rows
    assert unseen(Counter(rows[1:])) == rows[:1]


@pytest.mark.parametrize(
    ("story", "situation"),
    [
        ("fills late", "happened: a late fill after a rollback"),
        ("the database is away", "happened: a stop leaves before its row is written"),
        ("stop_out at place_entry", "happened: a stop of ours closes the position"),
    ],
)
def test_a_situation_is_read_off_what_happened(told: dict[str, Told], story: str, situation: str) -> None:
    """It is counted in the story that comes to it, and not in one that goes well."""
    assert situation in told[story].situations
    assert situation not in told["its caller goes away"].situations
