"""Databases as older releases left them, with rows in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

from alembic import command
from alembic.config import Config
from raw import Raw

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


def make(url: str, revision: str) -> None:
    """An empty database at that revision, made by the migrations themselves."""
    engine = writing_engine(locate(url))
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_path()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(url: str, records: Iterable[Record]) -> None:
    """Write the rows past the library, in the columns that there are; each with a line and a finding twice seen."""
    raw = Raw(url)
    raw.execute("INSERT INTO installation VALUES (1, 'k3p9', 7)")
    columns = {table: raw.columns(table) for table in ("positions", "orders", "journal", "evidence")}
    for record in records:
        rows = [("positions", position_row(record)), *(("orders", row) for row in order_rows(record))]
        rows.append(("journal", {**entry_row(record.id, LINE), "seq": 1}))
        rows.append(("evidence", {**evidence_row(record.id, FINDING), "seq": 1, "repeats": 1}))
        for table, row in rows:
            _insert(raw, table, {name: row[name] for name in columns[table]})


def _insert(raw: Raw, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(f":{name}" for name in row)
    given = {name: _plain(value, as_text=raw.is_sqlite) for name, value in row.items()}
    raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", given)


def _plain(value: object, *, as_text: bool) -> object:
    if isinstance(value, Decimal) and as_text:
        return str(value)
    return value.value if isinstance(value, Enum) else value


def one_of_each_state() -> tuple[Record, ...]:
    """Rows as revision 0001 could hold them: every state, with an entry, a stop and, at the ends, a close."""
    return tuple(_in_state(n, state) for n, state in enumerate(State))


def _in_state(n: int, state: State) -> Record:
    rule = StopRule(price=Decimal("0.1200")) if n % 2 else StopRule(percent=Decimal("2.50"))
    record = sent(a_record(f"p{n}", symbol=f"S{n}/USDT:USDT", stop_rule=rule, idempotency_key=f"k{n}"), n)
    record = replace(record, state=state, version=n + 1, filled_quantity=Decimal("3.0"), entry_price=Decimal("0.12500"))
    record = record.with_order(_exit(record, Leg.STOP, OrderStatus.UNTRIGGERED))
    record = replace(record, updated_at_us=CREATED_AT_US + n)
    return _ended(record) if state.settled else record


def _ended(record: Record) -> Record:
    record = record.with_order(_exit(record, Leg.CLOSE, OrderStatus.FILLED))
    orders = tuple(replace(order, status=OrderStatus.DEAD) for order in record.orders)
    return replace(record, orders=orders, proof=Proof(ProofKind.EXITED, 99, "sold"), settled_at_us=100)


def _exit(record: Record, leg: Leg, status: OrderStatus) -> Order:
    own_id = f"ap{record.id}{leg.value}"
    return Order(leg, 1, own_id, OrderSide.SELL, Decimal("3.0"), True, trigger_price=Decimal("0.1225"), status=status)


def upgraded(record: Record) -> Record:
    """What becomes of an old row: nobody's, and due since it was last written, if it is not settled."""
    return replace(record, wake_at_us=record.updated_at_us if record.holds_slot else None)
