"""Every interleaving within the bounds: the spaces of one process whole, those of two and the budgets in shares.

I1 to I8 and I10 are watched in every history. The database's part of I9 is watched in CUTS, where it is gone while the
position is moved, closed and protected; the exchange's part in all others, whose journal refuses what no row may be.
"""

from __future__ import annotations

from collections.abc import Iterable

from atomicpos.testing.interleavings.budgets import dealt
from atomicpos.testing.interleavings.catalogue import SPACES
from atomicpos.testing.interleavings.distinct import Known
from atomicpos.testing.interleavings.odometer import Tape
from atomicpos.testing.interleavings.pause_spaces import ELSE, share
from atomicpos.testing.interleavings.spaces import gone_before_it_could_be_seen
from atomicpos.testing.interleavings.walk import Walked, at_work, walk

from .section import Section, section

ENOUGH = 60_000
"""How many distinct histories there must be at the least: those in which all that was planned came about, each once."""
WHOLE = (
    "ONE_FAULT", "ONE_CRASH", "OTHER_KINDS", "PARTIAL", "STOP_OUT", "REFUSED", "BACKWARDS", "OTHERS", "LATE_CANCELS",
)
"""Walked to the last tape."""
SHARES = {"PAUSES": 1, "WAKINGS": 7, "PAUSES_PARTIAL": 13, "CUTS": 5}
"""One of so many shares, each of which has every combination of point, pause and kind once."""
DEALT = {
    "FAULT_AND_DEATH": (2, 2), "TWO_FAULTS": (2, 2), "TWO_FAULTS_ALIVE": (4, 1), "TWO_DEATHS": (2, 2), "SKEWS": (2, 3),
    "ANY_FAULT_LATE": (3, 1), "SENT_AGAIN": (3, 1), "BESIDE": (2, 2),
}
"""How many of the first domains are whole, and how often what else varies is dealt to each of their combinations."""


def run(workers: int) -> Section:
    """Walk all of them."""
    with section("every interleaving") as found, at_work(workers) as pool:
        known, played, broken, seconds = Known(), 0, 0, 0.0
        for name, tapes in _plan():
            space = SPACES[name]
            walked = walk(space, tapes, pool, known)
            if name == "OTHER_KINDS":
                walked.broken = [one for one in walked.broken if not gone_before_it_could_be_seen(*one)]
            found.add(name, _of(walked), red=bool(walked.broken) or not walked.distinct)
            _tell(walked)
            played, seconds = played + walked.played, seconds + walked.seconds
            broken += len(walked.broken)
        distinct = len(known.distinct)
        found.add("distinct histories", f"{distinct:,}, {distinct / seconds:.0f} a second", red=distinct < ENOUGH)
        found.add("histories played", f"{played:,}, {played / seconds:.0f} a second")
        found.add("violations", broken, red=broken > 0)
    return found


def _plan() -> Iterable[tuple[str, Iterable[Tape] | None]]:
    yield from ((name, None) for name in WHOLE)
    yield from ((name, share(SPACES[name], of * len(ELSE))) for name, of in SHARES.items())
    yield "GONE", share(SPACES["GONE"], 23, 4)
    yield from ((name, dealt(SPACES[name], whole, hands)) for name, (whole, hands) in DEALT.items())


def _of(walked: Walked) -> str:
    """How many of how many, with the sizes of the domains by name; those with one value are left out."""
    space = walked.space
    sizes = " x ".join(f"{domain.name} {len(domain.values)}" for domain in space.domains if len(domain.values) > 1)
    rate = f"{walked.distinct / walked.seconds:.0f} a second"
    return f"{walked.distinct:,} of {len(walked.tapes):,} tapes of {len(space):,} ({sizes}); {rate}"


def _tell(walked: Walked) -> None:
    if walked.broken:
        print(walked.report, flush=True)
