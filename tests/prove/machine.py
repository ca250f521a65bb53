"""Rules over the public face in any order, drawn by hypothesis from seeds: wider than in the tests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from proof.machine.acting import ACTS
from proof.machine.seeded import Played, Run, play
from proof.machine.tally import DIES, Tally, lacking

from .section import Section, section

SEEDS = range(1, 9)
EXAMPLES = 180
"""Of each seed; hypothesis may add some, or end a seed early that repeats itself."""
LEAST = 1000
"""So many examples there are at least."""
USUAL, RARE = 150, {"resolves": 20, "resolves_wrongly": 20}
"""How often a rule fires at least, and one that needs a suspected orphan."""


def run(workers: int) -> Section:
    """Play every seed."""
    with section("rules in any order") as found:
        played = list(_played(workers))
        told = _summed(played)
        found.add("seeds", f"{SEEDS[0]} to {SEEDS[-1]}, {EXAMPLES} examples each")
        found.add("examples; steps", f"{told.examples:,}; {told.steps:,}", red=told.examples < LEAST)
        found.add("rules fired", ", ".join(f"{act} {told.rules[act]}" for act in sorted([DIES, *ACTS])))
        found.add("states reached", _counted(told.states))
        found.add("calls answered", sum(told.answers.values()))
        found.add("faults set, of kinds", f"{sum(told.faults.values()):,}, {len(told.faults)}")
        seldom = lacking(told, ACTS, USUAL, RARE)
        found.add("too seldom", ", ".join(seldom) or "none", red=bool(seldom))
        _violations(found, played)
    return found


def _played(workers: int) -> Iterator[Played]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(play, [Run(seed, EXAMPLES) for seed in SEEDS])


def _summed(played: list[Played]) -> Tally:
    told = Tally()
    for one in played:
        told.add(one.tally)
    return told


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(counts.items()))


def _violations(found: Section, played: list[Played]) -> None:
    broken = [one for one in played if one.broken is not None]
    found.add("violations", len(broken), red=bool(broken))
    for one in broken:
        found.add(f"  seed {one.run.seed}", one.broken, red=True)
