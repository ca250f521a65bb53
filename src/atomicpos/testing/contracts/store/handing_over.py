"""How a row goes from one living owner to another, and how owners tell that they live."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.models import MICROSECONDS, Scope
from atomicpos.ports import Change, Heartbeat, Journal

from ...samples import SCOPE, admitted, claimant, moved, sent, settled

OTHER = Scope("bybit", "live", "second")


class HandingOverContract:
    """A row goes from one living owner to another because it was asked for."""

    async def test_a_row_is_asked_for_and_given_back(self, journal: Journal) -> None:
        """Its owner reads who wants it, gives it back, and the next claim takes it; the asking ends with that."""
        await admitted(journal, "one", "one")
        await journal.want(claimant("two"), "p1")
        assert [row.wanted_by for row in await journal.holding(SCOPE)] == ["two", None]
        assert await journal.claim_one(claimant("two"), "p1") is None
        await journal.give_back(claimant("one"), "p1")
        assert await journal.renew(claimant("one")) == {"p2": 0}
        taken = await journal.claim_one(claimant("two"), "p1")
        assert taken is not None
        assert (taken.owner, taken.fence, taken.wanted_by) == ("two", 1, None)

    async def test_only_what_another_has_can_be_asked_for(self, journal: Journal) -> None:
        """A row of one's own and one without an owner are not wanted, and nobody gives another's row back."""
        await admitted(journal, "one", None)
        for position_id in ("p1", "p2", "p9"):
            await journal.want(claimant("one"), position_id)
        await journal.give_back(claimant("two"), "p1")
        assert [(row.owner, row.wanted_by) for row in await journal.holding(SCOPE)] == [("one", None), (None, None)]

    async def test_a_commit_leaves_the_asking_and_an_end_ends_it(self, journal: Journal) -> None:
        """Whoever moves the row need not know that it is wanted; a settled row is wanted by nobody."""
        (row,) = await admitted(journal, "one")
        await journal.want(claimant("two"), "p1")
        await journal.commit(Change(moved(row)))
        assert [found.wanted_by for found in await journal.holding(SCOPE)] == ["two"]
        await journal.commit(Change(settled(moved(sent(row, 5)), 9)))
        stored = await journal.load("p1")
        assert stored is not None
        assert (stored.owner, stored.wanted_by) == (None, None)


class AccountContract:
    """An account name stands for one account at the exchange."""

    async def test_a_name_stands_for_the_account_it_was_first_used_with(self, journal: Journal) -> None:
        """Whoever comes with another one is told which it is; another name is free."""
        assert await journal.bind_account(SCOPE, "4711") == "4711"
        assert await journal.bind_account(SCOPE, "0815") == "4711"
        assert await journal.bind_account(OTHER, "0815") == "0815"


class HeartbeatContract:
    """Who watches, and how that one stands."""

    async def test_the_last_heartbeat_of_each_owner_is_kept(self, journal: Journal) -> None:
        """A second one takes the place of the first; one of another owner or account stands beside it."""
        first = Heartbeat(SCOPE, "one", positions=2, driven=1, behind_us=0)
        second = replace(first, behind_us=7, waits_for="the exchange: " + "\u00e4" * 9)
        others = (replace(first, owner="two"), replace(first, scope=OTHER))
        for heartbeat in (first, second, *others):
            await journal.beat(heartbeat)
        heard = await journal.heartbeats()
        assert {told.heartbeat for told in heard} == {second, *others}
        assert all(0 <= told.age_us < 60 * MICROSECONDS for told in heard)

    async def test_who_leaves_in_order_is_not_missed(self, journal: Journal) -> None:
        """With its rows an owner takes its heartbeat back."""
        await journal.beat(Heartbeat(SCOPE, "one", positions=0, driven=0, behind_us=0))
        await journal.beat(Heartbeat(SCOPE, "two", positions=0, driven=0, behind_us=0))
        await journal.release(claimant("one"))
        assert [told.heartbeat.owner for told in await journal.heartbeats()] == ["two"]

    async def test_who_leaves_in_order_speaks_for_those_it_has_outlived(self, journal: Journal) -> None:
        """An owner that has been silent for a lease is forgotten with it; on another account it is still missed."""
        for owner, scope in (("one", SCOPE), ("silent", SCOPE), ("silent", OTHER)):
            await journal.beat(Heartbeat(scope, owner, positions=0, driven=0, behind_us=0))
        await journal.release(claimant("one", lease_us=-1))
        assert [told.heartbeat.scope for told in await journal.heartbeats()] == [OTHER]
