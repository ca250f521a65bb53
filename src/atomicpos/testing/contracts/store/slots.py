"""One position per slot, one row per key."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.models import JournalEntry, PositionSide, Scope
from atomicpos.ports import Change, Journal, KeyTaken, SlotTaken

from ...samples import CREATED_AT_US, LEASE_US, SCOPE, a_record, claimant, reopened, sent, settled

SEND_US = CREATED_AT_US + 1_000
PROOF_US = SEND_US + 1_000


class SlotContract:
    """One position per slot, one per key (I7)."""

    async def test_a_taken_slot_names_its_occupant(self, journal: Journal) -> None:
        """A second row on a slot is refused with the occupant's id, and nothing of it is stored."""
        await journal.admit(Change(a_record("p1")), LEASE_US)
        with pytest.raises(SlotTaken) as refused:
            await journal.admit(Change(a_record("p2"), entries=(JournalEntry(1, "intent", "open"),)), LEASE_US)
        assert refused.value.position_id == "p1"
        assert await journal.load("p2") is None
        assert (await journal.history("p2")).entries == ()

    async def test_both_sides_share_the_slot(self, journal: Journal) -> None:
        """In one-way mode a short does not get past a long on the same symbol."""
        await journal.admit(Change(a_record("p1")), LEASE_US)
        with pytest.raises(SlotTaken):
            await journal.admit(Change(a_record("p2", side=PositionSide.SHORT)), LEASE_US)

    async def test_the_key_is_checked_before_the_slot(self, journal: Journal) -> None:
        """A repeat of the request that holds the slot finds its own row, not a taken slot."""
        await journal.admit(Change(a_record("p1", idempotency_key="k")), LEASE_US)
        with pytest.raises(KeyTaken) as refused:
            await journal.admit(Change(a_record("p2", idempotency_key="k")), LEASE_US)
        assert refused.value.position_id == "p1"
        found = await journal.find_key(SCOPE, "k")
        assert found is not None
        assert found.id == "p1"

    async def test_an_end_frees_the_slot_and_keeps_the_key(self, journal: Journal) -> None:
        """After a settled row the symbol is free at once, and its key still names it (F44)."""
        first = sent(a_record("p1", idempotency_key="k"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        await journal.commit(Change(settled(first, PROOF_US)))
        await journal.admit(Change(a_record("p2")), LEASE_US)
        with pytest.raises(KeyTaken):
            await journal.admit(Change(a_record("p3", symbol="BTC/USDT:USDT", idempotency_key="k")), LEASE_US)
        assert [record.id for record in await journal.holding(SCOPE)] == ["p2"]

    async def test_an_ended_row_cannot_take_a_held_slot_back(self, journal: Journal) -> None:
        """Reopening a row whose slot another row holds by now names that one, and both rows stand."""
        first = sent(a_record("p1"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.admit(Change(a_record("p2")), LEASE_US)
        with pytest.raises(SlotTaken) as refused:
            await journal.commit(Change(reopened(ended)))
        assert refused.value.position_id == "p2"
        assert await journal.load("p1") == ended
        assert [record.id for record in await journal.holding(SCOPE)] == ["p2"]

    async def test_a_row_may_be_reopened_without_its_slot(self, journal: Journal) -> None:
        """It is driven as any other that is not settled, while the slot stays the other row's."""
        first = sent(a_record("p1"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.admit(Change(a_record("p2")), LEASE_US)
        again = reopened(ended, slotless=True)
        await journal.commit(Change(again))
        assert await journal.load("p1") == again
        assert {record.id for record in await journal.holding(SCOPE)} == {"p1", "p2"}
        assert {row.id for row in await journal.claim(claimant("one"), 10)} == {"p1", "p2"}
        with pytest.raises(SlotTaken) as refused:
            await journal.admit(Change(a_record("p3")), LEASE_US)
        assert refused.value.position_id == "p2"

    async def test_an_ended_row_may_take_its_free_slot_back(self, journal: Journal) -> None:
        """Late evidence reopens a row, and the slot is its own again (F54)."""
        first = sent(a_record("p1"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.commit(Change(reopened(ended)))
        with pytest.raises(SlotTaken):
            await journal.admit(Change(a_record("p2")), LEASE_US)

    async def test_scopes_do_not_meet(self, journal: Journal) -> None:
        """The same symbol and key on another account are free, and neither shows in the other's rows."""
        other = Scope("bybit", "live", "second")
        await journal.admit(Change(a_record("p1", idempotency_key="k")), LEASE_US)
        await journal.admit(Change(a_record("p2", idempotency_key="k", scope=other)), LEASE_US)
        assert [record.id for record in await journal.holding(other)] == ["p2"]
        assert await journal.find_key(Scope("okx", "live", "default"), "k") is None

    async def test_of_many_at_once_one_gets_the_slot(self, journal: Journal) -> None:
        """Ten concurrent admissions of one slot leave one row and nine refusals (F41)."""
        changes = [Change(a_record(f"p{n}")) for n in range(10)]
        results = await asyncio.gather(*(journal.admit(change, LEASE_US) for change in changes), return_exceptions=True)
        assert [type(result) for result in results].count(SlotTaken) == 9
        assert len(await journal.list()) == 1
