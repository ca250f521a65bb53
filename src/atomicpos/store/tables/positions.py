"""The positions: one row each, with what may never be in it, and the slots that only one of them may hold.

A row of one-way mode is in the indexes of both sides, one of hedge mode in that of its side: so a symbol holds one
position in one-way mode, one on each side in hedge mode, and never both modes.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, text

from atomicpos.models import Goal, MarginMode, PositionMode, PositionSide, ProofKind, State, TriggerBy

from ..columns import Exact, FreeText, Word
from ..rules import SETTLED_DATED, SETTLED_PROVEN, SLOT_HELD, above_zero, among, claims, number, one_of
from .scope import metadata, partial

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

HELD = {side: text(f"holds_slot AND {claims(side)}") for side in PositionSide}
UNSETTLED = text("settled_at_us IS NULL")
SETTLED = text("settled_at_us IS NOT NULL")
"""The conditions of the partial indexes. A statement that shall be served by one must say them in these very words:
from ``positions.c.holds_slot`` SQLAlchemy writes ``holds_slot = 1`` for SQLite, which then reads the whole table.
"""

_KEYED = text("idempotency_key IS NOT NULL")
_OWNED = text("owner IS NOT NULL")

for _side, _held in HELD.items():
    partial(positions, f"uq_positions_slot_{_side.value}", "symbol", where=_held, unique=True)
partial(positions, "uq_positions_key", "idempotency_key", where=_KEYED, unique=True)
partial(positions, "ix_positions_due", "wake_at_us", where=UNSETTLED)
partial(positions, "ix_positions_settled", "settled_at_us", where=SETTLED)
partial(positions, "ix_positions_owner", "owner", where=_OWNED)
Index("ix_positions_created", positions.c.created_at_us)
Index("ix_positions_state", positions.c.state, positions.c.created_at_us)
Index("ix_positions_symbol", positions.c.symbol, positions.c.created_at_us)
