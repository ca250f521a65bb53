"""A whole position on KuCoin futures, by their contract: something that keeps what it is sent, and the library."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Desk, Sent, library_at, until_alone
from rows_of_kucoin import CONTRACT, FILL, ORDER, POSITION, STOP, data, page

from atomicpos import AtomicPositions
from atomicpos.models import UNNAMED, Position, State

pytestmark = pytest.mark.wire


CLOSES_ALL = {"closeOrder": True, "reduceOnly": True, "size": 0}
CLOSES_ITS_SIZE = {"closeOrder": False, "reduceOnly": True, "size": 100}


class Keeping:
    """As little of KuCoin as a life needs: one contract, orders filled at once, stops that wait.

    ``closes`` is what the stop of an entry shows beside its trigger, None where it is left out; an entry fills by that
    ``share``; so many ``refused`` stops of ours come first.
    """

    def __init__(self, closes: dict[str, Any] | None = CLOSES_ALL, share: Decimal = Decimal(1),
                 refused: int = 0) -> None:
        self.closes, self.share, self.refused = closes, share, refused
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
            "POST /api/v1/st-orders": lambda: self._place_both(sent.body),
        }.get(sent.line, lambda: self._by_id(sent.path.rsplit("/", 1)[1]) if sent.path.count("/") == 4 else None)()

    def _by_id(self, name: str) -> object:
        found = [order for order in self.orders if order["id"] == name]
        return data(found[0]) if found else None

    def _place_both(self, body: dict[str, Any]) -> dict[str, object]:
        now_ms = int(time.time() * 1000)
        reply = self._place({**body, "stopPriceType": ""}, self.share)
        if self.closes is not None:
            self.orders.append({
                **STOP, "id": "guard-9", "side": "sell", "stop": "down", "stopPrice": body["triggerStopDownPrice"],
                "stopPriceType": body["stopPriceType"], "clientOid": "", "createdAt": now_ms, "updatedAt": now_ms,
                **self.closes,
            })  # fmt: skip
        return reply

    def _position(self) -> dict[str, Any]:
        liquidation = 1.1 if self.size > 0 else 1.9
        return {**POSITION, "currentQty": self.size, "isOpen": bool(self.size), "liquidationPrice": liquidation}

    def _by_oid(self, name: str) -> object:
        found = [order for order in self.orders if order["clientOid"] == name]
        return data(found[0]) if found else {"code": "100001", "msg": "error.getOrder.orderNotExist"}

    @property
    def living(self) -> list[str]:
        """The ids of the stops that wait."""
        return [order["id"] for order in self.orders if order["isActive"]]

    def _place(self, body: dict[str, Any], share: Decimal = Decimal(1)) -> dict[str, object]:
        now_ms = int(time.time() * 1000)
        waits = "stop" in body
        if waits and self.refused:
            self.refused -= 1
            return {"code": "300009", "msg": "No open positions to close."}
        filled = 0 if waits else int(body["size"] * share)
        order = {
            **ORDER, "id": f"order-{len(self.orders)}", "side": body["side"], "size": body["size"],
            "clientOid": body["clientOid"], "reduceOnly": body["reduceOnly"], "stop": body.get("stop", ""),
            "stopPrice": body.get("stopPrice"), "stopPriceType": body.get("stopPriceType", ""), "isActive": waits,
            "filledSize": filled, "filledValue": "0" if waits else str(filled * Decimal("0.13571")),
            "cancelExist": share < 1, "createdAt": now_ms, "updatedAt": now_ms,
        }  # fmt: skip
        self.orders.append(order)
        if not waits:
            self.size += filled if body["side"] == "buy" else -filled
            self.fills.append({
                **FILL, "tradeId": f"fill-{len(self.fills)}", "orderId": order["id"], "side": body["side"],
                "size": filled, "price": "1.3571", "tradeTime": now_ms * 1_000_000,
            })
        return data({"orderId": order["id"]})

    def _cancel(self, name: str) -> dict[str, object]:
        (order,) = [each for each in self.orders if each["id"] == name]
        order.update(isActive=False, cancelExist=True, updatedAt=int(time.time() * 1000))
        return data({"cancelledOrderIds": [name]})


@asynccontextmanager
async def library(keeping: Keeping) -> AsyncIterator[tuple[Desk, AtomicPositions]]:
    client = ccxt.kucoinfutures({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1"})

    async def loads() -> None:
        client.set_markets(await client.fetch_contract_markets())

    async with library_at(client, keeping.answer, loads) as (desk, positions):
        yield desk, positions


async def opened(positions: AtomicPositions, side: str = "buy") -> Position:
    return await positions.open_position_atomic("AVLUSDTM", side, "10", stop_loss_percent="2", leverage=5)


def written(desk: Desk) -> list[str]:
    return [each.line for each in desk.writes]


PLACE, BOTH, GUARD_GONE = "POST /api/v1/orders", "POST /api/v1/st-orders", "DELETE /api/v1/orders/guard-9"


@pytest.mark.parametrize("closes", [CLOSES_ALL, CLOSES_ITS_SIZE], ids=["whole position", "its own size"])
async def test_a_position_is_opened_protected_and_closed(closes: dict[str, Any]) -> None:
    """The leverage goes with the entry alone; fills are told by the order's id; every order but the entry reduces; the
    guard is told by its value, and goes by the exchange's id once a stop of ours was read back."""
    keeping = Keeping(closes)
    async with library(keeping) as (desk, positions):
        row = await opened(positions)
        assert (row.state, row.filled_quantity, row.stop_price) == (State.PROTECTED, 10, Decimal("1.33"))
        assert row.exposure_s < 0.05
        await until_alone(positions, row.id)
        assert keeping.living == ["order-2"]
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert (keeping.size, keeping.living) == (0, [])
    assert written(desk) == [BOTH, PLACE, GUARD_GONE, PLACE, "DELETE /api/v1/orders/order-2"]
    assert [(each.body or {}).get("reduceOnly") for each in desk.writes] == [False, True, None, True, None]
    assert all(each.body["leverage"] == "5" for each in desk.writes if each.body)
    assert (desk.writes[0].body["triggerStopDownPrice"], desk.writes[0].body["stopPriceType"]) == ("1.33", "MP")


