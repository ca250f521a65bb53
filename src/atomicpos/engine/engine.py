"""What every drive shares: the ports, the bounds and the verifiers of one account."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..announcer import Announcer
from ..models import Scope
from ..ports import Clock, Exchange, Journal
from ..record import Record
from ..settings import Bounds, Settings
from ..verifiers import Verifier

if TYPE_CHECKING:
    from .drive import Drive


@dataclass(frozen=True, slots=True)
class Engine:
    """The means of one account on one exchange. ``drive`` is the only way in which a position is moved."""

    exchange: Exchange
    journal: Journal
    clock: Clock
    bounds: Bounds
    settings: Settings
    verifiers: tuple[Verifier, ...]
    announcer: Announcer
    rng: random.Random
    on_commit: Callable[[Record], None] = field(default=lambda record: None)
    """Told of each row right after it was committed."""
    running: dict[str, Drive] = field(default_factory=dict)
    """The drives under way, by position id: at most one a position."""

    @property
    def scope(self) -> Scope:
        """The account whose rows are driven."""
        return Scope(self.exchange.name, self.exchange.environment, self.settings.account)

    async def drive(self, record: Record, *, watch: bool = False, flat_because: str | None = None) -> Record:
        """Drive one row until it is protected or settled, and return it as committed.

        With ``watch`` a protected row is looked at once by every source first; with ``flat_because`` the goal turns
        flat. Opening, recovery, watching and operators' acts all come through here; every step may run twice.
        Raises Conflict when somebody else moved the row.
        """
        from .drive import Drive

        drive = Drive(self, record, watch=watch)
        if flat_because is not None:
            drive.ask_flat(flat_because)
        self.running[record.id] = drive
        try:
            return await drive.run()
        finally:
            del self.running[record.id]
