"""What many worlds came to, added up; it travels between processes and into a log as JSON, one object a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from platform import python_version
from sqlite3 import sqlite_version

from .play import Told

PARTS = ("atomicpos", "SQLAlchemy", "transitions", "tenacity")


@cache
def versions() -> str:
    """The parts that are played, and what they run on."""
    named = ", ".join(f"{part} {version(part)}" for part in PARTS)
    return f"{named}, SQLite {sqlite_version}, Python {python_version()}, sources {_sources()}"


def _sources() -> str:
    """The beginning of a hash over the whole package: two states of one release are told apart."""
    package, found = Path(str(files("atomicpos"))), sha256()
    for file in sorted(package.rglob("*.py")):
        found.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Broken:
    """A world in which an invariant did not hold."""

    seed: int
    sentence: str


@dataclass(slots=True)
class Totals:
    """Worlds of one size, from a first seed to a last one, or all of them."""

    first: int
    last: int
    size: str = "small"
    playings: int = 1
    """How many times each seed was played."""
    seeds: int = 0
    opens: int = 0
    lines: int = 0
    virtual_s: float = 0.0
    cpu_s: float = 0.0
    rested_s: float = 0.0
    """How long it took at the most until everything rested once the faults had ended."""
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)
    versions: str = ""

    def count(self, told: Told) -> None:
        """Add one world."""
        self.seeds += 1
        self.opens += told.opens
        self.lines += told.lines
        self.virtual_s += told.virtual_s
        self.cpu_s += told.cpu_s
        self.rested_s = max(self.rested_s, told.rested_s)
        self.counts += told.counts
        self.broken += [Broken(told.seed, sentence) for sentence in told.broken[:1]]

    def add(self, other: Totals) -> None:
        """Add the worlds of others."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.seeds += other.seeds
        self.opens += other.opens
        self.lines += other.lines
        self.virtual_s += other.virtual_s
        self.cpu_s += other.cpu_s
        self.rested_s = max(self.rested_s, other.rested_s)
        self.counts += other.counts
        self.broken += other.broken
        self.versions = other.versions

    def of(self, kind: str) -> dict[str, int]:
        """The counts whose names begin with that word, without it, the most frequent first."""
        found = {name.removeprefix(f"{kind} "): n for name, n in self.counts.items() if name.startswith(f"{kind} ")}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def line(self) -> str:
        """As one line of JSON."""
        plain = replace(self, versions=self.versions or versions(), counts=dict(self.counts))  # type: ignore[arg-type]
        return json.dumps(asdict(plain), sort_keys=True)


def read(line: str) -> Totals:
    """From one line of JSON."""
    given = json.loads(line)
    counts, broken = Counter(given.pop("counts")), [Broken(**one) for one in given.pop("broken")]
    return Totals(**given, counts=counts, broken=broken)


def summed(all_of_them: Iterable[Totals]) -> Totals | None:
    """All of them added up; None of none."""
    found = list(all_of_them)
    if not found:
        return None
    whole = Totals(found[0].first, found[0].last, found[0].size, found[0].playings)
    for one in found:
        whole.add(one)
    return whole
