"""Rows and findings to weigh: a long of ten, its entry, its exits and its stop, each said in one line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.absorb import absorb, answered, departing
from atomicpos.bounds import Bounds
from atomicpos.evidence import Evidence, Kind, OrderView, PositionView, Source
from atomicpos.models import (
    Fill,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Sending,
    TriggerBy,
)
from atomicpos.plan import Plan, plan
from atomicpos.record import Record
from atomicpos.testing.samples import a_record
from atomicpos.weigh import Verdict, weigh

S = 1_000_000
AT = 1_760_000_000_000_000
TEN = Decimal(10)
BOUNDS = Bounds(30 * S, 5 * S, 1 * S, 41 * S, 10 * S, 2 * S, final_rows_are_whole=True)
HORIZON, GAP, LATE = BOUNDS.horizon_us, BOUNDS.round_gap_us, 31 * S
ENTRY_ID = a_record().entry.client_order_id
SOURCES = (Source.ORDER_STATUS, Source.TRADE_HISTORY, Source.POSITION_POLL)


def told(record: Record, *evidences: Evidence, bounds: Bounds = BOUNDS) -> Record:
    for evidence in evidences:
        record = absorb(record, evidence, bounds)
    return record


def sending(how: Sending, **changes: Any) -> Record:
    """A row whose entry left at AT and was answered so."""
    entry = departing(a_record().entry, AT)
    if how is not Sending.IN_FLIGHT:
        entry = replace(answered(entry, how, AT), sent_at_us=AT)
    return a_record().with_order(replace(entry, **changes))


def order(status: OrderStatus, filled: str | None, at_us: int = AT, **more: Any) -> Evidence:
    view = OrderView(ENTRY_ID, "x1", status, filled=None if filled is None else Decimal(filled), **more)
    return Evidence(Kind.SEEN, source=Source.ORDER_STATUS, asked_at_us=at_us, orders=(view,))


def absent(source: Source, at_us: int) -> Evidence:
    ids = (ENTRY_ID,) if source is Source.ORDER_STATUS else ()
    position = PositionView(Decimal(0)) if source is Source.POSITION_POLL else None
    return Evidence(Kind.ABSENT, source=source, asked_at_us=at_us, absent_ids=ids, position=position)


def a_round(at_us: int, sources: tuple[Source, ...] = SOURCES) -> tuple[Evidence, ...]:
    return tuple(absent(source, at_us) for source in sources)


def at_the_end(record: Record, bounds: Bounds = BOUNDS) -> Verdict:
    return weigh(record, bounds, AT + 1000 * S)


FILLED_AT, CLOSED_AT = AT + 1 * S, AT + 2 * S


def a_fill(name: str, side: OrderSide, quantity: str, at_us: int, client_order_id: str | None = None) -> Fill:
    return Fill(name, side, Decimal(quantity), Decimal("0.125"), at_us, client_order_id=client_order_id)


def fills(*given: Fill) -> Evidence:
    return Evidence(Kind.SEEN, source=Source.TRADE_HISTORY, asked_at_us=AT, fills=given)


def slot(quantity: str, at_us: int, updated_us: int | None, side: PositionSide | None = None) -> Evidence:
    view = PositionView(Decimal(quantity), side, updated_at_us=updated_us)
    kind = Kind.SEEN if side is PositionSide.LONG else Kind.ABSENT
    return Evidence(kind, source=Source.POSITION_POLL, asked_at_us=at_us, position=view)


BOUGHT = a_fill("1", OrderSide.BUY, "10", FILLED_AT, ENTRY_ID)
SEEN = slot("10", FILLED_AT + S, FILLED_AT, PositionSide.LONG)
"""All ten in the slot."""
SOLD = a_fill("2", OrderSide.SELL, "10", CLOSED_AT)


def filled_and(*evidences: Evidence) -> Record:
    return told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"), fills(BOUGHT), *evidences)


def a_stop(**changes: Any) -> Order:
    """A stop of two percent below 0.125, read back."""
    stop = Order(
        leg=Leg.STOP, attempt=1, client_order_id="apteststop", order_side=OrderSide.SELL, quantity=TEN,
        reduce_only=True, trigger_price=Decimal("0.1225"), trigger_by=TriggerBy.MARK,
        sending=Sending.ACKNOWLEDGED, sends=1, sent_at_us=AT, status=OrderStatus.UNTRIGGERED, read_back=True,
        seen_at_us=AT + 2 * S, created_at_us=AT + 1 * S,
    )
    return replace(stop, **changes)


def with_orders(row: Record, *orders: Order, **changes: Any) -> Record:
    """The row with these orders too, and what else is changed of it."""
    for one in orders:
        row = row.with_order(one)
    return replace(row, **changes)


def planned(row: Record, at_us: int = AT + 20 * S, **bounds: Any) -> Plan:
    """What is planned then."""
    limits = replace(BOUNDS, **bounds)
    return plan(row, weigh(row, limits, at_us), limits)
