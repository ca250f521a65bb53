"""What an exchange tells by itself is what its reads show: the same orders, fills and positions, in the same words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import ccxt.async_support
import pytest

from atomicpos.clock import SystemClock
from atomicpos.exchanges import connect
from atomicpos.models import Leg, OrderSide, OrderStatus, TriggerBy
from atomicpos.ports import CancelOrder, Notice, OutcomeKind, PlaceOrder, StreamEnded
from atomicpos.sim import connect as point
from atomicpos.sim.wire.server import Server, serve

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
TEN = Decimal(10)
DIALECTS = ["bybit", "binanceusdm", "okx"]


@dataclass
class Followed:
    """An adapter on a venue, and all that its stream told."""

    server: Server
    client: Any
    exchange: Any
    heard: list[Notice] = field(default_factory=list)
    following: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        up = asyncio.Event()
        self.following = asyncio.ensure_future(self.exchange.stream.follow(self.heard.append, up.set))
        waits = [self.following, asyncio.ensure_future(up.wait())]
        await asyncio.wait(waits, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        waits[1].cancel()
        if self.following.done():
            self.following.result()

    async def place(self, leg: Leg, own: str, side: OrderSide, *, trigger: str | None = None) -> None:
        request = PlaceOrder(AVL, leg, own, side, TEN, leg is not Leg.ENTRY, None if trigger is None else
                             Decimal(trigger), None if trigger is None else TriggerBy.MARK)  # fmt: skip
        outcome = await self.exchange.write(request)
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED, outcome.why
        await asyncio.sleep(0.1)

    def told(self, own: str) -> Any:
        """The last row about that order."""
        return [view for notice in self.heard for view in notice.orders if view.client_order_id == own][-1]


@asynccontextmanager
async def followed(dialect: str) -> AsyncIterator[Followed]:
    server = await serve(dialect, seed=3)
    client = getattr(ccxt.async_support, dialect)(
        {"apiKey": server.api_key, "secret": server.secret, "password": server.password, "enableRateLimit": False,
         "verify": False}
    )  # fmt: skip
    client.timeout_on_exit = 0
    point(client, server.url)
    exchange = connect(client, SystemClock())
    await exchange.open()
    made = Followed(server, client, exchange)
    try:
        yield made
    finally:
        if made.following is not None:
            made.following.cancel()
            await asyncio.gather(made.following, return_exceptions=True)
        await exchange.close()
        await client.close()
        await server.stop()


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_life_is_told_as_it_is_read(dialect: str) -> None:
    """Entry, stop, cancel and close: rows, fills and the slot of the stream agree with those of the reads."""
    async with followed(dialect) as here:
        await here.follow()
        await here.place(Leg.ENTRY, "e1", OrderSide.BUY)
        await here.place(Leg.STOP, "s1", OrderSide.SELL, trigger="1.2")
        read = {view.client_order_id: view for view in (await here.exchange.reads.orders(AVL, ["e1", "s1"])).orders}
        for own in ("e1", "s1"):
            told = here.told(own)
            for name in ("exchange_order_id", "status", "order_side", "quantity", "filled", "average", "reduce_only",
                         "trigger_price", "trigger_by"):  # fmt: skip
                assert getattr(told, name) == getattr(read[own], name), name
        slot = (await here.exchange.reads.position(AVL)).position
        shown = [notice.position for notice in here.heard if notice.position is not None][-1]
        assert (shown.quantity, shown.side, shown.entry_price) == (slot.quantity, slot.side, slot.entry_price)
        assert shown.updated_at_us == slot.updated_at_us
        await here.exchange.write(CancelOrder(AVL, "s1", None, conditional=True))
        await here.place(Leg.CLOSE, "c1", OrderSide.SELL)
        assert here.told("s1").status is OrderStatus.DEAD
        assert (here.told("c1").status, here.told("c1").filled) == (OrderStatus.FILLED, TEN)
        fills = (await here.exchange.reads.fills(AVL, SystemClock().now_us() - 60_000_000)).fills
        told_fills = {fill.fill_id: fill for notice in here.heard for fill in notice.fills}
        assert {i: _plain(fill) for i, fill in told_fills.items()} == {fill.fill_id: _plain(fill) for fill in fills}
        assert [notice.position.quantity for notice in here.heard if notice.position is not None][-1] == 0


def _plain(fill: Any) -> Any:
    """Where a list of trades names the order by its number only, the message says more."""
    return replace(fill, client_order_id=None)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_stop_that_fires_is_told(dialect: str) -> None:
    """Its fills carry its own id, or the number of the order that its row names."""
    async with followed(dialect) as here:
        await here.follow()
        await here.place(Leg.ENTRY, "e1", OrderSide.BUY)
        await here.place(Leg.STOP, "s1", OrderSide.SELL, trigger="1.2")
        here.server.venue.set_mark(AVL, Decimal("1.19"))
        await asyncio.sleep(0.1)
        sold = [fill for notice in here.heard for fill in notice.fills if fill.order_side is OrderSide.SELL]
        assert sum(fill.quantity for fill in sold) == TEN
        assert all(f.client_order_id == "s1" or f.exchange_order_id == here.told("s1").exchange_order_id for f in sold)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_who_may_not_listen_is_told_why(dialect: str) -> None:
    """A wrong key ends it with a sentence that holds no secret; nothing hangs and nothing stays open."""
    async with followed(dialect) as here:
        here.client.apiKey = "another-key-entirely"
        here.client.secret = "another-secret-entirely"
        with pytest.raises(StreamEnded) as ended:
            await here.follow()
        assert "another-" not in str(ended.value)
        assert here.server.venue.told == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_changed_addresses_without_streams_are_never_guessed_from(dialect: str) -> None:
    """A client that was pointed elsewhere by hand is not listened for at the exchange's own address."""
    async with followed(dialect) as here:
        del here.client.urls["api"]["ws"]
        with pytest.raises(StreamEnded, match="addresses were changed"):
            await here.follow()


