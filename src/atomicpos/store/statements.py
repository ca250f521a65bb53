"""The statements on rows, built once: binding parameters is all that is left to do per call.

Parameters that are named like a column set it, and need not be said here: only what is computed is. Any other
parameter of an UPDATE must not be named like a column, hence the prefixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    and_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from atomicpos.models import PositionMode, PositionSide, Scope

from .columns import Word
from .tables import HELD, SCOPE, SETTLED, UNSETTLED, evidence, installation, journal, of_account, orders, positions

SCOPED = of_account(positions)
"""Rows of one account."""

_ORDER_KEY = ("position_id", "leg", "attempt")


def scoped(scope: Scope) -> dict[str, str]:
    """The parameters of ``SCOPED``."""
    return {f"scope_{name}": getattr(scope, name) for name in SCOPE}


# --- what differs between the databases ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two databases say differently."""

    now_us: ColumnElement[int]
    """The clock by which leases last: the server's, or the machine's as the parameter ``row_now_us``."""
    insert_position: Insert
    upsert_order: Insert


def _dialect(now_us: ColumnElement[int], new_order: sqlite.Insert | postgresql.Insert) -> Dialect:
    lease_until_us = now_us + bindparam("row_lease_us", type_=BigInteger)
    changed = {column.name: new_order.excluded[column.name] for column in orders.c if column.name not in _ORDER_KEY}
    return Dialect(
        now_us=now_us,
        insert_position=insert(positions).values(lease_until_us=lease_until_us),
        upsert_order=new_order.on_conflict_do_update(index_elements=list(_ORDER_KEY), set_=changed),
    )


DIALECTS = {
    "sqlite": _dialect(bindparam("row_now_us", type_=BigInteger), sqlite.insert(orders)),
    "postgresql": _dialect(
        cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger), postgresql.insert(orders)
    ),
}

# --- moving rows --------------------------------------------------------------------------------------------------

MOVE_POSITION = update(positions).where(
    positions.c.id == bindparam("row_id"),
    positions.c.version == bindparam("row_version"),
    positions.c.fence == bindparam("row_fence"),
)
"""Moves the row on from ``row_version``. No row matched: somebody else moved it, or took it over.

What was asked is not among it, and neither is who drives the row: a column that an index holds costs, changed or not.
"""
END_POSITION = MOVE_POSITION.values(owner=None, lease_until_us=None, wanted_by=None)
"""The same for a row that settles: its lease is given up."""

_ROWS = positions.c.id.in_(bindparam("row_ids", expanding=True))

LOCK_ROWS = select(positions.c.id).where(_ROWS).order_by(positions.c.id).with_for_update(key_share=True)
"""Those of the rows that exist; on PostgreSQL nobody else appends to them until the transaction ends."""

# --- appending ----------------------------------------------------------------------------------------------------

_NEXT_SEQ = (
    select(func.coalesce(func.max(journal.c.seq), 0) + 1)
    .where(journal.c.position_id == bindparam("row_id"))
    .correlate(None)
    .scalar_subquery()
)
INSERT_ENTRY = insert(journal).values(seq=_NEXT_SEQ).inline()
"""The next line of ``row_id``."""

INSERT_EVIDENCE = insert(evidence)
_newest = (
    select(evidence.c.position_id, evidence.c.source, func.max(evidence.c.seq).label("seq"))
    .where(evidence.c.position_id.in_(bindparam("row_ids", expanding=True)))
    .group_by(evidence.c.position_id, evidence.c.source)
    .subquery()
)
NEWEST_OF_EACH_SOURCE = select(*(column for column in evidence.c if column.name != "raw")).join(
    _newest, and_(evidence.c.position_id == _newest.c.position_id, evidence.c.seq == _newest.c.seq)
)
REPEAT_EVIDENCE = (
    update(evidence)
    .where(evidence.c.position_id == bindparam("row_id"), evidence.c.seq == bindparam("row_seq"))
    .values(repeats=bindparam("row_repeats"), last_answered_at_us=bindparam("row_answered_at_us"))
)

# --- reading ------------------------------------------------------------------------------------------------------

ONE = select(positions).where(positions.c.id == bindparam("row_id"))
ORDERS = select(orders).where(orders.c.position_id == bindparam("row_id")).order_by(orders.c.leg, orders.c.attempt)
ORDERS_OF = (
    select(orders)
    .where(orders.c.position_id.in_(bindparam("row_ids", expanding=True)))
    .order_by(orders.c.leg, orders.c.attempt)
)
KEY_HOLDER = select(positions.c.id).where(*SCOPED, positions.c.idempotency_key == bindparam("key"))
SLOT_HOLDER = {
    side: select(positions.c.id).where(*SCOPED, held, positions.c.symbol == bindparam("slot_symbol"))
    for side, held in HELD.items()
}
"""Who holds that side of a symbol."""
FIND_ORDERS = (
    select(orders.c.client_order_id, orders.c.position_id)
    .join(positions, positions.c.id == orders.c.position_id)
    .where(*SCOPED, orders.c.client_order_id.in_(bindparam("client_order_ids", expanding=True)))
)

@dataclass(frozen=True, slots=True)
class Listing:
    """How several rows are read: themselves in order, and their orders."""

    rows: Select[Any]
    orders: Select[Any]


def listing(rows: Select[Any]) -> Listing:
    """That statement on ``positions``, and one that selects the orders of its rows by the same condition, not by a
    list of ids: there may be any number of them.
    """
    ids = rows.with_only_columns(positions.c.id).order_by(None)
    its_orders = select(orders).where(orders.c.position_id.in_(ids)).order_by(orders.c.leg, orders.c.attempt)
    return Listing(rows, its_orders)


HOLDING = listing(select(positions).where(*SCOPED, UNSETTLED).order_by(positions.c.created_at_us, positions.c.id))
SETTLED_SINCE = listing(
    select(positions)
    .where(*SCOPED, SETTLED, positions.c.settled_at_us >= bindparam("since_us"))
    .order_by(positions.c.settled_at_us.desc(), positions.c.id.desc())
)
NEWEST_ON = (
    select(positions.c.id)
    .where(positions.c.symbol == bindparam("row_symbol"), *SCOPED)
    .order_by(positions.c.created_at_us.desc(), positions.c.id.desc())
    .limit(1)
)
"""Whatever its state: asked for settled rows, it would go through all that settled on any symbol, or on this one."""
NEWEST_ON_SIDE = NEWEST_ON.where(
    positions.c.position_mode == PositionMode.HEDGE, positions.c.side == bindparam("row_side", type_=Word(PositionSide))
)
"""The same of that side in hedge mode."""

PAGE = (
    select(positions)
    .where(
        or_(
            positions.c.created_at_us > bindparam("after_us"),
            and_(positions.c.created_at_us == bindparam("after_us"), positions.c.id > bindparam("after_id")),
        )
    )
    .order_by(positions.c.created_at_us, positions.c.id)
    .limit(bindparam("at_most"))
)

LISTED = select(positions).order_by(positions.c.created_at_us.desc(), positions.c.id.desc())

ENTRIES = select(journal).where(journal.c.position_id == bindparam("row_id")).order_by(journal.c.seq)
EVIDENCE = select(evidence).where(evidence.c.position_id == bindparam("row_id")).order_by(evidence.c.seq)

INSTALLATION = select(installation.c.code)
INSERT_INSTALLATION = insert(installation)
