"""``python tests/prove [SECTION ...]``: every section in turn, and one table at the end; 1 on any miss."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prove.section import Part, Section, table

SECTIONS = ("odometer", "canaries", "situations", "machine", "swarm", "hostile", "incidents")
"""The modules of this package that have a ``run``, in the order of the table."""


def main() -> int:
    """Run what was asked for."""
    asked = _arguments()
    done = []
    for one in _run(asked.sections or list(SECTIONS), asked.workers):
        print(f"{one.name}: {'MISSED' if one.red else 'ok'} after {one.seconds:.0f} s", flush=True)
        done.append(one)
    print(table(done))
    print(f"\n{sum(one.seconds for one in done):.0f} s in all")
    return int(any(one.red for one in done))


def _run(names: list[str], workers: int) -> Iterator[Section]:
    for name in names:
        part: Part = import_module(f"prove.{name}").run
        yield part(workers)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/prove", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no section is called {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    return asked


if __name__ == "__main__":
    raise SystemExit(main())
