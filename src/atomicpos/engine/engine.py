"""The engine of one account: ``drive`` is the only way in which a position is moved."""

from __future__ import annotations

from ..record import Record
from .drive import Drive
from .means import Means


class Engine:
    """Drives rows, at most one drive a position at a time. The caller sees to that."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self._running: dict[str, Drive] = {}

    async def drive(self, record: Record, *, watch: bool = False, flat_because: str | None = None) -> Record:
        """Drive one row until it is protected or settled, and return it as committed.

        With ``watch`` a protected row is looked at once by every source first; with ``flat_because`` the goal turns
        flat. Opening, recovery, watching and operators' acts all come through here; every step may run twice.
        Raises Conflict when somebody else moved the row.
        """
        drive = Drive(self.means, record, watch=watch)
        if flat_because is not None:
            drive.ask_flat(flat_because)
        self._running[record.id] = drive
        try:
            return await drive.run()
        finally:
            del self._running[record.id]

    def ask_flat(self, position_id: str, reason: str) -> bool:
        """Turn a running drive's goal flat at its next turn; False when none runs that could."""
        drive = self._running.get(position_id)
        return drive is not None and drive.ask_flat(reason)
