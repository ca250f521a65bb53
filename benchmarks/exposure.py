"""How long a position is without a stop: ten worlds of lag, ours beside the algorithm it replaces, on one venue.

``python benchmarks/exposure.py`` prints one table and exits 1 when a row misses its bar; ``--markdown`` also writes the
table into docs/explanation/exposure.md. Everything runs on virtual time, so that the same code gives the same table.
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
from one_open import first_bot, ours
from showing import console_table, explanations, renewed

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
    """Measure, say what is to be said, print the table last; the exit code."""
    parser = argparse.ArgumentParser(description="Seconds without a stop in ten worlds of lag.")
    parser.add_argument("--markdown", action="store_true", help=f"also write the table into {PAGE.name}")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws of the jitter for each cell and side")
    given = parser.parse_args(None if arguments is None else list(arguments))
    started = time.monotonic()
    rows = [measure(world, given.seeds) for world in WORLDS]
    if given.markdown:
        PAGE.write_text(renewed(PAGE.read_text(), rows))
    misses = [f"{row.world.name} {miss}" for row in rows for miss in row.misses]
    for line in (*explanations(rows), *misses):
        print(line)
    print(f"{len(rows)} worlds, {given.seeds} seeds, {time.monotonic() - started:.1f} s")
    print(console_table(rows))
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
