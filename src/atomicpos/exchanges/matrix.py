"""The matrix of exchanges: everything that is declared of them, one fact a line, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .declared import FACTS, Quirks, Tier
from .quirks import QUIRKS
from .unsupported import REASONS

TIERS = {
    Tier.WIRE: "The unmodified ccxt client was driven through whole lives at a venue that speaks its dialect.",
    Tier.CONTRACT: "Every request is asserted as ccxt sends it, every reply understood in its documented form.",
}
"""What each tier says, as the source of an exchange's."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact about one exchange."""

    exchange: str
    fact: str
    value: str
    source: str


def matrix() -> tuple[Cell, ...]:
    """Tier, what the core decides by, and what a user wants to know, of every exchange that has a profile."""
    return tuple(cell for name in sorted(QUIRKS) for cell in _cells(name, QUIRKS[name]))


def refused() -> tuple[Cell, ...]:
    """The exchanges that are refused for a reason that is known."""
    return tuple(Cell(name, "refused", "no", REASONS[name]) for name in sorted(REASONS))


def _cells(name: str, quirks: Quirks) -> list[Cell]:
    cells = [Cell(name, "tier", quirks.tier.value, TIERS[quirks.tier])]
    for fact, source in quirks.sources.items():
        cells.append(Cell(name, fact, _text(getattr(quirks.profile, fact)), source))
    for fact in FACTS:
        known = quirks.facts.get(fact)
        if known is not None:
            cells.append(Cell(name, fact, known.value, known.source))
    return cells


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(each) for each in value)) or "none"
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)
