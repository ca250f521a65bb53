"""Database files as older releases left them, with rows in them."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from atomicpos.evidence import Evidence, PositionView
from atomicpos.models import JournalEntry, Leg, Order, OrderSide, OrderStatus, Proof, ProofKind, State, StopRule
from atomicpos.record import Record
from atomicpos.store import schema
from atomicpos.store.connect import writing_engine
from atomicpos.store.findings import evidence_row
from atomicpos.store.location import locate
from atomicpos.store.rows import entry_row, order_rows, position_row
from atomicpos.testing.samples import CREATED_AT_US, a_record, sent

LINE = JournalEntry(CREATED_AT_US, "intent", "open 10 AVL/USDT:USDT", "asked", {"leverage": "5"})
FINDING = replace(Evidence.seen("10"), source="position_poll", raw="{}", position=PositionView(Decimal("10.0")))
TABLES = ("installation", "positions", "orders", "journal", "evidence")


def make(path: Path, revision: str) -> None:
    """An empty database at that revision, made by the migrations themselves."""
    engine = writing_engine(locate(f"sqlite:///{path}"))
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_path()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(path: Path, records: Iterable[Record]) -> None:
    """Write the rows past the library, in the columns that the file has; each with a line and a finding twice seen."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("INSERT OR IGNORE INTO installation VALUES (1, 'k3p9', 7)")
    for record in records:
        _insert(connection, "positions", position_row(record))
        for row in order_rows(record):
            _insert(connection, "orders", row)
        _insert(connection, "journal", entry_row(record.id, 1, LINE))
        _insert(connection, "evidence", {**evidence_row(record.id, FINDING), "seq": 1, "repeats": 1})
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    marks = ", ".join("?" for _ in names)
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [_raw(row[n]) for n in names])


def _raw(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, Enum) else value


def content(path: Path) -> dict[str, Any]:
    """Everything in the file: its schema, and each table's rows as name and value pairs."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found: dict[str, Any] = {"schema": connection.execute("SELECT name, sql FROM sqlite_master").fetchall()}
    for table in TABLES:
        found[table] = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")]
    connection.close()
    return found


def one_of_each_state() -> tuple[Record, ...]:
    """Rows as revision 0001 could hold them: every state, with an entry, a stop and, at the ends, a close."""
    return tuple(_in_state(n, state) for n, state in enumerate(State))


def _in_state(n: int, state: State) -> Record:
    rule = StopRule(price=Decimal("0.1200")) if n % 2 else StopRule(percent=Decimal("2.50"))
    record = sent(a_record(f"p{n}", symbol=f"S{n}/USDT:USDT", stop_rule=rule, idempotency_key=f"k{n}"), n)
    record = replace(record, state=state, version=n + 1, filled_quantity=Decimal("3.0"), entry_price=Decimal("0.12500"))
    record = record.with_order(_exit(record, Leg.STOP, OrderStatus.UNTRIGGERED))
    return _ended(record) if state.settled else record


def _ended(record: Record) -> Record:
    record = record.with_order(_exit(record, Leg.CLOSE, OrderStatus.FILLED))
    orders = tuple(replace(order, status=OrderStatus.DEAD) for order in record.orders)
    return replace(record, orders=orders, proof=Proof(ProofKind.EXITED, 99, "sold"), settled_at_us=100)


def _exit(record: Record, leg: Leg, status: OrderStatus) -> Order:
    own_id = f"ap{record.id}{leg.value}"
    return Order(leg, 1, own_id, OrderSide.SELL, Decimal("3.0"), True, trigger_price=Decimal("0.1225"), status=status)
