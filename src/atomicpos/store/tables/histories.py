"""What a position went through and what was found of it: only ever added to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from atomicpos.evidence import Kind

from ..columns import Exact, FreeText, Word
from ..rules import among
from .scope import metadata

journal = Table(
    "journal",
    metadata,
    Column("position_id", FreeText, ForeignKey("positions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", FreeText, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("cause", FreeText, nullable=False),
    Column("data", FreeText, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("position_id", FreeText, ForeignKey("positions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("source", FreeText, nullable=False),
    Column("kind", Word(Kind), nullable=False),
    Column("quantity", Exact),
    Column("price", Exact),
    Column("why", FreeText, nullable=False),
    Column("asked_at_us", BigInteger, nullable=False),
    Column("answered_at_us", BigInteger, nullable=False),
    Column("exchange_time_us", BigInteger),
    Column("raw", FreeText, nullable=False),
    Column("orders", FreeText, nullable=False),
    Column("absent_ids", FreeText, nullable=False),
    Column("fills", FreeText, nullable=False),
    Column("position", FreeText, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("last_answered_at_us", BigInteger, nullable=False),
    Column("position_stop", FreeText),
    among("evidence", "kind", Kind),
)

Index("ix_evidence_source", evidence.c.position_id, evidence.c.source, evidence.c.seq)
