"""The spaces of two processes: where the first is stopped, for how long, by which clocks, and what it is about.

They are larger than a test run has time for, and are walked in shares, by the sum of a tape's indices. One of as many
shares as ``ELSE`` is long has every combination of the other domains exactly once, each with other clocks and another
second process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

from ...sim import Fault
from .fates import AFTER_RENEWAL, BEFORE_RENEWAL, AfterRest, AfterTakeover, Point, Trouble
from .kinds import MODES, Kind
from .odometer import Domain, Space, Tape
from .paused import Paused
from .scenes import Scene, Then
from .stage import SYMBOL, WHOLE, Filling
from .windows import NARROW

# --- where --------------------------------------------------------------------------------------------------------

INSTANTS: dict[Scene, Sequence[Point]] = {
    Scene.OPEN: range(24), Scene.FILLED: range(6, 16), Scene.CLOSE: range(14), Scene.PART: range(10),
    Scene.MOVE: range(12), Scene.CALM: (0, 1, BEFORE_RENEWAL, AFTER_RENEWAL), Scene.ROLLBACK: range(12),
    Scene.SUSPECTED: range(4),
}
"""The instants of each scene, all of them in every mode until the bot is answered, and some of the watch after it."""
MOMENTS_S = {
    Scene.OPEN: (0.1, 0.2, 0.35, 0.5), Scene.CLOSE: (0.1, 0.2), Scene.PART: (0.1, 0.2), Scene.MOVE: (0.1, 0.2),
    Scene.CALM: (0.5, 1.3, 3.4, 5.1), Scene.ROLLBACK: (0.1,), Scene.SUSPECTED: (1.0, 4.0),
}
"""Moments between instants: a look is under way, or everything sleeps."""
POINTS: tuple[tuple[Scene, Point], ...] = tuple(
    (scene, point) for scene in Scene for point in (*INSTANTS[scene], *MOMENTS_S.get(scene, ()))
)
OPENING = tuple((scene, point) for scene, point in POINTS if scene is Scene.OPEN)

# --- how long -----------------------------------------------------------------------------------------------------

PAUSES_S = (0.0, 1.3, 3.5, 7.0, 8.75, 10.5, 11.0, 13.0, 17.5, 24.0, 30.0)
"""A lease is renewed every 3.5 s and lasts 10.5 s; what was sent with it may arrive until 2.5 s later."""
WAKINGS_AT = (
    *(AfterRest(s) for s in (0.0, 0.1, 1.0)),
    *(AfterTakeover(s) for s in (0.0, 0.05, 0.1, 0.2, 0.35, 0.6, 1.3, 2.4, 2.7)),
)
"""It wakes right after the second process has protected the position or settled the row, or while that one looks,
protects, and waits for what may be on its way."""

# --- what else ----------------------------------------------------------------------------------------------------

SKEWS_S = (0, 0.5, -0.5)
ELSE: tuple[dict[str, Any], ...] = tuple(
    {"clocks": clocks, "fresh": fresh, "timers_first": timers_first}
    for clocks, fresh, timers_first in product(product(SKEWS_S, SKEWS_S), (False, True), (False, True))
)
"""Both clocks x the second process runs from the beginning or is started x what the first takes up first when woken."""
LAGS_S = (0, 2)
HALVES = (Filling(half=True), *(Filling(half=True, rest_after_s=s) for s in (1.5, 12, 26)))
"""Half and the rest cancelled; half and the rest while it pauses; half and the rest when it is over."""

_POINT, _ELSE = Domain("point", POINTS), Domain("other", ELSE)

PAUSES = Space((_POINT, Domain("seconds", PAUSES_S), Domain("kind", MODES), _ELSE, NARROW))
"""Every point x every pause of 0 to 30 s x the modes x clocks and the rest."""

WAKINGS = Space((_POINT, Domain("seconds", WAKINGS_AT), Domain("kind", tuple(Kind)), _ELSE, NARROW))
"""Every point x every moment at which the second process is amid its work or done with it x every kind of exchange x
clocks and the rest."""

PAUSES_PARTIAL = Space((
    Domain("point", OPENING), Domain("seconds", PAUSES_S), Domain("kind", MODES), Domain("filling", (WHOLE, *HALVES)),
    Domain("lag", LAGS_S), _ELSE, NARROW,
))
"""Every point of an open x every pause x the modes x how the entry fills x late reads x clocks and the rest."""

CUTS = Space((
    _POINT, Domain("seconds", PAUSES_S), Domain("kind", MODES), Domain("trouble", (Trouble.CUT_OFF,)), _ELSE,
    NARROW,
))
"""The same as PAUSES, but that the first process lives on without its database."""


_LATE = (("cancel", 1), ("place_close", 1), ("place_stop", 1), ("place_stop", 2), ("set_stop", 1), ("set_stop", 2))
LATE = (None, *(Fault(call, SYMBOL, "late_request", nth, seconds) for seconds in (1.6, 0.6) for call, nth in _LATE))
"""Requests that arrive when their sender is long gone."""
LEAVING = tuple(
    (scene, at) for scene, last in ((Scene.MOVE, 14), (Scene.PART, 10), (Scene.CLOSE, 16)) for at in range(last)
)

GONE = Space((
    Domain("point", LEAVING), Domain("fault", LATE), Domain("kind", tuple(Kind)), Domain("then", tuple(Then)),
    Domain("trouble", (Trouble.GONE,)), Domain("fresh", (True,)), NARROW,
))
"""The first process dies amid an act, what it sent last is late, and its successor, which knows, acts at once."""


LATE_CANCELS = Space((
    Domain("point", tuple((Scene.MOVE, at) for at in range(8, 14))), Domain("fault", LATE[1:2]),
    *GONE.domains[2:],
))
"""The part of it in which a stop is cancelled late that was moved away from, and may be moved back to."""


def share(space: Space, of: int, which: int = 0) -> Iterator[Tape]:
    """One of so many shares of a space, in growing order: at first by the sum of a tape's indices, then every n-th.

    ``of`` is best a prime times the length of ``ELSE``: then no domain is left out.
    """
    sums, step = min(of, len(ELSE)), max(of // len(ELSE), 1)
    return islice((tape for tape in space.tapes() if sum(tape) % sums == which % sums), which % step, None, step)


def paused(choices: dict[str, Any]) -> Paused:
    """The history of one tape's choices."""
    given = dict(choices)
    scene, at = given.pop("point")
    return Paused(scene=scene, at=at, **given.pop("other", {}), **given)
