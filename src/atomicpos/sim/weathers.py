"""Weathers: named sets of faults around one open, each with the one end that is right in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from atomicpos.models import State

from .fault_kinds import Call, FaultKind
from .faults import Fault


@dataclass(frozen=True, slots=True)
class Weather:
    """What goes wrong during one open, and how it must end all the same."""

    name: str
    end: State | None
    """The state in which the row must end; None when no row may be stored."""
    faults: tuple[Fault, ...] = ()
    entries: int = 1
    """How many entries the exchange must have accepted in the end."""
    error: str | None = None
    """The error that the caller must get where no row is stored."""
    foreign_share: int = 0
    """How large a position somebody else holds there before, as a multiple of what is asked for."""
    later_end: State | None = None
    """As right as ``end`` where a separate stop was read back first: the position is gone, its stop outlives it."""

    @property
    def ends(self) -> tuple[State | None, ...]:
        """Every end that is right."""
        return (self.end,) if self.later_end is None else (self.end, self.later_end)

    @property
    def gone(self) -> bool:
        """True where the right end is a row that is settled: whoever waits for it will see it."""
        return self.end is not None and self.end.settled

    def planted(self, symbol: str) -> list[dict[str, Any]]:
        """Its faults on one symbol, as the venue's control plane takes them."""
        return [asdict(replace(fault, symbol=symbol)) for fault in self.faults]


def _entry(kind: FaultKind, seconds: float | None = None) -> tuple[Fault, ...]:
    return (Fault(Call.PLACE_ENTRY.value, None, kind.value, nth=1, seconds=seconds),)


def _stop(kind: FaultKind, code: str, separate: int | None = 1) -> tuple[Fault, ...]:
    """The first of the position's own stop, and of the separate ones as many: two of those may be under way at once."""
    own, order = Call.SET_STOP.value, Call.PLACE_STOP.value
    return (Fault(own, None, kind.value, nth=1, code=code), Fault(order, None, kind.value, nth=separate, code=code))


def _reads(kind: FaultKind, seconds: float, *calls: Call) -> tuple[Fault, ...]:
    return tuple(Fault(call.value, None, kind.value, seconds=seconds) for call in calls)


WEATHERS: tuple[Weather, ...] = (
    Weather("calm", State.PROTECTED),
    Weather("positions_lag_3s", State.PROTECTED, _reads(FaultKind.LAG, 3, Call.POSITION)),
    Weather("reads_lag_8s", State.PROTECTED, _reads(FaultKind.LAG, 8, Call.ORDERS, Call.FILLS, Call.POSITION)),
    Weather("reply_lost", State.PROTECTED, _entry(FaultKind.LOSE_REPLY)),
    Weather("http_502_executed", State.PROTECTED, _entry(FaultKind.HTTP_502_EXECUTED)),
    Weather("original_incident", State.PROTECTED, _reads(FaultKind.EMPTY, 20, Call.POSITION)),
    Weather("refused", State.ROLLED_BACK, _entry(FaultKind.REFUSE), entries=0),
    Weather("never_filled", State.ROLLED_BACK, _entry(FaultKind.NEVER_FILL)),
    Weather("liquidated", State.CLOSED_IMMEDIATELY, _entry(FaultKind.LIQUIDATE), later_end=State.CLOSED),
    Weather("partial_fill", State.PROTECTED, _entry(FaultKind.PARTIAL_FILL)),
    Weather("stop_would_trigger", State.ROLLED_BACK, _stop(FaultKind.REFUSE, "would_trigger", separate=None)),
    Weather("stop_refused_then_ok", State.PROTECTED, _stop(FaultKind.REFUSE, "no_position")),
    Weather("html_200_executed", State.PROTECTED, _entry(FaultKind.HTML_200_EXECUTED)),
    Weather("late_reply", State.PROTECTED, _entry(FaultKind.LATE_REPLY, 6)),
    Weather("foreign_position", None, entries=0, error="AlreadyOpen", foreign_share=2),
)
"""In ``original_incident`` the position reads stay empty for twenty seconds after the entry has filled."""
