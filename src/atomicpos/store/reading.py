"""Reading rows and their histories inside an open transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping

from atomicpos.models import JournalEntry, PositionSide, Scope, State
from atomicpos.ports import History, Repeats
from atomicpos.record import Record

from . import statements as sql
from .findings import evidence_of
from .rows import entry_of, record_of
from .tables import positions

IDS_AT_ONCE = 500
"""How many ids go into one statement: a statement has a largest number of parameters."""


def load(connection: Connection, position_id: str) -> Record | None:
    """The row, or None."""
    row = connection.execute(sql.ONE, {"row_id": position_id}).mappings().first()
    if row is None:
        return None
    return record_of(row, connection.execute(sql.ORDERS, {"row_id": position_id}).mappings())


def find_key(connection: Connection, scope: Scope, key: str) -> Record | None:
    """The row with that idempotency key, or None."""
    found = connection.execute(sql.KEY_HOLDER, {**sql.scoped(scope), "key": key}).scalar()
    return None if found is None else load(connection, found)


def find_orders(connection: Connection, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
    """The position id of each of these orders that the scope has."""
    found: dict[str, str] = {}
    for some in chunks(client_order_ids):
        rows = connection.execute(sql.FIND_ORDERS, {**sql.scoped(scope), "client_order_ids": some})
        found |= {row.client_order_id: row.position_id for row in rows}
    return found


def listing(state: State | None, symbol: str | None) -> sql.Listing:
    """How rows are listed newest first."""
    wanted = sql.LISTED
    if state is not None:
        wanted = wanted.where(positions.c.state == state)
    if symbol is not None:
        wanted = wanted.where(positions.c.symbol == symbol)
    return sql.listing(wanted)


def page(connection: Connection, after: tuple[int, str], limit: int) -> tuple[Record, ...]:
    """Up to that many rows that come after that moment of creation and id, oldest first."""
    given = {"after_us": after[0], "after_id": after[1], "at_most": limit}
    return with_orders(connection, connection.execute(sql.PAGE, given).mappings().all())


def newest_on(connection: Connection, scope: Scope, symbol: str, side: PositionSide | None) -> Record | None:
    """The newest row of the scope on that symbol, or on that side of it in hedge mode; or None."""
    newest = sql.NEWEST_ON if side is None else sql.NEWEST_ON_SIDE
    named = {} if side is None else {"row_side": side}
    found = connection.execute(newest, {**sql.scoped(scope), "row_symbol": symbol, **named}).scalar()
    return None if found is None else load(connection, found)


def records(connection: Connection, wanted: sql.Listing, given: Mapping[str, Any]) -> tuple[Record, ...]:
    """The rows that are wanted, with their orders. Ends the transaction."""
    rows = connection.execute(wanted.rows, given).mappings().all()
    by_position = _grouped(connection.execute(wanted.orders, given).mappings()) if rows else {}
    # ten thousand records take a while to make: the server would end a transaction that stands idle meanwhile
    connection.rollback()
    return tuple(record_of(row, by_position.get(row["id"], ())) for row in rows)


def with_orders(connection: Connection, rows: Collection[RowMapping]) -> tuple[Record, ...]:
    """Rows at hand, with their orders."""
    by_position: dict[str, list[RowMapping]] = {}
    for some in chunks([row["id"] for row in rows]):
        by_position |= _grouped(connection.execute(sql.ORDERS_OF, {"row_ids": some}).mappings())
    return tuple(record_of(row, by_position.get(row["id"], ())) for row in rows)


def history(connection: Connection, position_id: str) -> History:
    """What was appended about that position, oldest first."""
    found = connection.execute(sql.EVIDENCE, {"row_id": position_id}).mappings().all()
    return History(
        entries=lines(connection, position_id),
        evidence=tuple(evidence_of(row) for row in found),
        repeats=tuple(Repeats(row["repeats"], row["last_answered_at_us"]) for row in found),
    )


def lines(connection: Connection, position_id: str) -> tuple[JournalEntry, ...]:
    """The lines of its journal, oldest first."""
    return tuple(entry_of(row) for row in connection.execute(sql.ENTRIES, {"row_id": position_id}).mappings())


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, some at a time."""
    rest = iter(ids)
    while some := list(islice(rest, IDS_AT_ONCE)):
        yield some


def _grouped(rows: Iterable[RowMapping]) -> dict[str, list[RowMapping]]:
    groups: dict[str, list[RowMapping]] = {}
    for row in rows:
        groups.setdefault(row["position_id"], []).append(row)
    return groups
