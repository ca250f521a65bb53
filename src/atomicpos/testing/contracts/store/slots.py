"""One position per slot, one row per key."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.models import JournalEntry, PositionSide, Scope
from atomicpos.ports import Change, Journal, KeyTaken, SlotTaken

from ...samples import CREATED_AT_US, LEASE_US, SCOPE, a_hedged, a_record, claimant, reopened, sent, settled

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

    async def test_in_hedge_mode_a_slot_is_a_side(self, journal: Journal) -> None:
        """A long and a short of one symbol stand side by side, each read back in its mode; a second long does not."""
        long, short = a_hedged("p1", PositionSide.LONG), a_hedged("p2", PositionSide.SHORT)
        await journal.admit(Change(long), LEASE_US)
        await journal.admit(Change(short), LEASE_US)
        assert [await journal.load(row.id) for row in (long, short)] == [long, short]
        for side, holder in ((PositionSide.LONG, "p1"), (PositionSide.SHORT, "p2")):
            with pytest.raises(SlotTaken) as refused:
                await journal.admit(Change(a_hedged("p3", side)), LEASE_US)
            assert refused.value.position_id == holder

    @pytest.mark.parametrize("side", PositionSide)
    async def test_the_position_modes_exclude_each_other(self, journal: Journal, side: PositionSide) -> None:
        """A symbol is held in one mode: a row of hedge mode keeps those of one-way mode out, on either side, and so it
        is the other way round; an end of either frees what it held.
        """
        first = sent(a_hedged("p1", PositionSide.LONG), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        with pytest.raises(SlotTaken) as refused:
            await journal.admit(Change(a_record("p2", side=side)), LEASE_US)
        assert refused.value.position_id == "p1"
        await journal.commit(Change(settled(first, PROOF_US)))
        await journal.admit(Change(a_record("p2", side=side)), LEASE_US)
        for other in PositionSide:
            with pytest.raises(SlotTaken) as refused:
                await journal.admit(Change(a_hedged("p3", other)), LEASE_US)
            assert refused.value.position_id == "p2"

    async def test_a_row_of_hedge_mode_is_not_reopened_into_a_held_side(self, journal: Journal) -> None:
        """Its own side is another's by now, and the other side being free is no help."""
        first = sent(a_hedged("p1", PositionSide.SHORT), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.admit(Change(a_hedged("p2", PositionSide.SHORT)), LEASE_US)
        with pytest.raises(SlotTaken) as refused:
            await journal.commit(Change(reopened(ended)))
        assert refused.value.position_id == "p2"

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
