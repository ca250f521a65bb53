"""Many at once: whatever is written together fails alone, and is seen by whoever asks after it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Conflict, Fenced, Journal, KeyTaken, SlotTaken

from ...samples import LEASE_US, SCOPE, a_record, admitted, claimant, moved, owned
from .rules import REFUSED


class BatchContract:
    """Concurrent calls answer as if one had come after the other."""

    async def test_only_the_guilty_one_fails(self, journal: Journal) -> None:
        """Among many commits a stale one, one of another owner's row, a lie and a stranger fail; the others stand."""
        rows = await admitted(journal, *["one"] * 12)
        await journal.commit(Change(moved(rows[2])))
        await journal.claim_one(claimant("two", gone=("one",)), "p5")
        changes = [Change(moved(row, reason="together"), (JournalEntry(1, "act", "so"),)) for row in rows]
        changes[7] = Change(moved(rows[7], entry_price=Decimal(0)))
        changes.append(Change(moved(a_record("p99"))))
        results = await asyncio.gather(*map(journal.commit, changes), return_exceptions=True)
        assert [type(results[n]) for n in (2, 4, 12)] == [Conflict, Fenced, Conflict]
        assert isinstance(results[7], REFUSED)
        others = [n for n in range(12) if n not in (2, 4, 7)]
        assert [results[n] for n in others] == [None] * 9
        for n in range(12):
            stored = await journal.load(rows[n].id)
            assert stored is not None
            assert (stored.reason == "together") is (n in others)
            assert len((await journal.history(rows[n].id)).entries) == (n in others)

    async def test_of_new_rows_only_the_guilty_fail(self, journal: Journal) -> None:
        """Among many admissions those on a taken slot or key are refused with their occupant, and the others stand."""
        await journal.admit(Change(a_record("p0", idempotency_key="k")), LEASE_US)
        rows = [a_record(f"p{n}", symbol=f"S{n}/USDT:USDT") for n in range(1, 8)]
        rows[3] = a_record("p4")
        rows[5] = a_record("p6", symbol="S6/USDT:USDT", idempotency_key="k")
        admissions = (journal.admit(Change(row), LEASE_US) for row in rows)
        results = await asyncio.gather(*admissions, return_exceptions=True)
        assert [type(result) for result in results if result] == [SlotTaken, KeyTaken]
        assert {record.id for record in await journal.holding(SCOPE)} == {"p0", "p1", "p2", "p3", "p5", "p7"}

    async def test_a_row_may_be_moved_twice_at_once(self, journal: Journal) -> None:
        """Two commits of one row asked in their order are both stored, in that order."""
        (row,) = await admitted(journal, "one")
        first = moved(row, reason="first")
        second = moved(first, reason="second")
        await asyncio.gather(journal.commit(Change(first)), journal.commit(Change(second)))
        assert await journal.load("p1") == second

    async def test_who_asks_after_a_write_sees_it(self, journal: Journal) -> None:
        """A reading or a claim that was asked for after a commit, not waited for, answers with it done."""
        (row,) = await admitted(journal, None)
        after = moved(row, reason="first")
        committing = asyncio.ensure_future(journal.commit(Change(after, (JournalEntry(1, "act", "so"),))))
        await asyncio.sleep(0)
        found, history, taken = await asyncio.gather(
            journal.load("p1"), journal.history("p1"), journal.claim_one(claimant("two"), "p1")
        )
        await committing
        assert found is not None
        assert (found.reason, len(history.entries)) == ("first", 1)
        assert taken == replace(after, owner="two", fence=1)

    async def test_findings_of_many_are_kept_apart(self, journal: Journal) -> None:
        """Written together, each position's findings are numbered, compared and counted by themselves."""
        rows = await admitted(journal, *["one"] * 5)
        found = replace(Evidence.seen("10"), source="a", answered_at_us=1)
        gone = replace(Evidence.absent(), source="a", answered_at_us=2)
        await journal.note("p1", [], [found])
        for change in ((found, gone), (gone, found, found)):
            for n, row in enumerate(rows):
                rows[n] = moved(row)
            await asyncio.gather(*(journal.commit(Change(row, (), change)) for row in rows))
        for row in rows:
            history = await journal.history(row.id)
            assert history.evidence == (found, gone, found)
            assert [repeats.count for repeats in history.repeats] == [int(row.id == "p1"), 1, 1]

    async def test_many_new_rows_at_once(self, journal: Journal) -> None:
        """A hundred admissions, each moved on as soon as it is there, are all stored as they were."""

        async def life(n: int) -> None:
            row = owned(a_record(f"p{n}", symbol=f"S{n}/USDT:USDT"), f"owner {n % 3}")
            await journal.admit(Change(row, (JournalEntry(n, "intent", "open"),)), LEASE_US)
            await journal.commit(Change(moved(row, reason=str(n)), (JournalEntry(n, "act", "on"),)))

        await asyncio.gather(*map(life, range(100)))
        rows = await journal.holding(SCOPE)
        assert {(row.id, row.version, row.reason) for row in rows} == {(f"p{n}", 2, str(n)) for n in range(100)}
        assert len(await journal.renew(claimant("owner 1"))) == 33
