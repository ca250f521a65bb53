"""A database of the first release is brought up to date with everything in it, or left exactly as it was."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from old_files import FINDING, LINE, content, fill, make, one_of_each_state
from sqlalchemy import Engine, event

from atomicpos.errors import StoreUnavailable
from atomicpos.models import MarginMode, Order, Refusal, StopRule
from atomicpos.ports import Change, Repeats
from atomicpos.record import Record
from atomicpos.store import SqlJournal, open_journal, read_only, schema
from atomicpos.testing.samples import StillClock, moved
from atomicpos.testing.strategies import records


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of revision 0001 with a row in every state."""
    path = tmp_path / "old.db"
    make(path, "0001")
    fill(path, one_of_each_state())
    return path


async def opened(path: Path) -> SqlJournal:
    return await open_journal(f"sqlite:///{path}", StillClock(), rng=random.Random(1))


async def test_every_row_is_read_as_it_was(old: Path) -> None:
    """Opened by this release, an old file's rows, orders, lines and findings read as they were written."""
    journal = await opened(old)
    assert journal.installation == "k3p9"
    for record in one_of_each_state():
        assert repr(await journal.load(record.id)) == repr(record)
        history = await journal.history(record.id)
        assert (history.entries, history.evidence, history.repeats) == ((LINE,), (FINDING,), (Repeats(1, 0),))
    await journal.close()
    assert schema.check(f"sqlite:///{old}") is None


def test_no_stored_value_changes(old: Path) -> None:
    """Every value of every old column is the same after the upgrade, and each new column holds what it promises."""
    before = content(old)
    schema.upgrade(f"sqlite:///{old}")
    after = content(old)
    new = {"margin_mode", "rule_percent", "rule_price", "moving_percent", "moving_price", "limit_price"}
    filled = {"margin_mode_confirmed": 0, "parts_asked": "0", "attached": 0} | dict.fromkeys(new | {"position_stop"})
    for table in ("installation", "positions", "orders", "journal", "evidence"):
        added = after[table][0].keys() - before[table][0].keys()
        assert after[table] == [row | {name: filled[name] for name in added} for row in before[table]]


async def test_an_upgraded_row_takes_the_new_words(old: Path) -> None:
    """A row of the old file can be moved on with everything that the old schema could not hold."""
    journal = await opened(old)
    before = one_of_each_state()[0]
    refused = replace(before.entry, limit_price=Decimal("0.13"), refusal=Refusal.PRICE_BAND, attached=True)
    rules = {"rule": StopRule(Decimal("1.5")), "moving": StopRule(price=Decimal("0.1240"))}
    rules = {name: replace(rule, trigger_by=before.intent.stop_rule.trigger_by) for name, rule in rules.items()}
    after = moved(before.with_order(refused), parts_asked=Decimal("1.0"), margin_mode_confirmed=True, **rules)
    after = replace(after, intent=replace(after.intent, margin_mode=MarginMode.ISOLATED))
    again = replace(FINDING, answered_at_us=9)
    await journal.commit(Change(after, evidence=(again, replace(again, position_stop=None))))
    assert repr(await journal.load(before.id)) == repr(after)
    assert (await journal.history(before.id)).repeats == (Repeats(3, 9),)
    await journal.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records())
def test_any_old_row_survives(record: Record) -> None:
    """Whatever revision 0001 could hold reads, after the upgrade, as it was written to the last digit."""
    wanted = _as_0001_could_hold(record)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old.db"
        make(path, "0001")
        fill(path, [wanted])
        assert repr(asyncio.run(_load(path, record.id))) == repr(wanted)


async def _load(path: Path, position_id: str) -> Record | None:
    journal = await opened(path)
    found = await journal.load(position_id)
    await journal.close()
    return found


def _as_0001_could_hold(record: Record) -> Record:
    orders = tuple(_old_order(order) for order in record.orders)
    plain = replace(record, orders=orders, rule=None, moving=None, parts_asked=Decimal(0), margin_mode_confirmed=False)
    return replace(plain, intent=replace(plain.intent, margin_mode=None))


