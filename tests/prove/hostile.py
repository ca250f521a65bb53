"""A hundred thousand replies that no exchange should send, to the real client, the adapter and the whole library."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from atomicpos.testing.hostile import Operator
from hostile.cases import Case, Results, Share, cases, play
from hostile.watching import quiet

from .section import Section, section

REPLIES = 100_000
"""So many are struck, at least."""
SEEDS = {Share.OPEN: 200, Share.NEWCOMER: 3, Share.WRITE: 12, Share.READ: 92}
"""How many seeds of each share are played, the slowest share first; reads make the mass of it."""
OPENS_AT_ONCE = 8
SHOWN = 5
"""So many findings are shown; each with the command that plays it again."""


def run(workers: int) -> Section:
    """Strike every kind of reply with every operator, and open positions meanwhile."""
    with section("hostile replies") as found:
        results = _played(workers)
        total = sum(results.tally.values())
        found.add("replies struck", f"{total:,}", red=total < REPLIES)
        for share in Share:
            found.add(f"  {_SHARES[share]}", f"{results.struck[share]:,} in {results.played[share]:,} cases")
        _by(found, "endpoint", {path for path, _ in results.tally}, Counter(_first(results)))
        _by(found, "operator", set(Operator), Counter(_second(results)))
        found.add("findings", len(results.findings), red=bool(results.findings))
        for finding in results.findings[:SHOWN]:
            found.add("  finding", finding, red=True)
    return found


_SHARES = {
    Share.READ: "in reads, one by one",
    Share.WRITE: "in writes, one by one",
    Share.NEWCOMER: "while a new client is made ready",
    Share.OPEN: "in five whole openings at once",
}


def _played(workers: int) -> Results:
    results = Results()
    with ProcessPoolExecutor(workers, get_context("spawn"), _made_ready) as pool:
        for one in pool.map(play, _batches()):
            results.add(one)
    return results


def _made_ready() -> None:
    """Nothing is written of the log; what was imported, all of ccxt among it, is never looked through for garbage."""
    quiet()
    gc.freeze()


def _batches() -> Iterator[list[Case]]:
    opens = [case for seed in range(SEEDS[Share.OPEN]) for case in cases(Share.OPEN, seed)]
    yield from (opens[at : at + OPENS_AT_ONCE] for at in range(0, len(opens), OPENS_AT_ONCE))
    for share in (Share.NEWCOMER, Share.WRITE, Share.READ):
        yield from (list(cases(share, seed)) for seed in range(SEEDS[share]))


def _by(found: Section, what: str, names: set[str] | set[Operator], times: Counter[str]) -> None:
    """Every one of them by name; one that was never struck is a miss."""
    for name in sorted(names):
        found.add(f"  {what} {name}", f"{times[name]:,}", red=times[name] == 0)


def _first(results: Results) -> dict[str, int]:
    return _summed((path, times) for (path, _), times in results.tally.items())


def _second(results: Results) -> dict[str, int]:
    return _summed((operator.value, times) for (_, operator), times in results.tally.items())


def _summed(pairs: Iterator[tuple[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, times in pairs:
        sums[name] += times
    return sums
