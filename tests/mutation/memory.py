"""What an earlier run knows: which lines each test runs, and what each mutant was killed by. A file of JSON.

Of the same tree it is knowledge: a run that was broken off goes on where it was. Of another tree it is a hint: what
killed a mutant before is tried first, and has to kill it again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from mutation.covering import Covering


@dataclass(slots=True)
class Memory:
    """Of one tree; a file that does not exist knows nothing."""

    path: Path | None
    tree: str
    """What the tree at hand is known by: see ``digest``."""
    killed: dict[str, str] = field(default_factory=dict)
    """By the mutant's name, the test that noticed in this tree."""
    hints: dict[str, str] = field(default_factory=dict)
    """By the mutant's name, the test that noticed last, in whatever tree."""
    covering: Covering | None = None

    @classmethod
    def read(cls, path: Path | None, tree: str) -> Memory:
        """What that file knows of that tree."""
        if path is None or not path.exists():
            return cls(path, tree)
        known = json.loads(path.read_text())
        hints = known["hints"] | known["killed"]
        if known["tree"] != tree:
            return cls(path, tree, hints=hints)
        return cls(path, tree, known["killed"], hints, Covering.known(known["covering"]))

    def write(self) -> None:
        """Keep it for the next run."""
        if self.path is not None and self.covering is not None:
            known = {"tree": self.tree, "killed": self.killed, "hints": self.hints, "covering": self.covering.all()}
            self.path.write_text(json.dumps(known))


def digest(root: Path) -> str:
    """Another word for every other tree: of the library, and of the tests that are to notice."""
    told = hashlib.sha256()
    for place in ("src", "tests/core", "tests/mutation"):
        for file in sorted(p for p in (root / place).rglob("*") if p.suffix in (".py", ".txt")):
            told.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return told.hexdigest()
