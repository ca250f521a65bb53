"""The outbox in SQL: what becomes of a letter is decided by the pure functions of ``letters``, each in one transaction.

A letter is read with its row locked, changed, and written. On SQLite the transaction has the write lock from its
beginning. Nothing is delivered inside a transaction: it is taken in one, delivered, and put back in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Update,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from atomicpos.letters import ANY, Course, Letter, Report, Subject, lapsed, merged, new_letter, reported
from atomicpos.models import Scope
from atomicpos.ports import Clock, Taker

from .statements import DIALECTS, scoped
from .tables import DUE, of_account, outbox
from .writer import Writer

_rows = outbox.c
_SUBJECT = tuple(field.name for field in fields(Subject))
_KEY = ("channel", *_SUBJECT)
_SAID = tuple(field.name for field in fields(Letter) if field.name not in ("channel", "subject"))
_LETTER = (*_KEY, *_SAID)
_LISTED = tuple(_rows[name] for name in _KEY)

_SCOPED = of_account(outbox)
_OF_POSITION = (_rows.channel == bindparam("its_channel"), *_SCOPED, _rows.position_id == bindparam("its_position_id"))
_THIS = (*_OF_POSITION, _rows.condition == bindparam("its_condition"), _rows.key == bindparam("its_key"))


def _locked(*where: ColumnElement[bool]) -> Select[Any]:
    return select(outbox).where(*where).order_by(*_LISTED).with_for_update()


_ONE = _locked(*_THIS)
_ALL_OF_POSITION = _locked(*_OF_POSITION)
_UNCONFIRMED = _locked(*_SCOPED, _rows.stands, _rows.confirmed_at_us < bindparam("its_since_us"))
_WRITE = update(outbox).where(*_THIS).values({name: bindparam(name) for name in _SAID})
_GIVE_BACK = (
    update(outbox).where(*_THIS, _rows.owner == bindparam("its_owner")).values(owner=None, lease_until_us=None)
)
_FORGET = delete(outbox).where(*_SCOPED, ~_rows.stands, _rows.over_at_us < bindparam("its_since_us"))
_TAKERS = select(_rows.owner).where(*_SCOPED, _rows.owner.is_not(None)).distinct()
_OF_SCOPE = select(outbox).where(*_SCOPED).order_by(*_LISTED)
_EVERY = select(outbox).order_by(*_LISTED)
_VALUES: dict[str, Any] = {name: bindparam(name) for name in _LETTER}
_INSERT = {
    "sqlite": sqlite.insert(outbox).values(_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(outbox).values(_VALUES).on_conflict_do_nothing(),
}


def _take(now_us: ColumnElement[int]) -> Update:
    free = or_(
        _rows.owner.is_(None), _rows.lease_until_us <= now_us, _rows.owner == bindparam("taker"),
        _rows.owner.in_(bindparam("gone", expanding=True)),
    )
    due = _rows.due_at_us <= bindparam("taker_now_us")
    found = (
        select(*_LISTED)
        .where(*_SCOPED, _rows.channel == bindparam("its_channel"), DUE, due, free)
        .order_by(_rows.due_at_us, *_LISTED)
        .limit(bindparam("row_limit"))
        .with_for_update(skip_locked=True)
        .cte("found")
    )
    return (
        update(outbox)
        .where(*(_rows[name] == found.c[name] for name in _KEY))
        .values(owner=bindparam("taker"), lease_until_us=now_us + bindparam("lease_us", type_=BigInteger))
        .returning(outbox)
    )


_TAKE = {name: _take(dialect.now_us) for name, dialect in DIALECTS.items()}
"""Run again because the answer to COMMIT was lost, it finds what it took the first time by its owner's name."""


class SqlOutbox:
    """Implements the Outbox port, through the writer of the journal: their transactions never wait for each other."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def report(self, channels: Sequence[str], reports: Sequence[Report]) -> None:
        """Make each report part of the letters to these channels. Raises StoreUnavailable."""
        if channels and reports:
            await self._writer.run(partial(_report, channels=tuple(channels), reports=tuple(reports)))

    async def take(self, taker: Taker, limit: int) -> tuple[Letter, ...]:
        """Take letters that are due and that nobody else is delivering. Raises StoreUnavailable."""
        return await self._writer.run(partial(_taken, taker=taker, limit=limit, now_us=self._clock.now_us))

    async def put_back(self, owner: str, letter: Letter, change: Callable[[Letter], Letter]) -> None:
        """Change the letter as it is by now, and give it back if it is that owner's. Raises StoreUnavailable."""
        await self._writer.run(partial(_put_back, owner=owner, letter=letter, change=change))

    async def takers(self, scope: Scope) -> frozenset[str]:
        """Every owner that has letters of the scope. Raises StoreUnavailable."""
        return await self._writer.read(partial(_takers, scope=scope))

    async def lapse(self, scope: Scope, unconfirmed_since_us: int, at_us: int) -> None:
        """End what stands and nobody has confirmed since then. Raises StoreUnavailable."""
        await self._writer.run(partial(_lapse, scope=scope, since_us=unconfirmed_since_us, at_us=at_us))

    async def forget(self, scope: Scope, over_since_us: int) -> None:
        """Drop the letters about what was over before that time. Raises StoreUnavailable."""
        await self._writer.run(partial(_forget, scope=scope, since_us=over_since_us))

    async def merge(self, letters: Sequence[Letter]) -> None:
        """Make these letters part of those that are stored. Raises StoreUnavailable."""
        if letters:
            await self._writer.run(partial(_merge, letters=tuple(letters)))

    async def letters(self, scope: Scope | None = None) -> tuple[Letter, ...]:
        """All letters, in order. Raises StoreUnavailable."""
        return await self._writer.read(partial(_letters, scope=scope))


