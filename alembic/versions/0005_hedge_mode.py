"""Hedge mode: a symbol may hold a long and a short side by side, each in a slot of its own.

A row of one-way mode holds both sides of its symbol, one of hedge mode its own: so the two modes exclude each other
without a rule about it. All rows there are were opened in one-way mode.

SQLite cannot add a column that is compared: there the table is made anew around its rows, inside the one transaction
that the store holds open. PostgreSQL alters it where it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ENDS = "('rolled_back', 'closed_immediately', 'closed')"

SLOT_INDEXES = tuple(
    f"CREATE UNIQUE INDEX uq_positions_slot_{side} ON positions (exchange, environment, account, symbol) "
    f"WHERE holds_slot AND (position_mode = 'one_way' OR side = '{side}')"
    for side in ("long", "short")
)


def upgrade() -> None:
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
    position_mode TEXT NOT NULL,
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
    CONSTRAINT ck_positions_position_mode CHECK (position_mode IN ('one_way', 'hedge')),
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
    *SLOT_INDEXES,
)


def rebuild_in_sqlite() -> None:
    # until the commit: while its rows are set aside, everything that refers to a position refers to nothing.
    # SQLite counts those references and refuses the commit unless each has found its row again
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE set_aside AS SELECT {POSITIONS_COLUMNS} FROM positions")
    op.execute("DROP TABLE positions")
    op.execute(POSITIONS)
    op.execute(
        f"INSERT INTO positions ({POSITIONS_COLUMNS}, position_mode) SELECT {POSITIONS_COLUMNS}, 'one_way' "
        f"FROM set_aside"
    )
    op.execute("DROP TABLE set_aside")
    for index in POSITIONS_INDEXES:
        op.execute(index)


# --- PostgreSQL -------------------------------------------------------------------------------------------------


def alter_in_postgresql() -> None:
    # what old rows hold is no default for new ones
    op.add_column("positions", sa.Column("position_mode", sa.Text(), nullable=False, server_default="one_way"))
    op.alter_column("positions", "position_mode", server_default=None)
    op.create_check_constraint("ck_positions_position_mode", "positions", "position_mode IN ('one_way', 'hedge')")
    op.drop_index("uq_positions_slot", table_name="positions")
    for index in SLOT_INDEXES:
        op.execute(index)
