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

HELD = sa.text("holds_slot")
SETTLED = sa.text("NOT holds_slot")
OWNED = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    op.add_column("positions", sa.Column("owner", sa.Text()))
    op.add_column("positions", sa.Column("fence", sa.BigInteger(), server_default=sa.text("0")))
    op.add_column("positions", sa.Column("lease_until_us", sa.BigInteger()))
    op.add_column("positions", sa.Column("wake_at_us", sa.BigInteger()))
    # nobody owns an old row, and one that is not settled has been due since it was last written
    op.execute("UPDATE positions SET wake_at_us = updated_at_us WHERE holds_slot")
    index("ix_positions_due", "wake_at_us", HELD)
    index("ix_positions_settled", "settled_at_us", SETTLED)
    index("ix_positions_owner", "owner", OWNED)


def index(name: str, column: str, rows: sa.TextClause) -> None:
    """An index over some rows of each account, so that its size follows those rows and no others."""
    columns = ["exchange", "environment", "account", column]
    op.create_index(name, "positions", columns, sqlite_where=rows, postgresql_where=rows)
