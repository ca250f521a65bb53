"""How amounts, durations and orders are worded. Pure."""

from __future__ import annotations

from decimal import Decimal

from ..models import MICROSECONDS, Order, OrderStatus, Sending
from ..record import MAY_HAVE_LEFT


def lasting(microseconds: int) -> str:
    """How long, for a person: 12.3 s, 5 min 12 s, 3 h 5 min, 2 d 4 h."""
    tenths = max(microseconds, 0) * 10 // MICROSECONDS
    seconds = tenths // 10
    if seconds < 60:
        return f"{seconds}.{tenths % 10} s"
    for unit, size, smaller, part in (("min", 60, "s", 1), ("h", 3600, "min", 60)):
        if seconds < size * (60 if unit == "min" else 24):
            return f"{seconds // size} {unit} {seconds % size // part} {smaller}"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"


def amount(value: Decimal) -> str:
    """The number as it is, without an exponent."""
    return format(value, "f")


def named(order: Order) -> str:
    """Which order: its leg and attempt."""
    return f"{order.leg.value} {order.attempt}"


def worded(stop: Order) -> str:
    """What a stop is: side, size, trigger."""
    size = "the whole position" if stop.attached else amount(stop.quantity)
    by = f" by {stop.trigger_by.value} price" if stop.trigger_by is not None else ""
    at = "" if stop.trigger_price is None else f" at {amount(stop.trigger_price)}"
    return f"({stop.order_side.value} {size}{at}{by})"


def status(order: Order) -> str:
    """How it was last read."""
    if order.status is None or order.status is OrderStatus.UNKNOWN:
        return "not shown by any source yet"
    return f"read as {order.status.value}"


def entry_so_far(entry: Order) -> str:
    """What is known of an entry that no fill is known of."""
    if entry.sends == 0:
        return "its request had not left when that was stored last"
    if entry.why == MAY_HAVE_LEFT:
        return "its process ended before it reported what became of the request"
    match entry.sending:
        case Sending.ACKNOWLEDGED:
            return f"the exchange took it, and it is {status(entry)}"
        case Sending.REFUSED | Sending.NOT_SENT:
            return f"it was {entry.sending.value.replace('_', ' ')}, and something contradicts that"
        case _:
            return f"its request left and was not answered{f': {entry.why}' if entry.why else ''}"
