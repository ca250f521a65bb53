"""What can befall a world, as data: strikes and lags, troubles of processes, and what there may be beside the plain."""

from __future__ import annotations

from dataclasses import dataclass

from ...sim.fault_words import Call, FaultKind


@dataclass(frozen=True, slots=True)
class Strike:
    """One kind of fault on one call, and the share of those calls that it strikes."""

    call: Call
    kind: FaultKind
    rate: float


@dataclass(frozen=True, slots=True)
class Lag:
    """One endpoint shows what was so many seconds ago; ``kind`` says whether always, now and then, or nothing."""

    call: Call
    kind: FaultKind
    seconds: float


@dataclass(frozen=True, slots=True)
class Troubles:
    """What befalls processes and their database: shares of the instants around commits and sends."""

    kill: float = 0
    pause: float = 0
    leave: float = 0
    """The process leaves its block in good order, and another takes its place."""
    unanswered: float = 0
    """Share of commits that are carried out and whose answer is lost."""
    outages: int = 0
    """How many times the database cannot be used, for some of the processes or all."""
    slow: float = 0
    """Share of the database's rounds that take up to a second."""
    known_dead: bool = True
    """Of a process that was killed the others know at once, as on one host; else its leases must lapse."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a world may have besides stops and reads: each seed draws it apart from the rest of its mix."""

    targets: float = 0
    """The share of opens that ask for a target."""
    stream: bool = False
    """The exchange also tells orders, fills and positions by itself."""


PLAIN = Beside()
