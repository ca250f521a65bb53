"""How late each source was seen to be: counts in buckets of fixed edges, to which every process adds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lags",
        sa.Column("exchange", sa.Text(), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("bucket", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
        sa.Column("longest_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("bucket >= 0", name="ck_lags_bucket"),
        sa.CheckConstraint("samples >= 1", name="ck_lags_samples"),
        sa.CheckConstraint("longest_us >= 0", name="ck_lags_longest"),
    )