# --- inside a transaction -----------------------------------------------------------------------------------------


def _report(connection: Connection, channels: tuple[str, ...], reports: tuple[Report, ...]) -> None:
    # in one order, so that two processes on PostgreSQL never wait for each other in a circle
    for channel in sorted(channels):
        for report in sorted(reports, key=lambda report: report.subject):
            _report_one(connection, channel, report)


def _report_one(connection: Connection, channel: str, report: Report) -> None:
    found = _found(connection, channel, report.subject)
    if not found and report.course is not Course.OVER:
        if _insert(connection, new_letter(channel, report)):
            return
        found = _found(connection, channel, report.subject)
    for letter in found:
        _write(connection, letter, reported(letter, report))


def _taken(connection: Connection, taker: Taker, limit: int, now_us: Callable[[], int]) -> tuple[Letter, ...]:
    given = {
        **scoped(taker.scope), "its_channel": taker.channel, "taker": taker.owner, "lease_us": taker.lease_us,
        "gone": sorted(taker.gone), "taker_now_us": taker.now_us, "row_limit": limit, "row_now_us": now_us(),
    }
    rows = connection.execute(_TAKE[connection.dialect.name], given).mappings()
    return tuple(sorted(map(_letter, rows), key=lambda letter: (letter.due_at_us or 0, letter.address)))


def _put_back(connection: Connection, owner: str, letter: Letter, change: Callable[[Letter], Letter]) -> None:
    for now in _found(connection, *letter.address):
        _write(connection, now, change(now))
    connection.execute(_GIVE_BACK, {**_its(*letter.address), "its_owner": owner})


def _takers(connection: Connection, scope: Scope) -> frozenset[str]:
    return frozenset(connection.execute(_TAKERS, scoped(scope)).scalars())


def _lapse(connection: Connection, scope: Scope, since_us: int, at_us: int) -> None:
    for letter in _read(connection.execute(_UNCONFIRMED, {**scoped(scope), "its_since_us": since_us}).mappings()):
        _write(connection, letter, lapsed(letter, at_us))


def _forget(connection: Connection, scope: Scope, since_us: int) -> None:
    connection.execute(_FORGET, {**scoped(scope), "its_since_us": since_us})


def _merge(connection: Connection, letters: tuple[Letter, ...]) -> None:
    for ours in sorted(letters, key=lambda letter: letter.address):
        if not _insert(connection, ours):
            for stored in _found(connection, *ours.address):
                _write(connection, stored, merged(stored, ours))


def _letters(connection: Connection, scope: Scope | None) -> tuple[Letter, ...]:
    if scope is None:
        return tuple(_read(connection.execute(_EVERY).mappings()))
    return tuple(_read(connection.execute(_OF_SCOPE, scoped(scope)).mappings()))


# --- rows ---------------------------------------------------------------------------------------------------------


def _found(connection: Connection, channel: str, subject: Subject) -> list[Letter]:
    """The letters to that channel that the subject covers, their rows locked until the transaction ends."""
    wanted = _ALL_OF_POSITION if subject.condition == ANY else _ONE
    return _read(connection.execute(wanted, _its(channel, subject)).mappings())


def _insert(connection: Connection, letter: Letter) -> bool:
    return connection.execute(_INSERT[connection.dialect.name], _row(letter)).rowcount == 1


def _write(connection: Connection, before: Letter, after: Letter) -> None:
    if after != before:
        connection.execute(_WRITE, {**_its(*after.address), **{name: getattr(after, name) for name in _SAID}})


def _its(channel: str, subject: Subject) -> dict[str, str]:
    return {
        **scoped(subject.scope), "its_channel": channel, "its_position_id": subject.position_id,
        "its_condition": subject.condition, "its_key": subject.key,
    }


def _row(letter: Letter) -> dict[str, Any]:
    subject = {name: getattr(letter.subject, name) for name in _SUBJECT}
    return {"channel": letter.channel, **subject, **{name: getattr(letter, name) for name in _SAID}}


def _read(rows: Iterable[RowMapping]) -> list[Letter]:
    return [_letter(row) for row in rows]


def _letter(row: RowMapping) -> Letter:
    subject = Subject(**{name: row[name] for name in _SUBJECT})
    return Letter(row["channel"], subject, **{name: row[name] for name in _SAID})
