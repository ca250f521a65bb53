"""Journals with one defect each, and the claim of the contract that finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry, Scope
from atomicpos.ports import Change, Claimant, Conflict, SlotTaken
from atomicpos.record import Record
from atomicpos.testing.journals import MemoryJournal


class SharesSlots(MemoryJournal):
    """A slot is nobody's."""

    async def admit(self, change: Change, lease_us: int) -> None:
        try:
            await super().admit(change, lease_us)
        except SlotTaken:
            self._rows.put(change.record)


class LastWriterWins(MemoryJournal):
    """A version is a number like any other."""

    async def commit(self, change: Change) -> None:
        before = await self.load(change.record.id)
        version = change.record.version if before is None else before.version + 1
        await super().commit(replace(change, record=replace(change.record, version=version)))


class NoFence(MemoryJournal):
    """Whoever had a row may go on writing it."""

    async def commit(self, change: Change) -> None:
        before = await self.load(change.record.id)
        fence = change.record.fence if before is None else before.fence
        await super().commit(replace(change, record=replace(change.record, fence=fence)))


class TakesWhatIsHeld(MemoryJournal):
    """A lease binds nobody."""

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        held = await self.owners(claimant.scope)
        return await super().claim(replace(claimant, gone=held - {claimant.owner}), limit)


class KeepsTheFence(MemoryJournal):
    """A row that changes hands looks as before."""

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        return tuple(replace(row, fence=row.fence - 1) for row in await super().claim(claimant, limit))


class ForgetsKeys(MemoryJournal):
    """A key is forgotten with its request."""

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        return None


class ForgetsFindings(MemoryJournal):
    """What a source found is not kept."""

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        await super().note(position_id, entries, ())


class AdmitsOnCommit(MemoryJournal):
    """A row that nobody admitted is stored all the same."""

    async def commit(self, change: Change) -> None:
        try:
            await super().commit(change)
        except Conflict:
            if await self.load(change.record.id) is None:
                self._rows.put(change.record)
                return
            raise


STORE_FOUND_BY: dict[type[MemoryJournal], str] = {
    SharesSlots: "test_a_taken_slot_names_its_occupant",
    LastWriterWins: "test_a_stale_commit_changes_nothing",
    NoFence: "test_who_lost_the_row_cannot_move_it",
    TakesWhatIsHeld: "test_a_new_row_belongs_to_who_admitted_it",
    KeepsTheFence: "test_each_claim_raises_the_fence",
    ForgetsKeys: "test_the_key_is_checked_before_the_slot",
    ForgetsFindings: "test_who_lost_the_row_may_still_note",
    AdmitsOnCommit: "test_a_row_nobody_admitted_cannot_be_moved",
}
"""Each defect with the claim that finds it."""
