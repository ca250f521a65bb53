"""Reading rows and their histories inside an open transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from atomicpos.models import JournalEntry, Scope, State
from atomicpos.ports import History, Repeats
from atomicpos.record import Record

from . import statements as sql
from .findings import evidence_of
from .prepared import Row
from .rows import entry_of, record_of

IDS_AT_ONCE = 500
"""How many ids go into one statement: a statement has a largest number of parameters."""


def load(connection: Connection, position_id: str) -> Record | None:
    """The row, or None."""
    row = sql.ONE.first(connection, {"row_id": position_id})
    return None if row is None else record_of(row, sql.ORDERS.rows(connection, {"row_id": position_id}))


def find_key(connection: Connection, scope: Scope, key: str) -> Record | None:
    """The row with that idempotency key, or None."""
    found = sql.KEY_HOLDER.value(connection, {**sql.scoped(scope), "key": key})
    return None if found is None else load(connection, found)


def find_orders(connection: Connection, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
    """The position id of each of these orders that the scope has."""
    found: dict[str, str] = {}
    for some in chunks(client_order_ids):
        rows = sql.FIND_ORDERS.rows(connection, {**sql.scoped(scope), "client_order_ids": some})
        found |= {row["client_order_id"]: row["position_id"] for row in rows}
    return found


def listed(connection: Connection, state: State | None, symbol: str | None) -> tuple[Record, ...]:
    """Rows newest first, of that state and symbol where given. Ends the transaction."""
    given = {"row_state": state, "row_symbol": symbol}
    meant = {name: value for name, value in given.items() if value is not None}
    return records(connection, sql.LISTED[state is not None, symbol is not None], meant)


def newest_on(connection: Connection, scope: Scope, symbol: str) -> Record | None:
    """The newest row of the scope on that symbol, or None."""
    found = sql.NEWEST_ON.value(connection, {**sql.scoped(scope), "row_symbol": symbol})
    return None if found is None else load(connection, found)


def records(connection: Connection, wanted: sql.Listing, given: Mapping[str, Any]) -> tuple[Record, ...]:
    """The rows that are listed, with their orders, in its order. Ends the transaction."""
    rows = wanted.positions.rows(connection, given)
    by_position = _grouped(wanted.orders.rows(connection, given)) if rows else {}
    # ten thousand records take a while to make: the server would end a transaction that stands idle meanwhile
    connection.rollback()
    return tuple(record_of(row, by_position.get(row["id"], ())) for row in rows)


def with_orders(connection: Connection, rows: Collection[Row]) -> tuple[Record, ...]:
    """Rows at hand, with their orders."""
    by_position: dict[str, list[Row]] = {}
    for some in chunks([row["id"] for row in rows]):
        by_position |= _grouped(sql.ORDERS_OF.rows(connection, {"row_ids": some}))
    return tuple(record_of(row, by_position.get(row["id"], ())) for row in rows)


def history(connection: Connection, position_id: str) -> History:
    """What was appended about that position, oldest first."""
    found = sql.EVIDENCE.rows(connection, {"row_id": position_id})
    return History(
        entries=lines(connection, position_id),
        evidence=tuple(evidence_of(row) for row in found),
        repeats=tuple(Repeats(row["repeats"], row["last_answered_at_us"]) for row in found),
    )


def lines(connection: Connection, position_id: str) -> tuple[JournalEntry, ...]:
    """The lines of its journal, oldest first."""
    return tuple([entry_of(row) for row in sql.ENTRIES.rows(connection, {"row_id": position_id})])


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, some at a time."""
    rest = iter(ids)
    while some := list(islice(rest, IDS_AT_ONCE)):
        yield some


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["position_id"], []).append(row)
    return groups
