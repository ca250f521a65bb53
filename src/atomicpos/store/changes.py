"""What is written, as data, and how many of them are written together: one executemany per statement.

At most one of them may concern any one position: two updates of a row in one executemany would each find the version
that they look for only by luck, and a lost one would not be noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from atomicpos.evidence import Evidence
from atomicpos.models import JournalEntry
from atomicpos.ports import Change, Conflict, Fenced, KeyTaken, SlotTaken
from atomicpos.record import Record

from . import statements as sql
from .findings import Findings, evidence_row
from .reading import lines, load
from .rows import entry_row, moved_row, order_rows, position_row


@dataclass(frozen=True, slots=True)
class Admission:
    """A new row."""

    change: Change
    lease_us: int
    now_us: Callable[[], int]
    """The machine's clock, for databases without one of their own."""

    @property
    def position_id(self) -> str:
        """The row it is about."""
        return self.change.record.id


@dataclass(frozen=True, slots=True)
class Move:
    """The next version of a row."""

    change: Change

    @property
    def position_id(self) -> str:
        """The row it is about."""
        return self.change.record.id


@dataclass(frozen=True, slots=True)
class Note:
    """What is appended to a row that is left as it is."""

    position_id: str
    entries: tuple[JournalEntry, ...]
    evidence: tuple[Evidence, ...]


Write = Admission | Move | Note
AWrite = TypeVar("AWrite", Admission, Move, Note)


class StoredBefore(Exception):
    """This very change is in the database already: its first answer was lost."""


class NotAll(Exception):
    """One of several did not find its row as it expects it; which one is seen when each is tried alone."""


def apply(connection: Connection, writes: Sequence[Write]) -> None:
    """Write them all in the open transaction.

    Raises IntegrityError for a row that cannot be, NotAll for several, and for one alone StoredBefore, Fenced or
    Conflict.
    """
    moves, notes = _only(Move, writes), _only(Note, writes)
    _admit(connection, _only(Admission, writes))
    _move(connection, moves)
    _lock(connection, notes)
    changes = [write.change for write in writes if not isinstance(write, Note)]
    if rows := [row for change in changes for row in order_rows(change.record)]:
        connection.execute(sql.DIALECTS[connection.dialect.name].upsert_order, rows)
    _append_entries(connection, writes)
    _append_evidence(connection, writes)


def explain(connection: Connection, write: Admission | Move) -> None:
    """Raises what is in the way of a row: StoredBefore, Fenced, KeyTaken or SlotTaken. Returns when nothing is.

    The key comes first: a repeat of the request that holds the slot must find itself, not a taken slot.
    """
    record = write.change.record
    if isinstance(write, Admission):
        _explain_admission(connection, record)
    slot = {**sql.scoped(record.intent.scope), "slot_symbol": record.intent.symbol}
    for side in record.intent.sides if record.holds_slot else ():
        taken = connection.execute(sql.SLOT_HOLDER[side], slot).scalar()
        if taken not in (None, record.id):
            raise SlotTaken(taken)


def _explain_admission(connection: Connection, record: Record) -> None:
    intent = record.intent
    stored = load(connection, record.id)
    if stored is not None and stored.intent == intent:
        _demand_fence(stored, record)
        raise StoredBefore
    keyed = {**sql.scoped(intent.scope), "key": intent.idempotency_key}
    if intent.idempotency_key is not None and (taken := connection.execute(sql.KEY_HOLDER, keyed).scalar()):
        raise KeyTaken(taken)


def _only(kind: type[AWrite], writes: Sequence[Write]) -> list[AWrite]:
    return [write for write in writes if isinstance(write, kind)]


def _admit(connection: Connection, admissions: Sequence[Admission]) -> None:
    if admissions:
        statement = sql.DIALECTS[connection.dialect.name].insert_position
        connection.execute(statement, [_new_row(admission) for admission in admissions])


def _new_row(admission: Admission) -> dict[str, Any]:
    record = admission.change.record
    lease_us = None if record.owner is None else admission.lease_us
    return {**position_row(record), "row_lease_us": lease_us, "row_now_us": admission.now_us()}


def _move(connection: Connection, moves: Sequence[Move]) -> None:
    driven = [move for move in moves if not move.change.record.state.settled]
    ends = [move for move in moves if move.change.record.state.settled]
    for statement, some in ((sql.MOVE_POSITION, driven), (sql.END_POSITION, ends)):
        if not some or connection.execute(statement, [_moved_row(move) for move in some]).rowcount == len(some):
            continue
        if len(moves) > 1:
            raise NotAll
        _explain_move(connection, moves[0].change.record)


def _moved_row(move: Move) -> dict[str, Any]:
    record = move.change.record
    place = {"row_id": record.id, "row_version": record.version - 1, "row_fence": record.fence}
    return {**moved_row(record), **place}


def _explain_move(connection: Connection, record: Record) -> None:
    stored = load(connection, record.id)
    if stored is None:
        raise Conflict(f"nobody admitted {record.id}")
    _demand_fence(stored, record)
    if stored.version == record.version and _same(stored, record):
        raise StoredBefore
    raise Conflict(f"{record.id} is at version {stored.version}, not {record.version - 1}")


def _demand_fence(stored: Record, record: Record) -> None:
    if stored.fence != record.fence:
        raise Fenced(f"{record.id} is at fence {stored.fence}, not {record.fence}")


def _same(stored: Record, record: Record) -> bool:
    return moved_row(stored) == moved_row(record) and order_rows(stored) == order_rows(record)


def _lock(connection: Connection, notes: Sequence[Note]) -> None:
    """Two who append to one row at once would number their lines alike; whoever moves a row has it locked already."""
    if not notes:
        return
    wanted = {note.position_id for note in notes}
    missing = wanted.difference(connection.execute(sql.LOCK_ROWS, {"row_ids": sorted(wanted)}).scalars())
    if missing:
        raise Conflict(f"nobody admitted {missing.pop()}") if len(notes) == 1 else NotAll


def _append_entries(connection: Connection, writes: Iterable[Write]) -> None:
    rows = [entry_row(write.position_id, entry) for write in writes for entry in _unsaid(connection, write)]
    if rows:
        connection.execute(sql.INSERT_ENTRY, rows)


def _unsaid(connection: Connection, write: Write) -> Sequence[JournalEntry]:
    """Unlike a commit a note has no version by which to know it again: a line of it that is there was noted before."""
    entries = _appended(write).entries
    if not (entries and isinstance(write, Note)):
        return entries
    said = lines(connection, write.position_id)
    return [entry for entry in entries if entry not in said]


def _append_evidence(connection: Connection, writes: Iterable[Write]) -> None:
    rows = [evidence_row(write.position_id, found) for write in writes for found in _appended(write).evidence]
    if not rows:
        return
    known = sorted({write.position_id for write in writes if not isinstance(write, Admission)})
    stored = connection.execute(sql.NEWEST_OF_EACH_SOURCE, {"row_ids": known}).mappings() if known else ()
    findings = Findings(stored)
    for row in rows:
        findings.add(row)
    if findings.new:
        connection.execute(sql.INSERT_EVIDENCE, findings.new)
    if again := findings.repeated():
        connection.execute(sql.REPEAT_EVIDENCE, again)


def _appended(write: Write) -> Change | Note:
    return write if isinstance(write, Note) else write.change
