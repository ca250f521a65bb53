"""From the outcome of a write back into the row: pure. Only a reading shows an order dead; a refusal is remembered."""

from __future__ import annotations

from ..absorb import answered, fold_view
from ..advance import LEVERAGE_REFUSED, MARGIN_MODE_REFUSED
from ..frozen import replace
from ..models import Refusal, Sending
from ..plan import Cancel, ChooseMarginMode, Leverage, Place, Step
from ..ports import Outcome, OutcomeKind
from ..record import Record
from .requests import find

SENDING = {
    OutcomeKind.ACKNOWLEDGED: Sending.ACKNOWLEDGED,
    OutcomeKind.REFUSED: Sending.REFUSED,
    OutcomeKind.NOT_SENT: Sending.NOT_SENT,
    OutcomeKind.UNKNOWN: Sending.UNKNOWN,
}


def after(record: Record, step: Step, outcome: Outcome, now_us: int) -> Record:
    """The row after a step's request was answered."""
    match step:
        case ChooseMarginMode():
            return after_margin_mode(record, outcome)
        case Leverage():
            return after_leverage(record, outcome)
        case Cancel():
            return after_cancel(record, step, outcome)
        case Place():
            return after_place(record, step, outcome, now_us)


def after_place(record: Record, step: Place, outcome: Outcome, now_us: int) -> Record:
    """The row after a send was answered; a reply that shows the order itself is a reading of it."""
    order = find(record, step.leg, step.attempt)
    if order is None:
        return record
    answer = record.with_order(answered(
        order, SENDING[outcome.kind], now_us,
        refusal=outcome.refusal, why=outcome.why or None, exchange_order_id=outcome.exchange_order_id,
    ))
    return answer if outcome.order is None else fold_view(answer, outcome.order, outcome.asked_at_us)


def after_cancel(record: Record, step: Cancel, outcome: Outcome) -> Record:
    """The row after a cancel was answered: only a reading shows the order dead, but a refusal is remembered."""
    order = find(record, step.leg, step.attempt)
    if order is None or outcome.refusal is not Refusal.UNKNOWN_ORDER:
        return record
    return record.with_order(replace(order, refusal=outcome.refusal))


_INSTEAD = {
    LEVERAGE_REFUSED: "ask for another leverage, or for none, to keep the one that is set",
    MARGIN_MODE_REFUSED: "set it at the exchange while nothing is open there, or leave margin_mode out to keep it",
}
"""What to change where a setting could not be had."""


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
    why = f"{what} could not be had: {outcome.why or outcome.kind.value}; {_INSTEAD[reason]}"
    return replace(record.with_order(replace(record.entry, sending=Sending.NOT_SENT, why=why)), reason=reason)
