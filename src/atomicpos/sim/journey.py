"""What happens to a request and its answer on the way, by the fault that struck it."""

from __future__ import annotations

from dataclasses import dataclass

from atomicpos.ports import Outcome, OutcomeKind

from .fault_words import FaultKind
from .faults import Fault

CLIENT_TIMEOUT_S = 10.0
"""How long a client waits for a reply that never comes."""

LATE_S = 1.0
"""How late what is late comes when the fault names no time."""

_LOST: dict[str, str] = {
    FaultKind.LOSE_REQUEST: "the connection dropped before a reply",
    FaultKind.LOSE_REPLY: "no reply in time",
    FaultKind.LATE_REQUEST: "the connection dropped before a reply",
    FaultKind.HTTP_502_EXECUTED: "HTTP 502 with an HTML page",
    FaultKind.HTTP_502_NOT_EXECUTED: "HTTP 502 with an HTML page",
    FaultKind.HTML_200_EXECUTED: "HTTP 200 with an HTML page",
    FaultKind.HTML_200_NOT_EXECUTED: "HTTP 200 with an HTML page",
    FaultKind.CUT_BODY: "the reply ends in its middle",
}
"""Faults after which a caller cannot know, and what it is told."""

_NEVER_ARRIVES = frozenset({
    FaultKind.LOSE_REQUEST, FaultKind.LATE_REQUEST, FaultKind.HTTP_502_NOT_EXECUTED, FaultKind.HTML_200_NOT_EXECUTED,
})
"""Faults by which the engine hears nothing, or nothing yet."""

REFUSING = frozenset({FaultKind.REFUSE, FaultKind.RATE_LIMIT})


@dataclass(frozen=True, slots=True)
class Journey:
    """One request's way: ``half_s`` is what each direction takes when nothing is wrong."""

    fault: Fault | None
    half_s: float

    @property
    def arrives(self) -> bool:
        """True when the engine gets the request in time."""
        return self.fault is None or self.fault.kind not in _NEVER_ARRIVES

    @property
    def arrives_late_s(self) -> float | None:
        """How much later than its caller believes it lost the engine gets it after all; None when it never does."""
        if self.fault is None or self.fault.kind != FaultKind.LATE_REQUEST:
            return None
        return _seconds(self.fault, LATE_S)

    @property
    def way_back_s(self) -> float:
        """How long the caller still waits once the engine has answered."""
        match self.fault:
            case Fault(kind=FaultKind.LOSE_REPLY):
                return _seconds(self.fault, CLIENT_TIMEOUT_S)
            case Fault(kind=FaultKind.LATE_REPLY):
                return min(_seconds(self.fault, LATE_S), CLIENT_TIMEOUT_S)
        return self.half_s

    def heard(self, outcome: Outcome) -> Outcome:
        """What the caller learns of that outcome."""
        if self.fault is None:
            return outcome
        if self.fault.kind in _LOST:
            return Outcome(OutcomeKind.UNKNOWN, _LOST[self.fault.kind])
        if self.fault.kind == FaultKind.LATE_REPLY and (self.fault.seconds or 0) > CLIENT_TIMEOUT_S:
            return Outcome(OutcomeKind.UNKNOWN, _LOST[FaultKind.LOSE_REPLY])
        return outcome


def _seconds(fault: Fault, default: float) -> float:
    return default if fault.seconds is None else fault.seconds
