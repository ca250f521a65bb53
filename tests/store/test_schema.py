"""The migrations make the tables that the program expects, on both databases, and whatever differs is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from raw import Raw
from sqlalchemy import text
from sqlalchemy.engine import make_url

from atomicpos.errors import StoreUnavailable
from atomicpos.models import PositionSide
from atomicpos.store import schema, tables
from atomicpos.store.catalogue import expected
from atomicpos.store.connect import reading_engine, writing_engine
from atomicpos.store.location import locate
from atomicpos.store.schema import Comparison
from atomicpos.testing.postgres import shown

SLOT = "positions (exchange, environment, account, symbol)"


def test_the_migrations_make_the_tables(empty_url: str) -> None:
    """Upgrading an empty database gives, part by part, the catalogue of the tables in the program."""
    schema.upgrade(empty_url)
    assert schema.check(empty_url) == Comparison(locate(empty_url).place, schema.HEAD, schema.HEAD, ())
    assert schema.check(empty_url).difference is None


def test_the_catalogue_has_everything(url: str) -> None:
    """What is compared names every table, every column's table, every index and every CHECK of the program."""
    engine = writing_engine(locate(url))
    with engine.connect() as connection:
        wanted = expected(connection)
        connection.rollback()
    engine.dispose()
    everything = " ".join((*wanted, *wanted.values()))
    for table in tables.metadata.tables.values():
        for part in (table, *table.columns, *table.indexes, *table.constraints):
            assert part.name is None or str(part.name) in everything


def test_the_head_is_the_newest_migration() -> None:
    """The revision that the program takes for the newest is the last one in the migrations' folder."""
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_path()))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


ANYWHERE = {
    "an index dropped": ("DROP INDEX uq_positions_slot_long", "uq_positions_slot_long"),
    "an index over other rows": (
        f"DROP INDEX uq_positions_slot_long; CREATE UNIQUE INDEX uq_positions_slot_long ON {SLOT} WHERE NOT holds_slot",
        "uq_positions_slot_long",
    ),
    "an index that is not unique": (
        f"DROP INDEX uq_positions_slot_long; CREATE INDEX uq_positions_slot_long ON {SLOT} "
        f"WHERE {tables.HELD[PositionSide.LONG]}",
        "uq_positions_slot_long",
    ),
    "an index too many": ("CREATE INDEX mine ON orders (sends)", "mine"),
}
ON_POSTGRESQL = {
    "a CHECK dropped": (
        "ALTER TABLE positions DROP CONSTRAINT ck_positions_settled_proven",
        "positions.ck_positions_settled_proven",
    ),
    "a CHECK softened": (
        "ALTER TABLE positions DROP CONSTRAINT ck_positions_lease; "
        "ALTER TABLE positions ADD CONSTRAINT ck_positions_lease CHECK (lease_until_us IS NULL OR fence > 0)",
        "positions.ck_positions_lease",
    ),
    "a CHECK that old rows were spared": (
        "ALTER TABLE orders DROP CONSTRAINT ck_orders_leg; "
        "ALTER TABLE orders ADD CONSTRAINT ck_orders_leg CHECK (leg IN ('entry', 'stop', 'close')) NOT VALID",
        "orders.ck_orders_leg",
    ),
    "a reference dropped": (
        "ALTER TABLE orders DROP CONSTRAINT orders_position_id_fkey",
        "orders.orders_position_id_fkey",
    ),
    "a column too many": ("ALTER TABLE orders ADD COLUMN extra TEXT", "orders.extra"),
    "a column that may be NULL": ("ALTER TABLE positions ALTER fence DROP NOT NULL", "positions.fence"),
    "a column with a default": ("ALTER TABLE positions ALTER fence SET DEFAULT 0", "positions.fence"),
    "a column of another type": ("ALTER TABLE positions ALTER fence TYPE INTEGER", "positions.fence"),
    "a number with a scale": ("ALTER TABLE orders ALTER filled TYPE NUMERIC(20, 8)", "orders.filled"),
    "a table too many": ("CREATE TABLE mine (a INTEGER)", "mine.a"),
}
ON_SQLITE = {
    "a column too many": ("ALTER TABLE orders ADD COLUMN extra TEXT", "orders"),
    "a table too many": ("CREATE TABLE mine (a INTEGER)", "mine"),
}
"""What somebody may have done to a schema, and the part that must be named."""


def _done(raw: Raw, changes: str) -> str:
    for change in changes.split("; "):
        raw.execute(change)
    return str(schema.check(raw.url).difference)


