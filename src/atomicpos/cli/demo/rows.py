"""The demo's result: one row a weather, as JSON and as the table that is printed last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from ..plain import plain
from .judging import Claim, VenueTruth, differences
from .scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Row:
    """One weather's end: what was claimed, what is so, and how they differ."""

    scenario: Scenario
    claim: Claim
    truth: VenueTruth

    @property
    def differences(self) -> tuple[str, ...]:
        """In words; none when the row agrees with the venue."""
        return differences(self.claim, self.scenario.weather, self.truth)

    @property
    def agrees(self) -> bool:
        """True when the row says what is so."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The row for ``--json``; entries and ``venue_*`` come from the venue alone."""
        return {
            "scenario": self.scenario.weather.name,
            "id": self.claim.id,
            "state": self.claim.state.value if self.claim.state else None,
            "error": self.claim.error,
            "exposure_s": round(self.claim.exposure_s, 6),
            "entries_sent": self.truth.entries,
            "venue_quantity": plain(self.truth.quantity),
            "venue_stop_quantity": plain(self.truth.stop_quantity),
            "venue_exposure_s": round(self.truth.exposure_s, 6),
            "agrees": self.agrees,
        }


def summary(rows: Iterable[Row], title: str) -> Table:
    """All rows beside the venue's truth."""
    columns = ("scenario", "our row", "exposed s", "venue holds", "stops", "exposed s", "entries", "agrees")
    table = Table(*columns, title=title)
    for row in rows:
        state = row.claim.state.value if row.claim.state else row.claim.error or "none"
        verdict = Text("yes", "green") if row.agrees else Text("NO", "bold red")
        table.add_row(
            row.scenario.weather.name, state, f"{row.claim.exposure_s:.3f}", plain(row.truth.quantity),
            plain(row.truth.stop_quantity), f"{row.truth.exposure_s:.3f}", str(row.truth.entries), verdict,
        )
    return table


def most_interesting(rows: Sequence[Row]) -> Row:
    """The first that disagrees, else the incident that this library was written for, else the last that has a row."""
    kept = [row for row in rows if row.claim.id] or rows
    wrong = [row for row in kept if not row.agrees]
    incidents = [row for row in kept if row.scenario.weather.name == "original_incident"]
    return [*wrong, *incidents, kept[-1]][0]
