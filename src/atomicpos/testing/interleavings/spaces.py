"""The spaces that are walked whole: data, so that their products can be asserted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...sim import Fault
from .kinds import MODES, Kind
from .odometer import Domain, Space, Tape, in_growing_order
from .pause_spaces import CUTS, GONE, PAUSES, PAUSES_PARTIAL, WAKINGS
from .stage import SYMBOL, WHOLE, Filling
from .windows import NARROW
from .worlds import History

Mishap = Fault | int | None
"""At most one thing that goes wrong: a fault, or the instant of a death."""


def strike(
    call: str, kind: str, nth: int | None = None, seconds: float | None = None, code: str | None = None
) -> Fault:
    """A fault on the one symbol of every history."""
    return Fault(call, SYMBOL, kind, nth, seconds, code)


# --- the domains --------------------------------------------------------------------------------------------------

LAGS_S = (0, 0.5, 1, 1.5, 2)
EACH_LAG = tuple(Domain(f"lag_{what}", LAGS_S) for what in ("orders", "fills", "position"))
"""Every lag of each endpoint."""
LAGS = ((0, 0, 0), (0, 0, 2), (2, 0, 0), (2, 2, 2))
"""Orders, fills, position: none late, the slot, the orders, all."""
BY_LAG = Domain("lags", LAGS)
TWO_LAGS = Domain("lags", (LAGS[0], LAGS[-1]))
MODE = Domain("kind", MODES)
STAYS = Domain("stays_s", (25,))
"""The process goes on long enough for its watch to see what happened last."""

LATE_S = 1.6
"""How late a request arrives that its sender believes lost: just inside the receive window."""
LOSSES = ("lose_request", "lose_reply", "http_502_executed", "late_request", "refuse")
WRITES = (
    ("place_entry", 1), ("set_stop", 1), ("set_stop", 2), ("set_stop", None), ("cancel", 1), ("place_close", 1),
    ("place_stop", 1), ("place_stop", 2), ("place_stop", None),
)
"""Which write is struck: (call, nth), None for every one."""
WRITE_FAULTS = tuple(
    strike(call, kind, nth, LATE_S if kind == "late_request" else None) for call, nth in WRITES for kind in LOSSES
)
READS = ("orders", "fills", "position", "position_stop")
READ_ERRORS = tuple(strike(call, "error", nth) for call in READS for nth in (1, 2, None))


def _needs_another(fault: Fault) -> bool:
    """A separate stop, or a second own one, is not sent where the stop is attached unless something else fails."""
    return fault.call == "place_stop" or (fault.call, fault.nth) == ("set_stop", 2)


FAULTS: tuple[Fault | None, ...] = (
    None,
    strike("place_entry", "never_fill", 1),
    strike("place_entry", "liquidate", 1, 0),
    *(fault for fault in WRITE_FAULTS if not _needs_another(fault)),
    *READ_ERRORS,
)
ALL_FAULTS = (*FAULTS, *(fault for fault in WRITE_FAULTS if _needs_another(fault)))

INSTANTS = 38
"""How many instants of death are tried: no open without a fault passes more, whatever the lags."""

# --- one thing goes wrong -----------------------------------------------------------------------------------------

ONE_FAULT = Space((*EACH_LAG, Domain("fault", FAULTS), NARROW))
"""Lags of each endpoint x at most one fault."""

ONE_CRASH = Space((*EACH_LAG, Domain("dies_at", (None, *range(INSTANTS))), NARROW))
"""Lags of each endpoint x at most one death."""

_TWO_LAGS = tuple(Domain(f"lag_{what}", (0, 2)) for what in ("orders", "fills", "position"))

OTHER_KINDS = Space((*_TWO_LAGS, Domain("fault", ALL_FAULTS), Domain("kind", tuple(Kind)[1:]), NARROW))
"""At most one fault against every other kind of exchange, with the shortest and the longest lags."""


# --- partial fills ------------------------------------------------------------------------------------------------

FILLINGS = (WHOLE, Filling(half=True), *(Filling(half=True, rest_after_s=s) for s in (0.5, 1, 2)))
"""All at once, half and the rest cancelled, half and the rest later."""

_STRUCK = (
    ("place_entry", 1), ("set_stop", 1), ("set_stop", None), ("place_stop", 1), ("place_stop", None), ("cancel", 1),
)
FEW_LOSSES = ("lose_request", "lose_reply", "refuse")
FEW_INSTANTS = 24
"""An open whose reads are on time passes half of them, in any mode and however it fills."""
MISHAPS: tuple[Mishap, ...] = (
    None, *(strike(call, kind, nth) for call, nth in _STRUCK for kind in FEW_LOSSES), *range(FEW_INSTANTS),
)

PARTIAL = Space((BY_LAG, Domain("filling", FILLINGS), MODE, Domain("mishap", MISHAPS), NARROW))
"""How the entry fills x few lags x the modes x at most one write fault or one death."""

# --- gone at any instant ------------------------------------------------------------------------------------------

EXITS = ("stop_out", "liquidate", "adl", "foreign_close", "gap")
MOMENTS_S = (*(n / 20 for n in range(21)), 1.25, 1.5, 1.75, 2.05, 2.1, 2.2, 2.3, 2.5, 2.7, 3, 4, 15)
"""After the entry's execution: a calm open has its instants within half a second, one whose reads are late at two."""