async def test_an_expired_listen_key_ends_the_connection() -> None:
    """Binance says so once; the next connection asks for a new key."""
    from atomicpos.exchanges.binance.stream import BinanceStream

    async with followed("binanceusdm") as here:
        with pytest.raises(StreamEnded, match="expired"):
            BinanceStream._is_news(here.exchange.stream, {"e": "listenKeyExpired"})
        assert here.exchange.stream._read({"e": "ACCOUNT_UPDATE", "a": {}}, 1) == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_cannot_be_understood_is_a_hint_that_is_lost(dialect: str) -> None:
    """Garbled messages raise nothing and show nothing."""
    async with followed(dialect) as here:
        for message in (
            {"topic": "order", "data": [{"symbol": "AVLUSDT", "qty": "a lot", "orderLinkId": "e1"}]},
            {"topic": "execution", "data": "none"},
            {"topic": "position", "data": [{"symbol": "AVLUSDT", "positionIdx": 1, "size": "5", "side": "Buy"}, 7]},
            {"topic": "order", "data": [{"category": "spot", "symbol": "AVLUSDT"}]},
            {"topic": "order", "data": [{"symbol": 5}]},
            {"e": "ORDER_TRADE_UPDATE", "o": {"s": "AVLUSDT", "i": "x"}},
            {"e": "ACCOUNT_UPDATE", "a": {"P": [{"s": "AVLUSDT", "pa": "NaN", "ps": "BOTH"}]}},
            {"e": "ALGO_UPDATE", "o": []},
            {"arg": {"channel": "orders"}, "data": [{"instId": "AVL-USDT-SWAP", "sz": "many"}, 7]},
            {"arg": {"channel": "positions"}, "data": [{"instId": "AVL-USDT-SWAP", "pos": "5", "posSide": "up"}]},
            {"arg": {"channel": "orders-algo"}, "data": {"instId": "AVL-USDT-SWAP"}},
        ):
            assert list(here.exchange.stream._notices(message)) == []
