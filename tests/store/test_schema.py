"""The migrations make the tables that the program expects, and the database itself refuses every lie."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from atomicpos.errors import StoreUnavailable
from atomicpos.models import OrderStatus, Refusal, Sending
from atomicpos.ports import Change
from atomicpos.store import open_journal, schema
from atomicpos.store.tables import orders, positions
from atomicpos.testing.samples import CREATED_AT_US, StillClock, a_record, sent

END = "state = 'rolled_back', holds_slot = 0, open_orders = 0, settled_at_us = 2, last_send_at_us = 10"
PROVEN = "proof_kind = 'dead_unfilled', proof_at_us = 10, proof_detail = ''"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with one row ``p1``, reached past the library."""
    asyncio.run(_store_one(f"sqlite:///{tmp_path}/raw.db"))
    connection = sqlite3.connect(tmp_path / "raw.db", isolation_level=None)
    yield connection
    connection.close()


async def _store_one(url: str) -> None:
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    await journal.admit(Change(sent(a_record(idempotency_key="k"), CREATED_AT_US)))
    await journal.close()


def test_the_migrations_make_the_tables(file: Path) -> None:
    """Upgrading an empty file gives, name by name and CHECK by CHECK, the catalogue of the tables in the program."""
    connection = sqlite3.connect(file)
    made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    wanted = schema.expected()
    assert {name: " ".join(sql.split()) for name, sql in made if name != "alembic_version"} == wanted
    assert len(wanted) == 14
    assert schema.check(f"sqlite:///{file}") is None


def test_the_head_is_the_newest_migration() -> None:
    """The revision that the program takes for the newest is the last one in the migrations' folder."""
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_path()))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP INDEX uq_positions_slot", "uq_positions_slot"),
        ("CREATE TABLE mine (a)", "mine"),
        ("ALTER TABLE orders ADD COLUMN extra TEXT", "orders"),
    ],
)
def test_a_changed_schema_is_named(file: Path, change: str, named: str) -> None:
    """``check`` says in one sentence which table or index is not as it should be."""
    connection = sqlite3.connect(file)
    connection.execute(change)
    connection.close()
    assert str(schema.check(f"sqlite:///{file}")).endswith(f"differs from it in {named}")


