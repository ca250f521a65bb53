"""A whole position on KuCoin futures, by their contract: something that keeps what it is sent, and the library."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Sent, library_at
from rows_of_kucoin import CONTRACT, FILL, ORDER, POSITION, data, page

from atomicpos.models import State

pytestmark = pytest.mark.wire


class Keeping:
    """As little of KuCoin as a life needs: one contract, orders filled at once, stops that wait."""

    def __init__(self) -> None:
        self.size = 0
        self.orders: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []

    def answer(self, sent: Sent) -> object:
        """What KuCoin would show; None for what a life does not ask for."""
        if sent.method == "DELETE":
            return self._cancel(sent.path.rsplit("/", 1)[1])
        return {
            "GET /api/v1/contracts/active": lambda: data([CONTRACT]),
            "GET /api/v1/account-overview": lambda: data({"currency": "USDT"}),
            "GET /api/v2/position/getPositionMode": lambda: data({"positionMode": 0}),
            "GET /api/v2/position/getMarginMode": lambda: data({"symbol": "AVLUSDTM", "marginMode": "ISOLATED"}),
            "GET /api/v2/getCrossUserLeverage": lambda: data({"symbol": "AVLUSDTM", "leverage": "3"}),
            "GET /api/v1/mark-price/AVLUSDTM/current": lambda: data({"symbol": "AVLUSDTM", "value": 1.3571}),
            "GET /api/v1/position": lambda: data(self._position()),
            "GET /api/v1/positions": lambda: data([self._position()] if self.size else []),
            "GET /api/v1/orders/byClientOid": lambda: self._by_oid(sent.query["clientOid"]),
            "GET /api/v1/orders": page,
            "GET /api/v1/stopOrders": lambda: page(*[o for o in self.orders if o["stop"] and o["isActive"]]),
            "GET /api/v1/fills": lambda: page(*self.fills),
            "POST /api/v1/orders": lambda: self._place(sent.body),
        }.get(sent.line, lambda: None)()

    def _position(self) -> dict[str, Any]:
        return {**POSITION, "currentQty": self.size, "isOpen": bool(self.size)}

    def _by_oid(self, name: str) -> object:
        found = [order for order in self.orders if order["clientOid"] == name]
        return data(found[0]) if found else {"code": "100001", "msg": "error.getOrder.orderNotExist"}

    def _place(self, body: dict[str, Any]) -> dict[str, object]:
        now_ms = int(time.time() * 1000)
        waits = "stop" in body
        order = {
            **ORDER, "id": f"order-{len(self.orders)}", "side": body["side"], "size": body["size"],
            "clientOid": body["clientOid"], "reduceOnly": body["reduceOnly"], "stop": body.get("stop", ""),
            "stopPrice": body.get("stopPrice"), "stopPriceType": body.get("stopPriceType", ""), "isActive": waits,
            "filledSize": 0 if waits else body["size"], "filledValue": "0" if waits else "13.571",
            "createdAt": now_ms, "updatedAt": now_ms,
        }  # fmt: skip
        self.orders.append(order)
        if not waits:
            self.size += body["size"] if body["side"] == "buy" else -body["size"]
            self.fills.append({
                **FILL, "tradeId": f"fill-{len(self.fills)}", "orderId": order["id"], "side": body["side"],
                "size": body["size"], "price": "1.3571", "tradeTime": now_ms * 1_000_000,
            })
        return data({"orderId": order["id"]})

    def _cancel(self, name: str) -> dict[str, object]:
        (order,) = [each for each in self.orders if each["id"] == name]
        order.update(isActive=False, cancelExist=True, updatedAt=int(time.time() * 1000))
        return data({"cancelledOrderIds": [name]})


async def test_a_position_is_opened_protected_and_closed() -> None:
    """The leverage goes with the entry alone; fills are told by the order's id; every order but the entry reduces."""
    keeping = Keeping()
    client = ccxt.kucoinfutures({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1"})

    async def loads() -> None:
        client.set_markets(await client.fetch_contract_markets())

    async with library_at(client, keeping.answer, loads) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDTM", "buy", "10", stop_loss_percent="2", leverage=5)
        assert (row.state, row.filled_quantity, row.stop_price) == (State.PROTECTED, 10, Decimal("1.33"))
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert keeping.size == 0
    assert [(each.body or {}).get("reduceOnly") for each in desk.writes] == [False, True, True, None]
    assert all(each.body["leverage"] == "5" for each in desk.writes if each.body)
    assert not any(order["isActive"] for order in keeping.orders)
