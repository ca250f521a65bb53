"""A database of an older release is brought up to date with everything in it, or left exactly as it was."""

from __future__ import annotations

import asyncio
import random
import tempfile
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from old_files import FINDING, LINE, fill, make, one_of_each_state, upgraded
from raw import TABLES, Raw
from sqlalchemy.exc import IntegrityError

from atomicpos.errors import StoreUnavailable
from atomicpos.models import Leg, Order, Refusal, StopRule
from atomicpos.ports import Change, Claimant, Repeats
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal, read_only, schema
from atomicpos.testing.samples import LEASE_US, SCOPE, StillClock, moved
from atomicpos.testing.strategies import records

NULL_IN_OLD_ROWS = (
    "margin_mode", "rule_percent", "rule_price", "moving_percent", "moving_price", "limit_price", "position_stop",
    "owner", "lease_until_us", "wanted_by", "target_percent", "target_price_asked",
)  # fmt: skip


@pytest.fixture(params=["0001", "0002"])
def old(request: pytest.FixtureRequest, empty_url: str) -> Raw:
    """A database of an older revision with a row in every state."""
    make(empty_url, request.param)
    fill(empty_url, one_of_each_state())
    return Raw(empty_url)


async def opened(url: str) -> SqlJournal:
    """As a new release's process finds it: a SQLite file is upgraded on the way, PostgreSQL was by its owner."""
    if not url.startswith("sqlite"):
        schema.upgrade(url)
    return await open_journal(url, StillClock(), rng=random.Random(1))


async def test_every_row_is_read_as_it_was(old: Raw) -> None:
    """Rows, orders, lines and findings of an old database read as they were written, and nobody owns them."""
    journal = await opened(old.url)
    assert journal.installation == "k3p9"
    for record in one_of_each_state():
        assert repr(await journal.load(record.id)) == repr(upgraded(record))
        history = await journal.history(record.id)
        assert (history.entries, history.evidence, history.repeats) == ((LINE,), (FINDING,), (Repeats(1, 0),))
    await journal.close()
    assert schema.check(old.url).difference is None


def test_no_stored_value_changes(old: Raw) -> None:
    """Every value of every old column is the same after the upgrade, and each new column holds what it promises."""
    before = old.content()
    schema.upgrade(old.url)
    after = old.content()
    zero = "0" if old.is_sqlite else Decimal(0)
    promised = dict.fromkeys(NULL_IN_OLD_ROWS) | {"parts_asked": zero, "fence": 0}
    promised |= dict.fromkeys(("margin_mode_confirmed", "attached"), 0) | {"position_mode": "one_way"}
    for table in TABLES[:-1]:
        was = {repr(_key(row)): row for row in before[table]}
        for row in after[table]:
            old_row = was.pop(repr(_key(row)))
            promised["wake_at_us"] = old_row["updated_at_us"] if row.get("holds_slot") else None
            assert row == old_row | {name: promised[name] for name in row.keys() - old_row.keys()}
        assert was == {}


def _key(row: dict[str, Any]) -> list[Any]:
    return [row.get(name) for name in ("id", "position_id", "leg", "attempt", "seq")]


async def test_an_old_row_is_claimed_at_once(old: Raw) -> None:
    """The first process of the new release takes every row that holds its slot, and its next version is stored."""
    journal = await opened(old.url)
    taken = await journal.claim(Claimant(SCOPE, "me", LEASE_US), 100)
    held = [record for record in one_of_each_state() if record.holds_slot]
    assert {record.id: record.fence for record in taken} == {record.id: 1 for record in held}
    await journal.commit(Change(moved(taken[0], reason="seen")))
    await journal.close()


async def test_an_upgraded_row_takes_the_new_words(old: Raw) -> None:
    """A row of the old database can be moved on with everything that the old schema could not hold."""
    journal = await opened(old.url)
    before = upgraded(one_of_each_state()[0])
    refused = replace(before.entry, limit_price=Decimal("0.13"), refusal=Refusal.PRICE_BAND, attached=True)
    rules = {"rule": StopRule(Decimal("1.5")), "moving": StopRule(price=Decimal("0.1240"))}
    rules = {name: replace(rule, trigger_by=before.intent.stop_rule.trigger_by) for name, rule in rules.items()}
    after = moved(before.with_order(refused), parts_asked=Decimal("1.0"), margin_mode_confirmed=True, **rules)

    again = replace(FINDING, answered_at_us=9)
    await journal.commit(Change(after, evidence=(again, replace(again, position_stop=None))))
    assert repr(await journal.load(before.id)) == repr(after)
    assert (await journal.history(before.id)).repeats == (Repeats(3, 9),)
    await journal.close()


def test_an_old_row_that_is_not_over_has_no_time_of_its_end(old: Raw) -> None:
    """Older schemas let a living row keep such a time; the upgrade takes it away, since indexes go by it now."""
    old.execute("UPDATE positions SET settled_at_us = 5 WHERE id = 'p0'")
    schema.upgrade(old.url)
    assert old.execute("SELECT settled_at_us FROM positions WHERE id = 'p0'") == [(None,)]
    assert old.execute("SELECT count(*) FROM positions WHERE settled_at_us = 100") == [(3,)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records())
