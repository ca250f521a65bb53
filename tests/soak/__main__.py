"""``python tests/soak``: every rig on every database it is for, and one table at the end; 1 on any miss."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from soak import cut, hosts, kill, stopped
from soak.defects import DEFECTS
from soak.ground import DATABASES, POSTGRESQL
from soak.report import Report, table

Rig = Callable[..., Coroutine[Any, Any, Report]]
RIGS: dict[str, tuple[Rig, tuple[str, ...]]] = {
    "kill": (kill.run, DATABASES),
    "stopped": (stopped.run, DATABASES),
    "cut": (cut.run, (POSTGRESQL,)),
    "hosts": (hosts.run, (POSTGRESQL,)),
}


def main() -> int:
    """Run what was asked for."""
    asked = _arguments()
    reports = []
    for name, database in _chosen(asked.only, asked.database):
        words = {"case": asked.case} if asked.case is not None else {}
        report = asyncio.run(RIGS[name][0](database, asked.seed, defect=asked.defect, **words))
        print(f"{name} on {database}: {'RED' if report.red else 'ok'} after {report.seconds:.0f} s", flush=True)
        reports.append(report)
    print(table(reports))
    return int(any(report.red for report in reports))


def _chosen(only: str | None, database: str | None) -> Iterator[tuple[str, str]]:
    for name, (_, databases) in RIGS.items():
        yield from ((name, one) for one in databases if only in (None, name) and database in (None, one))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(RIGS))
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--case", type=int, help="play this one case only")
    parser.add_argument("--defect", choices=DEFECTS, help="plant a defect: the table must turn red")
    asked = parser.parse_args()
    if asked.case is not None and asked.only not in ("kill", "stopped"):
        parser.error("--case is the number of a case of --only kill or --only stopped")
    return asked


if __name__ == "__main__":
    raise SystemExit(main())
