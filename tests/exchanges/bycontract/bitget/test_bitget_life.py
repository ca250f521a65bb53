"""Whole positions on Bitget's classic futures, by their contract: something that keeps what it is sent, the library."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Sent, library_at, until_alone
from lives_of_bitget import whole_life, written
from rows_of_bitget import ACCOUNT, CONTRACT, FILL, GUARD, ORDER, POSITION, STOP, data, page

from atomicpos.models import State

pytestmark = pytest.mark.wire

BASE = "/api/v2/mix"


class Keeping:
    """As little of Bitget as a life needs: one symbol, orders filled at once, stops that wait.

    A preset stop becomes a plan of that ``preset`` kind, or none; an entry fills by that ``share``; so many ``refused``
    stops come first.
    """

    def __init__(self, preset: str | None = "pos_loss", share: Decimal = Decimal(1), refused: int = 0) -> None:
        self.preset, self.share, self.refused = preset, share, refused
        self.size = Decimal(0)
        self.orders: list[dict[str, Any]] = []
        self.stops: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []

    def answer(self, sent: Sent) -> object:
        """What Bitget would show; None for what a life does not ask for."""
        waiting = sent.query.get("planType") == "profit_loss"
        return {
            f"GET {BASE}/market/contracts": lambda: data([CONTRACT] if "usdt" in str(sent.query).lower() else []),
            f"GET {BASE}/account/accounts": lambda: data([ACCOUNT]),
            f"GET {BASE}/account/account": lambda: data(ACCOUNT),
            f"GET {BASE}/market/symbol-price": lambda: data([{"symbol": "AVLUSDT", "markPrice": "1.3571"}]),
            f"GET {BASE}/position/single-position": lambda: data(self._positions()),
            f"GET {BASE}/position/all-position": lambda: data(self._positions()),
            f"GET {BASE}/order/detail": lambda: self._detail(sent.query),
            f"GET {BASE}/order/orders-pending": lambda: page("entrustedList"),
            f"GET {BASE}/order/orders-plan-pending": lambda: page("entrustedList", *self._stops("live", waiting)),
            f"GET {BASE}/order/orders-plan-history": lambda: page("entrustedList", *self._stops("done", waiting)),
            f"GET {BASE}/order/fill-history": lambda: page("fillList", *self.fills),
            f"POST {BASE}/order/place-order": lambda: self._place(sent.body),
            f"POST {BASE}/order/place-tpsl-order": lambda: self._stop(sent.body),
            f"POST {BASE}/order/cancel-plan-order": lambda: self._cancel(sent.body),
        }.get(sent.line, lambda: None)()

    def _positions(self) -> list[dict[str, Any]]:
        held = {**POSITION, "holdSide": "long", "total": str(self.size), "openPriceAvg": "1.3571",
                "liquidationPrice": "1.1"}  # fmt: skip
        return [held] if self.size else []

    def _stops(self, word: str, asked: bool) -> list[dict[str, Any]]:
        return [stop for stop in self.stops if asked and (stop["planStatus"] == "live") is (word == "live")]

    def _detail(self, query: dict[str, str]) -> object:
        found = [o for o in self.orders if query.get("clientOid", o["clientOid"]) == o["clientOid"]
                 and query.get("orderId", o["orderId"]) == o["orderId"]]  # fmt: skip
        return data(found[0]) if found else {"code": "40109", "msg": "The data of the order cannot be found"}

    def _place(self, body: dict[str, Any]) -> dict[str, object]:
        entry = body["reduceOnly"] == "NO"
        reply = self._fill(body["side"], body["size"], body, self.share if entry else Decimal(1))
        if "presetStopLossPrice" in body and self.preset is not None:
            self.stops.append({
                **GUARD, "planType": self.preset, "orderId": "9", "triggerPrice": body["presetStopLossPrice"],
                "size": "" if self.preset == "pos_loss" else self.orders[-1]["baseVolume"],
                "side": "sell" if body["side"] == "buy" else "buy", "cTime": str(int(time.time() * 1000)),
            })  # fmt: skip
        return reply

    def _fill(self, side: str, size: str, said: dict[str, Any], share: Decimal = Decimal(1)) -> dict[str, object]:
        now_ms, order_id = str(int(time.time() * 1000)), str(1000 + len(self.orders))
        filled = str(Decimal(size) * share)
        self.size += Decimal(filled) if side == "buy" else -Decimal(filled)
        self.orders.append({
            **ORDER, "orderId": order_id, "clientOid": said["clientOid"], "side": side, "size": size,
            "baseVolume": filled, "priceAvg": "1.3571", "reduceOnly": said["reduceOnly"], "cTime": now_ms,
            "uTime": now_ms, "state": "filled" if share == 1 else "canceled",
        })
        self.fills.append({**FILL, "tradeId": str(5000 + len(self.fills)), "orderId": order_id, "side": side,
                           "baseVolume": filled, "price": "1.3571", "cTime": now_ms})  # fmt: skip
        return data({"orderId": order_id, "clientOid": said["clientOid"]})

    def _stop(self, body: dict[str, Any]) -> dict[str, object]:
        if self.refused:
            self.refused -= 1
            return {"code": "43023", "msg": "Insufficient position", "data": None}
        side = {"buy": "sell", "sell": "buy"}[body["holdSide"]]
        kept = {name: body[name] for name in ("size", "clientOid", "planType", "triggerPrice", "triggerType")}
        self.stops.append({**STOP, **kept, "orderId": str(2000 + len(self.stops)), "side": side})
        return data({"orderId": self.stops[-1]["orderId"], "clientOid": body["clientOid"]})

    def _cancel(self, body: dict[str, Any]) -> dict[str, object]:
        (asked,) = body["orderIdList"]
        (stop,) = [each for each in self.stops if asked.items() <= each.items()]
        assert stop["planType"] == body["planType"], "a plan of another kind is not found"
        stop["planStatus"] = "cancelled"
        return data({"successList": [asked], "failureList": []})

    @property
    def living(self) -> list[dict[str, Any]]:
        """The plans that wait."""
        return [stop for stop in self.stops if stop["planStatus"] == "live"]

    def triggers(self) -> None:
        """The price reaches the stop: an order of another id closes what it covers."""
        (stop,) = self.living
        made = self._fill(stop["side"], stop["size"], {"clientOid": "made-by-the-stop", "reduceOnly": "YES"})
        stop.update(planStatus="executed", executeOrderId=made["data"]["orderId"])  # type: ignore[index]


def client_and_markets(keeping: Keeping) -> tuple[Any, Any]:
    client = ccxt.bitget({"apiKey": "key-1", "secret": "secret-1", "password": "pass-1"})
    client.options["fetchMarkets"] = {"types": ["swap"]}

    async def loads() -> None:
        client.set_markets((await client.fetch_default_markets({}))[:1])

    return client, loads


@pytest.mark.parametrize("preset", ["pos_loss", "loss_plan"])
async def test_a_position_is_opened_protected_and_closed(preset: str) -> None:
    """Entry with its guard, a plan under our id that can only close, the guard taken away by the exchange's id, a close
    that only reduces, and the plan cancelled by our id: whichever kind of plan the guard is."""
    keeping = Keeping(preset)
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (desk, positions):
        await whole_life(positions, keeping)
    assert written(desk) == [
        "place-order", "place-tpsl-order", "cancel-plan-order", "place-order", "cancel-plan-order",
    ]  # fmt: skip
    entry, exact, guard, _, _ = desk.writes
    assert (entry.body["presetStopLossPrice"], exact.body["triggerPrice"]) == ("1.33", "1.33")
    assert (guard.body["planType"], guard.body["orderIdList"]) == (preset, [{"orderId": "9"}])


async def test_a_partial_fill_is_guarded_and_protected() -> None:
    """What filled is covered by the preset stop from its fill on, and by one of our id in the end."""
    keeping = Keeping(share=Decimal("0.6"))
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (_, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 6)
        await until_alone(positions, row.id)
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert (keeping.size, keeping.living) == (0, [])


async def test_an_entry_that_was_taken_without_its_guard_gets_a_stop_of_ours() -> None:
    """Whatever became of the preset stop: nothing waits for it, and nothing is cancelled in its place."""
    keeping = Keeping(preset=None)
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.stop_price) == (State.PROTECTED, Decimal("1.33"))
    assert written(desk) == ["place-order", "place-tpsl-order"]


async def test_while_a_stop_of_ours_is_refused_the_guard_stays() -> None:
    """New before old: the guard goes only once the exact stop was read back."""
    keeping = Keeping(refused=1)
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (row.state, row.exposure_s < 0.05) == (State.PROTECTED, True)
        await until_alone(positions, row.id)
    assert written(desk) == ["place-order", "place-tpsl-order", "place-tpsl-order", "cancel-plan-order"]


async def test_what_another_hand_has_put_up_stays() -> None:
    """One at our trigger from before our entry, and one at another trigger since: neither is our guard."""
    keeping = Keeping()
    before = {**GUARD, "orderId": "7", "triggerPrice": "1.33", "cTime": "1796079600000"}
    since = {**GUARD, "orderId": "8", "triggerPrice": "1.2", "cTime": str(int(time.time() * 1000) + 1000)}
    keeping.stops += [before, since]
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (_, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        await until_alone(positions, row.id)
        assert (await positions.close_position(row.id)).state is State.CLOSED
    assert keeping.living == [before, since]


async def test_a_stop_that_is_triggered_is_told_from_another_hand() -> None:
    """Its fills bear the id of an order that it made; the row closes by its own stop, and nothing more is sent."""
    keeping = Keeping()
    client, loads = client_and_markets(keeping)
    async with library_at(client, keeping.answer, loads) as (desk, positions):
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        await until_alone(positions, row.id)
        news = positions.events()
        keeping.triggers()
        async with asyncio.timeout(60):
            async for _ in news:
                closed = await positions.get(row.id)
                if closed.state.settled:
                    break
        assert (closed.state, keeping.size) == (State.CLOSED, 0)
        _, stop = [order for order in closed.orders if order.leg == "stop"]
        assert (stop.filled, stop.exchange_order_id) == (10, keeping.orders[-1]["orderId"])
    assert written(desk) == ["place-order", "place-tpsl-order", "cancel-plan-order"]
