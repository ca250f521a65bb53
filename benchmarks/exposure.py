"""How long a position is without a stop: ten worlds of lag, ours beside the algorithm it replaces; then each exchange.

``python benchmarks/exposure.py`` prints two tables and exits 1 when a row misses its bar; ``--markdown`` also writes
them into docs/explanation/exposure.md. The worlds run on virtual time, so that the same code gives the same table. The
exchanges are measured in real time, with ccxt's own client over HTTP, which takes minutes: ``--rounds 0`` leaves them
out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from atomicpos.models import PositionSide
from judging import MODES, Cell, Row
from lag_model import WORLDS, World
from on_exchanges import ROUNDS, lines, measured
from one_open import first_bot, ours
from showing import columns, console_table, explanations, renewed, renewed_exchanges

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "exposure.md"
SEEDS = 3
"""How many draws of the pauses' jitter each cell takes, for a long and for a short each."""


def measure(world: World, seeds: int = SEEDS) -> Row:
    """Play one world."""
    cells = {
        mode: Cell.worst(ours(world, mode, side, seed) for seed in range(seeds) for side in PositionSide)
        for mode in MODES
    }
    return Row(world, first_bot(world), cells)


def main(arguments: Iterable[str] | None = None) -> int:
    """Measure, say what is to be said, print the tables last; the exit code."""
    parser = argparse.ArgumentParser(description="Seconds without a stop in ten worlds of lag, and on each exchange.")
    parser.add_argument("--markdown", action="store_true", help=f"also write the tables into {PAGE.name}")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws of the jitter for each cell and side")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="fifteen opens each, on each exchange in each mode")
    given = parser.parse_args(None if arguments is None else list(arguments))
    misses = _worlds(given.seeds, write=given.markdown)
    if given.rounds > 0:
        misses += _exchanges(given.rounds, write=given.markdown)
    return 1 if misses else 0


def _worlds(seeds: int, *, write: bool) -> list[str]:
    """The worlds of lag on virtual time; every miss."""
    started = time.monotonic()
    rows = [measure(world, seeds) for world in WORLDS]
    if write:
        PAGE.write_text(renewed(PAGE.read_text(), rows))
    misses = [f"{row.world.name} {miss}" for row in rows for miss in row.misses]
    for line in (*explanations(rows), *misses):
        print(line)
    print(f"{len(rows)} worlds, {seeds} seeds, {time.monotonic() - started:.1f} s")
    print(console_table(rows), flush=True)
    return misses


def _exchanges(rounds: int, *, write: bool) -> list[str]:
    """The exchanges in real time; every miss."""
    started = time.monotonic()
    samples = list(measured(rounds=rounds))
    if write:
        PAGE.write_text(renewed_exchanges(PAGE.read_text(), lines(samples)))
    misses = [miss for sample in samples for miss in sample.misses]
    for line in misses:
        print(line)
    opens = sum(len(sample.opens) for sample in samples)
    print(f"\nmilliseconds without a stop on the wire, median / 99th percentile; {opens} opens, "
          f"{time.monotonic() - started:.0f} s")
    print(columns(lines(samples)))
    return misses


if __name__ == "__main__":
    sys.exit(main())
