"""The tests that must turn red: the core's own, and a share of the odometer's tapes, which run the whole engine.

What only the engine's or the incidents' tests would notice counts as a survivor: a decision is tested where it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FRESH = "tests/core"
"""What is run when all has to be imported again."""
ALONE = {
    "states.py": ("tests/core/test_table_as_published.py", "tests/core/test_state_table.py"),
    "evidence.py": ("tests/core/test_evidence_says_no_more.py",),
    "plan/pauses.py": ("tests/core/test_pauses_and_pieces.py", "tests/core/test_pieces_of_a_size.py"),
}
"""By module, what is run before that, without what tests share: to import all that takes longer than to run these."""
TAPES = "tests/mutation/share/tapes.py"
MOST = 300_000
"""Of the tests that run a line, the cheapest are tried until so many lines of the mutated modules have run."""


def files(root: Path) -> Iterator[Path]:
    """What is collected in that tree."""
    yield from (root / FRESH, root / TAPES)


def in_order(tests: list[tuple[str, int]], first: list[str]) -> Iterator[str]:
    """Those that have killed beside it already, then the cheapest, as many as are worth their while.

    ``tests`` are those that run the line with what each costs, the cheapest first.
    """
    wanted, spent = dict(tests), 0
    killers = [test for test in first if test in wanted]
    yield from killers
    for test, cost in tests:
        spent += cost
        if spent > MOST:
            return
        if test not in killers:
            yield test
