"""The first schema: positions with their orders, journal and evidence, and the installation's four characters.

Written out and never changed again: what the tables were at this revision, whatever the program says today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_installation()
    create_positions()
    create_orders()
    create_journal()
    create_evidence()


def exact() -> sa.types.TypeEngine[object]:
    """A decimal that keeps its scale: text in SQLite, numeric without a scale in PostgreSQL."""
    return sa.Text().with_variant(sa.Numeric(), "postgresql")


def create_installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_installation_one"),
    )


def create_positions() -> None:
    op.create_table(
        "positions",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("market_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("stop_percent", exact()),
        sa.Column("stop_price_asked", exact()),
        sa.Column("trigger_by", sa.Text(), nullable=False),
        sa.Column("mark_price", exact(), nullable=False),
        sa.Column("tick", exact(), nullable=False),
        sa.Column("step", exact(), nullable=False),
        sa.Column("leverage", exact()),
        sa.Column("leverage_confirmed", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("request_hash", sa.Text()),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holds_slot", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("deadline_us", sa.BigInteger(), nullable=False),
        sa.Column("filled_quantity", exact(), nullable=False),
        sa.Column("entry_price", exact()),
        sa.Column("closed_quantity", exact(), nullable=False),
        sa.Column("stop_price", exact()),
        sa.Column("filled_at_us", sa.BigInteger()),
        sa.Column("protected_at_us", sa.BigInteger()),
        sa.Column("suspected_at_us", sa.BigInteger()),
        sa.Column("settled_at_us", sa.BigInteger()),
        sa.Column("exposure_us", sa.BigInteger(), nullable=False),
        sa.Column("proof_kind", sa.Text()),
        sa.Column("proof_at_us", sa.BigInteger()),
        sa.Column("proof_detail", sa.Text()),
        sa.Column("last_send_at_us", sa.BigInteger()),
        sa.Column("open_orders", sa.Integer(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('long', 'short')", name="ck_positions_side"),
        sa.CheckConstraint("trigger_by IN ('mark', 'last', 'index')", name="ck_positions_trigger_by"),
        sa.CheckConstraint("goal IN ('protect', 'flat')", name="ck_positions_goal"),
        sa.CheckConstraint(
            "state IN ('pending_entry', 'order_filled', 'verifying', 'protected', "
            "'orphan_suspected', 'rolled_back', 'closed_immediately', 'closed')",
            name="ck_positions_state",
        ),
        sa.CheckConstraint(
            "proof_kind IN ('stop_read_back', 'not_sent', 'refused', 'dead_unfilled', 'absent', 'exited', 'operator')",
            name="ck_positions_proof_kind",
        ),
        sa.CheckConstraint("CAST(quantity AS NUMERIC) > 0", name="ck_positions_quantity"),
        sa.CheckConstraint("CAST(entry_price AS NUMERIC) > 0", name="ck_positions_entry_price"),
        sa.CheckConstraint("CAST(stop_price AS NUMERIC) > 0", name="ck_positions_stop_price"),
        sa.CheckConstraint("version >= 1", name="ck_positions_version"),
        sa.CheckConstraint("open_orders >= 0", name="ck_positions_open_orders"),
        sa.CheckConstraint(
            "(holds_slot AND state NOT IN ('rolled_back', 'closed_immediately', 'closed')) "
            "OR (NOT holds_slot AND state IN ('rolled_back', 'closed_immediately', 'closed'))",
            name="ck_positions_holds_slot",
        ),
        sa.CheckConstraint(
            "state NOT IN ('rolled_back', 'closed_immediately', 'closed') "
            "OR (proof_kind IS NOT NULL AND proof_at_us IS NOT NULL AND settled_at_us IS NOT NULL "
            "AND open_orders = 0 "
            "AND proof_kind IN ('not_sent', 'refused', 'dead_unfilled', 'absent', 'exited', 'operator') "
            "AND (proof_kind IN ('not_sent', 'operator') OR proof_at_us >= coalesce(last_send_at_us, 0)))",
            name="ck_positions_settled_proven",
        ),
    )
    op.create_index("ix_positions_created", "positions", ["created_at_us"])
    op.create_index("ix_positions_state", "positions", ["state", "created_at_us"])
    op.create_index("ix_positions_symbol", "positions", ["symbol", "created_at_us"])
    op.create_index(
        "uq_positions_key",
        "positions",
        ["exchange", "environment", "account", "idempotency_key"],
        unique=True,
        sqlite_where=sa.text("idempotency_key IS NOT NULL"),
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "uq_positions_slot",
        "positions",
        ["exchange", "environment", "account", "symbol"],
        unique=True,
        sqlite_where=sa.text("holds_slot"),
        postgresql_where=sa.text("holds_slot"),
    )


def create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("position_id", sa.Text(), sa.ForeignKey("positions.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", exact()),
        sa.Column("price", exact()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at_us", sa.BigInteger(), nullable=False),
        sa.Column("answered_at_us", sa.BigInteger(), nullable=False),
        sa.Column("exchange_time_us", sa.BigInteger()),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("absent_ids", sa.Text(), nullable=False),
        sa.Column("fills", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("last_answered_at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('seen', 'absent', 'unknown')", name="ck_evidence_kind"),
    )
    op.create_index("ix_evidence_source", "evidence", ["position_id", "source", "seq"])


def create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("position_id", sa.Text(), sa.ForeignKey("positions.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("position_id", sa.Text(), sa.ForeignKey("positions.id"), primary_key=True),
        sa.Column("leg", sa.Text(), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("client_order_id", sa.Text(), nullable=False),
        sa.Column("order_side", sa.Text(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("reduce_only", sa.Boolean(), nullable=False),
        sa.Column("trigger_price", exact()),
        sa.Column("trigger_by", sa.Text()),
        sa.Column("sending", sa.Text(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("first_sent_at_us", sa.BigInteger()),
        sa.Column("sent_at_us", sa.BigInteger()),
        sa.Column("refusal", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.Column("cancels", sa.Integer(), nullable=False),
        sa.Column("cancel_sent_at_us", sa.BigInteger()),
        sa.Column("exchange_order_id", sa.Text()),
        sa.Column("status", sa.Text()),
        sa.Column("filled", exact(), nullable=False),
        sa.Column("average", exact()),
        sa.Column("created_at_us", sa.BigInteger()),
        sa.Column("updated_at_us", sa.BigInteger()),
        sa.Column("read_back", sa.Boolean(), nullable=False),
        sa.Column("seen_at_us", sa.BigInteger()),
        sa.Column("proven_absent", sa.Boolean(), nullable=False),
        sa.CheckConstraint("leg IN ('entry', 'stop', 'close')", name="ck_orders_leg"),
        sa.CheckConstraint("order_side IN ('buy', 'sell')", name="ck_orders_order_side"),
        sa.CheckConstraint("trigger_by IN ('mark', 'last', 'index')", name="ck_orders_trigger_by"),
        sa.CheckConstraint(
            "sending IN ('intended', 'in_flight', 'acknowledged', 'refused', 'not_sent', 'unknown')",
            name="ck_orders_sending",
        ),
        sa.CheckConstraint(
            "refusal IN ('no_position', 'would_trigger', 'unknown_order', 'duplicate_id', "
            "'rate_limited', 'funds', 'other')",
            name="ck_orders_refusal",
        ),
        sa.CheckConstraint(
            "status IN ('open', 'partial', 'untriggered', 'triggered', 'filled', 'dead', 'unknown')",
            name="ck_orders_status",
        ),
        sa.CheckConstraint("CAST(quantity AS NUMERIC) > 0", name="ck_orders_quantity"),
    )
    op.create_index("uq_orders_client_order_id", "orders", ["client_order_id"], unique=True)
