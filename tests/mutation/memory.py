"""What an earlier run knows: which lines each test runs, and what each mutant was killed by. A file of JSON.

A full run takes about an hour of two processors; with its memory the next one tries only what survived, or is new.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from mutation.covering import Covering


@dataclass(slots=True)
class Memory:
    """Of one tree; a file that does not exist knows nothing."""

    path: Path | None
    killed: dict[str, str] = field(default_factory=dict)
    """By the mutant's name, the test that noticed."""
    covering: Covering | None = None

    @classmethod
    def read(cls, path: Path | None) -> Memory:
        """What that file knows."""
        if path is None or not path.exists():
            return cls(path)
        known = json.loads(path.read_text())
        return cls(path, known["killed"], Covering.known(known["covering"]))

    def write(self) -> None:
        """Keep it for the next run."""
        if self.path is not None and self.covering is not None:
            self.path.write_text(json.dumps({"killed": self.killed, "covering": self.covering.all()}))
