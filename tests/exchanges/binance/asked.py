"""The requests of these tests, and what arrived of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from atomicpos.models import Leg, OrderSide, TriggerBy
from atomicpos.ports import CancelOrder, PlaceOrder
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"
ORDER, ALGO = "/fapi/v1/order", "/fapi/v1/algoOrder"
QUICK: dict[str, Any] = {"visibility_s_max": 1.0, "recv_window_s": 1.0, "verification_deadline_s": 20.0}
"""A horizon of three seconds: a flat symbol has no row and so no time, and its flatness is proven by waiting that out.
Of verification there is time enough, on a machine that is busy."""

WINDOW = "5000"
"""Our receive window of five seconds, whatever the client's own is."""

ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal("10.00"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "ap-close", OrderSide.SELL, Decimal(10), True)
CANCEL = CancelOrder(AVL, "ap-stop", None, True)


def stop(trigger: str = "1.3300", name: str = "ap-stop", side: OrderSide = OrderSide.SELL) -> PlaceOrder:
    """A stop of ten by the mark price."""
    return PlaceOrder(AVL, Leg.STOP, name, side, Decimal(10), True, Decimal(trigger), TriggerBy.MARK)


def sent(venue: Server, path: str, *methods: str) -> list[dict[str, str]]:
    """What was asked there by these methods, without the timestamp; writes by default."""
    wanted = methods or ("POST", "DELETE")
    return [
        {name: value for name, value in parse_qsl(entry.query + entry.body) if name != "timestamp"}
        for entry in venue.arrivals.entries
        if entry.path == path and entry.method in wanted
    ]