async def test_a_guard_that_could_open_covers_nothing_and_goes_all_the_same() -> None:
    """It shows neither that it closes nor that it only reduces: the exposure runs on until ours stands."""
    keeping = Keeping({"closeOrder": False, "reduceOnly": False})
    async with library(keeping) as (desk, positions):
        row = await opened(positions)
        assert row.state is State.PROTECTED
        assert not any(order.read_back for order in row.orders if order.attempt == UNNAMED)
        await until_alone(positions, row.id)
    assert written(desk) == [BOTH, PLACE, GUARD_GONE]


async def test_a_partial_fill_is_guarded_and_protected() -> None:
    """What filled is covered from its fill on, and by a stop of our id in the end."""
    keeping = Keeping(share=Decimal("0.6"))
    async with library(keeping) as (_, positions):
        row = await opened(positions)
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 6)
        await until_alone(positions, row.id)
    assert keeping.living == ["order-2"]


async def test_an_entry_that_was_taken_without_its_guard_gets_a_stop_of_ours() -> None:
    """Nothing waits for the guard, and nothing is cancelled in its place."""
    keeping = Keeping(None)
    async with library(keeping) as (desk, positions):
        assert (await opened(positions)).state is State.PROTECTED
    assert written(desk) == [BOTH, PLACE]


async def test_while_a_stop_of_ours_is_refused_the_guard_stays() -> None:
    """New before old: it goes only once the exact stop was read back."""
    keeping = Keeping(refused=1)
    async with library(keeping) as (desk, positions):
        row = await opened(positions)
        assert (row.state, row.exposure_s < 0.05) == (State.PROTECTED, True)
        await until_alone(positions, row.id)
    assert written(desk) == [BOTH, PLACE, PLACE, GUARD_GONE]


async def test_what_another_hand_has_put_up_stays() -> None:
    """One at our trigger from before our entry, and one at another trigger since: neither is our guard."""
    keeping, now_ms = Keeping(), int(time.time() * 1000)
    theirs = {**STOP, "clientOid": "theirs", **CLOSES_ALL}
    keeping.orders += [
        {**theirs, "id": "before", "stopPrice": "1.33", "createdAt": now_ms - 60_000},
        {**theirs, "id": "since", "stopPrice": "1.2", "createdAt": now_ms + 1000},
    ]
    async with library(keeping) as (_, positions):
        row = await opened(positions)
        await until_alone(positions, row.id)
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert keeping.living == ["before", "since"]


async def test_a_short_goes_without_a_guard_and_is_protected_after_its_fill() -> None:
    """Its row has none either: nothing is looked for, and nothing holds it up in the end."""
    keeping = Keeping()
    async with library(keeping) as (desk, positions):
        row = await opened(positions, "sell")
        assert (row.state, row.stop_price) == (State.PROTECTED, Decimal("1.3842"))
        assert [order.attempt for order in row.orders if order.leg == "stop"] == [1]
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert written(desk) == [PLACE, PLACE, PLACE, "DELETE /api/v1/orders/order-1"]
    assert (keeping.size, keeping.living) == (0, [])
