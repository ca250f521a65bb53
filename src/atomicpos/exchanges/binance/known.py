"""What was learnt of the account: whose number is whose, which ids are conditional orders, which mode it is in."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from atomicpos.models import PositionMode

Key = TypeVar("Key")
Value = TypeVar("Value")

KEPT = 20_000
"""How many orders are remembered; the oldest are forgotten, and asked for again when they matter."""


class Known:
    """Trades carry an order's number and not its client id: each number's id is asked for once."""

    def __init__(self) -> None:
        self._names: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._conditional: OrderedDict[str, None] = OrderedDict()
        self.mode: PositionMode | None = None
        """The position mode as it was last read, which is before each entry; no list of a flat account shows it."""

    def name(self, market_id: str, order_id: str) -> str | None:
        """The client order id of that number; None when it is not known."""
        return self._names.get((market_id, order_id))

    def learn(self, market_id: str, order_id: str | None, client_order_id: str | None) -> None:
        """Remember whose number that is."""
        if order_id is not None and client_order_id is not None:
            _keep(self._names, (market_id, order_id), client_order_id)

    def is_conditional(self, client_order_id: str) -> bool:
        """Whether that id was sent, or found, as a conditional order: then it is looked for there first."""
        return client_order_id in self._conditional

    def conditional(self, client_order_id: str) -> None:
        """Remember that it is one."""
        _keep(self._conditional, client_order_id, None)


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)
