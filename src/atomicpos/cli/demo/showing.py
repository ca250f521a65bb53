"""The demo in front of the dashboard: slow enough to be watched, and served for as long as somebody wants to look."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...sim.fault_kinds import Call, FaultKind
from ...sim.faults import Fault
from ..output import note
from .rows import Row

if TYPE_CHECKING:
    from ...app import AtomicPositions

VIEWER_S = 10.0
"""How long the first page is waited for; then the opens begin all the same."""
OPENS_APART_S = 0.4
INCIDENT = "AVLUSDT"
SHOWN_LATE_S = 2.0
"""How late the incident's orders are shown: for so long nothing proves its stop, and the page says so."""


@dataclass(slots=True)
class Show:
    """Serves the dashboard over the demo's positions."""

    port: int
    for_s: float | None
    """How long it is held after the opens; None: until Ctrl-C."""
    apart_s: float = OPENS_APART_S

    def begun(self, venue: str) -> list[dict[str, Any]]:
        """Told where the venue is: what else goes wrong there."""
        note(f"the venue is on {venue}: its truth is at /_venue/truth, and POST /_venue/mark moves a price")
        return [asdict(Fault(Call.ORDERS.value, INCIDENT, FaultKind.LAG.value, seconds=SHOWN_LATE_S))]

    @asynccontextmanager
    async def served(self, positions: AtomicPositions, database: str) -> AsyncIterator[None]:
        """The dashboard over these positions; entered once a page is live, or nobody came for one."""
        from ...dashboard import Dashboard

        async with Dashboard(database, positions, port=self.port) as page:
            note(f"the dashboard is on {page.entrance}")
            with suppress(TimeoutError):
                await asyncio.wait_for(page.viewed(), VIEWER_S)
            yield

    async def hold(self, rows: Sequence[Row]) -> None:
        """Say how it went, and go on serving until the time is over or the process is asked to end."""
        agree = sum(row.agrees for row in rows)
        until = "until Ctrl-C" if self.for_s is None else f"for {self.for_s:g} s"
        note(f"{agree} of {len(rows)} rows agree with the venue; the dashboard is served {until}")
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, asked.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), self.for_s)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