def _old_order(order: Order) -> Order:
    new = ("precision", "quantity", "price_band", "too_many_stops")
    refusal = Refusal.OTHER if order.refusal in new else order.refusal
    return replace(order, limit_price=None, attached=False, refusal=refusal)


async def test_a_listing_never_upgrades(old: Path) -> None:
    """Reading an old file names the command that upgrades it, and changes nothing."""
    before = content(old)
    with pytest.raises(StoreUnavailable, match=r"older schema \(0001\): run 'atomicpos db upgrade'"):
        await read_only(f"sqlite:///{old}")
    assert content(old) == before


class Broken(Exception):
    """What a test throws into the middle of an upgrade."""


@contextmanager
def counted(break_at: int | None = None) -> Iterator[list[str]]:
    """Collects the statements that run on any engine, and raises before the one of that number."""
    seen: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        if len(seen) == break_at:
            raise Broken
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def test_an_upgrade_broken_anywhere_changes_nothing(old: Path, tmp_path: Path) -> None:
    """Whichever statement the upgrade stops before, the file is as it was, and the next upgrade succeeds."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(old.read_bytes())
    with counted() as statements:
        schema.upgrade(f"sqlite:///{copy}")
    before = content(old)
    for number in range(len(statements)):
        with counted(number), pytest.raises(Broken):
            schema.upgrade(f"sqlite:///{old}")
        assert content(old) == before
    schema.upgrade(f"sqlite:///{old}")
    assert content(old) == content(copy)
    assert len(statements) > 20


DIE = """
import os, signal, sys
from sqlalchemy import Engine, event
from atomicpos.store import schema

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if statement.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

schema.upgrade(sys.argv[1])
"""


@pytest.mark.process
@pytest.mark.parametrize("at", ["INSERT INTO positions", "DROP TABLE orders", "UPDATE alembic_version"])
def test_a_killed_upgrade_changes_nothing(old: Path, at: str) -> None:
    """A process killed inside its upgrade leaves the file as it was, and the next one upgrades it."""
    before = content(old)
    died = subprocess.run([sys.executable, "-c", DIE, f"sqlite:///{old}", at], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert content(old) == before
    schema.upgrade(f"sqlite:///{old}")
    assert schema.check(f"sqlite:///{old}") is None


def test_an_upgrade_that_would_lose_a_row_is_refused(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that forgets a position breaks what refers to it: the commit is refused and the file stands."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_positions.py", "versions/0002_moved_rules.py"):
        text = (schema.migrations_path() / name).read_text()
        (folder / name).write_text(text.replace('FROM set_aside"', 'FROM set_aside WHERE rowid > 1"'))
    before = content(old)
    monkeypatch.setattr(schema, "migrations_path", lambda: folder)
    with pytest.raises(StoreUnavailable, match="FOREIGN KEY constraint failed"):
        schema.upgrade(f"sqlite:///{old}")
    assert content(old) == before


def test_an_upgraded_file_keeps_its_references(old: Path) -> None:
    """After the upgrade an order, a line or a finding of no position is refused, as before."""
    schema.upgrade(f"sqlite:///{old}")
    connection = sqlite3.connect(old)
    connection.execute("PRAGMA foreign_keys = ON")
    for table in ("orders", "journal", "evidence"):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            connection.execute(f"UPDATE {table} SET position_id = 'nobody' WHERE position_id = 'p0'")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_postgresql_alters_its_tables_where_they_are() -> None:
    """For PostgreSQL the revision moves no row: it adds columns, and replaces only the CHECK that grew."""
    script = StringIO()
    options = {"as_sql": True, "output_buffer": script}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    folder = Config()
    folder.set_main_option("script_location", str(schema.migrations_path()))
    revision = ScriptDirectory.from_config(folder).get_revision("0002")
    with Operations.context(context):
        revision.module.upgrade()
    said = script.getvalue()
    assert not [word for word in ("DROP TABLE", "CREATE TABLE", "INSERT", "PRAGMA") if word in said]
    assert said.count("DROP CONSTRAINT") == said.count("DROP CONSTRAINT ck_orders_refusal") == 1
    assert said.count("ADD COLUMN") == 10
    assert said.count("DROP DEFAULT") == 3
