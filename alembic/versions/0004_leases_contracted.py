"""Leases, the contracting half: every row has a fence, a lease has an owner, and what is settled has its
time. A row that was settled and is not over may be without the slot, which another has by then. Numbers are finite.

PostgreSQL takes NaN for greater than every number, so that "above zero" alone does not refuse it. SQLite cannot change
a CHECK: there the two tables are made anew around their rows, inside the one transaction that the store holds open.
PostgreSQL alters them where they are.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENDS = "('rolled_back', 'closed_immediately', 'closed')"


def upgrade() -> None:
    op.execute("UPDATE positions SET fence = 0 WHERE fence IS NULL")
    # nothing asked for it before; an end has had its time since the first revision
    op.execute(f"UPDATE positions SET settled_at_us = NULL WHERE state NOT IN {ENDS}")
    if op.get_context().dialect.name == "sqlite":
        rebuild_in_sqlite()
    else:
        alter_in_postgresql()


# --- SQLite -----------------------------------------------------------------------------------------------------

POSITIONS = f"""
CREATE TABLE positions (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    owner TEXT,
    fence BIGINT NOT NULL,
    lease_until_us BIGINT,
    wanted_by TEXT,
    wake_at_us BIGINT,
    exchange TEXT NOT NULL,
    environment TEXT NOT NULL,
    account TEXT NOT NULL,
    symbol TEXT NOT NULL,
    market_id TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    stop_percent TEXT,
    stop_price_asked TEXT,
    trigger_by TEXT NOT NULL,
    mark_price TEXT NOT NULL,
    tick TEXT NOT NULL,
    step TEXT NOT NULL,
    leverage TEXT,
    leverage_confirmed BOOLEAN NOT NULL,
    margin_mode TEXT,
    margin_mode_confirmed BOOLEAN NOT NULL,
    idempotency_key TEXT,
    request_hash TEXT,
    goal TEXT NOT NULL,
    state TEXT NOT NULL,
    holds_slot BOOLEAN NOT NULL,
    reason TEXT,
    deadline_us BIGINT NOT NULL,
    rule_percent TEXT,
    rule_price TEXT,
    moving_percent TEXT,
    moving_price TEXT,
    parts_asked TEXT NOT NULL,
    filled_quantity TEXT NOT NULL,
    entry_price TEXT,
    closed_quantity TEXT NOT NULL,
    stop_price TEXT,
    filled_at_us BIGINT,
    protected_at_us BIGINT,
    suspected_at_us BIGINT,
    settled_at_us BIGINT,
    exposure_us BIGINT NOT NULL,
    proof_kind TEXT,
    proof_at_us BIGINT,
    proof_detail TEXT,
    last_send_at_us BIGINT,
    open_orders INTEGER NOT NULL,
    created_at_us BIGINT NOT NULL,
    updated_at_us BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_positions_side CHECK (side IN ('long', 'short')),
    CONSTRAINT ck_positions_trigger_by CHECK (trigger_by IN ('mark', 'last', 'index')),
    CONSTRAINT ck_positions_margin_mode CHECK (margin_mode IN ('isolated', 'cross')),
    CONSTRAINT ck_positions_goal CHECK (goal IN ('protect', 'flat')),
    CONSTRAINT ck_positions_state CHECK (state IN ('pending_entry', 'order_filled', 'verifying', 'protected',
        'orphan_suspected', 'rolled_back', 'closed_immediately', 'closed')),
    CONSTRAINT ck_positions_proof_kind CHECK (proof_kind IN ('stop_read_back', 'not_sent', 'refused',
        'dead_unfilled', 'absent', 'exited', 'operator')),
    CONSTRAINT ck_positions_quantity CHECK (CAST(quantity AS NUMERIC) > 0
        AND CAST(quantity AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_entry_price CHECK (CAST(entry_price AS NUMERIC) > 0
        AND CAST(entry_price AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_stop_price CHECK (CAST(stop_price AS NUMERIC) > 0
        AND CAST(stop_price AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_rule_price CHECK (CAST(rule_price AS NUMERIC) > 0
        AND CAST(rule_price AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_moving_price CHECK (CAST(moving_price AS NUMERIC) > 0
        AND CAST(moving_price AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_parts_asked CHECK (CAST(parts_asked AS NUMERIC) >= 0
        AND CAST(parts_asked AS NUMERIC) < 'Infinity'),
    CONSTRAINT ck_positions_rule CHECK (rule_percent IS NULL OR rule_price IS NULL),
    CONSTRAINT ck_positions_moving CHECK (moving_percent IS NULL OR moving_price IS NULL),
    CONSTRAINT ck_positions_version CHECK (version >= 1),
    CONSTRAINT ck_positions_fence CHECK (fence >= 0),
    CONSTRAINT ck_positions_lease CHECK (lease_until_us IS NULL OR owner IS NOT NULL),
    CONSTRAINT ck_positions_open_orders CHECK (open_orders >= 0),
    CONSTRAINT ck_positions_holds_slot CHECK ((holds_slot AND state NOT IN {ENDS})
        OR (NOT holds_slot AND (state IN {ENDS} OR suspected_at_us IS NOT NULL))),
    CONSTRAINT ck_positions_settled_at CHECK ((settled_at_us IS NULL AND state NOT IN {ENDS})
        OR (settled_at_us IS NOT NULL AND state IN {ENDS})),
    CONSTRAINT ck_positions_settled_proven CHECK (state NOT IN {ENDS}
        OR (proof_kind IS NOT NULL AND proof_at_us IS NOT NULL AND settled_at_us IS NOT NULL AND open_orders = 0
        AND proof_kind IN ('not_sent', 'refused', 'dead_unfilled', 'absent', 'exited', 'operator')
        AND (proof_kind IN ('not_sent', 'operator') OR proof_at_us >= coalesce(last_send_at_us, 0))))
)
"""

POSITIONS_COLUMNS = (
    "id, version, owner, fence, lease_until_us, wanted_by, wake_at_us, exchange, environment, account, symbol, "
    "market_id, side, quantity, stop_percent, stop_price_asked, trigger_by, mark_price, tick, step, leverage, "
    "leverage_confirmed, margin_mode, margin_mode_confirmed, idempotency_key, request_hash, goal, state, "
    "holds_slot, reason, deadline_us, rule_percent, rule_price, moving_percent, moving_price, parts_asked, "
    "filled_quantity, entry_price, closed_quantity, stop_price, filled_at_us, protected_at_us, suspected_at_us, "
    "settled_at_us, exposure_us, proof_kind, proof_at_us, proof_detail, last_send_at_us, open_orders, "
    "created_at_us, updated_at_us"
)

POSITIONS_INDEXES = (
    "CREATE INDEX ix_positions_created ON positions (created_at_us)",
    "CREATE INDEX ix_positions_state ON positions (state, created_at_us)",
    "CREATE INDEX ix_positions_symbol ON positions (symbol, created_at_us)",
    "CREATE INDEX ix_positions_due ON positions (exchange, environment, account, wake_at_us) "
    "WHERE settled_at_us IS NULL",
    "CREATE INDEX ix_positions_settled ON positions (exchange, environment, account, settled_at_us) "
    "WHERE settled_at_us IS NOT NULL",
    "CREATE INDEX ix_positions_owner ON positions (exchange, environment, account, owner) WHERE owner IS NOT NULL",
    "CREATE UNIQUE INDEX uq_positions_key ON positions (exchange, environment, account, idempotency_key) "
    "WHERE idempotency_key IS NOT NULL",
    "CREATE UNIQUE INDEX uq_positions_slot ON positions (exchange, environment, account, symbol) WHERE holds_slot",
)

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
    CONSTRAINT ck_orders_leg CHECK (leg IN ('entry', 'stop', 'close')),
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

ORDERS_INDEXES = ("CREATE UNIQUE INDEX uq_orders_client_order_id ON orders (client_order_id)",)


def rebuild_in_sqlite() -> None:
    # until the commit: while its rows are set aside, everything that refers to a position refers to nothing.
    # SQLite counts those references and refuses the commit unless each has found its row again
    op.execute("PRAGMA defer_foreign_keys = ON")
    rebuild("positions", POSITIONS, POSITIONS_COLUMNS)
    rebuild("orders", ORDERS, ORDERS_COLUMNS)
    for index in (*POSITIONS_INDEXES, *ORDERS_INDEXES):
        op.execute(index)


def rebuild(table: str, definition: str, columns: str) -> None:
    """Make the table anew around its rows."""
    op.execute(f"CREATE TABLE set_aside AS SELECT {columns} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(definition)
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM set_aside")
    op.execute("DROP TABLE set_aside")


# --- PostgreSQL -------------------------------------------------------------------------------------------------

ABOVE_ZERO = (
    ("positions", "quantity"),
    ("positions", "entry_price"),
    ("positions", "stop_price"),
    ("positions", "rule_price"),
    ("positions", "moving_price"),
    ("orders", "quantity"),
    ("orders", "limit_price"),
)


def alter_in_postgresql() -> None:
    op.alter_column("positions", "fence", nullable=False, server_default=None)
    op.create_check_constraint("ck_positions_fence", "positions", "fence >= 0")
    op.create_check_constraint("ck_positions_lease", "positions", "lease_until_us IS NULL OR owner IS NOT NULL")
    op.drop_constraint("ck_positions_holds_slot", "positions", type_="check")
    op.create_check_constraint(
        "ck_positions_holds_slot", "positions",
        f"(holds_slot AND state NOT IN {ENDS}) "
        f"OR (NOT holds_slot AND (state IN {ENDS} OR suspected_at_us IS NOT NULL))",
    )
    op.create_check_constraint(
        "ck_positions_settled_at", "positions",
        f"(settled_at_us IS NULL AND state NOT IN {ENDS}) OR (settled_at_us IS NOT NULL AND state IN {ENDS})",
    )
    for table, column in ABOVE_ZERO:
        replace_check(table, column, "> 0")
    replace_check("positions", "parts_asked", ">= 0")


def replace_check(table: str, column: str, least: str) -> None:
    number = f"CAST({column} AS NUMERIC)"
    op.drop_constraint(f"ck_{table}_{column}", table, type_="check")
    op.create_check_constraint(f"ck_{table}_{column}", table, f"{number} {least} AND {number} < 'Infinity'")
