"""From what came of a request to the outcome of a write. Pure."""

from __future__ import annotations

from atomicpos.models import Refusal
from atomicpos.ports import Outcome, OutcomeKind

from .failures import classify
from .fields import Row, text
from .refusal_codes import Operation
from .transport import Exchanged


def succeeded(exchanged: Exchanged) -> bool:
    """True for a reply with return code 0 and no error; HTML, an empty or a cut body is none."""
    return exchanged.error is None and exchanged.code == 0 and isinstance(exchanged.reply, dict)


def failed(exchanged: Exchanged, operation: Operation) -> Outcome:
    """Refused, not sent or unknown: the grade of whatever was raised or said."""
    failure = classify(exchanged.error, exchanged.code, exchanged.message, operation, exchanged.left)
    return outcome(exchanged, failure.kind, exchanged.message, failure.refusal)


def of_order(exchanged: Exchanged, operation: Operation, client_order_id: str) -> Outcome:
    """An acknowledgement names our order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown.

    Bybit's replies carry ids and nothing else, so ``Outcome.order`` stays None.
    """
    if exchanged.error is not None:
        return failed(exchanged, operation)
    result: Row = {}
    if isinstance(exchanged.reply, dict) and isinstance(exchanged.reply.get("result"), dict):
        result = exchanged.reply["result"]
    order_id, link = text(result, "orderId"), text(result, "orderLinkId")
    if exchanged.code != 0 or order_id is None or link not in (None, client_order_id):
        return outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order of ours")
    return outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=order_id)


def of_setting(exchanged: Exchanged, operation: Operation, unchanged: frozenset[int]) -> Outcome:
    """Acknowledged by return code 0 or by a code that says that it already was so."""
    if succeeded(exchanged):
        return outcome(exchanged, OutcomeKind.ACKNOWLEDGED)
    if exchanged.left and exchanged.code in unchanged:
        return outcome(exchanged, OutcomeKind.ACKNOWLEDGED, exchanged.message)
    return failed(exchanged, operation)


def outcome(
    exchanged: Exchanged, kind: OutcomeKind, why: str = "", refusal: Refusal | None = None, order_id: str | None = None
) -> Outcome:
    """That outcome, with what is known of the request."""
    return Outcome(
        kind=kind,
        why=why,
        refusal=refusal,
        code=None if exchanged.code is None else str(exchanged.code),
        exchange_order_id=order_id,
        raw=exchanged.raw,
        asked_at_us=exchanged.asked_at_us,
        answered_at_us=exchanged.answered_at_us,
    )
