"""Heartbeats in SQL: one row an owner, dated by the clock that all share, gone when the owner leaves in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, delete, insert, select

from atomicpos.models import MICROSECONDS, Scope
from atomicpos.ports import Claimant, Heard, Heartbeat

from .prepared import Prepared, Row
from .statements import DIALECTS
from .tables import watchdogs

FORGOTTEN_US = 86_400 * MICROSECONDS
"""How old the heartbeat of an owner that never said goodbye may become."""

_rows = watchdogs.c
_SCOPE = ("exchange", "environment", "account")
_SAID = ("owner", "positions", "driven", "behind_us", "waits_for")
_OF_ITS_ACCOUNT = tuple(_rows[name] == bindparam(f"its_{name}") for name in _SCOPE)
_ITS_OWN = (_rows.owner == bindparam("its_owner"), *_OF_ITS_ACCOUNT)
_FORGET = Prepared(delete(watchdogs).where(*_ITS_OWN))


@dataclass(frozen=True, slots=True)
class _Statements:
    forget_old: Prepared
    say: Prepared
    heard: Prepared
    forget_outlived: Prepared


def _statements(now_us: ColumnElement[int]) -> _Statements:
    said: dict[str, Any] = {name: bindparam(name) for name in (*_SCOPE, *_SAID)}
    age_us: ColumnElement[int] = (now_us - _rows.beat_at_us).label("age_us")
    outlived = _rows.beat_at_us < now_us - bindparam("lease_us", type_=BigInteger)
    return _Statements(
        forget_old=Prepared(delete(watchdogs).where(_rows.beat_at_us < now_us - FORGOTTEN_US)),
        say=Prepared(insert(watchdogs).values({**said, "beat_at_us": now_us})),
        heard=Prepared(select(watchdogs, age_us).order_by(_rows.beat_at_us.desc())),
        forget_outlived=Prepared(delete(watchdogs).where(outlived, *_OF_ITS_ACCOUNT)),
    )


_STATEMENTS = {name: _statements(dialect.now_us) for name, dialect in DIALECTS.items()}


def beat(connection: Connection, heartbeat: Heartbeat, now_us: Callable[[], int]) -> None:
    """Put this heartbeat in the place of the owner's last one; forget what is very old."""
    statements, given = _of(connection), {"row_now_us": now_us()}
    statements.forget_old.run(connection, given)
    _FORGET.run(connection, _its(heartbeat.owner, heartbeat.scope))
    values = {name: getattr(heartbeat, name) for name in _SAID} | _scope(heartbeat.scope)
    statements.say.run(connection, {**values, **given})


def heard(connection: Connection, now_us: Callable[[], int]) -> tuple[Heard, ...]:
    """Every heartbeat, and how old it is by that clock, the newest first."""
    rows = _of(connection).heard.rows(connection, {"row_now_us": now_us()})
    return tuple(Heard(_heartbeat(row), row["age_us"]) for row in rows)


def _heartbeat(row: Row) -> Heartbeat:
    return Heartbeat(Scope(*(row[name] for name in _SCOPE)), **{name: row[name] for name in _SAID})


def forget(connection: Connection, claimant: Claimant, now_us: Callable[[], int]) -> None:
    """The owner left in order: nobody need wonder at its silence, nor at that of those it has outlived by a lease."""
    its = _its(claimant.owner, claimant.scope)
    _FORGET.run(connection, its)
    given = {**its, "row_now_us": now_us(), "lease_us": claimant.lease_us}
    _of(connection).forget_outlived.run(connection, given)


def _of(connection: Connection) -> _Statements:
    return _STATEMENTS[connection.dialect.name]


def _scope(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in _SCOPE}


def _its(owner: str, scope: Scope) -> dict[str, Any]:
    return {"its_owner": owner, **{f"its_{name}": value for name, value in _scope(scope).items()}}
