"""A whole position on Hyperliquid, by its contract: something that keeps what it is sent, and the library."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Sent, library_at
from rows_of_hyperliquid import ADDRESS, ASSET, FILL, KEY, MARKET, ORDER, POSITION, state, statuses

from atomicpos.models import State

pytestmark = pytest.mark.wire


class Keeping:
    """As little of Hyperliquid as a life needs: one coin, orders filled at once, stops that wait."""

    def __init__(self) -> None:
        self.size = Decimal(0)
        self.orders: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []

    def answer(self, sent: Sent) -> object:
        """What Hyperliquid would show; None for what a life does not ask for."""
        if sent.path == "/exchange":
            action = sent.body["action"]
            kinds = {"order": self._place, "cancelByCloid": self._cancel}
            return kinds[action["type"]](action) if action["type"] in kinds else None
        return {
            "clearinghouseState": lambda: state(*([self._position()] if self.size else [])),
            "activeAssetData": lambda: ASSET,
            "frontendOpenOrders": lambda: [row["order"] for row in self.orders if row["status"] == "open"],
            "orderStatus": lambda: self._known(sent.body["oid"]),
            "userFillsByTime": lambda: self.fills,
        }.get(sent.body["type"], lambda: None)()

    def _position(self) -> dict[str, Any]:
        return {**POSITION, "position": {**POSITION["position"], "szi": str(self.size), "entryPx": "1.3571"}}

    def _known(self, cloid: str) -> object:
        found = [row for row in self.orders if row["order"]["cloid"] == cloid]
        return {"status": "order", "order": found[0]} if found else {"status": "unknownOid"}

    def _place(self, action: dict[str, Any]) -> object:
        (asked,) = action["orders"]
        now_ms, oid = int(time.time() * 1000), 100 + len(self.orders)
        trigger = asked["t"].get("trigger")
        side = "B" if asked["b"] else "A"
        order = {
            **ORDER, "cloid": asked["c"], "oid": oid, "origSz": asked["s"], "sz": asked["s"] if trigger else "0.0",
            "side": side, "reduceOnly": asked["r"], "isTrigger": trigger is not None, "timestamp": now_ms,
            "triggerPx": trigger["triggerPx"] if trigger else "0.0",
        }  # fmt: skip
        self.orders.append({"order": order, "status": "open" if trigger else "filled", "statusTimestamp": now_ms})
        if trigger:
            return statuses({"resting": {"oid": oid}})
        self.size += Decimal(asked["s"]) if asked["b"] else -Decimal(asked["s"])
        self.fills.append({**FILL, "tid": oid, "oid": oid, "side": side, "sz": asked["s"], "px": "1.3571",
                           "time": now_ms, "cloid": asked["c"]})  # fmt: skip
        return statuses({"filled": {"totalSz": asked["s"], "avgPx": "1.3571", "oid": oid}})

    def _cancel(self, action: dict[str, Any]) -> object:
        (asked,) = action["cancels"]
        (row,) = [each for each in self.orders if each["order"]["cloid"] == asked["cloid"]]
        row.update(status="canceled", statusTimestamp=int(time.time() * 1000))
        return statuses("success")


async def test_a_position_is_opened_protected_and_closed() -> None:
    """Four actions are signed: the entry, its stop, the close, the cancel of the stop; the last three cannot open."""
    keeping = Keeping()
    client = ccxt.hyperliquid({"walletAddress": ADDRESS, "privateKey": KEY})
    client.set_markets([client.parse_market(MARKET)])
    async with library_at(client, keeping.answer) as (desk, positions):
        row = await positions.open_position_atomic("AVL/USDC:USDC", "sell", "10", stop_loss_percent="2")
        assert (row.state, row.filled_quantity, row.entry_price) == (State.PROTECTED, 10, Decimal("1.3571"))
        assert row.stop_price == Decimal("1.3842")
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert keeping.size == 0
    actions = [each.body["action"] for each in desk.sent if each.path == "/exchange"]
    assert [action["type"] for action in actions] == ["order", "order", "order", "cancelByCloid"]
    assert [action["orders"][0]["r"] for action in actions[:3]] == [False, True, True]
    assert not any(order["status"] == "open" for order in keeping.orders)
