"""A copy of all that the tests need: nothing is ever changed where the work is done."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "alembic", "benchmarks", "deploy", "docs", "pyproject.toml")


@contextmanager
def copied_tree() -> Iterator[Path]:
    """The copy, which is the current directory and the one that is imported from, and is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        there = Path(directory).resolve()
        for name in COPIED:
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, there / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(place, there / name)
        os.chdir(there)
        sys.path.insert(0, str(there / "src"))
        yield there
