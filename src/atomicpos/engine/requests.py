"""From a step to a request, and the row at the moment it leaves: pure, apart from the ids' hash."""

from __future__ import annotations

from typing import TypeGuard

from ..absorb import cancelling, departing
from ..bounds import Bounds
from ..frozen import replace
from ..ids import client_order_id
from ..models import JournalEntry, Leg, Order
from ..plan import Cancel, ChooseMarginMode, Leverage, Place, Step
from ..ports import (
    AttachedStop,
    CancelOrder,
    Outcome,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
)
from ..record import Record


def find(record: Record, leg: Leg, attempt: int) -> Order | None:
    """Our order (leg, attempt), if it exists."""
    for order in record.orders:
        if order.leg is leg and order.attempt == attempt:
            return order
    return None


def intended(record: Record, step: Place, installation: str) -> Order:
    """The order a step asks for, as it is journaled before it is sent. Only the entry may open or enlarge (I6)."""
    side = record.intent.side
    return Order(
        leg=step.leg,
        attempt=step.attempt,
        client_order_id=client_order_id(installation, record.id, step.leg, step.attempt),
        order_side=side.opening if step.leg is Leg.ENTRY else side.closing,
        quantity=step.quantity,
        reduce_only=step.leg is not Leg.ENTRY,
        trigger_price=step.trigger_price,
        trigger_by=record.intent.stop_rule.trigger_by if step.leg in (Leg.STOP, Leg.TARGET) else None,
        limit_price=step.limit_price,
        attached=step.attached,
    )


def place_request(record: Record, order: Order) -> PlaceOrder | SetPositionStop:
    """What is sent for an order of ours; the guard stop that rides on the entry goes with it."""
    symbol = record.intent.symbol
    if order.attached:
        return SetPositionStop(symbol, order.trigger_price, order.trigger_by or record.stop_rule.trigger_by)
    return PlaceOrder(
        symbol, order.leg, order.client_order_id, order.order_side, order.quantity, order.reduce_only,
        order.trigger_price, order.trigger_by, order.limit_price,
        _attached_stop(record) if order.leg is Leg.ENTRY else None, record.intent.margin_mode,
    )


def _attached_stop(record: Record) -> AttachedStop | None:
    rides = record.riding
    if rides is None or rides.trigger_price is None:
        return None
    own_id = rides.client_order_id if rides.with_entry and not rides.unnamed else None
    return AttachedStop(rides.trigger_price, rides.trigger_by or record.stop_rule.trigger_by, own_id)


def cancel_request(record: Record, order: Order) -> CancelOrder | SetPositionStop:
    """What is sent to cancel an order of ours; the position's own stop is taken away."""
    if order.attached:
        return SetPositionStop(record.intent.symbol, None, order.trigger_by or record.stop_rule.trigger_by)
    own_id = "" if order.unnamed else order.client_order_id
    return CancelOrder(record.intent.symbol, own_id, order.exchange_order_id, order.trigger_price is not None)


def only_protects(request: Write) -> bool:
    """True for a separate stop that is put up: it can neither open, nor enlarge, nor leave anything less protected, so
    it may leave under a lapsed lease too. Everything else may hurt what a successor does: the position's own stop
    takes the place of the one that a successor set, and may be looser."""
    return isinstance(request, PlaceOrder) and request.leg is Leg.STOP


def takes_profit(step: Step) -> TypeGuard[Place]:
    """True for a target that is put up."""
    return isinstance(step, Place) and step.leg is Leg.TARGET


def depart(record: Record, step: Step, now_us: int, bounds: Bounds) -> tuple[Record, Write | None]:
    """The row at the moment a step's request starts, and that request; None when there is no such order."""
    if isinstance(step, ChooseMarginMode):
        return record, SetMarginMode(record.intent.symbol, step.margin_mode)
    if isinstance(step, Leverage):
        return record, SetLeverage(record.intent.symbol, step.leverage, record.intent.margin_mode)
    order = find(record, step.leg, step.attempt)
    if order is None:
        return record, None
    if isinstance(step, Cancel):
        return record.with_order(cancelling(order, now_us)), cancel_request(record, order)
    after = record.with_order(departing(order, now_us))
    if step.leg is Leg.ENTRY:
        after = replace(after, deadline_us=now_us + bounds.verification_deadline_us)
    return after, place_request(after, order)


def intent_entry(order: Order, now_us: int) -> JournalEntry:
    """The journal's line for an intent."""
    at = f" at trigger {order.trigger_price} ({order.trigger_by})" if order.trigger_price is not None else ""
    at += f" at {order.limit_price} or better" if order.limit_price is not None else ""
    only = ", as the position's own stop" if order.attached else ", reduce-only" if order.reduce_only else ""
    text = f"intends {order.leg.value} {order.attempt}: {order.order_side.value} {order.quantity}{at}{only}"
    return JournalEntry(now_us, "intent", text, data={"client_order_id": order.client_order_id})


def outcome_entry(step: Step, outcome: Outcome, now_us: int) -> JournalEntry:
    """The journal's line for an outcome."""
    what = _named(step) if isinstance(step, Place | Cancel) else title(step)
    why = f": {outcome.why}" if outcome.why else ""
    known = {"code": outcome.code, "exchange_order_id": outcome.exchange_order_id, "raw": outcome.raw}
    data = {name: value for name, value in known.items() if value}
    return JournalEntry(now_us, "outcome", f"{what} {outcome.kind.value}{why}", data=data)


def _named(step: Place | Cancel) -> str:
    verb = "cancel of " if isinstance(step, Cancel) else ""
    return f"{verb}{step.leg.value} {step.attempt}"


def named(step: Step) -> dict[str, str]:
    """What a step asks for, and of an order its leg, as listeners are told: few words, each always the same."""
    if isinstance(step, Leverage):
        return {"write": "leverage"}
    if isinstance(step, ChooseMarginMode):
        return {"write": "margin_mode"}
    return {"write": "cancel" if isinstance(step, Cancel) else "place", "leg": step.leg.value}


def title(step: Step) -> str:
    """A step in words, for events."""
    if isinstance(step, Leverage):
        return f"leverage {step.leverage}"
    if isinstance(step, ChooseMarginMode):
        return f"margin mode {step.margin_mode.value}"
    at = f" at trigger {step.trigger_price}" if isinstance(step, Place) and step.trigger_price is not None else ""
    return f"{_named(step)}{at}"
