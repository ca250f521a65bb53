"""Who drives a row, and who may take it."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.models import Scope
from atomicpos.ports import Change, Journal
from atomicpos.record import Record

from ...samples import LEASE_US, SCOPE, a_record, admitted, claimant, moved, owned, reopened, sent, settled

OTHER = Scope("bybit", "live", "second")


class LeaseContract:
    """A lease is for one owner, and for a time."""

    async def test_a_new_row_belongs_to_who_admitted_it(self, journal: Journal) -> None:
        """While its lease stands nobody else gets it, and its owner is known."""
        (row,) = await admitted(journal, "one")
        assert await journal.claim(claimant("two"), 10) == ()
        assert await journal.claim_one(claimant("two"), "p1") is None
        assert await journal.owners(SCOPE) == {"one"}
        assert await journal.load("p1") == row

    async def test_a_lapsed_lease_is_taken(self, journal: Journal) -> None:
        """The row goes to who asks first, under the next fence and with the orders that it has."""
        (row,) = await admitted(journal, "one", lease_us=0)
        taken = replace(row, owner="two", fence=1)
        assert await journal.claim(claimant("two"), 10) == (taken,)
        assert await journal.load("p1") == taken
        assert await journal.claim(claimant("three"), 10) == ()
        assert await journal.owners(SCOPE) == {"two"}

    async def test_rows_that_nobody_has_are_taken(self, journal: Journal) -> None:
        """No owner, or one whose process is gone: the lease need not lapse."""
        await admitted(journal, None, "gone", "one")
        taken = await journal.claim(claimant("two", gone=("gone", "another")), 10)
        assert [(record.id, record.owner, record.fence) for record in taken] == [("p1", "two", 1), ("p2", "two", 1)]

    async def test_each_claim_raises_the_fence(self, journal: Journal) -> None:
        """Whoever had the row before is told apart from who has it now, however often it changed hands."""
        await admitted(journal, "one", lease_us=0)
        for n, owner in enumerate(("two", "three", "two"), 1):
            (taken,) = await journal.claim(claimant(owner, lease_us=0), 10)
            assert (taken.owner, taken.fence) == (owner, n)

    async def test_what_is_due_comes_first(self, journal: Journal) -> None:
        """Rows come in the order of their time, one that has none before all, and no more of them than asked for."""
        rows = await admitted(journal, *[None] * 4)
        for row, wake_at_us in zip(rows, (30, None, 10, 20), strict=True):
            await journal.commit(Change(moved(row, wake_at_us=wake_at_us)))
        assert [record.id for record in await journal.claim(claimant("two"), 3)] == ["p2", "p3", "p4"]
        (last,) = await journal.claim(claimant("two"), 3)
        assert (last.id, last.wake_at_us) == ("p1", 30)

    async def test_ends_and_other_accounts_are_not_claimed(self, journal: Journal) -> None:
        """Only rows of the account that hold their slot are taken."""
        (row,) = await admitted(journal, None)
        await journal.commit(Change(settled(sent(row, 5), 9)))
        await journal.admit(Change(a_record("p2", scope=OTHER)), LEASE_US)
        assert await journal.claim(claimant("two"), 10) == ()
        assert await journal.claim_one(claimant("two"), "p2") is None
        assert [record.id for record in await journal.claim(claimant("two", scope=OTHER), 10)] == ["p2"]

    async def test_nobody_claims_from_itself(self, journal: Journal) -> None:
        """An owner that slept over its lease goes on with its rows, which it would otherwise fence itself out of."""
        await admitted(journal, "one", lease_us=0)
        assert await journal.claim(claimant("one"), 10) == ()
        assert await journal.renew(claimant("one")) == {"p1": 0}

    async def test_one_row_is_taken_by_name(self, journal: Journal) -> None:
        """One that is lapsed, free or of a gone owner is taken, fence raised; a standing lease or no row is None."""
        await admitted(journal, None, "one", "gone")
        asked = claimant("two", gone=("gone",))
        found = [await journal.claim_one(asked, f"p{n}") for n in (1, 2, 3, 4)]
        assert [record and (record.id, record.owner, record.fence) for record in found] == [
            ("p1", "two", 1), None, ("p3", "two", 1), None,
        ]  # fmt: skip

    async def test_ones_own_row_keeps_its_fence(self, journal: Journal) -> None:
        """Asking for a row that one has, lapsed or not, renews its lease and changes nothing else."""
        (row,) = await admitted(journal, "one", lease_us=0)
        assert await journal.claim_one(claimant("one"), "p1") == row
        assert await journal.claim(claimant("two"), 10) == ()

    async def test_renewing_keeps_every_row(self, journal: Journal) -> None:
        """One renewal is for all rows of the owner in the account, and for no others; it tells what it holds."""
        await admitted(journal, "one", "one", "two", lease_us=0)
        await journal.claim_one(claimant("three"), "p2")
        assert await journal.renew(claimant("one")) == {"p1": 0}
        assert await journal.renew(claimant("three")) == {"p2": 1}
        assert await journal.renew(claimant("one", scope=OTHER)) == {}
        assert [record.id for record in await journal.claim(claimant("four"), 10)] == ["p3"]

    async def test_released_rows_are_free_at_once(self, journal: Journal) -> None:
        """A clean stop gives back what it had, and leaves the others' rows alone."""
        await admitted(journal, "one", "one", "two")
        await journal.release(claimant("one"))
        assert await journal.owners(SCOPE) == {"two"}
        assert await journal.renew(claimant("one")) == {}
        assert [record.id for record in await journal.claim(claimant("three"), 10)] == ["p1", "p2"]

    async def test_an_end_gives_the_lease_up(self, journal: Journal) -> None:
        """A settled row belongs to nobody, and its owner holds no lease on it."""
        (row,) = await admitted(journal, "one")
        end = settled(sent(row, 5), 9)
        await journal.commit(Change(end))
        assert await journal.load("p1") == replace(end, owner=None)
        assert await journal.renew(claimant("one")) == {}
        assert await journal.owners(SCOPE) == frozenset()

    async def test_an_end_may_be_taken_by_name_and_reopened(self, journal: Journal) -> None:
        """Who takes a settled row holds a lease on it, renewed as any, and keeps it when late evidence reopens it."""
        end = await _ended(journal)
        taken = await journal.claim_one(claimant("two"), "p1")
        assert taken == replace(end, owner="two", fence=1)
        assert await journal.claim_one(claimant("three"), "p1") is None
        assert await journal.renew(claimant("two")) == {"p1": 1}
        await journal.commit(Change(reopened(taken)))
        assert await journal.owners(SCOPE) == {"two"}
        assert await journal.claim(claimant("three"), 10) == ()

    async def test_owners_are_known_past_their_lease(self, journal: Journal) -> None:
        """Whoever has a row that holds its slot is named, lapsed or not; whoever has none is not."""
        await admitted(journal, "one", "two", None, lease_us=0)
        await journal.admit(Change(owned(a_record("p9", scope=OTHER), "nine")), LEASE_US)
        assert await journal.owners(SCOPE) == {"one", "two"}


async def _ended(journal: Journal) -> Record:
    (row,) = await admitted(journal, "one")
    end = settled(sent(row, 5), 9)
    await journal.commit(Change(end))
    return replace(end, owner=None)