def test_a_lost_check_is_named(file: Path) -> None:
    """A CHECK taken out of the stored schema does not pass unseen."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'open_orders = 0', '1') WHERE name = 'positions'")
    connection.commit()
    connection.close()
    assert "positions" in str(schema.check(f"sqlite:///{file}"))


def test_an_upgrade_that_fails_leaves_the_file_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that breaks half way leaves no table behind, and the next one succeeds."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_positions.py"):
        text = (schema.migrations_path() / name).read_text()
        (folder / name).write_text(text.replace("    create_evidence()\n", '    op.execute("SELECT nonsense")\n'))
    url = f"sqlite:///{tmp_path}/a.db"
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations_path", lambda: folder)
        with pytest.raises(StoreUnavailable, match="no such column"):
            schema.upgrade(url)
    assert "is at revision None" in str(schema.check(url))
    schema.upgrade(url)
    assert schema.check(url) is None


def test_upgrading_twice_is_fine(file: Path) -> None:
    """An upgrade of a database that is up to date does nothing."""
    schema.upgrade(f"sqlite:///{file}")
    assert schema.check(f"sqlite:///{file}") is None


LIES = {
    "settled without a proof": (f"{END}, proof_kind = NULL, proof_at_us = 10", "ck_positions_settled_proven"),
    "proof without a time": (f"{END}, proof_kind = 'dead_unfilled', proof_at_us = NULL", "ck_positions_settled_proven"),
    "not_sent without a time": (f"{END}, proof_kind = 'not_sent', proof_at_us = NULL", "ck_positions_settled_proven"),
    "neither": (f"{END}, proof_kind = NULL, proof_at_us = NULL", "ck_positions_settled_proven"),
    "settled without its time": (f"{END}, {PROVEN}, settled_at_us = NULL", "ck_positions_settled_proven"),
    "an open order": (f"{END}, {PROVEN}, open_orders = 1", "ck_positions_settled_proven"),
    "an unknown number of open orders": (f"{END}, {PROVEN}, open_orders = NULL", "open_orders"),
    "fewer than no open orders": ("open_orders = -1", "ck_positions_open_orders"),
    "a proof older than the last send": (f"{END}, {PROVEN}, proof_at_us = 9", "ck_positions_settled_proven"),
    "an end proven by a stop": (f"{END}, {PROVEN}, proof_kind = 'stop_read_back'", "ck_positions_settled_proven"),
    "an end that holds its slot": (f"{END}, {PROVEN}, holds_slot = 1", "ck_positions_holds_slot"),
    "an end with an unknown slot": (f"{END}, {PROVEN}, holds_slot = NULL", "holds_slot"),
    "a living row without its slot": ("holds_slot = 0", "ck_positions_holds_slot"),
    "a state from nowhere": ("state = 'open'", "ck_positions_state"),
    "no state": ("state = NULL", "state"),
    "a side of an order": ("side = 'buy'", "ck_positions_side"),
    "an upper-case side": ("side = 'LONG'", "ck_positions_side"),
    "no side": ("side = NULL", "side"),
    "a goal from nowhere": ("goal = 'hope'", "ck_positions_goal"),
    "no goal": ("goal = NULL", "goal"),
    "a proof from nowhere": ("proof_kind = 'trust'", "ck_positions_proof_kind"),
    "no quantity": ("quantity = NULL", "quantity"),
    "a quantity of zero": ("quantity = '0.000'", "ck_positions_quantity"),
    "a negative quantity": ("quantity = '-1'", "ck_positions_quantity"),
    "a quantity that is no number": ("quantity = 'NaN'", "ck_positions_quantity"),
    "an entry price of zero": ("entry_price = '0.0'", "ck_positions_entry_price"),
    "a stop price of zero": ("stop_price = '0'", "ck_positions_stop_price"),
    "a margin mode from nowhere": ("margin_mode = 'portfolio'", "ck_positions_margin_mode"),
    "an upper-case margin mode": ("margin_mode = 'CROSS'", "ck_positions_margin_mode"),
    "an unknown word on the margin mode": ("margin_mode_confirmed = NULL", "margin_mode_confirmed"),
    "a rule of two kinds": ("rule_percent = '2', rule_price = '0.1225'", "ck_positions_rule"),
    "a rule at zero": ("rule_price = '0.00'", "ck_positions_rule_price"),
    "a rule below zero": ("rule_price = '-0.1'", "ck_positions_rule_price"),
    "a move of two kinds": ("moving_percent = '2', moving_price = '0.1225'", "ck_positions_moving"),
    "a move to zero": ("moving_price = '0'", "ck_positions_moving_price"),
    "a move to what is no number": ("moving_price = 'NaN'", "ck_positions_moving_price"),
    "less than no parts asked": ("parts_asked = '-0.001'", "ck_positions_parts_asked"),
    "unknown parts asked": ("parts_asked = NULL", "parts_asked"),
    "a version before the first": ("version = 0", "ck_positions_version"),
}
"""What is written past the library, and the constraint that must refuse it."""


@pytest.mark.parametrize(("lie", "constraint"), LIES.values(), ids=LIES.keys())
def test_the_database_refuses_the_lie(raw: sqlite3.Connection, lie: str, constraint: str) -> None:
    """Written past the library, a row that breaks a rule is refused by the constraint meant for it (I2, I7, F21)."""
    with pytest.raises(sqlite3.IntegrityError, match=rf"constraint failed: (positions\.)?{constraint}$"):
        raw.execute(f"UPDATE positions SET {lie} WHERE id = 'p1'")


@pytest.mark.parametrize("kind", ["dead_unfilled", "not_sent", "refused", "absent", "exited", "operator"])
def test_the_database_takes_a_proven_end(raw: sqlite3.Connection, kind: str) -> None:
    """The same update with its proof is taken: the rules refuse the lie and not the ending."""
    raw.execute(f"UPDATE positions SET {END}, {PROVEN}, proof_kind = '{kind}' WHERE id = 'p1'")
    assert raw.execute("SELECT state FROM positions").fetchall() == [("rolled_back",)]


def _copy(changes: dict[str, str]) -> str:
    values = ", ".join(changes.get(column.name, column.name) for column in positions.c)
    return f"INSERT INTO positions SELECT {values} FROM positions"


def test_the_database_refuses_a_second_row_on_a_slot(raw: sqlite3.Connection) -> None:
    """Two rows never hold one slot, whoever writes them; a second symbol is free (I7)."""
    with pytest.raises(sqlite3.IntegrityError, match=r"positions\.symbol"):
        raw.execute(_copy({"id": "'p2'", "idempotency_key": "NULL"}))
    raw.execute(_copy({"id": "'p2'", "idempotency_key": "NULL", "symbol": "'B'"}))


def test_the_database_refuses_a_second_row_with_a_key(raw: sqlite3.Connection) -> None:
    """A key names one row in its scope; rows without a key do not meet."""
    with pytest.raises(sqlite3.IntegrityError, match=r"positions\.idempotency_key"):
        raw.execute(_copy({"id": "'p2'", "symbol": "'B'"}))
    raw.execute(_copy({"id": "'p2'", "symbol": "'B'", "account": "'other'"}))


@pytest.mark.parametrize("column", ["exchange", "environment", "account", "symbol"])
def test_no_part_of_the_slot_may_be_missing(raw: sqlite3.Connection, column: str) -> None:
    """A NULL would make every row of the slot distinct, so none is taken."""
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        raw.execute(f"UPDATE positions SET {column} = NULL")


ORDER_LIES = {
    "a leg from nowhere": ("leg = 'hedge'", "ck_orders_leg"),
    "a side of a position": ("order_side = 'long'", "ck_orders_order_side"),
    "a sending from nowhere": ("sending = 'maybe'", "ck_orders_sending"),
    "a status of another vocabulary": ("status = 'closed'", "ck_orders_status"),
    "a trigger type from nowhere": ("trigger_by = 'bid'", "ck_orders_trigger_by"),
    "a refusal from nowhere": ("refusal = 'mood'", "ck_orders_refusal"),
    "a quantity of zero": ("quantity = '0'", "ck_orders_quantity"),
    "a worst price of zero": ("limit_price = '0.0'", "ck_orders_limit_price"),
    "a worst price below zero": ("limit_price = '-1'", "ck_orders_limit_price"),
    "a worst price that is no number": ("limit_price = 'NaN'", "ck_orders_limit_price"),
    "attached or not": ("attached = NULL", "attached"),
    "no client order id": ("client_order_id = NULL", "client_order_id"),
}
"""What is written past the library about an order, and the constraint that must refuse it."""


@pytest.mark.parametrize(("lie", "constraint"), ORDER_LIES.values(), ids=ORDER_LIES.keys())
def test_the_database_refuses_the_lie_about_an_order(raw: sqlite3.Connection, lie: str, constraint: str) -> None:
    """An order's words are from the lists, and its quantity and worst price are above zero."""
    with pytest.raises(sqlite3.IntegrityError, match=rf"constraint failed: (orders\.)?{constraint}$"):
        raw.execute(f"UPDATE orders SET {lie}")


