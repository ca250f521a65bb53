"""Reading some rows at a time, on both databases."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from atomicpos.clock import SystemClock
from atomicpos.errors import StoreUnavailable
from atomicpos.evidence import Evidence, Kind
from atomicpos.models import (
    JournalEntry,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    Proof,
    ProofKind,
    Sending,
    State,
)
from atomicpos.ports import LINES_MOST, PAGE_ROWS, Change, Mark, Wanted
from atomicpos.record import Record
from atomicpos.snapshot import exposed
from atomicpos.store import SqlJournal, SqlPages, open_journal, open_pages
from atomicpos.testing.samples import CREATED_AT_US, a_record, claimant, moved, owned, settled

FAR = 10**18


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rows.db'}"
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.fixture
async def journal(url: str) -> AsyncIterator[SqlJournal]:
    journal = await open_journal(url, SystemClock(), rng=random.Random(1))
    yield journal
    await journal.close()


@pytest.fixture
async def pages(url: str, journal: SqlJournal) -> AsyncIterator[SqlPages]:
    """Opened after the journal, which makes the database."""
    pages = await open_pages(url)
    yield pages
    await pages.close()


def a_row(number: int, **intent: object) -> Record:
    symbol = f"S{number}/USDT:USDT"
    return a_record(f"p{number:04}", symbol=symbol, created_at_us=CREATED_AT_US + number, **intent)


def held(record: Record, **stop: object) -> Record:
    """Protected by a stop with these changes."""
    own = Order(
        Leg.STOP, 1, f"s-{record.id}", OrderSide.SELL, Decimal(10), reduce_only=True, sending=Sending.ACKNOWLEDGED,
        sends=1, status=OrderStatus.UNTRIGGERED, read_back=True,
    )  # fmt: skip
    proof = Proof(ProofKind.STOP_READ_BACK, CREATED_AT_US, "read back")
    return moved(
        record.with_order(replace(own, **stop)), state=State.PROTECTED, filled_quantity=Decimal(10),
        filled_at_us=CREATED_AT_US, protected_at_us=CREATED_AT_US, proof=proof, wake_at_us=FAR,
    )


async def store(journal: SqlJournal, *rows: Record) -> None:
    """Each as it is; one of a later version through its first one."""
    for row in rows:
        if row.version == 1:
            await journal.admit(Change(row), 0)
        else:
            await journal.admit(Change(replace(a_record(row.id), intent=row.intent)), 0)
            await journal.commit(Change(row))


async def test_pages_follow_each_other_without_a_gap(journal: SqlJournal, pages: SqlPages) -> None:
    """Newest first, each row once, the last page without a next one; with its orders."""
    rows = [a_row(number) for number in range(2 * PAGE_ROWS + 3)]
    await store(journal, *rows)
    found: list[Record] = []
    mark: Mark | None = None
    sizes = []
    while True:
        page = await pages.page(Wanted(before=mark))
        found += page.rows
        sizes.append(len(page.rows))
        if (mark := page.next) is None:
            break
    assert [row.id for row in found] == [row.id for row in reversed(rows)]
    assert sizes == [PAGE_ROWS, PAGE_ROWS, 3]
    assert found[0].entry.client_order_id == rows[-1].entry.client_order_id


async def test_rows_of_one_moment_are_each_on_one_page(journal: SqlJournal, pages: SqlPages) -> None:
    """What has one time is told apart by its id."""
    rows = [replace(a_row(n), intent=replace(a_row(n).intent, created_at_us=7)) for n in range(PAGE_ROWS + 5)]
    await store(journal, *rows)
    first = await pages.page(Wanted())
    second = await pages.page(Wanted(before=first.next))
    assert {row.id for row in (*first.rows, *second.rows)} == {row.id for row in rows}


@pytest.mark.parametrize(("wanted", "ids"), [
    (Wanted((State.ROLLED_BACK,)), ["p0002"]),
    (Wanted((State.ROLLED_BACK, State.PROTECTED)), ["p0003", "p0002"]),
    (Wanted(symbol="s1/usdt:usdt"), ["p0001"]),
    (Wanted(symbol="S1USDT"), ["p0001"]),
    (Wanted(symbol="S"), []),
    (Wanted(text="P000"), ["p0003", "p0002", "p0001"]),
    (Wanted(text="Signal-8"), ["p0003"]),
    (Wanted(text="%"), []),
    (Wanted(text="p_0"), []),
    (Wanted(text="'; DROP TABLE positions; --"), []),
    (Wanted((State.ROLLED_BACK,), text="signal"), []),
])
async def test_rows_are_filtered(journal: SqlJournal, pages: SqlPages, wanted: Wanted, ids: list[str]) -> None:
    """By state, symbol in either spelling, and a text that is taken as it is, patterns included."""
    await store(journal, a_row(1), settled(a_row(2), CREATED_AT_US), held(a_row(3, idempotency_key="signal-81")))
    assert [row.id for row in (await pages.page(wanted)).rows] == ids
    assert await pages.symbols() == ("S1/USDT:USDT", "S2/USDT:USDT", "S3/USDT:USDT")


async def test_a_glance_finds_what_may_need_a_person(journal: SqlJournal, pages: SqlPages) -> None:
    """Rows without a stop at work first, of these the filled ones; a protected row only when it is overdue."""
    rows = {
        "pending": a_row(1),
        "covered": held(a_row(2)),
        "dead": held(a_row(3), status=OrderStatus.DEAD),
        "unread": held(a_row(4), read_back=False),
        "attached": held(a_row(5), read_back=False, attached=True),
        "unknown": held(a_row(6), status=OrderStatus.UNKNOWN),
        "overdue": replace(held(a_row(7)), wake_at_us=5),
        "over": settled(a_row(8), CREATED_AT_US),
    }
    await store(journal, *rows.values())
    glance = await pages.glance(10)
    named = {row.id: name for name, row in rows.items()}
    assert [named[row.id] for row in glance.doubtful] == ["dead", "unread", "unknown", "pending", "overdue"]
    assert glance.doubtful_count == 5
    # the SQL is the same judgement as the library's own
    for row in glance.doubtful:
        assert (exposed(row) is not False) == (named[row.id] != "overdue")
    assert glance.states == {State.PENDING_ENTRY: 1, State.PROTECTED: 6, State.ROLLED_BACK: 1}
    assert {(h.state, h.positions, h.moves) for h in glance.held} == {
        (State.PENDING_ENTRY, 1, 1), (State.PROTECTED, 6, 12),
    }


async def test_a_story_is_the_newest_of_a_long_life(journal: SqlJournal, pages: SqlPages) -> None:
    """What is left out is counted, findings come without their raw answers, and nobody's story is None."""
    row = a_row(1)
    await store(journal, row)
    lines = [JournalEntry(number, "act", f"line {number}") for number in range(LINES_MOST + 3)]
    looks = [
        Evidence(Kind.SEEN, Decimal(n + 1), source="order_status", answered_at_us=n, raw="{}" * 50) for n in range(4)
    ]
    await journal.note(row.id, lines, looks)
    story = await pages.story(row.id)
    assert story is not None
    assert [story.history.entries[0].text, story.history.entries[-1].text] == ["line 3", f"line {LINES_MOST + 2}"]
    assert (story.lines_omitted, story.findings_omitted, len(story.history.evidence)) == (3, 0, 4)
    assert all(found.raw == "" for found in story.history.evidence)
    assert await pages.story("nobodys") is None


