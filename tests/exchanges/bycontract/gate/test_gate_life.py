"""A whole position on Gate, by its contract: an exchange at the desk that keeps what it is sent, and the library."""

from __future__ import annotations

import time
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Sent, library_at
from rows_of_gate import ACCOUNT, CONTRACT, POSITION

from atomicpos.models import State

pytestmark = pytest.mark.wire

BASE = "/api/v4/futures/usdt"


class Keeping:
    """As little of Gate as a life needs: one contract, orders filled at once, stops that wait."""

    def __init__(self) -> None:
        self.size = 0
        self.orders: list[dict[str, Any]] = []
        self.stops: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []
        self.changed = time.time() - 60

    def answer(self, sent: Sent) -> object:
        """What Gate would show; None for what a life does not ask for."""
        if sent.path.startswith(f"{BASE}/orders/"):
            return self._order(sent.path.rsplit("/", 1)[1])
        if sent.path.startswith(f"{BASE}/price_orders/"):
            return self._cancel(sent.path.rsplit("/", 1)[1])
        return {
            "GET /api/v4/futures/usdt/contracts": lambda: [CONTRACT],
            f"GET {BASE}/accounts": lambda: ACCOUNT,
            f"GET {BASE}/contracts/AVL_USDT": lambda: CONTRACT,
            f"GET {BASE}/positions/AVL_USDT": self._position,
            f"GET {BASE}/positions": lambda: [self._position()] if self.size else [],
            f"GET {BASE}/orders": list,
            f"GET {BASE}/orders_timerange": lambda: self.orders,
            f"GET {BASE}/price_orders": lambda: [s for s in self.stops if s["status"] == sent.query["status"]],
            f"GET {BASE}/my_trades_timerange": lambda: self.fills,
            f"POST {BASE}/orders": lambda: self._fill(sent.body),
            f"POST {BASE}/price_orders": lambda: self._stop(sent.body),
        }.get(sent.line, lambda: None)()

    def _position(self) -> dict[str, Any]:
        return {**POSITION, "size": self.size, "entry_price": "1.3571" if self.size else "0",
                "update_time": int(self.changed)}  # fmt: skip

    def _order(self, name: str) -> object:
        found = [order for order in self.orders if name in (order["text"], str(order["id"]))]
        return found[0] if found else {"label": "ORDER_NOT_FOUND", "message": "Order not found"}

    def _fill(self, body: dict[str, Any]) -> dict[str, Any]:
        self.changed = time.time()
        self.size += body["size"]
        order = {
            "id": 1000 + len(self.orders), "contract": "AVL_USDT", "size": body["size"], "left": 0, "price": "0",
            "text": body["text"], "fill_price": "1.3571", "finish_as": "filled", "status": "finished",
            "is_reduce_only": body["reduce_only"], "create_time": self.changed, "finish_time": self.changed,
        }  # fmt: skip
        self.orders.append(order)
        self.fills.append({
            "size": body["size"], "order_id": str(order["id"]), "trade_id": str(5000 + len(self.fills)),
            "create_time": self.changed, "contract": "AVL_USDT", "price": "1.3571", "text": body["text"],
        })
        return order

    def _stop(self, body: dict[str, Any]) -> dict[str, Any]:
        initial = {**body["initial"], "is_reduce_only": body["initial"]["reduce_only"], "is_close": False}
        trigger = {**body["trigger"], "expiration": 0}
        self.stops.append({
            "id": 2000 + len(self.stops), "trade_id": 0, "status": "open", "create_time": int(time.time()),
            "initial": initial, "trigger": trigger,
        })
        return {"id": self.stops[-1]["id"]}

    def _cancel(self, name: str) -> dict[str, Any]:
        (stop,) = [each for each in self.stops if str(each["id"]) == name]
        stop.update(status="finished", finish_as="cancelled", finish_time=time.time())
        return stop


async def test_a_position_is_opened_protected_and_closed() -> None:
    """Entry, then a stop of ours read back from the list, then a close that only reduces and a cancel by its number."""
    keeping = Keeping()
    client = ccxt.gate({"apiKey": "key-1", "secret": "secret-1"})
    client.set_markets([client.parse_contract_market(CONTRACT, "usdt")])
    async with library_at(client, keeping.answer) as (desk, positions):
        row = await positions.open_position_atomic("AVL_USDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 10)
        assert keeping.stops[0]["trigger"]["price"] == "1.33"
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert keeping.size == 0
    assert [stop["status"] for stop in keeping.stops] == ["finished"]
    assert [(each.method, each.path.rsplit("/", 1)[1]) for each in desk.writes] == [
        ("POST", "orders"), ("POST", "price_orders"), ("POST", "orders"), ("DELETE", "2000"),
    ]  # fmt: skip
