"""The letters that people must be told, by channel: what stands, what was told of it, and when it is due again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, Table, text

from ..columns import FreeText
from .scope import metadata, partial

outbox = Table(
    "outbox",
    metadata,
    Column("channel", FreeText, primary_key=True),
    Column("exchange", FreeText, primary_key=True),
    Column("environment", FreeText, primary_key=True),
    Column("account", FreeText, primary_key=True),
    Column("position_id", FreeText, primary_key=True),
    Column("condition", FreeText, primary_key=True),
    Column("key", FreeText, primary_key=True),
    Column("symbol", FreeText, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("began_at_us", BigInteger, nullable=False),
    Column("confirmed_at_us", BigInteger, nullable=False),
    Column("over_at_us", BigInteger),
    Column("repeats", BigInteger, nullable=False),
    Column("told", Integer, nullable=False),
    Column("told_at_us", BigInteger),
    Column("rounds", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since_us", BigInteger),
    Column("tried_at_us", BigInteger),
    Column("why", FreeText, nullable=False),
    Column("due_at_us", BigInteger),
    Column("owner", FreeText),
    Column("lease_until_us", BigInteger),
    CheckConstraint("told >= 0", name="ck_outbox_told"),
    CheckConstraint("stands OR over_at_us IS NOT NULL", name="ck_outbox_over"),
    CheckConstraint("due_at_us IS NOT NULL OR (NOT stands AND told = 0)", name="ck_outbox_due"),
)

DUE = text("due_at_us IS NOT NULL")
"""The condition of the partial index, in the very words of the statements that it serves."""

partial(outbox, "ix_outbox_due", "channel", "due_at_us", where=DUE)
