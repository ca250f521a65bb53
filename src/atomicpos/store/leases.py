"""Leases in SQL: each act is one statement, whose condition is checked and whose effect is made at once.

A row is free for a claimant when it has no owner, when its owner is known to be gone, or when its lease lapsed by the
clock that all share. On PostgreSQL claims skip what another claim has locked, on ``positions`` alone: joined to any
other table, a row that was claimed in between would pass the condition once more. SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, Update, bindparam, case, or_, select, update

from atomicpos.models import Scope
from atomicpos.ports import Claimant
from atomicpos.record import Record

from .heartbeats import forget
from .reading import with_orders
from .statements import DIALECTS, SCOPED, scoped
from .tables import UNSETTLED, positions

_rows = positions.c
_CLAIMANT: ColumnElement[str] = bindparam("claimant")


@dataclass(frozen=True, slots=True)
class _Statements:
    claim: Update
    claim_one: Update
    renew: Update


def _statements(now_us: ColumnElement[int]) -> _Statements:
    until_us = now_us + bindparam("lease_us", type_=BigInteger)
    lapsed = or_(_rows.lease_until_us.is_(None), _rows.lease_until_us <= now_us)
    free = or_(_rows.owner.is_(None), lapsed, _rows.owner.in_(bindparam("gone", expanding=True)))
    due = _rows.wake_at_us.nulls_first(), _rows.created_at_us, _rows.id
    # the claimant's own rows are being driven by it, however old their lease: it renews them
    found = (
        select(_rows.id)
        .where(*SCOPED, UNSETTLED, or_(_rows.owner.is_(None), _rows.owner != _CLAIMANT), free)
        .order_by(*due)
        .limit(bindparam("row_limit"))
        .with_for_update(skip_locked=True)
        .cte("found")
    )
    taken = {"owner": _CLAIMANT, "lease_until_us": until_us, "wanted_by": None}
    kept = case((_rows.owner == _CLAIMANT, _rows.fence), else_=_rows.fence + 1)
    return _Statements(
        claim=update(positions)
        .where(_rows.id.in_(select(found.c.id)))
        .values(taken | {"fence": _rows.fence + 1})
        .returning(positions),
        claim_one=update(positions)
        .where(_rows.id == bindparam("row_id"), *SCOPED, or_(_rows.owner == _CLAIMANT, free))
        .values(taken | {"fence": kept})
        .returning(positions),
        renew=update(positions).where(*_OWN).values(lease_until_us=until_us).returning(_rows.id, _rows.fence),
    )


_OWN = (_rows.owner == _CLAIMANT, *SCOPED)
_STATEMENTS = {name: _statements(dialect.now_us) for name, dialect in DIALECTS.items()}
_RELEASE = update(positions).where(*_OWN).values(owner=None, lease_until_us=None, wanted_by=None)
_GIVE_BACK = _RELEASE.where(_rows.id == bindparam("row_id"))
_WANT = (
    update(positions)
    .where(_rows.id == bindparam("row_id"), *SCOPED, _rows.owner != _CLAIMANT)
    .values(wanted_by=_CLAIMANT)
)
_OWNERS = select(_rows.owner).where(*SCOPED, UNSETTLED, _rows.owner.is_not(None)).distinct()


class Claim:
    """Takes rows that nobody drives, those due first; one that does not say when it is due comes before them.

    Run again because the answer to COMMIT was lost, it finds what it took the first time: those rows have an owner by
    then, this one, and no claim would ever show them to it again.
    """

    def __init__(self, claimant: Claimant, limit: int, now_us: Callable[[], int]) -> None:
        self._claimant = claimant
        self._limit = limit
        self._now_us = now_us
        self._took: dict[str, int] = {}

    def __call__(self, connection: Connection) -> tuple[Record, ...]:
        """The rows it took. Whether they are its own for good is known when the transaction is committed."""
        rows = self._taken_before(connection) or self._take(connection)
        self._took = {row["id"]: row["fence"] for row in rows}
        return with_orders(connection, sorted(rows, key=_due))

    def _take(self, connection: Connection) -> Sequence[RowMapping]:
        given = {**_given(self._claimant, self._now_us()), "row_limit": self._limit}
        return connection.execute(_of(connection).claim, given).mappings().all()

    def _taken_before(self, connection: Connection) -> Sequence[RowMapping]:
        if not self._took:
            return ()
        own = select(positions).where(*_OWN, UNSETTLED)
        rows = connection.execute(own, _given(self._claimant, 0)).mappings()
        return [row for row in rows if self._took.get(row["id"]) == row["fence"]]


def claim_one(connection: Connection, claimant: Claimant, position_id: str, now_us: Callable[[], int]) -> Record | None:
    """Take that row, or renew the lease of one's own; None when another's stands or the scope has no such row."""
    given = {**_given(claimant, now_us()), "row_id": position_id}
    rows = connection.execute(_of(connection).claim_one, given).mappings().all()
    return next(iter(with_orders(connection, rows)), None)


def renew(connection: Connection, claimant: Claimant, now_us: Callable[[], int]) -> dict[str, int]:
    """Renew every lease of the owner; the fence of each of its rows."""
    rows = connection.execute(_of(connection).renew, _given(claimant, now_us()))
    return {row.id: row.fence for row in rows}


def release(connection: Connection, claimant: Claimant, now_us: Callable[[], int]) -> None:
    """Give every row of the owner back, and its heartbeat."""
    connection.execute(_RELEASE, _given(claimant, 0))
    forget(connection, claimant, now_us)


def give_back(connection: Connection, claimant: Claimant, position_id: str) -> None:
    """Give that row back, if it is the owner's."""
    connection.execute(_GIVE_BACK, {**_given(claimant, 0), "row_id": position_id})


def want(connection: Connection, claimant: Claimant, position_id: str) -> None:
    """Ask the owner of that row for it; one without an owner is there for the taking."""
    connection.execute(_WANT, {**_given(claimant, 0), "row_id": position_id})


def owners(connection: Connection, scope: Scope) -> frozenset[str]:
    """The owners of the scope's rows that hold their slot."""
    return frozenset(connection.execute(_OWNERS, scoped(scope)).scalars())


def _of(connection: Connection) -> _Statements:
    return _STATEMENTS[connection.dialect.name]


def _given(claimant: Claimant, now_us: int) -> dict[str, Any]:
    return {
        **scoped(claimant.scope),
        "claimant": claimant.owner,
        "lease_us": claimant.lease_us,
        "gone": sorted(claimant.gone),
        "row_now_us": now_us,
    }


def _due(row: RowMapping) -> tuple[int, int, str]:
    return row["wake_at_us"] or 0, row["created_at_us"], row["id"]
