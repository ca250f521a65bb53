"""``python -m atomicpos.testing.swarm``: play many seeds and print one table; 1 on any violation."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from pathlib import Path

from .play import play
from .running import SIZES, Swarm, run_swarm
from .table import table
from .totals import Totals, summed, versions

TIMELINE = 60
"""How many of the last lines of a failing seed's timeline are printed; a replay prints all."""


def main() -> int:
    """Play what was asked for."""
    asked = _arguments()
    if asked.replay is not None:
        return _replay(asked.replay, asked.size)
    first, last = asked.seeds
    swarm = Swarm(first, None if asked.opens else last, asked.size, not asked.once, asked.opens)
    began_s, shares = time.monotonic(), []
    for totals in run_swarm(swarm, asked.workers, asked.log):
        shares.append(totals)
        _tell(totals, asked.size)
    return _end(shares, time.monotonic() - began_s, asked.workers)


def _tell(totals: Totals, size: str) -> None:
    """Each broken world with the command that plays it again."""
    for one in totals.broken:
        print(f"seed {one.seed}: {one.sentence}\n  {_command(one.seed, size)}", flush=True)
        print("\n".join(play(one.seed, SIZES[size][0], keeps=True).timeline[-TIMELINE:]), flush=True)


def _end(shares: list[Totals], wall_s: float, workers: int) -> int:
    whole = summed(shares)
    if whole is None:
        print("nothing was played")
        return 1
    whole.versions = whole.versions or versions()
    print(table(whole, wall_s, workers))
    return int(bool(whole.broken))


def _replay(seed: int, size: str) -> int:
    told = play(seed, SIZES[size][0], keeps=True)
    print("\n".join(told.timeline))
    print(f"seed {seed}: {told.digest}, {told.opens} opens, {told.virtual_s:.1f} virtual s")
    for sentence in told.broken:
        print(f"broken: {sentence}")
    return int(bool(told.broken))


def _command(seed: int, size: str) -> str:
    return f"python -m atomicpos.testing.swarm --size {size} --replay {seed}"


def _seeds(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a count nor FIRST-LAST")
    first, last = (found[1], found[2]) if found[2] else ("1", found[1])
    return int(first), int(last)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m atomicpos.testing.swarm", description=__doc__)
    parser.add_argument("--seeds", type=_seeds, default=(1, 200), help="FIRST-LAST, or how many from 1 on")
    parser.add_argument("--from", type=int, dest="begin", help="the first seed, where --seeds says how many")
    parser.add_argument("--size", choices=SIZES, default="small", help="how large each world is")
    parser.add_argument("--opens", type=int, help="play on from the first seed until so many opens were played")
    parser.add_argument("--once", action="store_true", help="do not play each seed a second time")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--log", type=Path, help="append what was played to this file, and go on from what is in it")
    parser.add_argument("--replay", type=int, metavar="SEED", help="play one seed and print its timeline")
    asked = parser.parse_args()
    if asked.begin is not None:
        first, last = asked.seeds
        asked.seeds = asked.begin, asked.begin + last - first
    return asked


if __name__ == "__main__":
    sys.exit(main())
