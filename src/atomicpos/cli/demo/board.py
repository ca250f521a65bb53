"""The live table: what each open knows while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.table import Table
from rich.text import Text

from ...events import Event, EventKind
from ...models import MICROSECONDS, State
from .scenarios import Scenario

_COLOURS = {
    State.PROTECTED: "green",
    State.ROLLED_BACK: "cyan",
    State.CLOSED_IMMEDIATELY: "cyan",
    State.CLOSED: "cyan",
    State.ORPHAN_SUSPECTED: "red",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest facts of one open."""

    state: State | None = None
    latest: str = ""
    exposed_s: float = 0.0


class Board:
    """Hears the engine's facts and draws them; rich asks it for a table whenever it refreshes."""

    def __init__(self, scenarios: Iterable[Scenario]) -> None:
        self._scenarios = tuple(scenarios)
        self._progress = {scenario.symbol: Progress() for scenario in self._scenarios}
        self._started_s = time.monotonic()

    def hear(self, event: Event) -> None:
        """Take one fact in, for ``listeners``; resolved alerts leave the line as it is."""
        if event.kind is not EventKind.RESOLVED:
            self.tell(event.symbol, event.state, event.text, event.exposure_us / MICROSECONDS)

    def tell(self, symbol: str, state: State | None, text: str, exposed_s: float = 0.0) -> None:
        """Put the newest words about a symbol up; a state of None leaves the one before."""
        known = self._progress.get(symbol, Progress())
        self._progress[symbol] = replace(known, state=state or known.state, latest=text, exposed_s=exposed_s)

    def __rich__(self) -> Table:
        title = f"{len(self._scenarios)} opens at once, {time.monotonic() - self._started_s:.1f} s"
        table = Table("scenario", "symbol", "state", "exposed s", title=title, expand=True)
        table.add_column("latest", ratio=1, no_wrap=True, overflow="ellipsis")
        for scenario in self._scenarios:
            known = self._progress[scenario.symbol]
            state = Text(known.state.value, _COLOURS.get(known.state, "yellow")) if known.state else ""
            exposed, latest = Text(f"{known.exposed_s:.3f}"), Text(known.latest)
            table.add_row(scenario.weather.name, scenario.symbol, state, exposed, latest)
        return table
