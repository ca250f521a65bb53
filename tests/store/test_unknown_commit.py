"""When nobody knows whether a COMMIT was done, the journal finds out and answers what is true, on both databases."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from cuts import AFTER, BEFORE, Cuts

from atomicpos.errors import StoreUnavailable
from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Fenced, SlotTaken
from atomicpos.store import SqlJournal, open_journal
from atomicpos.testing.postgres import Postgres, Shutdown
from atomicpos.testing.samples import (
    LEASE_US,
    SCOPE,
    StillClock,
    a_record,
    admitted,
    claimant,
    moved,
    owned,
    sent,
    settled,
)

LINE = JournalEntry(1, "act", "said once")
FOUND = replace(Evidence.seen("10"), source="position_poll")


@pytest.fixture
async def journal(url: str) -> AsyncIterator[SqlJournal]:
    opened = await open_journal(url, StillClock(), rng=random.Random(1))
    yield opened
    await opened.close()


@pytest.fixture(params=[BEFORE, AFTER])
def when(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cuts(journal: SqlJournal) -> Cuts:
    return Cuts(journal)


async def once(journal: SqlJournal, position_id: str = "p1") -> bool:
    """True when the line and the finding are there, each of them once."""
    history = await journal.history(position_id)
    return history.entries == (LINE,) and [repeats.count for repeats in history.repeats] == [0]


async def test_an_admission_is_made_once(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """The new row is there, once, and its caller hears nothing of the loss."""
    cuts.plan([when])
    await journal.admit(Change(owned(a_record()), (LINE,), (FOUND,)), LEASE_US)
    assert await journal.load("p1") == owned(a_record())
    assert await journal.renew(claimant("one")) == {"p1": 0}
    assert await once(journal)


async def test_a_refusal_stays_one(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """A slot that another row holds is refused after a loss as before it."""
    await journal.admit(Change(a_record("p0")), LEASE_US)
    cuts.plan([when])
    others = [journal.admit(Change(a_record("p1")), LEASE_US), journal.note("p0", [LINE], [])]
    refused, noted = await asyncio.gather(*others, return_exceptions=True)
    assert isinstance(refused, SlotTaken)
    assert noted is None
    assert (await journal.history("p0")).entries == (LINE,)


@pytest.mark.parametrize("ends", [False, True])
async def test_a_commit_is_made_once(journal: SqlJournal, cuts: Cuts, when: str, ends: bool) -> None:
    """The row is at its next version, an end included, and what was appended is there once."""
    row = owned(a_record())
    await journal.admit(Change(row), LEASE_US)
    after = settled(sent(row, 5), 9) if ends else moved(sent(row, 5))
    cuts.plan([when])
    await journal.commit(Change(after, (LINE,), (FOUND,)))
    assert await journal.load("p1") == (replace(after, owner=None) if ends else after)
    assert await once(journal)


async def test_a_batch_is_made_once(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """Of many writes in one transaction each is there once; those that were refused stay refused, and only those."""
    rows = await admitted(journal, *["one"] * 10)
    await journal.claim_one(claimant("two", gone=("one",)), "p3")
    cuts.plan([when])
    changes = [Change(moved(row), (LINE,), (FOUND,)) for row in rows]
    new = a_record("p99")
    results = await asyncio.gather(
        journal.admit(Change(new, (LINE,), (FOUND,)), LEASE_US), *map(journal.commit, changes), return_exceptions=True
    )
    assert [type(result) for result in results if result] == [Fenced]
    for row in (*rows, new):
        assert await once(journal, row.id) is (row.id != "p3")


async def test_a_whole_batch_takes_one_look(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """Twenty writes that fit together are two transactions when the first was not done, and no write is lost."""
    rows = await admitted(journal, *["one"] * 20)
    cuts.plan([when])
    await asyncio.gather(*(journal.commit(Change(moved(row), (LINE,), (FOUND,))) for row in rows))
    assert cuts.commits == 2 if when == BEFORE else 1
    assert all([await once(journal, row.id) for row in rows])


async def test_a_note_is_made_once(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """What was noted is there; no line and no finding is there twice, though a finding may count as repeated."""
    await journal.admit(Change(a_record()), LEASE_US)
    cuts.plan([when])
    await journal.note("p1", [LINE], [FOUND])
    history = await journal.history("p1")
    assert (history.entries, history.evidence) == ((LINE,), (FOUND,))


async def test_a_claim_keeps_what_it_took(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """Rows that were taken are given to who took them, although no claim would show them to it again."""
    await admitted(journal, "gone", None, "one", None)
    asked = claimant("two", gone=("gone",))
    cuts.plan([when])
    taken = await journal.claim(asked, 2)
    assert [(record.id, record.owner, record.fence) for record in taken] == [("p1", "two", 1), ("p2", "two", 1)]
    assert [record.id for record in await journal.claim(asked, 10)] == ["p4"]
    assert await journal.renew(asked) == {"p1": 1, "p2": 1, "p4": 1}


async def test_a_row_is_taken_by_name_once(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """Its fence rises by one, whichever try it was that took it."""
    await admitted(journal, None)
    cuts.plan([when])
    taken = await journal.claim_one(claimant("two"), "p1")
    assert taken is not None
    assert (taken.owner, taken.fence) == ("two", 1)


async def test_renewing_and_releasing_are_made(journal: SqlJournal, cuts: Cuts, when: str) -> None:
    """A renewal tells what it holds, and a release gives it back."""
    await admitted(journal, "one", lease_us=0)
    cuts.plan([when])
    assert await journal.renew(claimant("one")) == {"p1": 0}
    assert await journal.claim(claimant("two"), 1) == ()
    cuts.plan([when])
    await journal.release(claimant("one"))
    assert await journal.owners(SCOPE) == frozenset()


async def test_who_took_the_row_meanwhile_keeps_it(journal: SqlJournal, url: str, cuts: Cuts) -> None:
    """A commit that was not done, and whose row another took before it was said again, is fenced."""
    row = owned(a_record())
    await journal.admit(Change(row), 0)
    other = await open_journal(url, StillClock(), rng=random.Random(1))
    cuts.plan([BEFORE, BEFORE])
    with pytest.raises(StoreUnavailable):
        await journal.commit(Change(moved(row), (LINE,)))
    (taken,) = await other.claim(claimant("two"), 1)
    await other.commit(Change(moved(taken, reason="two's")))
    with pytest.raises(Fenced):
        await journal.commit(Change(moved(row), (LINE,)))
    assert await journal.load("p1") == moved(taken, reason="two's")
    await other.close()


@pytest.mark.parametrize("again", [BEFORE, AFTER])
async def test_a_second_loss_is_told(journal: SqlJournal, cuts: Cuts, when: str, again: str) -> None:
    """Lost twice in a row it is StoreUnavailable; said again when all is well it is made once, whatever was done."""
    row = owned(a_record())
    change = Change(row, (LINE,), (FOUND,))
    cuts.plan([when, again])
    try:
        await journal.admit(change, LEASE_US)
    except StoreUnavailable:
        cuts.plan([])
        await journal.admit(change, LEASE_US)
    assert await journal.load("p1") == row
    assert await once(journal)


async def test_nothing_is_said_again_that_was_answered(journal: SqlJournal, cuts: Cuts) -> None:
    """While no connection is lost each write is one transaction."""
    cuts.plan([])
    await journal.admit(Change(owned(a_record())), LEASE_US)
    await journal.commit(Change(moved(owned(a_record()))))
    assert cuts.commits == 2


@pytest.mark.process
@pytest.mark.parametrize("how", list(Shutdown))
async def test_a_server_restarted_amid_opens_loses_nothing(own: Postgres, own_url: str, how: Shutdown) -> None:
    """Thirty rows driven while the server is stopped and started three times: each has each version and line once.

    Whoever hears StoreUnavailable says the same again until it is heard, as a drive does.
    """
    journal = await open_journal(own_url, StillClock(), rng=random.Random(1))
    unheard: list[StoreUnavailable] = []
    under_way = asyncio.Event()

    async def until_heard(call: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await call()
            except StoreUnavailable as failure:
                unheard.append(failure)
                await asyncio.sleep(0.02)

    async def life(n: int) -> None:
        row = owned(a_record(f"p{n}", symbol=f"S{n}/USDT:USDT"))
        await until_heard(partial(journal.admit, Change(row, (_line(1),)), LEASE_US))
        while row.version < 6 or not restarting.done():
            row = moved(row)
            under_way.set()
            await until_heard(partial(journal.commit, Change(row, (_line(row.version),))))
        versions[row.id] = row.version

    async def restart() -> None:
        for _ in range(3):
            under_way.clear()
            await under_way.wait()
            await asyncio.to_thread(own.restart, how)

    versions: dict[str, int] = {}
    restarting = asyncio.ensure_future(restart())
    await asyncio.gather(*map(life, range(30)))
    await restarting
    assert unheard
    for record in await journal.holding(SCOPE):
        assert record.version == versions.pop(record.id)
        lines = (await journal.history(record.id)).entries
        assert [line.at_us for line in lines] == list(range(1, record.version + 1))
    assert versions == {}
    await journal.close()


def _line(version: int) -> JournalEntry:
    return JournalEntry(version, "act", "on")
