"""What happened in one history, by its journal and the venue's log: never by what was meant to happen."""

from __future__ import annotations

from collections.abc import Iterable

from ...ports import Change, Journal
from ...record import Record
from ...sim import Venue
from .situations_struck import NotedFaults, came_true


class Witness:
    """Follows one history; put beside it before its faults are set, since it notes which of them come true."""

    def __init__(self, venue: Venue, symbol: str) -> None:
        self._venue = venue
        self._symbol = symbol
        venue.faults = self._faults = NotedFaults(venue.now_us)
        self._rows: dict[str, list[Record]] = {}
        self._seen: set[str] = set()

    def change(self, change: Change) -> None:
        """A change was stored."""
        self._rows.setdefault(change.record.id, []).append(change.record)

    def note(self, family: str, *names: str) -> None:
        """Something happened that neither the journal nor the venue tells: where a process died, what a bot heard."""
        self._seen.update(f"{family}: {name}" for name in names)

    def taken_over(self, rows: Iterable[Record]) -> None:
        """A successor finds these rows."""
        self.note("takeover", *(row.state.value for row in rows if not row.state.settled))

    async def seen(self, journal: Journal) -> frozenset[str]:
        """All that happened, by name."""
        self.note("fault", *came_true(self._faults, self._venue, self._symbol))
        return frozenset(self._seen)
