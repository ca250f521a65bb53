"""From a step to a request, and from an outcome back into the row: pure, apart from the ids' hash."""

from __future__ import annotations

from dataclasses import replace

from ..absorb import answered, departing, fold_view
from ..advance import LEVERAGE_REFUSED, MARGIN_MODE_REFUSED
from ..ids import client_order_id
from ..models import JournalEntry, Leg, Order, Refusal, Sending
from ..plan import Cancel, ChooseMarginMode, Leverage, Place, Step
from ..ports import (
    AttachedStop,
    CancelOrder,
    Outcome,
    OutcomeKind,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
)
from ..record import Record

SENDING = {
    OutcomeKind.ACKNOWLEDGED: Sending.ACKNOWLEDGED,
    OutcomeKind.REFUSED: Sending.REFUSED,
    OutcomeKind.NOT_SENT: Sending.NOT_SENT,
    OutcomeKind.UNKNOWN: Sending.UNKNOWN,
}


def find(record: Record, leg: Leg, attempt: int) -> Order | None:
    """Our order (leg, attempt), if it exists."""
    return next((o for o in record.orders if o.leg is leg and o.attempt == attempt), None)


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
        trigger_by=record.intent.stop_rule.trigger_by if step.leg is Leg.STOP else None,
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
        _attached_stop(record) if order.leg is Leg.ENTRY else None,
    )


def _attached_stop(record: Record) -> AttachedStop | None:
    rides = record.riding
    if rides is None or rides.trigger_price is None:
        return None
    return AttachedStop(rides.trigger_price, rides.trigger_by or record.stop_rule.trigger_by)


def cancel_request(record: Record, order: Order) -> CancelOrder | SetPositionStop:
    """What is sent to cancel an order of ours; the position's own stop is taken away."""
    if order.attached:
        return SetPositionStop(record.intent.symbol, None, order.trigger_by or record.stop_rule.trigger_by)
    return CancelOrder(
        record.intent.symbol, order.client_order_id, order.exchange_order_id, order.trigger_price is not None
    )


def leverage_request(record: Record, step: Leverage) -> SetLeverage:
    """What is sent to set the leverage."""
    return SetLeverage(record.intent.symbol, step.leverage)


def margin_mode_request(record: Record, step: ChooseMarginMode) -> SetMarginMode:
    """What is sent to set the margin mode."""
    return SetMarginMode(record.intent.symbol, step.margin_mode)


def departed(record: Record, order: Order, now_us: int) -> Record:
    """The row at the moment one more send of that order starts."""
    return _put(record, departing(order, now_us))


def after_place(record: Record, step: Place, outcome: Outcome, now_us: int) -> Record:
    """The row after a send was answered; a reply that shows the order itself is a reading of it."""
    order = find(record, step.leg, step.attempt)
    if order is None:
        return record
    after = _put(record, answered(
        order, SENDING[outcome.kind], now_us,
        refusal=outcome.refusal, why=outcome.why or None, exchange_order_id=outcome.exchange_order_id,
    ))
    return after if outcome.order is None else fold_view(after, outcome.order, outcome.asked_at_us)


def _put(record: Record, order: Order) -> Record:
    return record.with_entry(order) if order.leg is Leg.ENTRY else record.with_order(order)


def after_cancel(record: Record, step: Cancel, outcome: Outcome) -> Record:
    """The row after a cancel was answered: only a reading shows the order dead, but a refusal is remembered."""
    order = find(record, step.leg, step.attempt)
    if order is None or outcome.refusal is not Refusal.UNKNOWN_ORDER:
        return record
    return record.with_order(replace(order, refusal=outcome.refusal))


def after_leverage(record: Record, outcome: Outcome) -> Record:
    """The row after the leverage was set, or could not be had: then the entry is never sent."""
    if outcome.kind is OutcomeKind.ACKNOWLEDGED:
        return replace(record, leverage_confirmed=True)
    return _not_had(record, f"leverage {record.intent.leverage}", outcome, LEVERAGE_REFUSED)


def after_margin_mode(record: Record, outcome: Outcome) -> Record:
    """The row after the margin mode was set, or could not be had: then the entry is never sent."""
    if outcome.kind is OutcomeKind.ACKNOWLEDGED:
        return replace(record, margin_mode_confirmed=True)
    return _not_had(record, f"margin mode {record.intent.margin_mode}", outcome, MARGIN_MODE_REFUSED)


def _not_had(record: Record, what: str, outcome: Outcome, reason: str) -> Record:
    why = f"{what} could not be had: {outcome.why or outcome.kind.value}"
    return replace(record.with_entry(replace(record.entry, sending=Sending.NOT_SENT, why=why)), reason=reason)


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


def title(step: Step) -> str:
    """A step in words, for events."""
    if isinstance(step, Leverage):
        return f"leverage {step.leverage}"
    if isinstance(step, ChooseMarginMode):
        return f"margin mode {step.margin_mode.value}"
    at = f" at trigger {step.trigger_price}" if isinstance(step, Place) and step.trigger_price is not None else ""
    return f"{_named(step)}{at}"
