"""What every journal promises. Inherit it in a test class that has a fixture ``journal`` with an empty one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.evidence import Evidence, OrderView, PositionView
from atomicpos.models import (
    JournalEntry,
    Leg,
    MarginMode,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Proof,
    ProofKind,
    Scope,
    State,
    StopRule,
)
from atomicpos.ports import Change, Conflict, Journal, KeyTaken, SlotTaken
from atomicpos.record import Record, Resolution
from atomicpos.sightings import Sightings, sight

from .samples import CREATED_AT_US, LEASE_US, SCOPE, a_record, an_entry, moved, sent, settled

REFUSED = (StoreUnavailable, AssertionError)
"""How a broken rule of the schema shows: the database is not to be used so, or the test is told."""

SEND_US = CREATED_AT_US + 1_000
PROOF_US = SEND_US + 1_000

LIES: dict[str, Record] = {
    "no proof": replace(settled(sent(a_record(), SEND_US), PROOF_US), proof=None),
    "no time of settling": replace(settled(sent(a_record(), SEND_US), PROOF_US), settled_at_us=None),
    "an open order": settled(sent(a_record(), SEND_US), PROOF_US).with_order(an_entry("p1")),
    "a proof older than the last send": settled(sent(a_record(), SEND_US), SEND_US - 1),
    "a stop that was read back": replace(
        settled(sent(a_record(), SEND_US), PROOF_US), proof=Proof(ProofKind.STOP_READ_BACK, PROOF_US)
    ),
    "an entry price of zero": moved(a_record(), entry_price=Decimal("0.00")),
    "a stop price of zero": moved(a_record(), stop_price=Decimal(0)),
    "a stop moved to zero": moved(a_record(), moving=StopRule(price=Decimal("0.0"))),
    "a rule of two kinds": moved(a_record(), rule=StopRule(Decimal(2), Decimal("0.1225"))),
    "less than no parts asked": moved(a_record(), parts_asked=Decimal(-1)),
    "a worst price of zero": moved(a_record().with_order(replace(an_entry("p1"), limit_price=Decimal(0)))),
}


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
        """Reopening a row whose slot another row holds by now is refused, and both rows stand."""
        first = sent(a_record("p1"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.admit(Change(a_record("p2")), LEASE_US)
        with pytest.raises(REFUSED):
            await journal.commit(Change(moved(ended, state=State.ORPHAN_SUSPECTED)))
        assert await journal.load("p1") == ended
        assert [record.id for record in await journal.holding(SCOPE)] == ["p2"]

    async def test_an_ended_row_may_take_its_free_slot_back(self, journal: Journal) -> None:
        """Late evidence reopens a row, and the slot is its own again (F54)."""
        first = sent(a_record("p1"), SEND_US)
        await journal.admit(Change(first), LEASE_US)
        ended = settled(first, PROOF_US)
        await journal.commit(Change(ended))
        await journal.commit(Change(moved(ended, state=State.ORPHAN_SUSPECTED)))
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

    @pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
    async def test_a_lie_is_refused(self, journal: Journal, lie: Record) -> None:
        """A row that breaks a rule is not stored, and the row before it stands (I2, F21)."""
        await journal.admit(Change(sent(a_record(), SEND_US)), LEASE_US)
        with pytest.raises(REFUSED):
            await journal.commit(Change(lie, entries=(JournalEntry(1, "transition", "to the end"),)))
        assert await journal.load("p1") == sent(a_record(), SEND_US)
        assert (await journal.history("p1")).entries == ()

    @pytest.mark.parametrize("kind", [ProofKind.NOT_SENT, ProofKind.OPERATOR])
    async def test_a_timeless_proof_may_be_older_than_the_send(self, journal: Journal, kind: ProofKind) -> None:
        """That nothing was sent, or that an operator says so, does not grow old."""
        record = sent(a_record(), SEND_US)
        await journal.admit(Change(record), LEASE_US)
        await journal.commit(Change(replace(settled(record, PROOF_US), proof=Proof(kind, SEND_US - 1))))

    async def test_a_client_order_id_belongs_to_one_position(self, journal: Journal) -> None:
        """An order id of another row is refused: it would be cancelled and counted twice."""
        await journal.admit(Change(a_record("p1")), LEASE_US)
        stolen = a_record("p2", symbol="BTC/USDT:USDT").with_order(an_entry("p1"))
        with pytest.raises(REFUSED):
            await journal.admit(Change(stolen), LEASE_US)
        assert await journal.load("p2") is None


class ListingContract:
    """Rows and their histories in a stated order."""

    async def test_rows_are_listed_newest_first(self, journal: Journal) -> None:
        """``list`` gives the newest first and filters by state and symbol; ``holding`` gives the oldest first."""
        for n, symbol in enumerate(("A/USDT:USDT", "B/USDT:USDT", "C/USDT:USDT")):
            await journal.admit(Change(a_record(f"p{n}", symbol=symbol, created_at_us=CREATED_AT_US + n)), LEASE_US)
        await journal.commit(Change(moved(a_record("p1", symbol="B/USDT:USDT", created_at_us=CREATED_AT_US + 1),
                                          state=State.ORPHAN_SUSPECTED)))  # fmt: skip
        assert [record.id for record in await journal.list()] == ["p2", "p1", "p0"]
        assert [record.id for record in await journal.list(state=State.ORPHAN_SUSPECTED)] == ["p1"]
        assert [record.id for record in await journal.list(symbol="C/USDT:USDT")] == ["p2"]
        assert [record.id for record in await journal.holding(SCOPE)] == ["p0", "p1", "p2"]
        assert (await journal.list())[0] == a_record("p2", symbol="C/USDT:USDT", created_at_us=CREATED_AT_US + 2)

    async def test_the_journal_keeps_its_order(self, journal: Journal) -> None:
        """Lines come back as they were appended, over several commits."""
        lines = [JournalEntry(n, "outcome", f"line {n}", "why", {"n": str(n)}) for n in range(5)]
        record = a_record()
        await journal.admit(Change(record, entries=tuple(lines[:2])), LEASE_US)
        await journal.commit(Change(moved(record), entries=tuple(lines[2:])))
        assert list((await journal.history("p1")).entries) == lines

    @pytest.mark.parametrize("change", [{"stop_price": Decimal("0.1225")}, {"margin_mode": MarginMode.CROSS}])
    async def test_another_stop_or_margin_mode_is_another_finding(
        self, journal: Journal, change: dict[str, Any]
    ) -> None:
        """A slot whose own stop or margin mode changed is a new line, and what was said about it comes back."""
        before = replace(Evidence.seen("10"), source="position_poll", position=PositionView(Decimal("10")))
        after = replace(before, position=PositionView(Decimal("10"), **change))
        await journal.admit(Change(a_record(), evidence=(before, after, after)), LEASE_US)
        history = await journal.history("p1")
        assert history.evidence == (before, after)
        assert [repeats.count for repeats in history.repeats] == [0, 1]

    async def test_another_order_on_the_position_is_another_finding(self, journal: Journal) -> None:
        """The position's own stop is kept as the order that it is; its going away is a new line."""
        stop = OrderView(None, "s1", OrderStatus.UNTRIGGERED, reduce_only=True, trigger_price=Decimal("0.1225"))
        shown = replace(Evidence.absent(), source="order_status", position_stop=stop)
        gone = replace(shown, position_stop=None)
        await journal.admit(Change(a_record(), evidence=(shown, shown, gone)), LEASE_US)
        assert (await journal.history("p1")).evidence == (shown, gone)

    async def test_an_identical_finding_is_kept_once(self, journal: Journal) -> None:
        """A source that repeats itself adds no line, whatever others said meanwhile; a change adds one."""
        seen = replace(Evidence.seen("10"), source="a", asked_at_us=1, answered_at_us=2, raw="first")
        again = replace(seen, asked_at_us=3, answered_at_us=4, exchange_time_us=4, raw="second")
        ticked = replace(again, mark_price=Decimal("0.1251"))
        other = replace(Evidence.absent(), source="b")
        gone = replace(Evidence.absent(), source="a", asked_at_us=5)
        record = a_record()
        await journal.admit(Change(record, evidence=(seen, other, again)), LEASE_US)
        await journal.commit(Change(moved(record), evidence=(ticked, gone, ticked)))
        history = await journal.history("p1")
        assert list(history.evidence) == [seen, other, gone, again]
        assert [(r.count, r.last_answered_at_us) for r in history.repeats] == [(2, 4), (0, 0), (0, 0), (0, 4)]


class JournalContract(SlotContract, CommitContract, ListingContract):
    """All of it."""

    async def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        """After ``close``, which may be called twice, every call raises StoreUnavailable."""
        await journal.close()
        await journal.close()
        with pytest.raises(StoreUnavailable):
            await journal.admit(Change(a_record()), LEASE_US)
        with pytest.raises(StoreUnavailable):
            await journal.list()

    def test_the_installation_fits_a_client_order_id(self, journal: Journal) -> None:
        """It is four characters of the alphabet of client order ids."""
        assert len(journal.installation) == 4
        assert journal.installation.isalnum()
