"""Heartbeats in SQL: one row an owner, dated by the clock that all share, gone when the owner leaves in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, insert, select

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


def beat(connection: Connection, heartbeat: Heartbeat, now_us: Callable[[], int]) -> None:
    """Put this heartbeat in the place of the owner's last one; forget what is very old."""
    clock = _clock(connection)
    given = {"row_now_us": now_us()}
    connection.execute(delete(watchdogs).where(_rows.beat_at_us < clock - FORGOTTEN_US), given)
    connection.execute(_FORGET, _its(heartbeat.owner, heartbeat.scope))
    said: dict[str, Any] = {name: bindparam(name) for name in (*SCOPE, *_SAID)}
    values = {name: getattr(heartbeat, name) for name in _SAID} | asdict(heartbeat.scope)
    connection.execute(insert(watchdogs).values({**said, "beat_at_us": clock}), {**values, **given})


def heard(connection: Connection, now_us: Callable[[], int]) -> tuple[Heard, ...]:
    """Every heartbeat, and how old it is by that clock, the newest first."""
    age_us: ColumnElement[int] = (_clock(connection) - _rows.beat_at_us).label("age_us")
    rows = connection.execute(select(watchdogs, age_us).order_by(_rows.beat_at_us.desc()), {"row_now_us": now_us()})
    return tuple(Heard(_heartbeat(row), row["age_us"]) for row in rows.mappings())


def _heartbeat(row: RowMapping) -> Heartbeat:
    return Heartbeat(Scope(*(row[name] for name in SCOPE)), **{name: row[name] for name in _SAID})


def forget(connection: Connection, claimant: Claimant, now_us: Callable[[], int]) -> None:
    """The owner left in order: nobody need wonder at its silence, nor at that of those it has outlived by a lease."""
    its = _its(claimant.owner, claimant.scope)
    connection.execute(_FORGET, its)
    outlived = _rows.beat_at_us < _clock(connection) - claimant.lease_us
    connection.execute(delete(watchdogs).where(outlived, *_OF_ITS_ACCOUNT), {**its, "row_now_us": now_us()})


def _clock(connection: Connection) -> ColumnElement[int]:
    return DIALECTS[connection.dialect.name].now_us


def _its(owner: str, scope: Scope) -> dict[str, Any]:
    return {"its_owner": owner, **scoped(scope)}
