"""A run of the swarm that is broken off goes on: what was played is in its log, and is one line in the end."""

from __future__ import annotations

from pathlib import Path

from atomicpos.testing.swarm.log import Log
from atomicpos.testing.swarm.running import Swarm, run_swarm
from atomicpos.testing.swarm.totals import Totals, read, summed


def test_a_run_goes_on_from_its_log(tmp_path: Path) -> None:
    """What is in the log is not played again, and the sums are those of one run."""
    log = tmp_path / "swarm.jsonl"
    first = summed(run_swarm(Swarm(1, 3, twice=False), 1, log))
    lines = log.read_text().splitlines()
    again = summed(run_swarm(Swarm(1, 3, twice=False), 1, log))
    assert first is not None
    assert again is not None
    assert log.read_text().splitlines() == lines
    assert (again.opens, again.counts, again.lines) == (first.opens, first.counts, first.lines)


def test_sums_travel_as_a_line() -> None:
    """What is written to the log is what is read from it."""
    totals = Totals(1, 2, seeds=2, opens=7)
    totals.counts["killed"] = 3
    found = read(totals.line())
    assert (found.first, found.last, found.opens, found.counts["killed"]) == (1, 2, 7, 3)
    assert "SQLite" in found.versions


def share(first: int, last: int, opens: int, on: str = "", size: str = "small") -> Totals:
    """What is known of the worlds of those seeds."""
    return Totals(first, last, size, seeds=last - first + 1, opens=opens, versions=on)


def test_shares_side_by_side_become_one_line(tmp_path: Path) -> None:
    """In whatever order they ended; not over a gap, and what another release or size played is kept apart."""
    log = Log(tmp_path / "swarm.jsonl")
    for one in (share(3, 4, 20), share(1, 2, 10), share(7, 8, 30)):
        log.append(one)
    log.append(share(9, 9, 1, on="another release"))
    log.append(share(5, 6, 5, size="large"))
    known = log.known("small", 1, 1)
    assert [(one.first, one.last, one.seeds, one.opens) for one in known] == [(1, 4, 4, 30), (7, 8, 2, 30)]
    kept = [read(line) for line in (tmp_path / "swarm.jsonl").read_text().splitlines()]
    assert len(kept) == 4
    assert all(one in kept for one in known)
    assert [one.first for one in log.known("small", 1, 5)] == [7]
    assert log.known("small", 2, 1) == []


def test_what_is_within_a_line_of_the_log_is_not_played(tmp_path: Path) -> None:
    """Shares that were joined are known, and their opens count; what lies in no line is played."""
    log = tmp_path / "swarm.jsonl"
    Log(log).append(share(1, 40, 99))
    Log(log).append(share(41, 60, 1))
    swarm = Swarm(1, None, twice=False, opens=101)
    played = [(one.first, one.last) for one in run_swarm(swarm, 1, log)]
    assert played[:2] == [(1, 60), (61, 80)]
    assert read(log.read_text().splitlines()[0]).opens == 100