@pytest.mark.parametrize(("column", "words"), [("refusal", Refusal), ("sending", Sending), ("status", OrderStatus)])
def test_the_database_takes_every_word_of_an_order(raw: sqlite3.Connection, column: str, words: type[StrEnum]) -> None:
    """Each word the library has for an order is one that the file of a released revision can hold."""
    for word in words:
        raw.execute(f"UPDATE orders SET {column} = '{word}'")
        assert raw.execute(f"SELECT {column} FROM orders").fetchall() == [(word.value,)]


def test_the_database_takes_a_moved_rule_and_a_margin_mode(raw: sqlite3.Connection) -> None:
    """One of percent and price, and either margin mode, are taken: the rules refuse the lies only."""
    for change in ("rule_percent = '2'", "moving_price = '0.1'", "margin_mode = 'cross'", "margin_mode = 'isolated'"):
        raw.execute(f"UPDATE positions SET {change}")
    assert raw.execute("SELECT margin_mode FROM positions").fetchall() == [("isolated",)]


def test_the_database_refuses_a_second_order_with_an_id(raw: sqlite3.Connection) -> None:
    """A client order id names one order, whoever writes it."""
    names = ", ".join("2" if column.name == "attempt" else column.name for column in orders.c)
    with pytest.raises(sqlite3.IntegrityError, match=r"orders\.client_order_id"):
        raw.execute(f"INSERT INTO orders SELECT {names} FROM orders")
