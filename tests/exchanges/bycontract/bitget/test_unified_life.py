"""Whole positions on Bitget's unified account, by their contract: something that keeps what it is sent, the library."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Desk, Sent, library_at, until_alone
from lives_of_bitget import whole_life, written
from rows_of_bitget import data
from rows_of_unified import CONTRACT, FILL, ORDER, POSITION, SETTINGS, STOP

from atomicpos import AtomicPositions
from atomicpos.models import State

pytestmark = pytest.mark.wire

TRADE = "/api/v3/trade"


class Keeping:
    """As little of the account as a life needs: one symbol, orders filled at once, stops that wait.

    ``guarded``: what an entry brings along becomes a tpsl order under ids of Bitget's own. An entry fills by that
    ``share``; so many ``refused`` stops of ours come first.
    """

    def __init__(self, guarded: bool = True, share: Decimal = Decimal(1), refused: int = 0) -> None:
        self.guarded, self.share, self.refused = guarded, share, refused
        self.size = Decimal(0)
        self.orders: list[dict[str, Any]] = []
        self.stops: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []

    @property
    def living(self) -> list[dict[str, Any]]:
        """The stops that wait."""
        return [stop for stop in self.stops if stop["status"] == "pending"]

    def answer(self, sent: Sent) -> object:
        """What Bitget would show; None for what a life does not ask for."""
        ours = sent.query.get("category") == "USDT-FUTURES"
        return {
            "GET /api/v3/market/instruments": lambda: data([CONTRACT] if ours else []),
            "GET /api/v3/account/settings": lambda: data(SETTINGS),
            "GET /api/v3/market/tickers": lambda: data([{"symbol": "AVLUSDT", "markPrice": "1.3571"}]),
            "GET /api/v3/position/current-position": lambda: data({"list": self._positions() if ours else []}),
            f"GET {TRADE}/order-info": lambda: self._info(sent.query["clientOid"]),
            f"GET {TRADE}/unfilled-orders": lambda: data({"list": [], "cursor": ""}),
            f"GET {TRADE}/unfilled-strategy-orders": lambda: data(self.living if ours else []),
            f"GET {TRADE}/history-strategy-orders": lambda: data({
                "list": [stop for stop in self.stops if stop not in self.living], "cursor": "",
            }),
            f"GET {TRADE}/fills": lambda: data({"list": self.fills, "cursor": ""}),
            f"POST {TRADE}/place-order": lambda: self._place(sent.body),
            f"POST {TRADE}/place-strategy-order": lambda: self._stop(sent.body),
            f"POST {TRADE}/cancel-strategy-order": lambda: self._cancel(sent.body),
        }.get(sent.line, lambda: None)()

    def _positions(self) -> list[dict[str, Any]]:
        return [{**POSITION, "posSide": "long", "total": str(self.size), "avgPrice": "1.3571"}] if self.size else []

    def _info(self, name: str) -> object:
        found = [order for order in self.orders if order["clientOid"] == name]
        return data(found[0]) if found else {"code": "25204", "msg": "Order does not exist", "data": None}

    def _place(self, body: dict[str, Any]) -> dict[str, object]:
        now_ms, order_id = str(int(time.time() * 1000)), str(1000 + len(self.orders))
        filled = str(Decimal(body["qty"]) * (self.share if body["reduceOnly"] == "no" else 1))
        self.size += Decimal(filled) if body["side"] == "buy" else -Decimal(filled)
        said = {name: body[name] for name in ("clientOid", "side", "qty", "reduceOnly")}
        status = "filled" if Decimal(filled) == Decimal(body["qty"]) else "cancelled"
        self.orders.append({**ORDER, **said, "orderId": order_id, "cumExecQty": filled, "avgPrice": "1.3571",
                            "orderStatus": status, "createdTime": now_ms, "updatedTime": now_ms})  # fmt: skip
        self.fills.append({**FILL, "execId": str(5000 + len(self.fills)), "orderId": order_id, "side": body["side"],
                           "execQty": filled, "execPrice": "1.3571", "createdTime": now_ms})  # fmt: skip
        if "stopLoss" in body and self.guarded:
            said = {name: body[name] for name in ("stopLoss", "slTriggerBy", "slOrderType")}
            self.stops.append({**STOP, **said, "orderId": "9", "clientOid": "9", "qty": filled, "createdTime": now_ms})
        return data({"orderId": order_id, "clientOid": body["clientOid"]})

    def _stop(self, body: dict[str, Any]) -> dict[str, object]:
        if self.refused:
            self.refused -= 1
            return {"code": "43023", "msg": "Insufficient position", "data": None}
        said = {name: body[name] for name in ("stopLoss", "slTriggerBy", "slOrderType", "qty", "clientOid")}
        self.stops.append({**STOP, **said, "orderId": str(2000 + len(self.stops))})
        return data({"orderId": self.stops[-1]["orderId"], "clientOid": body["clientOid"]})

    def _cancel(self, body: dict[str, Any]) -> dict[str, object]:
        (stop,) = [each for each in self.stops if body.items() <= each.items()]
        stop.update(status="cancelled", updatedTime=str(int(time.time() * 1000)))
        return data(None)


@asynccontextmanager
async def library(keeping: Keeping) -> AsyncIterator[tuple[Desk, AtomicPositions]]:
    client = ccxt.bitget({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1", "options": {"uta": True}})

    async def loads() -> None:
        client.set_markets(await client.fetch_uta_markets({}))

    async with library_at(client, keeping.answer, loads) as (desk, positions):
        yield desk, positions


async def test_a_position_is_opened_protected_and_closed() -> None:
    """Entry with its guard, a stop of our id, the guard cancelled by the exchange's, a close, and the stop by ours."""
    keeping = Keeping()
    async with library(keeping) as (desk, positions):
        await whole_life(positions, keeping)
    assert written(desk) == [
        "place-order", "place-strategy-order", "cancel-strategy-order", "place-order", "cancel-strategy-order",
    ]  # fmt: skip
    entry, exact, guard, _, _ = desk.writes
    assert (entry.body["stopLoss"], entry.body["slTriggerBy"], exact.body["stopLoss"]) == ("1.33", "mark", "1.33")
    assert guard.body == {"orderId": "9"}


