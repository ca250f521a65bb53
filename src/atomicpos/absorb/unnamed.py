"""Which of the stops on the symbol is the guard stop that travelled with our entry, where it has no id of ours. Pure.

It is told by its value, as the stop that an exchange keeps on the position itself is: the slot was empty when we took
it, so what was made there no earlier than our entry, closes our side and has our trigger, is what that brought. Once
its exchange id is known, that alone tells it. Another hand's stop at the same trigger would be taken for it, and the
price of that is a stop taken away beside one of ours that stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..evidence import OrderView
from ..frozen import replace
from ..ids import installation_of
from ..models import Order

LEAD_US = 100_000
"""How much earlier than its entry, by the exchange's own clock, a guard stop may say that it was made."""


def told(guard: Order, stops: Iterable[OrderView], tick: Decimal, entry_at_us: int) -> tuple[OrderView, ...]:
    """Those of the stops that may be the guard, under our name for it: more than one tell nothing, none is an absence.

    ``entry_at_us`` is when its entry was made, by the exchange's clock, which is the stops' own.
    """
    return tuple(named(guard, view) for view in stops if _may_be(guard, view, tick, entry_at_us - LEAD_US))


def named(guard: Order, view: OrderView) -> OrderView:
    """The reading under our name for the guard, by which the row knows it."""
    return replace(view, client_order_id=guard.client_order_id)


def _may_be(guard: Order, view: OrderView, tick: Decimal, since_us: int) -> bool:
    """On the closing side, at our trigger, made since then, and under no id of the library's."""
    if view.created_at_us is None or view.exchange_order_id is None:
        return False
    if guard.trigger_price is None or view.trigger_price is None or installation_of(view.client_order_id) is not None:
        return False
    return (
        view.order_side is guard.order_side
        and abs(view.trigger_price - guard.trigger_price) <= tick / 2
        and view.created_at_us >= since_us
    )
