"""Take the guards out one by one and see the tests go red: ``python tests/incidents/try_guards.py [F05 ...]``.

Everything happens in copies. Exits 1 when a guard can be taken out unnoticed, when its text is no longer found, when an
incident has tests and no guard to try, or when a test is red by itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mutant import Edit, Mutant
from mutants import MUTANTS
from named import NamedTest, named_tests

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "alembic", "pyproject.toml")
LIMIT_S = 900
WIDTH = max(len(mutant.guard) for mutant in MUTANTS)
RED, GREEN = 1, 0
FAILED = re.compile(r"^FAILED \S+::(\w+)", re.MULTILINE)


class Finding(NamedTuple):
    """One line of the table."""

    incident: str
    guard: str
    verdict: str
    good: bool


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of all that the tests need, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="guards-") as directory:
        there = Path(directory)
        for name in COPIED:
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, there / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(place, there / name)
        yield there


def tried(mutant: Mutant, tests: Iterable[NamedTest], red_already: frozenset[str]) -> Finding:
    """Take one guard out and run its incident's tests until the first one fails."""
    wanted = [test for test in tests if mutant.tests in test.function and test.function not in red_already]
    with copied_tree() as there:
        found = (_taken_out(there / "src" / "atomicpos" / edit.file, edit) for edit in mutant.edits)
        verdict = next(filter(None, found), None) if wanted else "NO TEST that was green is named for it"
        if verdict is None:
            verdict = _judged(*ran(there, wanted, "-x"))
    return Finding(mutant.incident, mutant.guard, verdict, verdict.startswith("red"))


def _taken_out(source: Path, edit: Edit) -> str | None:
    """Why the guard cannot be taken out; None when it was."""
    text = source.read_text() if source.exists() else ""
    if (times := text.count(edit.old)) != 1:
        return f"NOT FOUND: its text occurs {times} times in {edit.file}"
    changed = text.replace(edit.old, edit.new)
    try:
        compile(changed, str(source), "exec")
    except SyntaxError as error:
        return f"NO PYTHON: {error}"
    source.write_text(changed)
    return None


def ran(there: Path, tests: Iterable[NamedTest], *options: str) -> tuple[int | None, str]:
    """Run the tests against the copy: pytest's exit code, None when it took too long, and what it wrote."""
    # the whole library before its parts: what is reported red then says most
    ordered = sorted(set(tests), key=lambda test: (not test.file.startswith("incidents/"), test))
    chosen = [f"tests/{test.file}::{test.function}" for test in ordered]
    words = ["-m", "pytest", "-q", "--no-header", "--tb=no", "-rf", "-p", "no:cacheprovider", *options, *chosen]
    environment = {**os.environ, "PYTHONPATH": str(there / "src")}
    try:
        done = subprocess.run(
            [sys.executable, *words], cwd=there, env=environment, capture_output=True, text=True, timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def _judged(code: int | None, output: str) -> str:
    if code == RED and (failed := FAILED.search(output)):
        return f"red: {failed[1]}"
    if code == GREEN:
        return "STILL GREEN"
    if code is None:
        return f"NO ANSWER within {LIMIT_S} s"
    return f"NOT RUN: pytest ended with {code}: {' '.join(output.split())[-300:]}"


def red_by_themselves(tests: Iterable[NamedTest]) -> tuple[Finding, frozenset[str]]:
    """The same tests with every guard in its place: those that fail show nothing, and are left out."""
    with copied_tree() as there:
        code, output = ran(there, tests)
    failed = frozenset(FAILED.findall(output))
    verdict = f"RED BY THEMSELVES: {', '.join(sorted(failed))}" if failed else _judged(code, output)
    good = code == GREEN
    return Finding("all", "none taken out", "green" if good else verdict, good), failed


def findings(asked: frozenset[str]) -> Iterator[Finding]:
    """A line for the tests as they are, for each guard, and for each incident that has tests and no guard."""
    tests = {name: found for name, found in named_tests().items() if not asked or name in asked}
    mutants = [mutant for mutant in MUTANTS if not asked or mutant.incident in asked]
    first, red = red_by_themselves({test for found in tests.values() for test in found})
    yield first
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pending = [pool.submit(tried, mutant, tests.get(mutant.incident, ()), red) for mutant in mutants]
        yield from (future.result() for future in pending)
    for name in sorted((tests.keys() | asked) - {mutant.incident for mutant in mutants}):
        yield Finding(name, "-", "NO GUARD is named among mutants.MUTANTS", False)


def main(words: list[str]) -> int:
    """Print the table as it comes; 1 when anything in it is not as it should be."""
    good = True
    for finding in findings(frozenset(word.upper() for word in words)):
        print(f"{finding.incident:4} {finding.guard:{WIDTH}} {finding.verdict}", flush=True)
        good &= finding.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
