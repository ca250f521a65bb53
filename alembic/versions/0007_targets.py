"""Targets: where the profit is to be taken, asked for with the position, and the leg of the order that takes it.

SQLite adds a column that nothing is said about where the others end, before the rules of the table, which is where this
release's own tables have it; a rule it cannot change: the orders are made anew around their rows, inside the one
transaction that the store holds open. PostgreSQL alters both where they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

EXACT = sa.Text().with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    for column in ("target_percent", "target_price_asked"):
        op.add_column("positions", sa.Column(column, EXACT))
    if op.get_context().dialect.name == "sqlite":
        rebuild_in_sqlite()
    else:
        alter_in_postgresql()


# --- SQLite -----------------------------------------------------------------------------------------------------

ORDERS = """
CREATE TABLE orders (
    position_id TEXT NOT NULL,
    leg TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    client_order_id TEXT NOT NULL,
    order_side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    reduce_only BOOLEAN NOT NULL,
    trigger_price TEXT,
    trigger_by TEXT,
    limit_price TEXT,
    attached BOOLEAN NOT NULL,
    sending TEXT NOT NULL,
    sends INTEGER NOT NULL,
    first_sent_at_us BIGINT,
    sent_at_us BIGINT,
    refusal TEXT,
    why TEXT,
    cancels INTEGER NOT NULL,
    cancel_sent_at_us BIGINT,
    exchange_order_id TEXT,
    status TEXT,
    filled TEXT NOT NULL,
    average TEXT,
    created_at_us BIGINT,
    updated_at_us BIGINT,
    read_back BOOLEAN NOT NULL,
    seen_at_us BIGINT,
    proven_absent BOOLEAN NOT NULL,
    PRIMARY KEY (position_id, leg, attempt),
    CONSTRAINT ck_orders_leg CHECK (leg IN ('entry', 'stop', 'close', 'target')),
    CONSTRAINT ck_orders_order_side CHECK (order_side IN ('buy', 'sell')),
    CONSTRAINT ck_orders_trigger_by CHECK (trigger_by IN ('mark', 'last', 'index')),
    CONSTRAINT ck_orders_sending CHECK (sending IN ('intended', 'in_flight', 'acknowledged', 'refused', 'not_sent',
        'unknown')),
    CONSTRAINT ck_orders_refusal CHECK (refusal IN ('no_position', 'would_trigger', 'unknown_order', 'duplicate_id',
        'rate_limited', 'precision', 'quantity', 'price_band', 'too_many_stops', 'funds', 'other')),
    CONSTRAINT ck_orders_status CHECK (status IN ('open', 'partial', 'untriggered', 'triggered', 'filled', 'dead',
        'unknown')),
    CONSTRAINT ck_orders_quantity CHECK (CAST(quantity AS NUMERIC) > 0
        AND CAST(quantity AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_orders_limit_price CHECK (CAST(limit_price AS NUMERIC) > 0
        AND CAST(limit_price AS NUMERIC) < 'Infinity'),
    FOREIGN KEY(position_id) REFERENCES positions (id)
)
"""

ORDERS_COLUMNS = (
    "position_id, leg, attempt, client_order_id, order_side, quantity, reduce_only, trigger_price, trigger_by, "
    "limit_price, attached, sending, sends, first_sent_at_us, sent_at_us, refusal, why, cancels, "
    "cancel_sent_at_us, exchange_order_id, status, filled, average, created_at_us, updated_at_us, read_back, "
    "seen_at_us, proven_absent"
)


def rebuild_in_sqlite() -> None:
    op.execute(f"CREATE TABLE set_aside AS SELECT {ORDERS_COLUMNS} FROM orders")
    op.execute("DROP TABLE orders")
    op.execute(ORDERS)
    op.execute(f"INSERT INTO orders ({ORDERS_COLUMNS}) SELECT {ORDERS_COLUMNS} FROM set_aside")
    op.execute("DROP TABLE set_aside")
    op.execute("CREATE UNIQUE INDEX uq_orders_client_order_id ON orders (client_order_id)")


# --- PostgreSQL -------------------------------------------------------------------------------------------------


def alter_in_postgresql() -> None:
    op.drop_constraint("ck_orders_leg", "orders", type_="check")
    op.create_check_constraint("ck_orders_leg", "orders", "leg IN ('entry', 'stop', 'close', 'target')")
