"""Several processes on one database: whatever they do at once, each row goes to one of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Conflict, Fenced, Journal, KeyTaken, SlotTaken
from atomicpos.record import Record

from ...samples import LEASE_US, SCOPE, a_record, admitted, claimant, moved, owned

Another = Callable[[], Awaitable[Journal]]
"""Opens one more journal on the same rows."""

WORKERS = 8
ROWS = 200


class SharingContract:
    """What the journals of one database promise each other."""

    async def test_eight_workers_share_the_rows(self, journal: Journal, another: Another) -> None:
        """Claiming side by side until nothing is left, eight workers get each of 200 rows exactly once."""
        journals = [await another() for _ in range(WORKERS)]
        new = [a_record(f"p{n}", symbol=f"S{n}/USDT:USDT") for n in range(ROWS)]
        await asyncio.gather(*(journal.admit(Change(row), LEASE_US) for row in new))
        shares = await asyncio.gather(*(_until_none(worker, n) for n, worker in enumerate(journals)))
        taken = Counter(record.id for share in shares for record in share)
        assert (len(taken), set(taken.values())) == (ROWS, {1})
        for n, share in enumerate(shares):
            assert {(record.owner, record.fence) for record in share} <= {(f"worker {n}", 1)}
            assert await journals[n].renew(claimant(f"worker {n}")) == {record.id: 1 for record in share}

    async def test_one_of_eight_takes_a_row_by_name(self, journal: Journal, another: Another) -> None:
        """Of eight that ask for one lapsed row at once one gets it."""
        journals = [await another() for _ in range(WORKERS)]
        await admitted(journal, "gone", lease_us=0)
        asked = (worker.claim_one(claimant(f"worker {n}"), "p1") for n, worker in enumerate(journals))
        taken = [record for record in await asyncio.gather(*asked) if record]
        assert [record.fence for record in taken] == [1]
        assert await journal.owners(SCOPE) == {taken[0].owner}

    async def test_one_host_gets_the_slot(self, journal: Journal, another: Another) -> None:
        """Of eight hosts that open on the same symbols at once each symbol has one, and the others learn who (F41)."""
        journals = [await another() for _ in range(WORKERS)]
        rows = [(w, s, a_record(f"p{s}-{n}", symbol=f"S{s}/USDT:USDT")) for n, w in enumerate(journals) for s in "1234"]
        results = await asyncio.gather(*(w.admit(Change(r), LEASE_US) for w, _, r in rows), return_exceptions=True)
        held = {record.intent.symbol: record.id for record in await journal.holding(SCOPE)}
        assert len(held) == 4
        for (_, _, row), result in zip(rows, results, strict=True):
            holder = held[row.intent.symbol]
            assert (result is None) is (holder == row.id)
            assert result is None or (isinstance(result, SlotTaken) and result.position_id == holder)

    async def test_one_host_gets_the_key(self, journal: Journal, another: Another) -> None:
        """Of eight hosts with the same key, on symbols of their own or on one, one stores its row (F43)."""
        journals = [await another() for _ in range(WORKERS)]
        symbols = [f"S{min(n, 4)}/USDT:USDT" for n in range(WORKERS)]
        rows = [a_record(f"p{n}", symbol=symbol, idempotency_key="k") for n, symbol in enumerate(symbols)]
        admissions = (w.admit(Change(row), LEASE_US) for w, row in zip(journals, rows, strict=True))
        results = await asyncio.gather(*admissions, return_exceptions=True)
        found = await journal.find_key(SCOPE, "k")
        assert found is not None
        assert [isinstance(r, KeyTaken) and r.position_id == found.id for r in results].count(True) == WORKERS - 1
        assert len(await journal.list()) == 1

    async def test_a_takeover_is_seen_at_once(self, journal: Journal, another: Another) -> None:
        """What another process took, moved or gave back is so for everybody, caches notwithstanding."""
        other = await another()
        (row,) = await admitted(journal, "one", lease_us=0)
        await journal.commit(Change(moved(row)))
        (taken,) = await other.claim(claimant("two"), 1)
        assert taken.version == 2
        for late in (Change(moved(moved(row))), Change(moved(row))):
            try:
                await journal.commit(late)
            except Fenced:
                continue
            raise AssertionError("the owner before moved a row that was taken over")
        await other.commit(Change(moved(taken, reason="two's")))
        assert await journal.load("p1") == moved(taken, reason="two's")
        await other.release(claimant("two"))
        again = await journal.claim_one(claimant("one"), "p1")
        assert again is not None
        await journal.commit(Change(moved(again, reason="one's")))
        assert again.fence == 2

    async def test_notes_and_commits_of_one_row_meet(self, journal: Journal, another: Another) -> None:
        """While the owner commits, seven others append notes: nothing is refused, lost or numbered twice."""
        row = owned(a_record())
        await journal.admit(Change(row), LEASE_US)
        others = [await another() for _ in range(WORKERS - 1)]

        async def drive(row: Record) -> None:
            for n in range(10):
                row = moved(row)
                await journal.commit(Change(row, (JournalEntry(n, "act", "owner"),), (Evidence.seen(str(n + 1)),)))

        async def note(other: Journal, name: str) -> None:
            for n in range(10):
                await other.note("p1", [JournalEntry(n, "act", name)], [Evidence.seen(str(n + 1))])

        await asyncio.gather(drive(row), *(note(other, str(n)) for n, other in enumerate(others)))
        history = await journal.history("p1")
        for name in ("owner", *map(str, range(len(others)))):
            assert [line.at_us for line in history.entries if line.text == name] == list(range(10))
        assert sum(1 + repeats.count for repeats in history.repeats) == 10 * WORKERS

    async def test_one_of_eight_moves_the_row(self, journal: Journal, another: Another) -> None:
        """Of eight that commit the same version under one fence one is stored, and the others meet Conflict."""
        journals = [await another() for _ in range(WORKERS)]
        (row,) = await admitted(journal, "one")
        changes = [Change(moved(row, reason=str(n))) for n in range(WORKERS)]
        commits = (worker.commit(change) for worker, change in zip(journals, changes, strict=True))
        results = await asyncio.gather(*commits, return_exceptions=True)
        assert [type(result) for result in results].count(Conflict) == WORKERS - 1


async def _until_none(worker: Journal, number: int) -> list[Record]:
    share: list[Record] = []
    while some := await worker.claim(claimant(f"worker {number}"), 7):
        share.extend(some)
    return share
