"""Leases: who drives a row, under which fence, until when, and when the row is due. The expanding half.

What a process of the release before still writes stays valid: the fence has a default, everything else may be NULL.
The contracting half is a revision of its own, for once no such process is left.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("settled_at_us IS NULL")
SETTLED = sa.text("settled_at_us IS NOT NULL")
OWNED = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    op.add_column("positions", sa.Column("owner", sa.Text()))
    op.add_column("positions", sa.Column("fence", sa.BigInteger(), server_default=sa.text("0")))
    op.add_column("positions", sa.Column("lease_until_us", sa.BigInteger()))
    op.add_column("positions", sa.Column("wanted_by", sa.Text()))
    op.add_column("positions", sa.Column("wake_at_us", sa.BigInteger()))
    # nobody owns an old row, and one that is not settled has been due since it was last written
    op.execute("UPDATE positions SET wake_at_us = updated_at_us WHERE holds_slot")
    index("ix_positions_due", "wake_at_us", UNSETTLED)
    index("ix_positions_settled", "settled_at_us", SETTLED)
    index("ix_positions_owner", "owner", OWNED)
    op.create_table(
        "watchdogs",
        sa.Column("owner", sa.Text(), primary_key=True),
        sa.Column("exchange", sa.Text(), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.Column("driven", sa.Integer(), nullable=False),
        sa.Column("behind_us", sa.BigInteger(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("beat_at_us", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("exchange", sa.Text(), primary_key=True),
        sa.Column("environment", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("exchange_account_id", sa.Text(), nullable=False),
    )


def index(name: str, column: str, rows: sa.TextClause) -> None:
    """An index over some rows of each account, so that its size follows those rows and no others."""
    columns = ["exchange", "environment", "account", column]
    op.create_index(name, "positions", columns, sqlite_where=rows, postgresql_where=rows)
