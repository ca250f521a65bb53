"""A row that was taken over cannot be moved by who had it before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Conflict, Fenced, Journal

from ...samples import a_record, admitted, claimant, moved

LATE = (JournalEntry(1, "act", "late"),)


class FencingContract:
    """The fence decides, before the version does."""

    async def test_who_lost_the_row_cannot_move_it(self, journal: Journal) -> None:
        """Its commit raises Fenced, at the expected version or behind it, and leaves nothing."""
        (row,) = await admitted(journal, "one", lease_us=0)
        (taken,) = await journal.claim(claimant("two"), 1)
        with pytest.raises(Fenced):
            await journal.commit(Change(moved(row), LATE))
        await journal.commit(Change(moved(taken)))
        with pytest.raises(Fenced):
            await journal.commit(Change(moved(row), LATE))
        assert await journal.load("p1") == moved(taken)
        assert (await journal.history("p1")).entries == ()

    async def test_a_row_taken_and_given_back_is_lost_too(self, journal: Journal) -> None:
        """That nobody has it by now does not bring it back to who had it first."""
        (row,) = await admitted(journal, "one", lease_us=0)
        await journal.claim(claimant("two"), 1)
        await journal.release(claimant("two"))
        with pytest.raises(Fenced):
            await journal.commit(Change(moved(row)))

    async def test_a_lapsed_lease_that_nobody_took_may_be_moved(self, journal: Journal) -> None:
        """The fence, not the time, tells whose row it is: an owner that was slow goes on where it was."""
        (row,) = await admitted(journal, "one", lease_us=0)
        await journal.commit(Change(moved(row, reason="slow")))
        assert await journal.load("p1") == moved(row, reason="slow")

    async def test_a_version_that_moved_on_is_no_fence(self, journal: Journal) -> None:
        """Its own owner, behind by a version, meets Conflict and not Fenced; a fence not yet given is Fenced."""
        (row,) = await admitted(journal, "one")
        await journal.commit(Change(moved(row)))
        with pytest.raises(Conflict) as refused:
            await journal.commit(Change(moved(row, reason="late")))
        assert not isinstance(refused.value, Fenced)
        with pytest.raises(Fenced):
            await journal.commit(Change(moved(moved(row), fence=7)))

    async def test_only_a_claim_changes_the_owner(self, journal: Journal) -> None:
        """A commit that names another owner moves the row and leaves it where it belongs."""
        (row,) = await admitted(journal, "one")
        await journal.commit(Change(moved(replace(row, owner="two"))))
        assert await journal.load("p1") == moved(row)
        assert await journal.renew(claimant("one")) == {"p1": 0}

    async def test_a_row_without_an_owner_may_be_moved(self, journal: Journal) -> None:
        """One that was never leased is moved by its version alone, and stays free."""
        await journal.admit(Change(a_record()), 0)
        await journal.commit(Change(moved(a_record())))
        assert [record.id for record in await journal.claim(claimant("one"), 1)] == ["p1"]
