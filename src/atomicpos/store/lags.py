"""Counts of lags in SQL: one row a bucket, and each write adds to what is there, whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, case, select
from sqlalchemy.dialects import postgresql, sqlite

from atomicpos.lag import LagCount

from .tables import lags

_KEY = ("exchange", "environment", "source", "bucket")
_FIELDS = tuple(field.name for field in fields(LagCount))
_ALL = select(*(lags.c[name] for name in _FIELDS)).order_by(*(lags.c[name] for name in _KEY))


def _adding(insert: Any) -> Any:
    new = insert.excluded
    longer = case((new.longest_us > lags.c.longest_us, new.longest_us), else_=lags.c.longest_us)
    sums = {"samples": lags.c.samples + new.samples, "longest_us": longer}
    return insert.on_conflict_do_update(index_elements=_KEY, set_=sums)


_ADD = {"sqlite": _adding(sqlite.insert(lags)), "postgresql": _adding(postgresql.insert(lags))}


def learn(connection: Connection, counts: Sequence[LagCount]) -> None:
    """Add these counts. In one order, so that two processes on PostgreSQL never wait for each other in a circle."""
    rows = [{name: getattr(count, name) for name in _FIELDS} for count in counts]
    if rows:
        connection.execute(_ADD[connection.dialect.name], sorted(rows, key=lambda row: [row[name] for name in _KEY]))


def learnt(connection: Connection) -> tuple[LagCount, ...]:
    """All counts, in order."""
    return tuple(LagCount(*row) for row in connection.execute(_ALL))
