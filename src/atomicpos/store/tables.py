"""The tables, with the rules the database itself refuses to see broken. Times are integer microseconds, UTC.

The CHECKs guard against a forgotten proof (I2) and the partial unique indexes against a second position on a slot
(I7), whatever the program above them believes. A row of one-way mode is in both of those, one of hedge mode in that of
its side: so a symbol holds one position in one-way mode, one on each side in hedge mode, and never both modes.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, text

from atomicpos.evidence import Kind
from atomicpos.models import (
    Goal,
    Leg,
    MarginMode,
    OrderSide,
    OrderStatus,
    PositionMode,
    PositionSide,
    ProofKind,
    Refusal,
    Sending,
    State,
    TriggerBy,
)

from .columns import Exact, FreeText, Word
from .rules import SETTLED_DATED, SETTLED_PROVEN, SLOT_HELD, above_zero, among, claims, number, one_of

metadata = MetaData()

positions = Table(
    "positions",
    metadata,
    Column("id", FreeText, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("owner", FreeText),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until_us", BigInteger),
    Column("wanted_by", FreeText),
    Column("wake_at_us", BigInteger),
    Column("exchange", FreeText, nullable=False),
    Column("environment", FreeText, nullable=False),
    Column("account", FreeText, nullable=False),
    Column("symbol", FreeText, nullable=False),
    Column("market_id", FreeText, nullable=False),
    Column("side", Word(PositionSide), nullable=False),
    Column("position_mode", Word(PositionMode), nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("stop_percent", Exact),
    Column("stop_price_asked", Exact),
    Column("trigger_by", Word(TriggerBy), nullable=False),
    Column("mark_price", Exact, nullable=False),
    Column("tick", Exact, nullable=False),
    Column("step", Exact, nullable=False),
    Column("leverage", Exact),
    Column("leverage_confirmed", Boolean, nullable=False),
    Column("margin_mode", Word(MarginMode)),
    Column("margin_mode_confirmed", Boolean, nullable=False),
    Column("idempotency_key", FreeText),
    Column("request_hash", FreeText),
    Column("goal", Word(Goal), nullable=False),
    Column("state", Word(State), nullable=False),
    Column("holds_slot", Boolean, nullable=False),
    Column("reason", FreeText),
    Column("deadline_us", BigInteger, nullable=False),
    Column("rule_percent", Exact),
    Column("rule_price", Exact),
    Column("moving_percent", Exact),
    Column("moving_price", Exact),
    Column("parts_asked", Exact, nullable=False),
    Column("filled_quantity", Exact, nullable=False),
    Column("entry_price", Exact),
    Column("closed_quantity", Exact, nullable=False),
    Column("stop_price", Exact),
    Column("filled_at_us", BigInteger),
    Column("protected_at_us", BigInteger),
    Column("suspected_at_us", BigInteger),
    Column("settled_at_us", BigInteger),
    Column("exposure_us", BigInteger, nullable=False),
    Column("proof_kind", Word(ProofKind)),
    Column("proof_at_us", BigInteger),
    Column("proof_detail", FreeText),
    Column("last_send_at_us", BigInteger),
    Column("open_orders", Integer, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("updated_at_us", BigInteger, nullable=False),
    Column("target_percent", Exact),
    Column("target_price_asked", Exact),
    among("positions", "side", PositionSide),
    among("positions", "position_mode", PositionMode),
    among("positions", "trigger_by", TriggerBy),
    among("positions", "margin_mode", MarginMode),
    among("positions", "goal", Goal),
    among("positions", "state", State),
    among("positions", "proof_kind", ProofKind),
    above_zero("positions", "quantity"),
    above_zero("positions", "entry_price"),
    above_zero("positions", "stop_price"),
    above_zero("positions", "rule_price"),
    above_zero("positions", "moving_price"),
    number("positions", "parts_asked", ">= 0"),
    one_of("positions", "rule"),
    one_of("positions", "moving"),
    CheckConstraint("version >= 1", name="ck_positions_version"),
    CheckConstraint("fence >= 0", name="ck_positions_fence"),
    CheckConstraint("lease_until_us IS NULL OR owner IS NOT NULL", name="ck_positions_lease"),
    CheckConstraint("open_orders >= 0", name="ck_positions_open_orders"),
    CheckConstraint(SLOT_HELD, name="ck_positions_holds_slot"),
    CheckConstraint(SETTLED_DATED, name="ck_positions_settled_at"),
    CheckConstraint(SETTLED_PROVEN, name="ck_positions_settled_proven"),
)

orders = Table(
    "orders",
    metadata,
    Column("position_id", FreeText, ForeignKey("positions.id"), primary_key=True),
    Column("leg", Word(Leg), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("client_order_id", FreeText, nullable=False),
    Column("order_side", Word(OrderSide), nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("reduce_only", Boolean, nullable=False),
    Column("trigger_price", Exact),
    Column("trigger_by", Word(TriggerBy)),
    Column("limit_price", Exact),
    Column("attached", Boolean, nullable=False),
    Column("sending", Word(Sending), nullable=False),
    Column("sends", Integer, nullable=False),
    Column("first_sent_at_us", BigInteger),
    Column("sent_at_us", BigInteger),
    Column("refusal", Word(Refusal)),
    Column("why", FreeText),
    Column("cancels", Integer, nullable=False),
    Column("cancel_sent_at_us", BigInteger),
    Column("exchange_order_id", FreeText),
    Column("status", Word(OrderStatus)),
    Column("filled", Exact, nullable=False),
    Column("average", Exact),
    Column("created_at_us", BigInteger),
    Column("updated_at_us", BigInteger),
    Column("read_back", Boolean, nullable=False),
    Column("seen_at_us", BigInteger),
    Column("proven_absent", Boolean, nullable=False),
    among("orders", "leg", Leg),
    among("orders", "order_side", OrderSide),
    among("orders", "trigger_by", TriggerBy),
    among("orders", "sending", Sending),
    among("orders", "refusal", Refusal),
    among("orders", "status", OrderStatus),
    above_zero("orders", "quantity"),
    above_zero("orders", "limit_price"),
)

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

outbox = Table(
    "outbox",
    metadata,
    Column("channel", FreeText, primary_key=True),
    Column("exchange", FreeText, primary_key=True),
    Column("environment", FreeText, primary_key=True),
    Column("account", FreeText, primary_key=True),
    Column("position_id", FreeText, primary_key=True),
    Column("condition", FreeText, primary_key=True),
    Column("key", FreeText, primary_key=True),
    Column("symbol", FreeText, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("began_at_us", BigInteger, nullable=False),
    Column("confirmed_at_us", BigInteger, nullable=False),
    Column("over_at_us", BigInteger),
    Column("repeats", BigInteger, nullable=False),
    Column("told", Integer, nullable=False),
    Column("told_at_us", BigInteger),
    Column("rounds", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since_us", BigInteger),
    Column("tried_at_us", BigInteger),
    Column("why", FreeText, nullable=False),
    Column("due_at_us", BigInteger),
    Column("owner", FreeText),
    Column("lease_until_us", BigInteger),
    CheckConstraint("told >= 0", name="ck_outbox_told"),
    CheckConstraint("stands OR over_at_us IS NOT NULL", name="ck_outbox_over"),
    CheckConstraint("due_at_us IS NOT NULL OR (NOT stands AND told = 0)", name="ck_outbox_due"),
)

_SCOPE = ("exchange", "environment", "account")
HELD = {side: text(f"holds_slot AND {claims(side)}") for side in PositionSide}
UNSETTLED = text("settled_at_us IS NULL")
SETTLED = text("settled_at_us IS NOT NULL")
"""The conditions of the partial indexes. A statement that shall be served by one must say them in these very words:
from ``positions.c.holds_slot`` SQLAlchemy writes ``holds_slot = 1`` for SQLite, which then reads the whole table.
"""

DUE = text("due_at_us IS NOT NULL")
_KEYED = text("idempotency_key IS NOT NULL")
_OWNED = text("owner IS NOT NULL")

for _side, _held in HELD.items():
    Index(
        f"uq_positions_slot_{_side.value}",
        *(positions.c[name] for name in (*_SCOPE, "symbol")),
        unique=True,
        sqlite_where=_held,
        postgresql_where=_held,
    )
Index(
    "uq_positions_key",
    *(positions.c[name] for name in (*_SCOPE, "idempotency_key")),
    unique=True,
    sqlite_where=_KEYED,
    postgresql_where=_KEYED,
)
Index(
    "ix_positions_due",
    *(positions.c[name] for name in (*_SCOPE, "wake_at_us")),
    sqlite_where=UNSETTLED,
    postgresql_where=UNSETTLED,
)
Index(
    "ix_positions_settled",
    *(positions.c[name] for name in (*_SCOPE, "settled_at_us")),
    sqlite_where=SETTLED,
    postgresql_where=SETTLED,
)
Index(
    "ix_positions_owner",
    *(positions.c[name] for name in (*_SCOPE, "owner")),
    sqlite_where=_OWNED,
    postgresql_where=_OWNED,
)
Index("ix_positions_created", positions.c.created_at_us)
Index("ix_positions_state", positions.c.state, positions.c.created_at_us)
Index("ix_positions_symbol", positions.c.symbol, positions.c.created_at_us)
Index("uq_orders_client_order_id", orders.c.client_order_id, unique=True)
Index("ix_evidence_source", evidence.c.position_id, evidence.c.source, evidence.c.seq)
Index(
    "ix_outbox_due",
    *(outbox.c[name] for name in (*_SCOPE, "channel", "due_at_us")),
    sqlite_where=DUE,
    postgresql_where=DUE,
)
