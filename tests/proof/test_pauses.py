"""A paused owner may wake and hurt nothing: every point x every pause, and shares of what else may vary.

With ATOMICPOS_TAPES=8 eight times as many tapes are played.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from atomicpos.testing.interleavings.kinds import MODES, Kind
from atomicpos.testing.interleavings.odometer import Space, Tape
from atomicpos.testing.interleavings.pause_spaces import (
    CUTS,
    ELSE,
    GONE,
    HALVES,
    INSTANTS,
    LATE,
    LATE_CANCELS,
    LEAVING,
    MOMENTS_S,
    OPENING,
    PAUSES,
    PAUSES_PARTIAL,
    PAUSES_S,
    POINTS,
    SKEWS_S,
    WAKINGS,
    WAKINGS_AT,
    share,
)
from atomicpos.testing.interleavings.paused import Paused, play_paused
from atomicpos.testing.interleavings.scenes import Scene, Then
from atomicpos.testing.interleavings.walk import Walked, walk

ONE = len(ELSE)
"""One share of so many has every combination of point, pause and kind once, each with other clocks."""
TIMES = int(os.environ.get("ATOMICPOS_TAPES", "1"))


def walked(space: Space, shares: int, which: int = 0) -> Walked:
    """One share of the space, or several at once; every invariant holds in every history."""
    shares = max(shares // TIMES, 1)
    return played(space, list(share(space, shares, which % shares)))


def played(space: Space, tapes: list[Tape]) -> Walked:
    """Those tapes; every invariant holds in every history."""
    found = walk(space, tapes)
    print(f"{found.rate}; taken over: {dict(found.takeovers)}; began at: {dict(found.deaths)}")
    assert found.tapes == set(tapes)
    assert not found.broken, found.report
    return found


def test_every_pause_at_every_point_breaks_no_invariant() -> None:
    """Stopped at any instant for 0 to 30 s, by unequal clocks, it wakes and hurts nothing; taken over in any state.

    The mode in turn; ``make prove`` has every mode.
    """
    assert len(ELSE) == len(SKEWS_S) ** 2 * 2 * 2 == 36
    assert len(PAUSES) == len(POINTS) * len(PAUSES_S) * len(MODES) * len(ELSE) == 107 * 11 * 4 * 36
    tapes = share(PAUSES, max(ONE // TIMES, 1))
    found = played(PAUSES, [tape for tape in tapes if tape[2] == (tape[0] + tape[1]) % len(MODES)])
    assert len({tape[:2] for tape in found.tapes}) == 107 * 11
    for state in (
        "pending_entry", "order_filled", "verifying", "protected", "orphan_suspected", "verifying, being closed",
        "protected, its stop being moved", "protected, a part being closed",
    ):
        assert found.takeovers[state] >= len(MODES), f"hardly any was taken over {state}: {found.takeovers}"
    for instant in ("before admit", "before entry", "permitted", "entry has left", "before renewal", "a moment"):
        assert found.deaths[instant] > 0, f"none was stopped {instant}: {found.deaths}"
    assert {end for _, end in found.ends} == {"protected", "closed", "rolled_back"}


def test_waking_amid_the_successor_s_work_breaks_no_invariant() -> None:
    """It wakes while its successor looks, protects, waits, tidies up, or has just done so, on any kind of exchange."""
    assert len(WAKINGS) == len(POINTS) * len(WAKINGS_AT) * len(Kind) * len(ELSE) == 107 * 12 * 8 * 36
    found = walked(WAKINGS, 11 * ONE, 1)
    assert sum(found.takeovers.values()) >= len(found.tapes) // 2


def test_pauses_and_partial_fills_break_no_invariant() -> None:
    """However the entry fills meanwhile, and however late the reads are."""
    fillings, lags = 1 + len(HALVES), 2
    assert len(PAUSES_PARTIAL) == 28 * 11 * 4 * 5 * 2 * 36
    assert len(PAUSES_PARTIAL) == len(OPENING) * len(PAUSES_S) * len(MODES) * fillings * lags * 36
    found = walked(PAUSES_PARTIAL, 13 * ONE, 2)
    assert sum(found.takeovers.values()) >= len(found.tapes) // 4


def test_losing_the_database_breaks_no_invariant() -> None:
    """It lives on while its renewals fail and its lease lapses: what may still leave only protects."""
    assert len(CUTS) == len(PAUSES)
    found = walked(CUTS, 5 * ONE, 3)
    assert sum(found.takeovers.values()) >= len(found.tapes) // 4


def test_last_requests_of_the_dead_break_no_invariant() -> None:
    """Its successor knows that it is gone, and acts at once, while what it sent last is still on its way."""
    assert len(GONE) == len(LEAVING) * len(LATE) * len(Kind) * len(Then) == 40 * 13 * 8 * 3
    walked(GONE, 23, 4)
    walked(LATE_CANCELS, 1)


@pytest.mark.parametrize("scene", [scene for scene in Scene if scene is not Scene.FILLED])
def test_every_instant_of_a_scene_is_one_of_those_tried(scene: Scene) -> None:
    """In every mode its bot is answered before the last of the instants that are tried."""
    numbered = [at for at in INSTANTS[scene] if isinstance(at, int)]
    for kind in MODES:
        told = play_paused(Paused(scene, at=10**6, kind=kind))
        assert told.broken == ()
        assert told.instants <= max(numbered) + 1


def test_points_are_counted() -> None:
    """So many instants and so many moments."""
    assert Counter(scene for scene, _ in POINTS) == {
        scene: len(INSTANTS[scene]) + len(MOMENTS_S.get(scene, ())) for scene in Scene
    }
