"""The ways to die that are tried: drawn by seed and number alone, so that any of them can be run again by itself."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from atomicpos.profile import Protection
from atomicpos.testing.failpoints import AFTER_COMMIT, BEFORE_COMMIT, Failpoint

from .lanes import Lane

ATTACHED, EARLY, LATE = (Protection.ATTACHED.value, Protection.ON_ACKNOWLEDGEMENT.value, Protection.AFTER_FILL.value)
OPEN, CLOSE, MOVE = "open", "close", "move"
Scene = tuple[str, str]
"""What is done, and the way of protecting."""


def _around(what: str, times: int = 1) -> list[Failpoint]:
    names = (f"before {what}", f"{what} may leave", f"{what} has left", f"{what} was answered")
    return [Failpoint(name, nth) for name in names for nth in range(1, times + 1)]


def _commit(state: str, times: int = 1) -> list[Failpoint]:
    return [Failpoint(f"{when} commit of {state}", nth) for when in ("before", "after") for nth in range(1, times + 1)]


_ADMITTED = [Failpoint("before admit"), Failpoint("after admit"), *_around("entry")]
_OPENED = [*_ADMITTED, *_commit("verifying"), *_commit("protected")]
_SEPARATE = [*_OPENED, *_commit("pending_entry"), *_around("stop", 2), *_around("cancel")]
_CLOSED = [*_around("close"), *_commit("closed")]
_CLOSED_SEPARATE = [*_CLOSED, *_commit("verifying"), *_around("cancel")]
_MOVED_SEPARATE = [*_around("stop"), *_around("cancel"), *_commit("protected", 2)]

POINTS: dict[Scene, list[Failpoint]] = {
    (OPEN, ATTACHED): [*_OPENED, *_around("position stop")],
    (OPEN, EARLY): _SEPARATE,
    (OPEN, LATE): _SEPARATE,
    (CLOSE, ATTACHED): [*_CLOSED, *_commit("verifying", 2)],
    (CLOSE, EARLY): _CLOSED_SEPARATE,
    (CLOSE, LATE): _CLOSED_SEPARATE,
    (MOVE, ATTACHED): [*_around("position stop"), *_commit("protected", 3)],
    (MOVE, EARLY): _MOVED_SEPARATE,
    (MOVE, LATE): _MOVED_SEPARATE,
}
"""The points that a scene passes when nothing goes wrong, counted from its beginning."""

COMMITS_MAX = 7
"""How many COMMITs a scene has: each of them has a point before and after it, too."""
ACTS_WITHIN_S = 0.3
"""About how long an act takes, with a fault or two on the way: a kill at random falls somewhere inside."""
STARTS_WITHIN_S = 0.8
"""The same for a bot that starts and takes up what is there."""


@dataclass(frozen=True, slots=True)
class End:
    """How one life ends: at a point, or that many seconds after its beginning."""

    point: Failpoint | None = None
    after_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.point.name} #{self.point.nth}" if self.point else f"after {self.after_s * 1000:.0f} ms"


@dataclass(frozen=True, slots=True)
class Case:
    """One position's story: what its first process does, how that ends, and how those that take it up end."""

    number: int
    lane: Lane
    scene: Scene
    side: str
    ends: tuple[End, ...]
    """Of the first life and its successors; the one after the last of them lives on."""
    faults: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        ends = ", then ".join(str(end) for end in self.ends)
        faults = ", ".join(f"{fault['kind']} of {fault['call']}" for fault in self.faults) or "none"
        return f"{self.lane.symbol} {self.side} {' '.join(self.scene)}; killed {ends}; faults: {faults}"


def draw(seed: int, number: int, lane: Lane) -> Case:
    """The case of that number: three of five die at a named point first, the points taken in turn."""
    rng = random.Random(f"{seed}/{number}")
    scene, end = _first(rng, number)
    ends = [end]
    while rng.random() < 0.25:
        ends.append(_any(rng, 0.1, STARTS_WITHIN_S))
    faults = tuple(_fault(rng, lane, scene[1]) for _ in range(rng.choice((0, 0, 1, 1, 2))))
    return Case(number, lane, scene, rng.choice(("buy", "sell")), tuple(ends), faults)


def names(points: Iterable[Failpoint]) -> set[str]:
    """What the points are called."""
    return {point.name for point in points}


TURN = [(scene, point) for scene, points in POINTS.items() for point in points]
"""Every point of every scene."""
STRIDE = 37
"""Coprime to their number: neighbours in the list are not tried in a row, and none is left out."""


def _first(rng: random.Random, number: int) -> tuple[Scene, End]:
    turn, of_five = divmod(number, 5)
    if of_five < 3:
        scene, point = TURN[(turn * 3 + of_five) * STRIDE % len(TURN)]
        return scene, End(point)
    return rng.choice(list(POINTS)), _any(rng, 0, ACTS_WITHIN_S)


def _any(rng: random.Random, from_s: float, to_s: float) -> End:
    """At a COMMIT, or after any time."""
    if rng.random() < 0.3:
        return End(Failpoint(rng.choice((BEFORE_COMMIT, AFTER_COMMIT)), rng.randint(1, COMMITS_MAX)))
    return End(after_s=rng.uniform(from_s, to_s))


_READS = ("orders", "fills", "position")
_WRITES = ("late_reply", "lose_reply", "lose_request", "cut_body", "http_502_executed", "html_200_executed")
_ENTRIES = (*_WRITES, "partial_fill", "drop_attached")


def _fault(rng: random.Random, lane: Lane, protection: str) -> dict[str, Any]:
    stop = "set_stop" if protection == ATTACHED else "place_stop"
    call = rng.choice(("place_entry", "place_entry", stop, "place_close", *_READS))
    if call in _READS:
        return {"call": call, "symbol": lane.symbol, "kind": rng.choice(("omit", "error")), "nth": rng.randint(1, 3)}
    kind = rng.choice(_ENTRIES if call == "place_entry" else _WRITES)
    return {"call": call, "symbol": lane.symbol, "kind": kind, "nth": 1, "seconds": round(rng.uniform(0.05, 0.3), 2)}
