"""An upgrade that is broken, killed, repeated or run twice at once leaves the old database or the new one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from old_files import fill, make, one_of_each_state
from raw import Raw
from sqlalchemy import Engine, event

from atomicpos.errors import StoreUnavailable
from atomicpos.store import schema


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


@pytest.fixture
def oldest(empty_url: str) -> Raw:
    """A database of revision 0001 with a row in every state."""
    make(empty_url, "0001")
    fill(empty_url, one_of_each_state())
    return Raw(empty_url)


def test_an_upgrade_broken_anywhere_changes_nothing(oldest: Raw) -> None:
    """Whichever statement the upgrade stops before, the database is as it was, and the next upgrade succeeds."""
    before = oldest.content()
    number = 0
    while True:
        try:
            with counted(number):
                schema.upgrade(oldest.url)
            break
        except Broken:
            number += 1
            assert oldest.content() == before
    assert number > 20
    assert schema.check(oldest.url).difference is None
    assert len(oldest.content()["positions"]) == len(before["positions"])


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
@pytest.mark.parametrize("at", ["ALTER TABLE positions ADD", "UPDATE positions SET fence", "UPDATE alembic_version"])
def test_a_killed_upgrade_changes_nothing(oldest: Raw, at: str) -> None:
    """A process killed inside its upgrade leaves the database as it was, and the next one upgrades it."""
    before = oldest.content()
    died = subprocess.run([sys.executable, "-c", DIE, oldest.url, at], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert oldest.content() == before
    schema.upgrade(oldest.url)
    assert schema.check(oldest.url).difference is None


UPGRADE = "import sys; from atomicpos.store import schema; schema.upgrade(sys.argv[1])"


@pytest.mark.process
def test_several_upgrades_at_once(oldest: Raw) -> None:
    """Three processes that upgrade one old database at the same time all succeed, and it is upgraded once."""
    command = [sys.executable, "-c", UPGRADE, oldest.url]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in processes] == [("", 0)] * 3
    assert schema.check(oldest.url).difference is None


def test_an_upgrade_waits_for_another(empty_postgres_url: str) -> None:
    """On PostgreSQL an upgrade does not begin while another holds the lock, and then finds what that one left."""
    raw = Raw(empty_postgres_url)
    engine = schema.writing_engine(schema.locate(empty_postgres_url))
    with engine.begin() as connection:
        schema._wait_for_other_upgrades(connection)
        waiting = threading.Thread(target=schema.upgrade, args=(empty_postgres_url,))
        waiting.start()
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while raw.execute(asked) != [(1,)]:
            assert waiting.is_alive()
        schema.bring_up_to_date(connection, "here")
    waiting.join(60)
    engine.dispose()
    assert schema.check(empty_postgres_url).difference is None


def test_an_upgrade_that_would_lose_a_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that forgets a position breaks what refers to it: the commit is refused and the file stands."""
    url = f"sqlite:///{tmp_path}/old.db"
    make(url, "0001")
    fill(url, one_of_each_state())
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_positions.py", "versions/0002_moved_rules.py"):
        text = (schema.migrations_path() / name).read_text()
        (folder / name).write_text(text.replace('FROM set_aside"', 'FROM set_aside WHERE rowid > 1"'))
    before = Raw(url).content()
    monkeypatch.setattr(schema, "migrations_path", lambda: folder)
    with pytest.raises(StoreUnavailable, match="FOREIGN KEY constraint failed"):
        schema.upgrade(url)
    assert Raw(url).content() == before