def test_any_old_row_survives(record: Record) -> None:
    """Whatever revision 0001 could hold reads, after the upgrade, as it was written to the last digit."""
    wanted = _as_0001_could_hold(record)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/old.db"
        make(url, "0001")
        fill(url, [wanted])
        assert repr(asyncio.run(_load(url, record.id))) == repr(upgraded(wanted))


async def _load(url: str, position_id: str) -> Record | None:
    journal = await opened(url)
    found = await journal.load(position_id)
    await journal.close()
    return found


def _as_0001_could_hold(record: Record) -> Record:
    orders = tuple(_old_order(order) for order in record.orders if order.leg is not Leg.TARGET)
    plain = replace(record, orders=orders, rule=None, moving=None, parts_asked=Decimal(0), margin_mode_confirmed=False)
    plain = replace(plain, settled_at_us=record.settled_at_us if record.state.settled else None, slotless=False)
    return replace(plain, intent=replace(plain.intent, margin_mode=None, target_rule=None), owner=None, fence=0)


def _old_order(order: Order) -> Order:
    new = ("precision", "quantity", "price_band", "too_many_stops")
    refusal = Refusal.OTHER if order.refusal in new else order.refusal
    return replace(order, limit_price=None, attached=False, refusal=refusal)


async def test_a_listing_never_upgrades(old: Raw) -> None:
    """Reading an old database names the command that upgrades it, and changes nothing."""
    before = old.content()
    with pytest.raises(StoreUnavailable, match=r"has an older schema \(000\d.*run 'atomicpos db upgrade --database "):
        await read_only(old.url)
    assert old.content() == before


async def test_postgresql_is_never_upgraded_by_opening_it(empty_postgres_url: str) -> None:
    """An old and an empty PostgreSQL database are refused by name, with the command to run, and left as they are."""
    raw = Raw(empty_postgres_url)
    for state in ("is empty", r"has an older schema \(0002, this release needs"):
        with pytest.raises(StoreUnavailable, match=rf"{state}.*'atomicpos db upgrade --database postgresql://"):
            await open_journal(empty_postgres_url, StillClock(), rng=random.Random(1))
        assert (raw.execute("SELECT 1 FROM pg_tables WHERE tablename = 'positions'") == []) == (state == "is empty")
        make(empty_postgres_url, "0002")
    assert schema.current(empty_postgres_url) == "0002"


def test_an_upgraded_database_keeps_its_references(old: Raw) -> None:
    """After the upgrade an order, a line or a finding of no position is refused, as before."""
    schema.upgrade(old.url)
    for table in ("orders", "journal", "evidence"):
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            old.execute(f"UPDATE {table} SET position_id = 'nobody' WHERE position_id = 'p0'")
    if old.is_sqlite:
        assert old.execute("PRAGMA foreign_key_check") == []
        assert old.execute("PRAGMA integrity_check") == [("ok",)]


def test_an_older_process_may_write_between_expanding_and_contracting(empty_url: str) -> None:
    """At revision 0003 a row that says nothing of leases is taken; the contracting revision gives it its fence."""
    make(empty_url, "0002")
    fill(empty_url, one_of_each_state()[:1])
    make(empty_url, "0003")
    raw = Raw(empty_url)
    new = ("owner", "fence", "lease_until_us", "wanted_by", "wake_at_us")
    columns = ", ".join(name for name in raw.columns("positions") if name not in new)
    other = columns.replace("id,", "'p9',", 1).replace(", symbol,", ", 'B',").replace("idempotency_key", "'k9'")
    raw.execute(f"INSERT INTO positions ({columns}) SELECT {other} FROM positions")
    schema.upgrade(empty_url)
    assert raw.execute("SELECT id, fence, wake_at_us IS NULL FROM positions ORDER BY id")[1] == ("p9", 0, True)
    assert schema.check(empty_url).difference is None


@pytest.mark.parametrize(("revision", "columns"), [("0002", 10), ("0003", 5), ("0004", 0), ("0005", 1)])
def test_postgresql_alters_its_tables_where_they_are(revision: str, columns: int) -> None:
    """For PostgreSQL no revision after the first moves a row: it adds columns and tables, and replaces CHECKs."""
    script = StringIO()
    options = {"as_sql": True, "output_buffer": script}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    folder = Config()
    folder.set_main_option("script_location", str(schema.migrations_path()))
    with Operations.context(context):
        ScriptDirectory.from_config(folder).get_revision(revision).module.upgrade()
    said = script.getvalue()
    assert not [word for word in ("DROP TABLE", "INSERT", "PRAGMA") if word in said]
    assert not [table for table in TABLES if f"CREATE TABLE {table}" in said]
    assert said.count("ADD COLUMN") == columns
    dropped = {line.split("DROP CONSTRAINT ")[1] for line in said.splitlines() if "DROP CONSTRAINT" in line}
    assert all(f"ADD CONSTRAINT {name.rstrip(';')} " in said for name in dropped)
