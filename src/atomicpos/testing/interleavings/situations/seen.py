"""What happened in one history, by its journal and the venue's log: never by what was meant to happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ....events import Event, EventKind
from ....evidence import Evidence, Kind, Source
from ....ids import LIBRARY_PREFIX
from ....models import MICROSECONDS
from ....ports import Change, Journal
from ....record import Record
from ....sim import Fault, Venue
from ..aftermath import found
from .rows import of_history, of_versions
from .situation import Situation
from .struck import NotedFaults, came_true, struck

AROUND_US = MICROSECONDS
"""By how much a process's own clock may be beside the exchange's."""


class Witness:
    """Follows one history; put beside it before its faults are set, since it notes which of them come true."""

    def __init__(self, venue: Venue, symbol: str) -> None:
        self._venue = venue
        self._symbol = symbol
        venue.faults = self._faults = NotedFaults(venue.now_us)
        self._rows: dict[str, list[Record]] = {}
        self._written_us: dict[str, int] = {}
        """When each order was stored first, by its id."""
        self._seen: set[tuple[str, str]] = set()

    @property
    def met(self) -> Counter[str]:
        """How often each call was made while a fault could have struck it."""
        return self._faults.met

    @property
    def struck(self) -> frozenset[Fault]:
        """The faults that struck and did something."""
        return frozenset(struck(self._faults, self._venue, self._symbol))

    def change(self, change: Change) -> None:
        """A change was stored."""
        self._rows.setdefault(change.record.id, []).append(change.record)
        for order in change.record.orders:
            self._written_us.setdefault(order.client_order_id, self._venue.now_us())

    def note(self, family: str, *names: str) -> None:
        """Something happened that neither the journal nor the venue tells: where a process died, what a bot heard."""
        self._seen.update((family, name) for name in names)

    def hear(self, event: Event) -> None:
        """What was said aloud."""
        if event.kind is EventKind.ALERT:
            self.note("alert", event.condition)

    def taken_over(self, rows: Iterable[Record]) -> None:
        """A successor finds these rows."""
        self.note("takeover", *(found(row) for row in rows if not row.state.settled))

    async def seen(self, journal: Journal) -> frozenset[str]:
        """All that happened, by name."""
        self.note("fault", *came_true(self._faults, self._venue, self._symbol))
        for position_id, versions in self._rows.items():
            self._seen.update(of_versions(versions))
            history = await journal.history(position_id)
            self._seen.update(of_history(history))
            if any(map(self._missed, history.evidence)):
                self.note("happened", Situation.MISSED)
        if self._left_first():
            self.note("happened", Situation.LEFT_FIRST)
        return frozenset(f"{family}: {name}" for family, name in self._seen)

    def _missed(self, found: Evidence) -> bool:
        """True for an answer without a position that was there a while before it was asked for, and after."""
        if found.source != Source.POSITION_POLL or found.kind is not Kind.ABSENT:
            return False
        around = (found.asked_at_us - AROUND_US, found.asked_at_us, found.answered_at_us + AROUND_US)
        return all(self._venue.position_as_of(self._symbol, at_us).signed > 0 for at_us in around)

    def _left_first(self) -> bool:
        """True when the exchange took an order of ours before any row had it."""
        orders = self._venue.orders_as_of(self._symbol, self._venue.now_us())
        ours = ((o.client_order_id or "", o.created_at_us) for o in orders)
        return any(
            created_us < self._written_us.get(own_id, created_us)
            for own_id, created_us in ours if own_id.startswith(LIBRARY_PREFIX)
        )