def _after_entry(kinds: tuple[str, ...], moments_s: tuple[float, ...]) -> tuple[Fault, ...]:
    return tuple(strike("place_entry", kind, 1, seconds) for seconds in moments_s for kind in kinds)


STOP_OUT = Space((BY_LAG, MODE, Domain("fault", _after_entry(EXITS, MOMENTS_S)), STAYS, NARROW))
"""Few lags x the modes x every way to lose the position x every moment."""

# --- refused ------------------------------------------------------------------------------------------------------

CODES = (
    "would_trigger", "no_position", "price", "quantity", "price_band", "too_many_stops", "rate_limited", "other",
)
_REFUSED_CALLS = (
    ("set_stop",), ("place_stop",), ("place_close",), ("set_stop", "place_stop"),
    ("set_stop", "place_stop", "place_close"),
)
REFUSALS: tuple[tuple[Fault, ...], ...] = ((), *(
    tuple(strike(call, "refuse", nth, None, code) for call in calls)
    for nth in (1, 2, None) for code in CODES for calls in _REFUSED_CALLS
))
REFUSED = Space((TWO_LAGS, MODE, Domain("faults", REFUSALS), Domain("closes", (False, True)), NARROW))
"""No reason or every one to refuse a stop, a close or both, once, the second time or for ever x the caller closes or
not."""

# --- reads that go backwards or omit ------------------------------------------------------------------------------

BACK = tuple(strike(call, "backwards", None, back) for back in (0.25, 1, 2) for call in (*READS, "mark"))
OMITTED = tuple(strike(call, "omit", nth) for nth in (1, 2, 3, None) for call in READS)
EMPTY = tuple(strike(call, "empty", None, seconds) for seconds in (0.5, 2) for call in READS)
BLURS = (*BACK, *OMITTED, *EMPTY)
BACKWARDS = Space((BY_LAG, MODE, Domain("fault", BLURS), Domain("closes", (False, True)), NARROW))
"""Every endpoint that shows what was, or nothing x few lags x the modes x the caller closes or not."""

# --- other hands --------------------------------------------------------------------------------------------------

HANDS_AT_S = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 3, 10)
OTHER_HANDS = (
    strike("place_entry", "drop_attached", 1),
    *_after_entry(("foreign_scale_in", "foreign_reverse", "alter_stop", "clear_stop"), HANDS_AT_S),
)
OTHERS = Space((BY_LAG, MODE, Domain("fault", OTHER_HANDS), Domain("closes", (False, True)), STAYS, NARROW))
"""Somebody else enlarges, turns over, moves or clears, or the exchange drops the stop x the caller closes or not."""

NAMED = {
    "ONE_FAULT": ONE_FAULT, "ONE_CRASH": ONE_CRASH, "OTHER_KINDS": OTHER_KINDS, "PARTIAL": PARTIAL,
    "STOP_OUT": STOP_OUT, "REFUSED": REFUSED, "BACKWARDS": BACKWARDS, "OTHERS": OTHERS,
    "PAUSES": PAUSES, "WAKINGS": WAKINGS, "PAUSES_PARTIAL": PAUSES_PARTIAL, "CUTS": CUTS, "GONE": GONE,
}


def history(choices: dict[str, Any]) -> History:
    """The history of one tape's choices: ``lags`` are three at once, ``mishap`` is a fault or a death."""
    given = dict(choices)
    lags = given.pop("lags", None)
    if lags is not None:
        given |= zip(("lag_orders", "lag_fills", "lag_position"), lags, strict=True)
    struck = [given.pop(name, None) for name in ("mishap", "fault", "fault_2")]
    if isinstance(struck[0], int):
        given["dies_at"] = struck.pop(0)
    faults = tuple(fault for fault in struck if fault is not None)
    return History(**({"faults": faults} if faults else {}) | given)


MAY_BE_NONE = ("mishap", "fault", "fault_2", "faults", "dies_at", "successor_dies_at")
"""Domains of what goes wrong; where nothing is a choice, it is the first one."""


def with_less(space: Space, tapes: Iterable[Tape]) -> tuple[Tape, ...]:
    """Those tapes and what each is with any of its mishaps left out, in growing order."""
    places = [at for at, d in enumerate(space.domains) if d.name in MAY_BE_NONE and d.values[0] in (None, ())]
    found: set[Tape] = set(tapes)
    for at in places:
        found |= {(*tape[:at], 0, *tape[at + 1 :]) for tape in found}
    return in_growing_order(found)


def gone_before_it_could_be_seen(tape: Tape, sentence: str) -> bool:
    """Of OTHER_KINDS: liquidated at once, a stop taken all the same, and the slot read as it was: nothing can tell that
    in time. The one history that is excused.
    """
    choices = OTHER_KINDS.read(tape)
    gone = choices["fault"] is not None and choices["fault"].kind == "liquidate" and choices["lag_position"] > 0
    return gone and choices["kind"] is Kind.STOP_TAKEN_WHEN_FLAT and sentence.startswith("I3:")
