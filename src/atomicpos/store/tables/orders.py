"""The orders of a position, each stored before it leaves (I4): asked, answered, and read of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table

from atomicpos.models import Leg, OrderSide, OrderStatus, Refusal, Sending, TriggerBy

from ..columns import Exact, FreeText, Word
from ..rules import above_zero, among
from .scope import metadata

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

Index("uq_orders_client_order_id", orders.c.client_order_id, unique=True)