async def test_leases_say_who_has_how_many(journal: SqlJournal, pages: SqlPages) -> None:
    """By owner and account; asked for by another one, and how long the first of them still lasts."""
    for number in (1, 2):
        await journal.admit(Change(owned(a_row(number))), 30_000_000)
    await journal.want(claimant("two"), "p0001")
    (lease,) = await pages.leases()
    assert (lease.owner, lease.positions, lease.wanted) == ("one", 2, 1)
    assert lease.left_us is not None
    assert 20_000_000 < lease.left_us <= 30_000_000


async def test_exposures_are_counted_by_their_edges(journal: SqlJournal, pages: SqlPages) -> None:
    """None, up to each edge, and beyond the last; what has not filled, or is not proven yet, is not counted."""
    rows = [replace(held(a_row(n)), exposure_us=us) for n, us in enumerate((0, 0, 10, 11, 20, 21))]
    unproven = replace(held(a_row(8)), state=State.VERIFYING, proof=None, protected_at_us=None, exposure_us=99)
    await store(journal, *rows, a_row(7), unproven)
    (found,) = await pages.exposures((10, 20))
    assert dict(found.counts) == {0: 2, 10: 1, 20: 2, -1: 1}
    assert (found.exchange, found.longest_us) == ("bybit", 21)


async def test_nothing_can_be_written_through_it(pages: SqlPages, journal: SqlJournal) -> None:
    """The connection itself refuses: a page can change no row, whatever asks it to."""
    await store(journal, a_row(1))
    with pytest.raises(StoreUnavailable):
        await pages._reader.run(lambda connection: connection.exec_driver_sql("DELETE FROM journal"))
    with pytest.raises(StoreUnavailable):
        await pages._reader.run(lambda connection: connection.exec_driver_sql("UPDATE positions SET state = 'closed'"))


async def test_no_database_is_created(tmp_path: Path) -> None:
    """What is not there is one sentence."""
    with pytest.raises(StoreUnavailable):
        await open_pages(f"sqlite:///{tmp_path / 'nothing.db'}")
    assert not (tmp_path / "nothing.db").exists()
