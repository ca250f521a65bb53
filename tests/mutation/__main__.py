"""``python tests/mutation [--only MODULE ...] [--sample N --seed S]``: the table of mutants killed, and each survivor.

Exits 1 when fewer than 95 of 100 are killed in any line of the table, when a survivor is not in the list of those that
may survive, or when the list names one that is killed or no longer there.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mutation.copied import copied_tree
from mutation.data import data_mutants
from mutation.functions import function_mutants
from mutation.memory import Memory, digest
from mutation.mutant import Mutant, distinct
from mutation.report import Report
from mutation.session import Rig
from mutation.targets import TARGETS


def main() -> int:
    """Try what was asked for, and print the table."""
    asked, began = _arguments(), time.monotonic()
    table = os.fdopen(os.dup(1), "w", buffering=1)  # what pytest and the tests print goes nowhere
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    kept = asked.memory and asked.memory.resolve()
    with copied_tree() as there:
        memory = Memory.read(kept, digest(there))
        package = there / "src" / "atomicpos"
        files = [file for target in TARGETS for file in target.files(package)]
        sources = {file: (package / file).read_text() for file in files if _wanted(file, asked.only)}
        mutants = [mutant for file, source in sources.items() for mutant in all_mutants(file, source)]
        if asked.sample:
            mutants = random.Random(asked.seed).sample(mutants, min(asked.sample, len(mutants)))
        report = Report(len(mutants), memory, table, whole=not (asked.only or asked.sample))
        rig = Rig(there, report.unknown(mutants), sources, tuple(files), asked.workers, report.heard, memory)
        rig.run()
    memory.write()
    return report.end(rig.failed_unchanged, time.monotonic() - began)


def all_mutants(file: str, source: str) -> list[Mutant]:
    """Every distinct mutant of one module."""
    return list(distinct([*function_mutants(file, source), *data_mutants(file, source)], source))


def _wanted(file: str, only: list[str]) -> bool:
    return not only or any(file == one or file.startswith(f"{one}/") or file == f"{one}.py" for one in only)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/mutation", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="MODULE", help="states, plan, weigh/entry.py ...")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only so many, drawn by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    known = "what earlier runs have seen killed: skipped in the same tree, tried first in another"
    parser.add_argument("--memory", type=Path, metavar="FILE", help=known)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
