"""Which faults struck, by what they did: a request was hit, a read was bent, or something happened in the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ....models import MICROSECONDS
from ....sim import Fault, Venue
from ....sim.fault_kinds import FOREIGN
from ....sim.fault_words import FaultKind
from ....sim.faults import Faults

LATER = FOREIGN | {FaultKind.GAP, FaultKind.STOP_OUT, FaultKind.LIQUIDATE, FaultKind.ADL}
"""Kinds that do their work so many seconds after the request they strike, where there is still something to do."""
AROUND_US = MICROSECONDS // 100
"""The journey's half round trip is a float; its end is looked for within a hundredth of a second."""
HALF_TRIP_US = 75_000
"""How long a request of the in-process face travels."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault that came true."""

    fault: Fault
    at_us: int
    due_us: int
    """When what it sets off happens."""


class NotedFaults(Faults):
    """The faults of a venue, noting which of them came true."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        super().__init__()
        self._now_us = now_us
        self.strikes: list[Strike] = []
        """Requests and reads that were struck."""
        self.met: Counter[str] = Counter()
        """How often each call was made until the faults were lifted: what could have been struck."""
        self._lifted = False
        self.bent: set[str] = set()
        """The standing kinds by which a read showed something else than what is."""

    def strike(self, call: str, symbol: str) -> Fault | None:
        """As ever, and noted."""
        if not self._lifted:
            self.met[call] += 1
        fault = super().strike(call, symbol)
        if fault is not None:
            now = self._now_us()
            self.strikes.append(Strike(fault, now, now + HALF_TRIP_US + fault.duration_us))
        return fault

    def clear(self) -> None:
        """As ever; nothing can be struck any more."""
        super().clear()
        self._lifted = True

    def lag_us(self, call: str, symbol: str) -> int:
        """As ever, and noted when it is more than nothing."""
        us = super().lag_us(call, symbol)
        if us > 0:
            kinds = (armed.fault.kind for armed in self._armed if armed.fault.concerns(call, symbol))
            self.bent.update(kind for kind in kinds if kind in (FaultKind.LAG, FaultKind.BACKWARDS))
        return us

    def blind(self, call: str, symbol: str, now_us: int) -> bool:
        """As ever, and noted when it is."""
        blind = super().blind(call, symbol, now_us)
        if blind:
            self.bent.add(FaultKind.EMPTY)
        return blind


def came_true(faults: NotedFaults, venue: Venue, symbol: str) -> Iterator[str]:
    """The kinds of the faults that did something."""
    yield from faults.bent
    yield from (fault.kind for fault in struck(faults, venue, symbol))


def struck(faults: NotedFaults, venue: Venue, symbol: str) -> Iterator[Fault]:
    """The faults that struck a request or a read, and did something then or later."""
    for strike in faults.strikes:
        now = strike.fault.kind not in LATER or strike.due_us == strike.at_us + HALF_TRIP_US
        if now or _moved(venue, symbol, strike):
            yield strike.fault


def _moved(venue: Venue, symbol: str, strike: Strike) -> bool:
    """Something on the symbol is otherwise right after it was due than right before."""
    before_us, after_us = strike.due_us - AROUND_US, strike.due_us + AROUND_US
    if venue.position_as_of(symbol, before_us) != venue.position_as_of(symbol, after_us):
        return True
    return venue.orders_as_of(symbol, before_us) != venue.orders_as_of(symbol, after_us)
