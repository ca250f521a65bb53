"""Each commit moves one row by one version, wholly or not at all, however often it is said."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry, Leg, Order, OrderSide, State
from atomicpos.ports import Change, Conflict, Fenced, Journal
from atomicpos.record import Resolution
from atomicpos.sightings import Sightings, sight

from ...samples import CREATED_AT_US, LEASE_US, SCOPE, a_record, claimant, moved, owned, sent

SEND_US = CREATED_AT_US + 1_000
LINE = JournalEntry(1, "act", "said once")
FOUND = replace(Evidence.seen("10"), source="position_poll")


class CommitContract:
    """Each commit moves one row by one version, wholly or not at all."""

    async def test_a_row_comes_back_as_it_was_stored(self, journal: Journal) -> None:
        """The record read is the record written."""
        await journal.admit(Change(a_record()), LEASE_US)
        assert await journal.load("p1") == a_record()
        assert await journal.load("p2") is None

    async def test_what_was_sighted_is_not_stored(self, journal: Journal) -> None:
        """What was not seen must be gathered again by whoever takes the row over."""
        record = a_record()
        unseen = replace(record.entry, answered_at_us=1, absent_since_us=2)
        sighted = sight(Sightings(), replace(Evidence.absent(), source="position_poll"))
        word = Resolution(State.CLOSED, "seen flat on the website", "an operator", 3)
        seen = replace(record.with_order(unseen), sightings=sighted, asking_rule=True, resolution=word)
        await journal.admit(Change(seen), LEASE_US)
        assert await journal.load("p1") == record
        assert await journal.list() == (record,)
        assert await journal.holding(SCOPE) == (record,)

    async def test_orders_are_added_and_replaced(self, journal: Journal) -> None:
        """A commit carries every order of the row, known or new, ordered by leg and attempt."""
        record = a_record()
        await journal.admit(Change(record), LEASE_US)
        stop = Order(Leg.STOP, 1, "apteststop", OrderSide.SELL, Decimal("10"), True, trigger_price=Decimal("0.1225"))
        after = moved(sent(record, SEND_US).with_order(stop))
        await journal.commit(Change(after))
        assert await journal.load("p1") == after

    async def test_a_stale_commit_changes_nothing(self, journal: Journal) -> None:
        """A row that somebody else has moved raises Conflict, and nothing is appended with it."""
        record = a_record()
        await journal.admit(Change(record), LEASE_US)
        await journal.commit(Change(moved(record, reason="first")))
        with pytest.raises(Conflict):
            await journal.commit(Change(moved(record, reason="late"), entries=(JournalEntry(1, "act", "late"),)))
        stored = await journal.load("p1")
        assert stored is not None
        assert stored.reason == "first"
        assert (await journal.history("p1")).entries == ()

    async def test_a_row_nobody_admitted_cannot_be_moved(self, journal: Journal) -> None:
        """A commit without its row raises Conflict."""
        with pytest.raises(Conflict):
            await journal.commit(Change(moved(a_record())))

    async def test_of_many_at_once_one_moves_the_row(self, journal: Journal) -> None:
        """Ten concurrent commits from one version leave one winner and nine conflicts."""
        record = a_record()
        await journal.admit(Change(record), LEASE_US)
        changes = [Change(moved(record, reason=str(n))) for n in range(10)]
        results = await asyncio.gather(*map(journal.commit, changes), return_exceptions=True)
        assert [type(result) for result in results].count(Conflict) == 9

    async def test_a_commit_whose_answer_was_lost_may_be_said_again(self, journal: Journal) -> None:
        """The very same change again returns as it did, and nothing is appended twice, renewals in between or not."""
        record = owned(a_record())
        await journal.admit(Change(record), LEASE_US)
        change = Change(moved(sent(record, SEND_US), reason="once"), (LINE,), (FOUND,))
        await journal.commit(change)
        await journal.renew(claimant("one"))
        await journal.commit(change)
        assert await journal.load("p1") == change.record
        history = await journal.history("p1")
        assert (history.entries, [repeats.count for repeats in history.repeats]) == ((LINE,), [0])

    async def test_another_change_to_a_stored_version_is_refused(self, journal: Journal) -> None:
        """Nobody may believe something stored that is not: even its owner is told that the version is taken."""
        record = owned(a_record())
        await journal.admit(Change(record), LEASE_US)
        await journal.commit(Change(moved(record)))
        with pytest.raises(Conflict) as refused:
            await journal.commit(Change(moved(sent(record, SEND_US))))
        assert not isinstance(refused.value, Fenced)
        assert await journal.load("p1") == moved(record)

    async def test_an_admission_whose_answer_was_lost_may_be_said_again(self, journal: Journal) -> None:
        """The same new row again changes nothing: not while it is new, and not when it has moved on."""
        change = Change(owned(a_record(idempotency_key="k")), (LINE,), (FOUND,))
        await journal.admit(change, LEASE_US)
        await journal.admit(change, LEASE_US)
        after = moved(change.record, reason="moved on")
        await journal.commit(Change(after))
        await journal.admit(change, LEASE_US)
        assert await journal.load("p1") == after
        history = await journal.history("p1")
        assert (history.entries, [repeats.count for repeats in history.repeats]) == ((LINE,), [0])

    async def test_an_admission_said_again_too_late_is_fenced(self, journal: Journal) -> None:
        """When another owner has the row by then, its first one is told so."""
        change = Change(owned(a_record()))
        await journal.admit(change, 0)
        await journal.claim(claimant("two"), 1)
        with pytest.raises(Fenced):
            await journal.admit(change, LEASE_US)
