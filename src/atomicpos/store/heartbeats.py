"""Heartbeats in SQL: one row an owner, dated by the clock that all share, gone when the owner leaves in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Delete,
    Insert,
    RowMapping,
    Select,
    bindparam,
    delete,
    insert,
    select,
)

from atomicpos.models import MICROSECONDS, Scope
from atomicpos.ports import Claimant, Heard, Heartbeat

from .statements import DIALECTS, scoped
from .tables import SCOPE, of_account, watchdogs

FORGOTTEN_US = 86_400 * MICROSECONDS
"""How old the heartbeat of an owner that never said goodbye may become."""

_rows = watchdogs.c
_SAID = ("owner", "positions", "driven", "behind_us", "waits_for")
_OF_ITS_ACCOUNT = of_account(watchdogs)
_ITS_OWN = (_rows.owner == bindparam("its_owner"), *_OF_ITS_ACCOUNT)
_FORGET = delete(watchdogs).where(*_ITS_OWN)


@dataclass(frozen=True, slots=True)
class _Statements:
    forget_old: Delete
    beat: Insert
    heard: Select[Any]
    outlived: Delete


def _statements(clock: ColumnElement[int]) -> _Statements:
    age_us: ColumnElement[int] = (clock - _rows.beat_at_us).label("age_us")
    lease_us = bindparam("lease_us", type_=BigInteger)
    return _Statements(
        forget_old=delete(watchdogs).where(_rows.beat_at_us < clock - FORGOTTEN_US),
        beat=insert(watchdogs).values(beat_at_us=clock),
        heard=select(watchdogs, age_us).order_by(_rows.beat_at_us.desc()),
        outlived=delete(watchdogs).where(_rows.beat_at_us < clock - lease_us, *_OF_ITS_ACCOUNT),
    )


_STATEMENTS = {name: _statements(dialect.now_us) for name, dialect in DIALECTS.items()}


def beat(connection: Connection, heartbeat: Heartbeat, now_us: Callable[[], int]) -> None:
    """Put this heartbeat in the place of the owner's last one; forget what is very old."""
    statements, given = _of(connection), {"row_now_us": now_us()}
    connection.execute(statements.forget_old, given)
    connection.execute(_FORGET, _its(heartbeat.owner, heartbeat.scope))
    values = {name: getattr(heartbeat, name) for name in _SAID} | asdict(heartbeat.scope)
    connection.execute(statements.beat, {**values, **given})


def heard(connection: Connection, now_us: Callable[[], int]) -> tuple[Heard, ...]:
    """Every heartbeat, and how old it is by that clock, the newest first."""
    rows = connection.execute(_of(connection).heard, {"row_now_us": now_us()})
    return tuple(Heard(_heartbeat(row), row["age_us"]) for row in rows.mappings())


def _heartbeat(row: RowMapping) -> Heartbeat:
    return Heartbeat(Scope(*(row[name] for name in SCOPE)), **{name: row[name] for name in _SAID})


def forget(connection: Connection, claimant: Claimant, now_us: Callable[[], int]) -> None:
    """The owner left in order: nobody need wonder at its silence, nor at that of those it has outlived by a lease."""
    its = _its(claimant.owner, claimant.scope)
    connection.execute(_FORGET, its)
    connection.execute(_of(connection).outlived, {**its, "lease_us": claimant.lease_us, "row_now_us": now_us()})


def _of(connection: Connection) -> _Statements:
    return _STATEMENTS[connection.dialect.name]


def _its(owner: str, scope: Scope) -> dict[str, Any]:
    return {"its_owner": owner, **scoped(scope)}
