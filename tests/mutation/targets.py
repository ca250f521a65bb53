"""What is mutated: the table, the facts, what weighs and folds them, and what plans the next steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table: modules below ``src/atomicpos`` that are counted together."""

    name: str
    paths: tuple[str, ...]

    def holds(self, file: str) -> bool:
        """True for a module of it."""
        return any(file == path or file.startswith(f"{path}/") for path in self.paths)

    def files(self, package: Path) -> Iterator[str]:
        """Its modules, by their paths below the package, in one order."""
        for path in self.paths:
            place = package / path
            found = sorted(place.rglob("*.py")) if place.is_dir() else [place]
            yield from (one.relative_to(package).as_posix() for one in found)


TARGETS = (
    Target("states", ("states.py",)),
    Target("evidence", ("evidence.py",)),
    Target("plan", ("plan",)),
    Target("weigh", ("weigh",)),
    Target("absorb", ("absorb",)),
)


def module_of(file: str) -> str:
    """The dotted name of the module in that file below the package."""
    parts = Path(file).with_suffix("").parts
    return ".".join(("atomicpos", *(part for part in parts if part != "__init__")))
