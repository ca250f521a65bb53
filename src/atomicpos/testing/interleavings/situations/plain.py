"""Histories of one open, or of two processes, by which the rig comes into what the large spaces pass rarely."""

from __future__ import annotations

from collections.abc import Iterator

from ....sim import Fault
from ....sim.fault_words import Call, FaultKind
from ..histories import History
from ..kinds import Kind
from ..paused import Paused
from ..scenes import Scene
from ..spaces import strike
from ..stage import Filling

_SECONDS = {
    FaultKind.LATE_REQUEST: 4.0, FaultKind.LATE_REPLY: 3.0, FaultKind.PARTIAL_THEN_MORE: 3.0, FaultKind.STOP_OUT: 3.0,
    FaultKind.GAP: 0.5, FaultKind.ADL: 0.5, FaultKind.LIQUIDATE: 0.5, FaultKind.FOREIGN_SCALE_IN: 0.5,
    FaultKind.FOREIGN_CLOSE: 0.5, FaultKind.FOREIGN_REVERSE: 0.5, FaultKind.ALTER_STOP: 0.5, FaultKind.CLEAR_STOP: 0.5,
}
"""When, or how late, where the kind has a time."""
OF_WRITES = (
    FaultKind.LOSE_REQUEST, FaultKind.LOSE_REPLY, FaultKind.LATE_REQUEST, FaultKind.LATE_REPLY, FaultKind.DUPLICATE,
    FaultKind.HTTP_502_EXECUTED, FaultKind.HTTP_502_NOT_EXECUTED, FaultKind.HTML_200_EXECUTED,
    FaultKind.HTML_200_NOT_EXECUTED, FaultKind.CUT_BODY, FaultKind.REFUSE, FaultKind.RATE_LIMIT,
)
"""What may happen to any write."""
OF_ENTRIES = (
    FaultKind.NEVER_FILL, FaultKind.PARTIAL_FILL, FaultKind.PARTIAL_THEN_MORE, FaultKind.DROP_ATTACHED, FaultKind.GAP,
    FaultKind.STOP_OUT, FaultKind.LIQUIDATE, FaultKind.ADL, FaultKind.FOREIGN_SCALE_IN, FaultKind.FOREIGN_CLOSE,
    FaultKind.FOREIGN_REVERSE, FaultKind.ALTER_STOP, FaultKind.CLEAR_STOP,
)
"""How an entry fills, and what happens to its position later."""
WRITES = (Call.PLACE_ENTRY, Call.PLACE_STOP, Call.SET_STOP, Call.PLACE_CLOSE, Call.CANCEL)
STAYS_S = 20


def _faults() -> Iterator[tuple[str, History]]:
    """Every kind at every write that it can strike, and every kind of an entry or its position, once each."""
    for kind in OF_WRITES:
        for call in WRITES:
            mode = Kind.ATTACHED if call is Call.SET_STOP else Kind.ON_ACKNOWLEDGEMENT
            fault = strike(call.value, kind.value, 1, _SECONDS.get(kind))
            yield f"{kind.value} at {call.value}", History(faults=(fault,), closes=True, kind=mode)
    for kind in OF_ENTRIES:
        fault = strike("place_entry", kind.value, 1, _SECONDS.get(kind))
        yield f"{kind.value} at place_entry", History(faults=(fault,), stays_s=STAYS_S)


def _bent() -> Iterator[tuple[str, History]]:
    """Every way in which a read shows something else than what is."""
    lag = 8
    yield "every read lags", History(lag, lag, lag, closes=True)
    for kind, seconds in (("empty", 1.5), ("backwards", 4.0), ("omit", None), ("error", None)):
        nth = 1 if kind in ("omit", "error") else None
        yield f"{kind} position", History(faults=(strike("position", kind, nth, seconds),), closes=True)
    yield "no look at the slot", History(faults=(strike("position", "error"),))


def _refused(code: str, *calls: str, nth: int | None = None) -> tuple[Fault, ...]:
    return tuple(strike(call, "refuse", nth, None, code) for call in calls)


_STOPS, _EXITS = ("set_stop", "place_stop"), ("set_stop", "place_stop", "place_close")
HALF_LATER = Filling(half=True, rest_after_s=7)
OTHERS: dict[str, History | Paused] = {
    "a rest that never comes is cancelled": History(filling=HALF_LATER),
    "too large to close at once": History(faults=_refused("quantity", "place_close", nth=1), closes=True),
    "precision": History(faults=_refused("price", "place_stop"), kind=Kind.AFTER_FILL, closes=True),
    "outside the band": History(faults=_refused("price_band", *_STOPS, nth=1), kind=Kind.AFTER_FILL),
    "too many stops": History(faults=_refused("too_many_stops", *_STOPS), kind=Kind.AFTER_FILL),
    "no stop in time": History(faults=_refused("rate_limited", *_STOPS), kind=Kind.AFTER_FILL),
    "neither stop nor close": History(
        faults=_refused("rate_limited", *_EXITS), kind=Kind.ON_ACKNOWLEDGEMENT, closes=True
    ),
    "neither stop nor market close": History(faults=_refused("price", *_EXITS), kind=Kind.ON_ACKNOWLEDGEMENT),
    "a stop in two pieces": History(
        8, 8, 8, _refused("quantity", *_EXITS, nth=2), kind=Kind.ON_ACKNOWLEDGEMENT, closes=True
    ),
    "crossed ahead of the fill": History(8, 8, 8, _refused("would_trigger", *_STOPS, nth=1), closes=True),
    "turned over before it is known": History(
        0, 0, 8, (strike("place_entry", "foreign_reverse", 1, 0.1),), kind=Kind.AFTER_FILL, closes=True, stays_s=60
    ),
    "pending when it dies": History(8, 8, 8, dies_at=9, kind=Kind.ON_ACKNOWLEDGEMENT),
    "stopped out while it is watched": History(
        faults=(strike("place_entry", "stop_out", 1, 3),), kind=Kind.ON_ACKNOWLEDGEMENT, stays_s=STAYS_S
    ),
    "awake before its lease is over": Paused(at="permitted", seconds=20.0),
    "found closing a part": Paused(Scene.PART, at="close has left", seconds=40.0),
}

PLAIN: dict[str, History | Paused] = {**dict(_faults()), **dict(_bent()), **OTHERS}
"""All of them, by name."""

