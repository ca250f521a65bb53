"""From what came of a request to the outcome of a write. Pure."""

from __future__ import annotations

from atomicpos.models import Refusal
from atomicpos.ports import Outcome, OutcomeKind

from .failures import classify
from .refusals import Code, Operation, RefusalTable
from .transport import Exchanged


def succeeded(exchanged: Exchanged) -> bool:
    """True for a reply with return code 0 and no error; HTML, an empty or a cut body is none."""
    return exchanged.error is None and exchanged.code == 0 and isinstance(exchanged.reply, dict)


def failed(exchanged: Exchanged, operation: Operation, table: RefusalTable) -> Outcome:
    """Refused, not sent or unknown: the grade of whatever was raised or said."""
    failure = classify(exchanged.error, exchanged.code, exchanged.message, operation, exchanged.left, table)
    return outcome(exchanged, failure.kind, exchanged.message, failure.refusal)


def of_setting(
    exchanged: Exchanged, operation: Operation, unchanged: frozenset[Code], table: RefusalTable
) -> Outcome:
    """Acknowledged by return code 0 or by a code that says that it already was so."""
    if succeeded(exchanged):
        return outcome(exchanged, OutcomeKind.ACKNOWLEDGED)
    if exchanged.left and exchanged.code in unchanged:
        return outcome(exchanged, OutcomeKind.ACKNOWLEDGED, exchanged.message)
    return failed(exchanged, operation, table)


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