async def test_a_partial_fill_is_guarded_and_protected() -> None:
    """The guard is as large as what filled: less than was asked for is not believed to cover, and it goes all the same.
    """
    keeping = Keeping(share=Decimal("0.6"))
    async with library(keeping) as (_, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 6)
        await until_alone(positions, row.id)
    assert [stop["clientOid"] for stop in keeping.living] == [row.orders[-1].client_order_id]


async def test_an_entry_that_was_taken_without_its_guard_gets_a_stop_of_ours() -> None:
    """Nothing waits for the guard, and nothing is cancelled in its place."""
    keeping = Keeping(guarded=False)
    async with library(keeping) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert row.state is State.PROTECTED
    assert written(desk) == ["place-order", "place-strategy-order"]


async def test_while_a_stop_of_ours_is_refused_the_guard_stays() -> None:
    """New before old: the guard goes only once the exact stop was read back."""
    keeping = Keeping(refused=1)
    async with library(keeping) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.exposure_s < 0.05) == (State.PROTECTED, True)
        await until_alone(positions, row.id)
    assert written(desk) == ["place-order", "place-strategy-order", "place-strategy-order", "cancel-strategy-order"]


async def test_what_another_hand_has_put_up_stays() -> None:
    """One at our trigger from before our entry, and one at another trigger since: neither is our guard."""
    keeping = Keeping()
    since_ms = str(int(time.time() * 1000) + 1000)
    theirs = [
        {**STOP, "orderId": "7", "clientOid": "7", "createdTime": "1796079600000"},
        {**STOP, "orderId": "8", "clientOid": "8", "stopLoss": "1.2", "createdTime": since_ms},
    ]
    keeping.stops += theirs
    async with library(keeping) as (_, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        await until_alone(positions, row.id)
    assert keeping.living[:2] == theirs
