"""Whatever state a database's schema is in, on either database: it is used, or one sentence says why it is not."""

from __future__ import annotations

import random

import pytest
from old_files import make
from raw import Raw

from atomicpos.errors import StoreUnavailable
from atomicpos.store import open_journal, read_only, schema
from atomicpos.store.revision import HEAD, VERSION_TABLE
from atomicpos.testing.samples import StillClock


async def opened(url: str) -> None:
    await (await open_journal(url, StillClock(), rng=random.Random(1))).close()


async def refusals(url: str) -> set[str]:
    """What opening, reading, upgrading and checking say; they must all refuse."""
    said = set()
    for attempt in (opened, read_only):
        with pytest.raises(StoreUnavailable) as refused:
            await attempt(url)
        said.add(str(refused.value))
    for look_after in (schema.upgrade, schema.check):
        with pytest.raises(StoreUnavailable) as refused:
            look_after(url)
        said.add(str(refused.value))
    return said


FOREIGN = {
    "a table of one of our names": ["CREATE TABLE positions (id INTEGER)"],
    "migrated with the same tool": [
        "CREATE TABLE positions (id INTEGER)",
        f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)",
        f"INSERT INTO {VERSION_TABLE} VALUES ('a1b2c3d4e5f6')",
    ],
    "the same tool, nothing migrated": [
        "CREATE TABLE trades (id INTEGER)",
        f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)",
    ],
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN.keys())
async def test_another_programs_database_is_left_alone(empty_url: str, statements: list[str]) -> None:
    """Tables that are not ours, migrated with the same tool or not, are never added to."""
    raw = Raw(empty_url)
    for statement in statements:
        raw.execute(statement)
    (said,) = await refusals(empty_url)
    assert said.endswith("belongs to another program; give atomicpos one of its own")
    with pytest.raises(Exception, match="orders"):
        raw.columns("orders")


HALF = {
    "a version without tables": (
        [f"DROP TABLE {table}" for table in ("orders", "journal", "evidence", "positions", "installation")],
        f"marked as revision {HEAD} but has no table evidence",
    ),
    "one table missing": (["DROP TABLE journal"], f"marked as revision {HEAD} but has no table journal"),
    "tables without a version": ([f"DROP TABLE {VERSION_TABLE}"], "nothing says of which revision its tables are"),
    "tables and an empty version": ([f"DELETE FROM {VERSION_TABLE}"], "nothing says of which revision its tables are"),
}


@pytest.mark.parametrize(("statements", "why"), HALF.values(), ids=HALF.keys())
async def test_a_half_migrated_database_is_not_touched(raw: Raw, statements: list[str], why: str) -> None:
    """Tables without a version, and a version without its tables, are named with the way out."""
    for statement in statements:
        raw.execute(statement)
    (said,) = await refusals(raw.url)
    assert "is half migrated (" in said
    assert said.endswith(f"{why}): restore it from a copy, or give atomicpos an empty one")


async def test_a_newer_schema_is_not_touched(raw: Raw) -> None:
    """A database that a later release has migrated names both schemas and asks for that release."""
    newer = f"{int(schema.HEAD) + 1:04}"
    raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = '{newer}'")
    said = rf"newer atomicpos \(schema {newer}, this one knows {schema.HEAD}\)"
    for attempt in (opened, read_only):
        with pytest.raises(StoreUnavailable, match=said):
            await attempt(raw.url)
    with pytest.raises(StoreUnavailable, match="install that release again"):
        schema.upgrade(raw.url)
    assert schema.current(raw.url) == newer
    assert f"is at revision {newer}, this release at {schema.HEAD}" in str(schema.check(raw.url).difference)


async def test_a_database_that_was_only_migrated_can_be_listed(url: str) -> None:
    """A fresh database made by an upgrade holds no position and says so."""
    journal = await read_only(url)
    assert await journal.list() == ()
    await journal.close()


async def test_whatever_writes_is_refused_to_a_reader(url: str) -> None:
    """A journal opened for reading cannot write, whichever database it is."""
    journal = await read_only(url)
    with pytest.raises(StoreUnavailable, match="read-only"):
        await journal._writer.run(lambda connection: connection.exec_driver_sql("DELETE FROM positions"))
    await journal.close()


async def test_the_installation_is_drawn_once(url: str) -> None:
    """A database keeps the four characters of whoever opened it first."""
    journals = [await open_journal(url, StillClock(), rng=random.Random(seed)) for seed in (1, 2)]
    assert len({journal.installation for journal in journals}) == 1
    assert len(journals[0].installation) == 4
    for journal in journals:
        await journal.close()


async def test_an_older_schema_says_what_to_run(empty_url: str) -> None:
    """Reading a database of an older release names the command that upgrades it."""
    make(empty_url, "0003")
    with pytest.raises(StoreUnavailable, match=rf"older schema \(0003, .* needs {HEAD}\): run 'atomicpos db upgrade"):
        await read_only(empty_url)
    schema.upgrade(empty_url)
    await opened(empty_url)
