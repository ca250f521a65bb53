"""What Bybit's replies to writes come to. Pure."""

from __future__ import annotations

from atomicpos.ports import Outcome, OutcomeKind

from .. import outcomes
from ..fields import Row, text
from ..refusals import Code, Operation
from ..transport import Exchanged
from .refusal_codes import BYBIT_REFUSALS


def of_order(exchanged: Exchanged, operation: Operation, client_order_id: str) -> Outcome:
    """An acknowledgement names our order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown.

    Bybit's replies carry ids and nothing else, so ``Outcome.order`` stays None.
    """
    if exchanged.error is not None:
        return outcomes.failed(exchanged, operation, BYBIT_REFUSALS)
    result: Row = {}
    if isinstance(exchanged.reply, dict) and isinstance(exchanged.reply.get("result"), dict):
        result = exchanged.reply["result"]
    order_id, link = text(result, "orderId"), text(result, "orderLinkId")
    if exchanged.code != 0 or order_id is None or link not in (None, client_order_id):
        return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order of ours")
    return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=order_id)


def of_setting(exchanged: Exchanged, operation: Operation, unchanged: frozenset[Code]) -> Outcome:
    """Acknowledged by return code 0 or by a code that says that it already was so."""
    return outcomes.of_setting(exchanged, operation, unchanged, BYBIT_REFUSALS)
