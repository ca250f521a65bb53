"""Every statement the journal runs, built once: binding parameters is all that is left to do per call."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from .tables import evidence, installation, journal, orders, positions

_SCOPED = tuple(positions.c[name] == bindparam(name) for name in ("exchange", "environment", "account"))
_ORDER_KEY = ("position_id", "leg", "attempt")

INSERT_POSITION = insert(positions)

UPDATE_POSITION = (
    update(positions)
    .where(positions.c.id == bindparam("row_id"), positions.c.version == bindparam("row_version"))
    .values({column.name: bindparam(column.name) for column in positions.c if column.name != "id"})
)
"""Moves the row from ``row_version``: no row matched means that somebody else has moved it."""

_NEW_ORDER = upsert(orders)
UPSERT_ORDER = _NEW_ORDER.on_conflict_do_update(
    index_elements=list(_ORDER_KEY),
    set_={column.name: _NEW_ORDER.excluded[column.name] for column in orders.c if column.name not in _ORDER_KEY},
)

INSERT_ENTRY = insert(journal)
LAST_ENTRY = select(func.coalesce(func.max(journal.c.seq), 0)).where(journal.c.position_id == bindparam("position_id"))
ENTRIES = select(journal).where(journal.c.position_id == bindparam("position_id")).order_by(journal.c.seq)

INSERT_EVIDENCE = insert(evidence)
LAST_EVIDENCE = select(func.coalesce(func.max(evidence.c.seq), 0)).where(
    evidence.c.position_id == bindparam("position_id")
)
NEWEST_OF_SOURCE = (
    select(evidence)
    .where(evidence.c.position_id == bindparam("position_id"), evidence.c.source == bindparam("source"))
    .order_by(evidence.c.seq.desc())
    .limit(1)
)
REPEAT_EVIDENCE = (
    update(evidence)
    .where(evidence.c.position_id == bindparam("row_id"), evidence.c.seq == bindparam("row_seq"))
    .values(repeats=evidence.c.repeats + 1, last_answered_at_us=bindparam("row_answered_at_us"))
)
EVIDENCE = select(evidence).where(evidence.c.position_id == bindparam("position_id")).order_by(evidence.c.seq)

POSITION = select(positions).where(positions.c.id == bindparam("position_id"))
ORDERS = select(orders).where(orders.c.position_id == bindparam("position_id")).order_by(orders.c.leg, orders.c.attempt)
KEY_HOLDER = select(positions.c.id).where(*_SCOPED, positions.c.idempotency_key == bindparam("idempotency_key"))
SLOT_HOLDER = select(positions.c.id).where(*_SCOPED, positions.c.symbol == bindparam("symbol"), positions.c.holds_slot)

HOLDING = select(positions).where(*_SCOPED, positions.c.holds_slot).order_by(positions.c.created_at_us, positions.c.id)
LISTED = select(positions).order_by(positions.c.created_at_us.desc(), positions.c.id.desc())

INSTALLATION = select(installation.c.code)
INSERT_INSTALLATION = insert(installation)
