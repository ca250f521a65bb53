"""What Binance's replies to writes come to. Pure."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.ports import CancelOrder, Outcome, OutcomeKind, PlaceOrder, ReadFailed

from .. import outcomes
from ..fields import Row, text, whole
from ..refusals import Code, Operation, of_leg
from ..transport import Exchanged
from . import parse
from .refusal_codes import BINANCE_REFUSALS


def of_place(exchanged: Exchanged, request: PlaceOrder) -> Outcome:
    """An acknowledgement names our order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown.

    The reply to a plain order shows how it filled (``RESULT``), which is a reading of it. That of a conditional order
    only echoes what was asked: a stop counts once it was read back.
    """
    if exchanged.error is not None:
        return failed(exchanged, of_leg(request.leg))
    conditional = request.trigger_price is not None
    names = ("algoId", "clientAlgoId") if conditional else ("orderId", "clientOrderId")
    answer = _named(exchanged, request.client_order_id, *names)
    if conditional or answer.kind is not OutcomeKind.ACKNOWLEDGED or not isinstance(exchanged.reply, dict):
        return answer
    try:
        return replace(answer, order=parse.order_view(exchanged.reply))
    except ReadFailed:
        return answer


def of_cancel(exchanged: Exchanged, request: CancelOrder) -> Outcome:
    """Acknowledged when the reply names our order."""
    if exchanged.error is not None:
        return failed(exchanged, Operation.CANCEL)
    names = ("algoId", "clientAlgoId") if request.conditional else ("orderId", "clientOrderId")
    return _named(exchanged, request.client_order_id, *names)


def of_setting(exchanged: Exchanged, operation: Operation, unchanged: frozenset[Code]) -> Outcome:
    """Acknowledged by code 200, which is read as 0, or by a code that says that it already was so."""
    return outcomes.of_setting(exchanged, operation, unchanged, BINANCE_REFUSALS)


def failed(exchanged: Exchanged, operation: Operation) -> Outcome:
    """Refused, not sent or unknown."""
    return outcomes.failed(exchanged, operation, BINANCE_REFUSALS)


def _named(exchanged: Exchanged, client_order_id: str, number: str, name: str) -> Outcome:
    reply: Row = exchanged.reply if isinstance(exchanged.reply, dict) else {}
    order_id = whole(reply.get(number))
    if exchanged.code not in (None, 0) or not order_id or text(reply, name) != client_order_id:
        return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order of ours")
    return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=str(order_id))
