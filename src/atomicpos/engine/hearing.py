"""Which sources a drive has still to hear before it may rest, and from when on what they say counts."""

from __future__ import annotations

from collections.abc import Iterable

from ..evidence import BUILT_IN, Evidence, Source
from ..record import Record

WATCHED = frozenset({Source.ORDER_STATUS.value, Source.POSITION_POLL.value})
"""The sources that a watch of a protected row hears: is the stop there, is the position there. Doubt asks them all."""


class Hearing:
    """The sources that are still to be heard, each once."""

    def __init__(self, sources: Iterable[str] = ()) -> None:
        self.left = set(sources)
        """By name."""
        self._since_us = 0

    def anew(self, sources: Iterable[str], now_us: int) -> None:
        """Hear these once more: what they were asked before now does not count."""
        self.left.update(sources)
        self._since_us = now_us

    def heard(self, evidence: Evidence) -> None:
        """A source said something, be it that it cannot say."""
        if evidence.asked_at_us >= self._since_us:
            self.left.discard(evidence.source)


def to_be_heard(record: Record) -> frozenset[str]:
    """The sources that a watch hears once: of a row that is settled all of them."""
    return BUILT_IN if record.state.settled else WATCHED


def ends_something(told: Evidence, record: Record) -> bool:
    """True when it shows the end of an order that is not read as ended, or the slot of a filled entry as empty."""
    open_ = {order.client_order_id for order in record.orders if not order.settled}
    ended = any(view.status.final and view.client_order_id in open_ for view in told.orders)
    emptied = told.position is not None and told.position.quantity == 0 and record.filled_quantity > 0
    return ended or emptied
