"""The journal on SQL: the port's promises, each kept inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from atomicpos.models import JournalEntry, Scope, State
from atomicpos.ports import Change, Conflict, History, KeyTaken, Repeats, SlotTaken
from atomicpos.record import Record

from . import statements as sql
from .findings import evidence_of, evidence_row, same_finding
from .rows import entry_of, entry_row, order_rows, position_row, record_of
from .tables import orders, positions
from .writer import Writer


class SqlJournal:
    """Implements the Journal port. Made by ``open_journal`` and ``read_only``."""

    def __init__(self, writer: Writer, installation: str, place: str, released: Callable[[], None]) -> None:
        """``released`` is called once, after the connection is closed."""
        self.installation = installation
        self.place = place
        self._writer = writer
        self._released = released

    async def admit(self, change: Change) -> None:
        """Insert the row and take its slot; durable on return. Raises KeyTaken, else SlotTaken, or StoreUnavailable."""
        await self._writer.run(lambda connection: _admit(connection, change))

    async def commit(self, change: Change) -> None:
        """Move the row one version on. Raises Conflict when it is not at the version before, and StoreUnavailable."""
        await self._writer.run(lambda connection: _commit(connection, change))

    async def load(self, position_id: str) -> Record | None:
        """The row, or None. Raises StoreUnavailable."""
        return await self._writer.run(lambda connection: _load(connection, position_id))

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        """The row with that idempotency key, or None. Raises StoreUnavailable."""
        return await self._writer.run(lambda connection: _find_key(connection, scope, key))

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """The scope's rows that hold their slot, oldest first. Raises StoreUnavailable."""
        return await self._writer.run(lambda connection: _records(connection, sql.HOLDING, _scope(scope)))

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first, of that state and unified symbol where given. Raises StoreUnavailable."""
        wanted = sql.LISTED
        if state is not None:
            wanted = wanted.where(positions.c.state == state)
        if symbol is not None:
            wanted = wanted.where(positions.c.symbol == symbol)
        return await self._writer.run(lambda connection: _records(connection, wanted, {}))

    async def history(self, position_id: str) -> History:
        """What was appended, oldest first; an identical repeat of a finding is shown once. Raises StoreUnavailable."""
        return await self._writer.run(lambda connection: _history(connection, position_id))

    async def close(self) -> None:
        """Finish what is running, close the connection and free the file. May be called twice."""
        try:
            await self._writer.close()
        finally:
            self._released()


def _admit(connection: Connection, change: Change) -> None:
    row = position_row(change.record)
    # the key first: a repeat of the request that holds the slot must find itself, not be told that the slot is taken
    if row["idempotency_key"] is not None and (taken := connection.execute(sql.KEY_HOLDER, row).scalar()):
        raise KeyTaken(taken)
    if row["holds_slot"] and (taken := connection.execute(sql.SLOT_HOLDER, row).scalar()):
        raise SlotTaken(taken)
    connection.execute(sql.INSERT_POSITION, row)
    _append(connection, change)


def _commit(connection: Connection, change: Change) -> None:
    row = position_row(change.record)
    key = {"row_id": row.pop("id"), "row_version": row["version"] - 1}
    if connection.execute(sql.UPDATE_POSITION, {**row, **key}).rowcount != 1:
        raise Conflict(f"{key['row_id']} is not at version {key['row_version']}")
    _append(connection, change)


def _append(connection: Connection, change: Change) -> None:
    if rows := order_rows(change.record):
        connection.execute(sql.UPSERT_ORDER, rows)
    if change.entries:
        _append_entries(connection, change.record.id, change.entries)
    for finding in change.evidence:
        _append_finding(connection, evidence_row(change.record.id, finding))


def _append_entries(connection: Connection, position_id: str, entries: Sequence[JournalEntry]) -> None:
    last = connection.execute(sql.LAST_ENTRY, {"position_id": position_id}).scalar_one()
    connection.execute(
        sql.INSERT_ENTRY, [entry_row(position_id, seq, entry) for seq, entry in enumerate(entries, last + 1)]
    )


def _append_finding(connection: Connection, row: dict[str, Any]) -> None:
    newest = connection.execute(sql.NEWEST_OF_SOURCE, row).mappings().first()
    if newest is not None and same_finding(newest, row):
        place = {"row_id": row["position_id"], "row_seq": newest["seq"]}
        connection.execute(sql.REPEAT_EVIDENCE, {**place, "row_answered_at_us": row["answered_at_us"]})
        return
    last = connection.execute(sql.LAST_EVIDENCE, row).scalar_one()
    connection.execute(sql.INSERT_EVIDENCE, {**row, "seq": last + 1})


def _load(connection: Connection, position_id: str) -> Record | None:
    row = connection.execute(sql.POSITION, {"position_id": position_id}).mappings().first()
    if row is None:
        return None
    return record_of(row, connection.execute(sql.ORDERS, {"position_id": position_id}).mappings())


def _find_key(connection: Connection, scope: Scope, key: str) -> Record | None:
    found = connection.execute(sql.KEY_HOLDER, {**_scope(scope), "idempotency_key": key}).scalar()
    return None if found is None else _load(connection, found)


def _records(connection: Connection, wanted: Select[Any], given: dict[str, Any]) -> tuple[Record, ...]:
    rows = connection.execute(wanted, given).mappings().all()
    # asked by the same condition, not by a list of ids: a statement has a largest number of parameters
    ids = wanted.with_only_columns(positions.c.id).order_by(None)
    query = select(orders).where(orders.c.position_id.in_(ids)).order_by(orders.c.leg, orders.c.attempt)
    by_position = _grouped(connection.execute(query, given).mappings())
    return tuple(record_of(row, by_position.get(row["id"], ())) for row in rows)


def _grouped(rows: Iterable[RowMapping]) -> dict[str, list[RowMapping]]:
    groups: dict[str, list[RowMapping]] = {}
    for row in rows:
        groups.setdefault(row["position_id"], []).append(row)
    return groups


def _history(connection: Connection, position_id: str) -> History:
    given = {"position_id": position_id}
    found = connection.execute(sql.EVIDENCE, given).mappings().all()
    return History(
        entries=tuple(entry_of(row) for row in connection.execute(sql.ENTRIES, given).mappings()),
        evidence=tuple(evidence_of(row) for row in found),
        repeats=tuple(Repeats(row["repeats"], row["last_answered_at_us"]) for row in found),
    )


def _scope(scope: Scope) -> dict[str, str]:
    return {"exchange": scope.exchange, "environment": scope.environment, "account": scope.account}
