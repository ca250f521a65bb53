"""What recovery costs: beside a million settled rows, and when ten thousand rows are taken over at once.

``python benchmarks/recovery.py`` prints two tables and exits 1 when a bar is missed; ``--markdown`` also writes them
into docs/explanation/recovery.md. Round trips to the exchange pass in virtual time: the seconds are what the library
and the database need, on this machine, with nothing in between.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from atomicpos.store import schema
from atomicpos.testing.postgres import Postgres
from scale import FEW, LAPSED, MANY, RUNS, Compared, TakenOver, beside_settled, taken_over

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "recovery.md"
MARKED = re.compile(r"(<!-- measured -->\n).*?(<!-- end measured -->)", re.DOTALL)


@contextmanager
def databases() -> Iterator[dict[str, tuple[str, str, str]]]:
    """Three fresh databases of each kind, whose commits are on disk when they return."""
    with tempfile.TemporaryDirectory(prefix="atomicpos-") as folder, Postgres() as server:
        urls = {
            "SQLite": tuple(f"sqlite:///{folder}/{name}.db" for name in "abc"),
            "PostgreSQL": tuple(server.new_database() for _ in "abc"),
        }
        for url in (url for some in urls.values() for url in some):
            schema.upgrade(url)
        yield urls  # type: ignore[misc]


def compared_table(rows: list[Compared]) -> list[list[str]]:
    """Seconds beside few and many settled rows, as medians, and their ratio."""
    head = ["", f"beside {FEW:,}", f"beside {MANY:,}", "ratio", "runs", "holds"]
    return [head] + [
        [f"{row.database}, {row.what}", f"{1000 * row.few_s:,.1f} ms", f"{1000 * row.many_s:,.1f} ms",
         f"{row.ratio:.2f}", str(row.runs), _yes(row.holds)]
        for row in rows
    ]  # fmt: skip


def taken_table(rows: list[TakenOver]) -> list[list[str]]:
    """What taking many rows over needed."""
    head = ["", "rows", "claimed in", "looked at in", "rows/s", "statements", "commits", "calls", "pages", "holds"]
    return [head] + [
        [row.database, f"{row.rows:,}", f"{row.claimed_s:.1f} s", f"{row.looked_at_s:.1f} s", f"{row.per_s:,.0f}",
         f"{row.work.statements:,}", f"{row.work.commits:,}", row.called, f"{row.pages:,}", _yes(row.holds)]
        for row in rows
    ]  # fmt: skip


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def console(lines: list[list[str]]) -> str:
    """The lines in columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def markdown(lines: list[list[str]]) -> str:
    """The lines as a table of a page."""
    head, *rest = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join([head, f"|{' --- |' * len(lines[0])}", *rest])


def main(arguments: Iterable[str] | None = None) -> int:
    """Measure, and print the tables last; the exit code."""
    parser = argparse.ArgumentParser(description="What recovery costs at scale.")
    parser.add_argument("--many", type=int, default=MANY, help="settled rows to compare a thousand with")
    parser.add_argument("--lapsed", type=int, default=LAPSED, help="rows whose owner died")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each start is measured")
    parser.add_argument("--markdown", action="store_true", help=f"also write the tables into {PAGE.name}")
    given = parser.parse_args(None if arguments is None else list(arguments))
    began = time.monotonic()
    compared: list[Compared] = []
    taken: list[TakenOver] = []
    with databases() as urls:
        for database, (few, many, lapsed) in urls.items():
            compared += beside_settled(database, few, many, given.many, given.runs)
            taken.append(taken_over(database, lapsed, given.lapsed))
    tables = [compared_table(compared), taken_table(taken)]
    if given.markdown:
        written = "\n\n".join(map(markdown, tables))
        PAGE.write_text(MARKED.sub(lambda found: f"{found[1]}{written}\n{found[2]}", PAGE.read_text()))
    print(f"{time.monotonic() - began:.0f} s, {given.many:,} settled rows, {given.lapsed:,} lapsed ones")
    print("\n\n".join(map(console, tables)))
    return 0 if all(row.holds for row in (*compared, *taken)) else 1


if __name__ == "__main__":
    sys.exit(main())
