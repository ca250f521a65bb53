"""The engine of one account: ``drive`` is the only way in which a position is moved."""

from __future__ import annotations

from collections.abc import Iterable

from ..evidence import Evidence
from ..record import Record
from ..request import StopFunction
from .asked import Asked
from .drive import Drive
from .means import Means


class Engine:
    """Drives rows, at most one drive a position at a time. The caller sees to that."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self._running: dict[str, Drive] = {}
        if means.listening is not None:
            means.listening.board.on_notice(self._told)

    async def drive(
        self, record: Record, *, watch: bool = False, asks: Iterable[Asked] = (),
        stop_function: StopFunction | None = None, evidence: Iterable[Evidence] = (),
    ) -> Record:
        """Drive one row until it is protected or settled, and return it as committed.

        With ``watch`` a row that rests is looked at once; ``asks``, and ``evidence`` that somebody else found, are
        made part of it before anything else; ``stop_function`` is asked for the trigger once the average fill is
        known. Opening, recovery, watching and operators' acts all come through here; every step may run twice. Raises
        Fenced when the row is another owner's by now, and Conflict when it is not at the version that is known.
        """
        drive = Drive(self.means.widened(), record, watch=watch, stop_function=stop_function)
        for asked in asks:
            drive.ask(asked)
        for found in evidence:
            drive.hear(found)
        self._running[record.id] = drive
        try:
            return await drive.run()
        finally:
            del self._running[record.id]

    def fence_out(self, position_id: str) -> None:
        """The row is another owner's by now: a drive of ours says what it knows, and stops."""
        if (drive := self._running.get(position_id)) is not None:
            drive.fence_out()

    def _told(self, symbol: str) -> None:
        """The exchange told something of that symbol: its drives look at it now."""
        for drive in self._running.values():
            if drive.record.intent.symbol == symbol:
                drive.told()

    def ask(self, position_id: str, asked: Asked) -> bool:
        """Make a wish part of a running drive's row at its next turn; False when none runs that could."""
        drive = self._running.get(position_id)
        return drive is not None and drive.ask(asked)