@pytest.mark.parametrize(("changes", "named"), ANYWHERE.values(), ids=ANYWHERE.keys())
def test_a_changed_index_is_named(raw: Raw, changes: str, named: str) -> None:
    """An index that is missing, new, or about other rows than it should be is told by its name."""
    assert _done(raw, changes).endswith(f"differs from it in {named}")


@pytest.mark.parametrize(("changes", "named"), ON_POSTGRESQL.values(), ids=ON_POSTGRESQL.keys())
def test_a_changed_part_is_named(postgres_url: str, changes: str, named: str) -> None:
    """On PostgreSQL the one column or constraint that is not as it should be is told with its table."""
    assert _done(Raw(postgres_url), changes).endswith(f"differs from it in {named}")


@pytest.mark.parametrize(("changes", "named"), ON_SQLITE.values(), ids=ON_SQLITE.keys())
def test_a_changed_table_is_named(tmp_path: Path, changes: str, named: str) -> None:
    """On SQLite the table that is not as it should be is told."""
    schema.upgrade(f"sqlite:///{tmp_path}/a.db")
    assert _done(Raw(f"sqlite:///{tmp_path}/a.db"), changes).endswith(f"differs from it in {named}")


def test_a_lost_check_is_named(tmp_path: Path) -> None:
    """A CHECK taken out of a stored SQLite schema does not pass unseen."""
    schema.upgrade(f"sqlite:///{tmp_path}/a.db")
    engine = writing_engine(locate(f"sqlite:///{tmp_path}/a.db"))
    with engine.begin() as connection:
        connection.execute(text("PRAGMA writable_schema = ON"))
        connection.execute(text("UPDATE sqlite_master SET sql = replace(sql, 'open_orders = 0', '1')"))
    engine.dispose()
    assert str(schema.check(f"sqlite:///{tmp_path}/a.db").difference).endswith("differs from it in positions")


def test_checking_leaves_nothing_behind(url: str, raw: Raw) -> None:
    """``check`` makes what it compares with beside the schema and undoes it: there is no other schema and no table."""
    before = raw.content()
    assert schema.check(url).difference is None
    assert raw.content() == before
    if not raw.is_sqlite:
        assert raw.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'atomicpos%'") == []


def test_an_upgrade_that_fails_leaves_the_database_empty(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that breaks half way leaves no table behind, and the next one succeeds."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_positions.py"):
        text_ = (schema.migrations_path() / name).read_text()
        (folder / name).write_text(text_.replace("    create_evidence()\n", '    op.execute("SELECT nonsense")\n'))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations_path", lambda: folder)
        with pytest.raises(StoreUnavailable, match="nonsense"):
            schema.upgrade(empty_url)
    assert schema.current(empty_url) is None
    assert "is at revision None, this release at" in str(schema.check(empty_url).difference)
    schema.upgrade(empty_url)
    assert schema.current(empty_url) == schema.HEAD
    assert schema.check(empty_url).difference is None


def test_upgrading_twice_is_fine(url: str, raw: Raw) -> None:
    """An upgrade of a database that is up to date does nothing."""
    before = raw.content()
    schema.upgrade(url)
    assert raw.content() == before


def test_a_schema_of_its_own_in_a_shared_database(empty_postgres_url: str) -> None:
    """Where the URL chooses a schema, the tables are made, checked and found there, beside another program's."""
    raw = Raw(empty_postgres_url)
    raw.execute("CREATE TABLE trades (id INTEGER)")
    raw.execute("CREATE SCHEMA mine")
    url = shown(make_url(empty_postgres_url).update_query_dict({"options": "-csearch_path=mine"}))
    schema.upgrade(url)
    assert schema.check(url).difference is None
    assert raw.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'positions'") == [("mine",)]
    with pytest.raises(StoreUnavailable, match="belongs to another program"):
        schema.current(empty_postgres_url)


HELD = (
    f"exchange = 'x' AND environment = 'x' AND account = 'x' AND symbol = 'x' AND {tables.HELD[PositionSide.SHORT]}"
)
SETTLED = "exchange = 'x' AND environment = 'x' AND account = 'x' AND settled_at_us IS NOT NULL AND settled_at_us >= 7"


@pytest.mark.parametrize(
    ("asked", "index"), [(HELD, "uq_positions_slot_short"), (SETTLED, "ix_positions_settled")]
)
def test_settled_rows_are_no_burden(raw: Raw, asked: str, index: str) -> None:
    """What holds its slot, and what settled lately, is found through an index that follows only those rows."""
    raw.execute("ANALYZE")
    engine = reading_engine(locate(raw.url))
    with engine.begin() as connection:
        if raw.is_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM positions WHERE {asked}").all()
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN SELECT * FROM positions WHERE {asked}").all()
    engine.dispose()
    assert any(name in str(plan) for name in index.split("|"))
