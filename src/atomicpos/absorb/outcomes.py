"""What our own sends and their answers change in an order. Doubt is never lost."""

from __future__ import annotations

from ..frozen import replace
from ..models import Order, Refusal, Sending


def departing(order: Order, now_us: int) -> Order:
    """The order at the moment one more send of it starts."""
    return replace(
        order,
        sending=Sending.IN_FLIGHT,
        sends=order.sends + 1,
        first_sent_at_us=order.first_sent_at_us if order.first_sent_at_us is not None else now_us,
        sent_at_us=now_us,
    )


def answered(order: Order, sending: Sending, now_us: int, *, refusal: Refusal | None = None,
             why: str | None = None, exchange_order_id: str | None = None) -> Order:
    """The order after a send was answered.

    A refusal, or a proof that no byte left, counts only when it answers the first send: an earlier one of unknown
    outcome may still be at the exchange. An acknowledgement of any send is an acknowledgement, and stays one.
    """
    certain = order.sends <= 1 or sending is Sending.ACKNOWLEDGED
    known = order.status is not None or order.sending is Sending.ACKNOWLEDGED
    result = sending if certain else Sending.UNKNOWN
    return replace(
        order,
        sending=Sending.ACKNOWLEDGED if known else result,
        answered_at_us=now_us,
        refusal=refusal,
        why=why,
        exchange_order_id=exchange_order_id or order.exchange_order_id,
        sent_at_us=now_us if result is Sending.UNKNOWN and not known else order.sent_at_us,
    )


def cancelling(order: Order, now_us: int) -> Order:
    """The order at the moment a cancel of it starts."""
    return replace(order, cancels=order.cancels + 1, cancel_sent_at_us=now_us)
