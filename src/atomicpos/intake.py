"""From a checked request to the row that is committed before anything is sent. Pure."""

from __future__ import annotations

from .bounds import Bounds
from .ids import client_order_id
from .models import (
    MICROSECONDS,
    RIDING,
    UNNAMED,
    WITH_ENTRY,
    Intent,
    JournalEntry,
    Leg,
    MarginMode,
    Order,
    PositionMode,
    Scope,
    StopRule,
    TargetRule,
)
from .preflight import Checked
from .profile import Protection
from .record import Record
from .settings import Settings
from .stop_price import trigger_price

_GUARDS = {
    Protection.ATTACHED: RIDING, Protection.ATTACHED_ORDER: WITH_ENTRY, Protection.ATTACHED_UNNAMED: UNNAMED,
}  # fmt: skip
"""The attempt of the guard stop that travels with the entry, by how the exchange takes one."""


def new_record(
    checked: Checked, scope: Scope, bounds: Bounds, settings: Settings, now_us: int, installation: str,
    position_id: str, owner: str,
) -> Record:
    """The new row with its entry, and with the guard stop that travels with it where the exchange takes one."""
    intent = _intent(checked, scope, settings, now_us)
    orders = [_entry(checked, intent, client_order_id(installation, position_id, Leg.ENTRY, 1))]
    attempt = _GUARDS.get(bounds.protection)
    if attempt is not None and intent.side in bounds.guarded:
        orders.append(_guard(intent, attempt, client_order_id(installation, position_id, Leg.STOP, attempt)))
    deadline = now_us + bounds.verification_deadline_us
    return Record(
        position_id, intent, tuple(orders), deadline_us=deadline, updated_at_us=now_us, owner=owner, fence=1,
        wake_at_us=now_us,
    )


def _intent(checked: Checked, scope: Scope, settings: Settings, now_us: int) -> Intent:
    request, instrument = checked.request, checked.instrument
    return Intent(
        scope=scope,
        symbol=instrument.symbol,
        market_id=instrument.market_id,
        side=request.side,
        quantity=request.quantity,
        stop_rule=request.stop_rule,
        mark_price=checked.mark,
        tick=instrument.tick,
        step=instrument.step,
        created_at_us=now_us,
        leverage=request.leverage,
        margin_mode=_margin_mode(checked, settings),
        idempotency_key=request.idempotency_key,
        request_hash=request.hash,
        position_mode=checked.position_mode,
        target_rule=request.target_rule,
    )


def _margin_mode(checked: Checked, settings: Settings) -> MarginMode | None:
    """The mode to be set: None when none was asked for, or when the slot shows it already."""
    return None if settings.margin_mode is checked.slot.margin_mode else settings.margin_mode


def _entry(checked: Checked, intent: Intent, own_id: str) -> Order:
    return Order(
        Leg.ENTRY, 1, own_id, intent.side.opening, intent.quantity, reduce_only=False, limit_price=checked.limit_price
    )


def _guard(intent: Intent, attempt: int, own_id: str) -> Order:
    """The guard stop is computed from the mark; kept on the position itself, or made by the exchange, it has no id of
    ours there, and this one is only our name for it.
    """
    trigger = trigger_price(intent.stop_rule, intent.side, intent.mark_price, intent.tick)
    return Order(
        Leg.STOP, attempt, own_id, intent.side.closing, intent.quantity, reduce_only=True,
        trigger_price=trigger, trigger_by=intent.stop_rule.trigger_by, attached=attempt == RIDING,
    )


def intent_entry(record: Record) -> JournalEntry:
    """The journal's first line: what was asked."""
    intent, rule = record.intent, record.intent.stop_rule
    worst = f", at {record.entry.limit_price} or better" if record.entry.limit_price is not None else ""
    guard = f", guard stop {record.riding.trigger_price} attached" if record.riding is not None else ""
    target = f", target {_where(intent.target_rule)}" if intent.target_rule is not None else ""
    hedged = " in hedge mode" if intent.position_mode is PositionMode.HEDGE else ""
    text = (
        f"asked: {intent.side.value} {intent.quantity} {intent.symbol}{hedged}{worst}, stop {_where(rule)} by "
        f"{rule.trigger_by.value} price{target}, mark {intent.mark_price}{guard}"
    )
    seconds = (record.deadline_us - intent.created_at_us) / MICROSECONDS
    data = {"client_order_id": record.entry.client_order_id, "deadline_s": f"{seconds:g}"}
    return JournalEntry(intent.created_at_us, "intent", text, data=data)


def _where(rule: StopRule | TargetRule) -> str:
    return f"{rule.percent} % from the average fill" if rule.percent is not None else f"at {rule.price}"
