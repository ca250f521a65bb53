"""From an entry to flat: what was carried out is shown, by every read, as it happened."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import Exchange, Reads

from .world import TEN, ExchangeWorld


class LifeContract:
    """What is asked for happens, and is read back to the last digit."""

    async def test_it_is_an_exchange_that_is_open(self, world: ExchangeWorld) -> None:
        """It has a name, an environment and a profile, and its reads, in line and urgent, are all there."""
        exchange: Exchange = world.exchange
        assert exchange.name
        assert exchange.environment
        assert exchange.profile.visibility_s_max > 0
        assert isinstance(exchange.reads, Reads)
        assert isinstance(exchange.urgent_reads, Reads)

    async def test_either_name_finds_the_perpetual(self, world: ExchangeWorld) -> None:
        """The exchange's own id and the unified symbol, in any case and with spaces, are the same instrument."""
        names = (world.market_id, world.market_id.lower(), f" {world.symbol} ")
        found = [await world.exchange.instrument(name) for name in names]
        assert {(each.symbol, each.market_id) for each in found} == {(world.symbol, world.market_id)}
        assert found[0].tick == world.tick

    async def test_what_is_no_perpetual_is_refused_with_what_to_use(self, world: ExchangeWorld) -> None:
        """A spot symbol is answered with its perpetual; a name that nobody knows is named."""
        with pytest.raises(InvalidRequest, match=world.symbol):
            await world.exchange.instrument(world.spot_symbol)
        with pytest.raises(InvalidRequest, match="NOPE"):
            await world.exchange.instrument("NOPE")

    async def test_an_entry_shows_in_every_read(self, world: ExchangeWorld) -> None:
        """Order, fills and position agree with the venue, in exact decimals and under our id."""
        outcome = await world.done(world.entry())
        (order,) = (await world.reads.orders(world.symbol, ["apentry"])).orders
        assert (order.client_order_id, order.exchange_order_id) == ("apentry", outcome.exchange_order_id)
        assert (order.status, order.order_side, order.filled) == (OrderStatus.FILLED, OrderSide.BUY, TEN)
        assert (order.reduce_only, order.average) == (False, world.truth.average)
        fills = (await world.reads.fills(world.symbol, world.since_us)).fills
        assert sum(fill.quantity for fill in fills) == TEN
        assert {type(fill.price) for fill in fills} == {Decimal}
        assert {(fill.client_order_id, fill.exchange_order_id) for fill in fills} == {
            ("apentry", outcome.exchange_order_id)
        }
        view = (await world.reads.position(world.symbol)).position
        assert (view.side, view.quantity, view.entry_price) == (PositionSide.LONG, TEN, world.truth.average)

    async def test_a_short_is_a_short(self, world: ExchangeWorld) -> None:
        """A sell opens a short, whose quantity is positive."""
        world = world.facing(PositionSide.SHORT)
        await world.done(world.short())
        view = (await world.reads.position(world.symbol)).position
        assert (view.side, view.quantity, world.truth.quantity) == (PositionSide.SHORT, TEN, -TEN)

    async def test_both_lines_of_reads_show_the_same(self, world: ExchangeWorld) -> None:
        """What is urgent is asked sooner, and not otherwise."""
        await world.done(world.entry())
        views = [await reads.position(world.symbol) for reads in (world.exchange.reads, world.exchange.urgent_reads)]
        assert [view.position.quantity for view in views] == [TEN, TEN]

    async def test_a_stop_waits_as_it_was_asked_for(self, world: ExchangeWorld) -> None:
        """It is read back waiting, reduce-only, on the closing side, with its trigger and its trigger type."""
        outcome = await world.done(world.entry(), world.stop())
        (stop,) = (await world.reads.orders(world.symbol, ["apstop"])).orders
        assert (stop.exchange_order_id, stop.status) == (outcome.exchange_order_id, OrderStatus.UNTRIGGERED)
        assert (stop.order_side, stop.quantity, stop.reduce_only) == (OrderSide.SELL, TEN, True)
        assert (stop.trigger_price, stop.trigger_by) == (world.away(-2), TriggerBy.MARK)

    async def test_a_close_leaves_nothing(self, world: ExchangeWorld) -> None:
        """What was shown while it was there is not shown any more: quantity zero and no side."""
        await world.done(world.entry())
        assert (await world.reads.position(world.symbol)).position.quantity == TEN
        await world.done(world.close())
        view = (await world.reads.position(world.symbol)).position
        assert (view.quantity, view.side) == (Decimal(0), None)
        assert world.bare

    async def test_a_cancel_goes_by_our_id(self, world: ExchangeWorld) -> None:
        """The exchange's own id is not needed, and what was cancelled reads as dead."""
        await world.done(world.entry(), world.stop(), world.cancel())
        assert world.truth.stops == ()
        (stop,) = (await world.reads.orders(world.symbol, ["apstop"])).orders
        assert (stop.status, stop.filled) == (OrderStatus.DEAD, Decimal(0))

    async def test_the_leverage_is_set_and_shown(self, world: ExchangeWorld) -> None:
        """Setting it again to what it is counts as acknowledged."""
        await world.done(world.leverage(), world.leverage())
        if not world.flat_is_shown:
            await world.done(world.entry())
        assert (await world.reads.position(world.symbol)).position.leverage == 5

    async def test_the_margin_mode_is_set_and_shown(self, world: ExchangeWorld) -> None:
        """Setting it again to what it is counts as acknowledged; where each order says it, the order's is shown."""
        assert (await world.reads.position(world.symbol)).position.margin_mode is MarginMode.ISOLATED
        await world.done(world.margin(), world.margin())
        if world.mode_with_each_order:
            await world.done(world.entry(margin_mode=MarginMode.CROSS))
        assert (await world.reads.position(world.symbol)).position.margin_mode is MarginMode.CROSS

    async def test_times_are_the_callers(self, world: ExchangeWorld) -> None:
        """An outcome says when it was asked for and when it was answered, by the clock that it was given."""
        before_us = world.clock.now_us()
        outcome = await world.done(world.entry())
        assert before_us <= outcome.asked_at_us <= outcome.answered_at_us <= world.clock.now_us()
