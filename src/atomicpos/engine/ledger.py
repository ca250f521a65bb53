"""The drive's own book: what is not committed yet, and when it must be.

A transition, a goal or the intent of an order is committed before anything is sent on its account. When the database
does not answer within ``journal_patience_s``, or not at all, protective requests leave first; what was to be written
stays here and goes with the next commit (I4, I9).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ..errors import StoreUnavailable
from ..evidence import Evidence
from ..frozen import replace
from ..models import MICROSECONDS, JournalEntry
from ..ports import Change, Clock, Journal
from ..record import Record

EVIDENCE_KEPT = 2000
"""How many findings are spooled while the database cannot be written; then the oldest go."""
FLUSH_US = 5 * MICROSECONDS
"""How long findings that changed nothing may wait to be written."""


class Ledger:
    """Writes one row; ``committed`` is the row as the database has it."""

    def __init__(self, journal: Journal, clock: Clock, record: Record, patience_s: float) -> None:
        self.committed = record
        self._decided = _deciding(record)
        self._asked_of = record, self._decided
        self.failure: StoreUnavailable | None = None
        self._journal = journal
        self._clock = clock
        self._patience_s = patience_s
        self._entries: list[JournalEntry] = []
        self._evidence: list[Evidence] = []
        self._writing: asyncio.Task[Record] | None = None
        self._tried_at_us = clock.now_us()

    def note(self, *entries: JournalEntry) -> None:
        """Append to the journal with the next commit."""
        self._entries.extend(entries)

    def spool(self, evidence: Evidence) -> None:
        """Append to the evidence with the next commit."""
        self._evidence.append(evidence)
        del self._evidence[:-EVIDENCE_KEPT]

    def behind(self, record: Record) -> bool:
        """True when the row as it is differs from what the database has in anything that decides, or a person's act is
        not in its journal yet."""
        if self._writing is not None:
            return True
        if self._asked_of[0] is not record:
            self._asked_of = record, _deciding(record)
        return self._asked_of[1] != self._decided or any(entry.by is not None for entry in self._entries)

    @property
    def waits(self) -> bool:
        """True while anything at all is not written yet."""
        return self._writing is not None or bool(self._entries or self._evidence)

    async def save(self, record: Record, *, all_of_it: bool = False) -> bool:
        """Commit when it must be; True when the database has everything that decides.

        Never raises StoreUnavailable: ``failure`` holds it. Raises Fenced when the row is another owner's by
        now, Conflict when its version is not the one we know.
        """
        await self._finish_writing()
        if self._writing is None and self._due(record, all_of_it):
            self._writing = asyncio.ensure_future(self._write(record))
            await self._finish_writing()
        return not self.behind(record)

    async def finish(self) -> None:
        """Wait for a commit that is under way, without end: it must not be left half known."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
            await self._finish_writing()

    async def last_words(self) -> None:
        """Append what was not committed to a row that another owner has by now, where the database still hears it."""
        with suppress(StoreUnavailable):
            await self._journal.note(self.committed.id, self._entries, self._evidence)

    def _due(self, record: Record, all_of_it: bool) -> bool:
        if self.behind(record):
            return True
        waiting = bool(self._entries or self._evidence)
        return waiting and (all_of_it or self._clock.now_us() - self._tried_at_us >= FLUSH_US)

    async def _finish_writing(self) -> None:
        if self._writing is None:
            return
        done, _ = await asyncio.wait({self._writing}, timeout=self._patience_s)
        if done:
            task, self._writing = self._writing, None
            try:
                self.committed = task.result()
                self._decided = _deciding(self.committed)
                self.failure = None
            except StoreUnavailable as failure:
                self.failure = failure

    async def _write(self, record: Record) -> Record:
        now = self._clock.now_us()
        self._tried_at_us = now
        entries, evidence = tuple(self._entries), tuple(self._evidence)
        row = replace(record, version=self.committed.version + 1, updated_at_us=now)
        await self._journal.commit(Change(row, entries, evidence))
        del self._entries[: len(entries)]
        written = {id(finding) for finding in evidence}
        self._evidence = [finding for finding in self._evidence if id(finding) not in written]
        return row


def _deciding(record: Record) -> object:
    """What a successor must find: state, goal, proof, which orders exist, and which of them certainly never did."""
    orders = [(o.leg, o.attempt, o.never_existed) for o in record.orders]
    wishes = record.rule, record.moving, record.parts_asked, record.resolution
    return record.state, record.goal, record.reason, record.proof and record.proof.kind, orders, wishes
