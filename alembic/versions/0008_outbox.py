"""The outbox: what people must still hear, for each condition and channel, whichever process delivers it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("exchange", sa.Text(), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("position_id", sa.Text(), primary_key=True),
        sa.Column("condition", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("began_at_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at_us", sa.BigInteger(), nullable=False),
        sa.Column("over_at_us", sa.BigInteger()),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at_us", sa.BigInteger()),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_us", sa.BigInteger()),
        sa.Column("tried_at_us", sa.BigInteger()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at_us", sa.BigInteger()),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until_us", sa.BigInteger()),
        sa.CheckConstraint("told >= 0", name="ck_outbox_told"),
        sa.CheckConstraint("stands OR over_at_us IS NOT NULL", name="ck_outbox_over"),
        sa.CheckConstraint("due_at_us IS NOT NULL OR (NOT stands AND told = 0)", name="ck_outbox_due"),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["exchange", "environment", "account", "channel", "due_at_us"],
        sqlite_where=sa.text("due_at_us IS NOT NULL"), postgresql_where=sa.text("due_at_us IS NOT NULL"),
    )
