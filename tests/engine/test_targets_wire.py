"""Targets on the wire: what leaves for each exchange, and whole lives through the unmodified ccxt clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import ccxt.async_support as ccxt
import pytest
import pytest_asyncio

from atomicpos import AtomicPositions
from atomicpos.models import SETTLED, Leg, Position, State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server, serve
from wired import library, wired_client

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
OPTIONS: dict[str, dict[str, Any]] = {"okx": {"fetchMarkets": {"types": ["spot", "swap"]}}}
SAID = {
    "bybit": {"orderType": "Market", "qty": "10", "reduceOnly": True, "triggerBy": "MarkPrice"},
    "binanceusdm": {
        "algoType": "CONDITIONAL", "type": "TAKE_PROFIT_MARKET", "quantity": "10", "reduceOnly": "true",
        "workingType": "MARK_PRICE", "positionSide": "BOTH",
    },
    "okx": {
        "ordType": "conditional", "sz": "1", "reduceOnly": True, "tpTriggerPxType": "mark", "tpOrdPx": "-1",
        "posSide": "net",
    },
}  # fmt: skip
"""What each is told in any case."""
TRIGGERS = {"bybit": "triggerPrice", "binanceusdm": "triggerPrice", "okx": "tpTriggerPx"}
OWN_IDS = {"bybit": "orderLinkId", "binanceusdm": "clientAlgoId", "okx": "algoClOrdId"}


@pytest.fixture(params=list(SAID))
def dialect(request: pytest.FixtureRequest) -> str:
    """Each exchange that has targets."""
    return str(request.param)


@pytest_asyncio.fixture
async def server(dialect: str) -> AsyncIterator[Server]:
    """The venue in that dialect."""
    running = await serve(dialect, seed=1)
    yield running
    await running.stop()



def bot(server: Server, dialect: str) -> Any:
    client = wired_client(server, getattr(ccxt, dialect), **OPTIONS.get(dialect, {}))
    return library(client, watch_s=0.3, visibility_s_max=1)  # where nothing dates an empty slot, it is waited out


async def until(positions: AtomicPositions, position_id: str, wanted: Any) -> Position:
    """The row once that holds of it."""
    if wanted(row := await positions.get(position_id)):
        return row
    async with asyncio.timeout(20):
        async for _ in positions.events():
            if wanted(row := await positions.get(position_id)):
                return row
    raise AssertionError("there are no events any more")


async def opened(positions: AtomicPositions, side: str = "buy") -> Position:
    """A position, once its target stands."""
    row = await positions.open_position_atomic(AVL, side, "10", stop_loss_percent="2", take_profit_percent="5")
    return await until(positions, row.id, lambda row: row.target_price is not None)


def bodies(server: Server) -> list[dict[str, Any]]:
    """The bodies of all that was posted, whatever their spelling."""
    found = []
    for entry in server.arrivals.entries:
        if entry.method == "POST":
            spoken = entry.body[:1] in ("[", "{")
            read = json.loads(entry.body) if spoken else dict(parse_qsl(entry.query + entry.body))
            found += read if isinstance(read, list) else [read]
    return found


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_what_leaves(server: Server, dialect: str, side: str) -> None:
    """A reduce-only market order on the closing side that waits for the profit by the mark price, under our id."""
    async with bot(server, dialect) as positions:
        row = await opened(positions, side)
        target = next(order for order in row.orders if order.leg is Leg.TARGET)
        own = OWN_IDS[dialect]
        (body,) = (one for one in bodies(server) if one.get(own) == target.client_order_id)
        assert {name: body.get(name) for name in SAID[dialect]} == SAID[dialect]
        assert body[TRIGGERS[dialect]] == format(row.target_price.normalize(), "f")  # type: ignore[union-attr]
        assert body["side"].lower() == row.side.closing.value
        if dialect == "bybit":
            assert body["triggerDirection"] == (1 if side == "buy" else 2)
        if dialect == "okx":
            assert "slTriggerPx" not in body


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("end", ["target", "stop", "closed"])
async def test_a_life(server: Server, dialect: str, side: str, end: str) -> None:
    """Whatever ends it, it is closed, and neither stop nor target is left."""
    async with bot(server, dialect) as positions:
        row = await opened(positions, side)
        if end == "closed":
            await positions.close_position(row.id)
        else:
            server.venue.set_mark(AVL, row.target_price if end == "target" else row.stop_price)
        ended = await until(positions, row.id, lambda row: row.state in SETTLED)
        assert ended.state is State.CLOSED
        truth = server.venue.truth(AVL)
        assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def test_a_target_that_the_price_has_reached(server: Server, dialect: str) -> None:
    """It is refused in the exchange's words and understood; the next try stands."""
    server.venue.faults.add(Fault("place_target", None, "refuse", 1, None, "would_trigger"))
    async with bot(server, dialect) as positions:
        row = await opened(positions)
        refused, standing = (order for order in row.orders if order.leg is Leg.TARGET)
        assert refused.refusal is not None
        assert refused.refusal.value == "would_trigger"
        assert standing.read_back
