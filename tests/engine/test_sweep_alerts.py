"""What the sweep finds reaches the caller's own alert sink, each by itself."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.events import Event
from atomicpos.models import OrderSide
from world import World, in_world

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"


@in_world()
async def test_two_external_positions_are_two_alerts_and_each_is_resolved_by_itself(world: World) -> None:
    """A condition of the account stands once for each thing it is about, not once in all."""
    told: list[Event] = []
    async with world.library(watch_s=1, alerts=told.append):
        for symbol in (BTC, ETH):
            world.venue.foreign_order(symbol, OrderSide.BUY, Decimal("0.01"))
        await world.clock.sleep(60)
        assert sorted((event.kind, event.symbol) for event in told) == [("alert", BTC), ("alert", ETH)]
        world.venue.foreign_order(BTC, OrderSide.SELL, Decimal("0.01"), reduce_only=True)
        await world.clock.sleep(60)
    assert [(event.kind, event.symbol) for event in told[2:]] == [("resolved", BTC)]
