"""What is stored beside the positions: whose database it is, who watches, which account a name means, how reads lag."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table

from ..columns import FreeText
from .scope import metadata

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", FreeText, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="ck_installation_one"),
)

watchdogs = Table(
    "watchdogs",
    metadata,
    Column("owner", FreeText, primary_key=True),
    Column("exchange", FreeText, primary_key=True),
    Column("environment", FreeText, primary_key=True),
    Column("account", FreeText, primary_key=True),
    Column("positions", Integer, nullable=False),
    Column("driven", Integer, nullable=False),
    Column("behind_us", BigInteger, nullable=False),
    Column("waits_for", FreeText, nullable=False),
    Column("beat_at_us", BigInteger, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("exchange", FreeText, primary_key=True),
    Column("environment", FreeText, primary_key=True),
    Column("account", FreeText, primary_key=True),
    Column("exchange_account_id", FreeText, nullable=False),
)

lags = Table(
    "lags",
    metadata,
    Column("exchange", FreeText, primary_key=True),
    Column("environment", FreeText, primary_key=True),
    Column("source", FreeText, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("samples", BigInteger, nullable=False),
    Column("longest_us", BigInteger, nullable=False),
    CheckConstraint("bucket >= 0", name="ck_lags_bucket"),
    CheckConstraint("samples >= 1", name="ck_lags_samples"),
    CheckConstraint("longest_us >= 0", name="ck_lags_longest"),
)
