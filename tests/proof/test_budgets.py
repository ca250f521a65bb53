"""One fault and one death in one history, any with any, on every test run; ``make prove`` has two of either."""

from __future__ import annotations

from atomicpos.sim.fault_kinds import APPLIES_TO, Call
from atomicpos.testing.interleavings.budgets import (
    ANY_FAULT_LATE,
    BESIDE,
    CLOCKS_S,
    FAULT_AND_DEATH,
    INSTANTS,
    INSTANTS_AFTER,
    SENT_AGAIN,
    SKEWS,
    TWO_DEATHS,
    TWO_FAULTS,
    dealt,
)
from atomicpos.testing.interleavings.distinct import Known
from atomicpos.testing.interleavings.fault_table import EVERY, OF_PAIRS, OF_STREAMS, OF_TARGETS
from atomicpos.testing.interleavings.histories import History, play
from atomicpos.testing.interleavings.kinds import MODES
from atomicpos.testing.interleavings.odometer import Tape
from atomicpos.testing.interleavings.spaces import LAGS
from atomicpos.testing.interleavings.stage import IdRule
from atomicpos.testing.interleavings.walk import walk
from atomicpos.testing.interleavings.ways import WAYS

HANDS = 4
"""How many deaths, or none, each fault is dealt on a test run."""


def values(tapes: tuple[Tape, ...], *at: int) -> int:
    """How many combinations of those domains the tapes have."""
    return len({tuple(tape[one] for one in at) for tape in tapes})


NOT_MADE = {Call.STREAM, Call.PLACE_TARGET}
"""Most histories hear no stream and ask for no target; those of BESIDE do."""


def test_every_kind_of_fault_is_tried_at_every_call_it_applies_to() -> None:
    """The domain is made from the venue's own table: a new kind or call is in it at once, or is named as not made."""
    played = {(kind, call) for kind, calls in APPLIES_TO.items() for call in calls - NOT_MADE}
    assert {(f.kind, f.call) for f in EVERY} == played
    beside = {(kind, call) for kind, calls in APPLIES_TO.items() for call in calls & NOT_MADE}
    assert {(f.kind, f.call) for f in (*OF_TARGETS, *OF_STREAMS)} == beside


def test_one_fault_and_one_death_break_no_invariant() -> None:
    """Every fault at every call, each with some instants of death, and every instant with some of the faults."""
    assert len(FAULT_AND_DEATH) == (1 + len(EVERY)) * (INSTANTS + 1) * len(MODES) * 2
    tapes = dealt(FAULT_AND_DEATH, 1, HANDS)
    assert values(tapes, 0) == 1 + len(EVERY)
    assert values(tapes, 1) == INSTANTS + 1
    walked = walk(FAULT_AND_DEATH, tapes, known=Known())
    assert walked.tapes >= set(tapes)
    assert not walked.broken, walked.report
    assert len(walked.deaths) >= 30, f"some instants were never met: {walked.deaths}"
    calls = set().union(*walked.called.values())
    assert calls == {call for of_kind in APPLIES_TO.values() for call in of_kind} - NOT_MADE, "a call was never made"


def test_targets_hedge_mode_and_streams_break_no_invariant() -> None:
    """Every fault at every call, a target's and the stream's among them, in some other way than the plain one each."""
    faults = 1 + len(EVERY) + len(OF_TARGETS) + len(OF_STREAMS)
    assert len(BESIDE) == faults * len(WAYS) * (INSTANTS + 1) * len(MODES) * 2
    tapes = dealt(BESIDE, 1)
    assert values(tapes, 0) == faults
    assert values(tapes, 1) == len(WAYS)
    walked = walk(BESIDE, tapes, known=Known())
    assert walked.tapes >= set(tapes)
    assert not walked.broken, walked.report
    assert set().union(*walked.called.values()) >= {Call.PLACE_TARGET}


def test_clocks_and_rules_of_ids_break_no_invariant() -> None:
    """Clocks ahead or behind with some faults, and requests that are lost and sent again under every rule of ids."""
    for space, whole in ((SKEWS, (1, 1)), (SENT_AGAIN, (2, 1))):
        tapes = dealt(space, *whole)
        walked = walk(space, tapes, known=Known())
        assert walked.tapes >= set(tapes)
        assert not walked.broken, walked.report


def test_the_shares_have_every_pair() -> None:
    """Every two faults meet; every fault meets every instant, first and second; every fault every clock and lag."""
    two, again = dealt(TWO_FAULTS, 2), dealt(TWO_DEATHS, 2)
    assert values(two, 0, 1) == len(OF_PAIRS) * (len(OF_PAIRS) - 1)
    assert values(two, 0, 2) == len(OF_PAIRS) * (INSTANTS + 1)
    assert values(again, 0, 1) == (len(OF_PAIRS) + 1) * INSTANTS
    assert values(again, 0, 2) == (len(OF_PAIRS) + 1) * INSTANTS_AFTER
    assert values(dealt(FAULT_AND_DEATH, 2), 0, 1) == (1 + len(EVERY)) * (INSTANTS + 1)
    assert values(dealt(SKEWS, 2), 0, 1) == (len(OF_PAIRS) + 1) * len(CLOCKS_S)
    assert values(dealt(ANY_FAULT_LATE, 3), 0, 1) == (1 + len(EVERY)) * len(LAGS)
    assert values(dealt(SENT_AGAIN, 3), 1, 2) == len(IdRule) * len(LAGS)


def test_every_instant_of_a_careful_open_that_is_closed_is_one_of_those_tried() -> None:
    """In every mode, with leverage and margin mode set first, it passes no more instants than deaths are tried."""
    assert max(play(History(careful=True, closes=True, kind=kind)).instants for kind in MODES) <= INSTANTS
