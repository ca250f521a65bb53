"""Hedge mode: a symbol's two sides are two slots, and what is bound to one neither sees nor touches the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.models import Leg, PositionSide, Refusal
from atomicpos.ports import OutcomeKind, PlaceOrder

from .reads import LATE, READS, shows
from .world import TEN, ExchangeWorld

FOUR = Decimal(4)
ZERO = Decimal(0)
SHORT_STOP = "apshortstop"
LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


class HedgeContract:
    """Of exchanges whose profile declares hedge mode, beside ``ExchangeContract`` on a world with a ``side``."""

    async def both(self, world: ExchangeWorld) -> tuple[ExchangeWorld, ExchangeWorld]:
        """A long of ten and a short of four, each side's world first seeing its own."""
        long, short = world.facing(LONG), world.facing(SHORT)
        await long.done(long.entry())
        await short.done(replace(short.short(), client_order_id="apshort", quantity=FOUR))
        return long, short

    async def test_it_says_that_it_can(self, world: ExchangeWorld) -> None:
        """Otherwise no position would be opened in hedge mode."""
        assert world.exchange.profile.hedge_mode
        assert world.side is not None

    async def test_both_sides_are_held_side_by_side(self, world: ExchangeWorld) -> None:
        """Each side's position, order and fills are shown to that side."""
        for facing, own_id, quantity in zip(await self.both(world), ("apentry", "apshort"), (TEN, FOUR), strict=True):
            view = (await facing.reads.position(world.symbol)).position
            assert (view.side, view.quantity, view.entry_price) == (facing.side, quantity, facing.truth.average)
            assert [o.filled for o in (await facing.reads.orders(world.symbol, [own_id])).orders] == [quantity]
            fills = (await facing.reads.fills(world.symbol, world.since_us, all_kinds=True)).fills
            assert sum(fill.quantity for fill in fills) == quantity
            assert {fill.client_order_id for fill in fills} == {own_id}

    @pytest.mark.parametrize("call", LATE)
    async def test_what_the_other_side_holds_is_not_shown(self, world: ExchangeWorld, call: str) -> None:
        """Neither its position nor its own stop nor its fills, opened and closed again."""
        short = world.facing(SHORT)
        stop = short.own_stop(world.away(2)) if world.keeps_own_stop else of_short(short)
        await short.done(replace(short.short(), client_order_id="apshort"), stop)
        assert not shows(call, await READS[call](world.facing(LONG), world.symbol))
        closes = replace(short.close(), order_side=SHORT.closing)
        await short.done(closes)
        assert not shows(call, await READS[call](world.facing(LONG), world.symbol))

    @pytest.mark.parametrize("side", PositionSide)
    async def test_a_close_is_cut_to_its_side(self, world: ExchangeWorld, side: PositionSide) -> None:
        """However large: it neither opens the other side nor touches it, and shows as what it filled."""
        await self.both(world)
        facing, other = world.facing(side), world.facing(side.other)
        held, before = abs(facing.truth.quantity), other.truth.quantity
        await facing.done(replace(facing.close(), order_side=side.closing, quantity=TEN * 5))
        assert (facing.truth.quantity, other.truth.quantity) == (ZERO, before)
        (order,) = (await facing.reads.orders(world.symbol, ["apclose"])).orders
        assert order.filled == held

    @pytest.mark.parametrize("leg", [Leg.CLOSE, Leg.STOP])
    async def test_an_exit_of_a_flat_side_is_refused(self, world: ExchangeWorld, leg: Leg) -> None:
        """With the other side held, to which it would be an entry in one-way mode; a stop may be taken, and waits."""
        short = world.facing(SHORT)
        await short.done(replace(short.short(), client_order_id="apshort"))
        outcome = await world.exchange.write(world.close() if leg is Leg.CLOSE else world.stop())
        if leg is Leg.STOP and world.stops_come_first:
            assert outcome.kind is OutcomeKind.ACKNOWLEDGED
        else:
            assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.NO_POSITION)
        assert (world.truth.quantity, short.truth.quantity) == (ZERO, -TEN)

    async def test_each_side_has_its_own_stop(self, world: ExchangeWorld) -> None:
        """Set, amended and taken away on one side, the other's stays, and fires by itself."""
        long, short = await self.both(world)
        if not world.keeps_own_stop:
            await long.stays_here(long.own_stop(world.away(-2)))
            return
        await long.done(long.own_stop(world.away(-2)))
        await short.done(short.own_stop(world.away(2)), short.own_stop(world.away(3)))
        for facing, trigger in ((long, world.away(-2)), (short, world.away(3))):
            stop = (await facing.reads.position_stop(world.symbol)).stop
            assert stop is not None
            assert (stop.trigger_price, stop.order_side, facing.truth.stop_quantity) == (
                trigger, facing.side and facing.side.closing, abs(facing.truth.quantity),
            )  # fmt: skip
        await short.done(short.own_stop(None))
        assert (len(long.truth.stops), short.truth.stops) == (1, ())
        world.venue.price(world.symbol, world.away(-3))
        assert (long.truth.quantity, short.truth.quantity) == (ZERO, -FOUR)

    async def test_a_separate_stop_covers_its_side(self, world: ExchangeWorld) -> None:
        """It fires on its own side and leaves the other."""
        long, short = await self.both(world)
        await long.done(long.stop())
        await short.done(of_short(short))
        for facing, own_id in ((long, "apstop"), (short, SHORT_STOP)):
            (stop,) = (await facing.reads.orders(world.symbol, [own_id])).orders
            assert (stop.order_side, stop.reduce_only) == (facing.side and facing.side.closing, True)
        world.venue.price(world.symbol, world.away(-3))
        assert (long.truth.quantity, short.truth.quantity) == (ZERO, -FOUR)
        assert [stop.client_order_id for stop in short.truth.stops] == [SHORT_STOP]

    async def test_the_leverage_of_the_other_side_stays(self, world: ExchangeWorld) -> None:
        """With isolated margin the two differ: a position on the other side keeps its liquidation price.

        Where both sides have one leverage, it stays as it is as long as the other side holds something.
        """
        long, short = await self.both(world)
        if world.leverage_is_shared:
            left, outcome = world.venue.writes(), await long.exchange.write(long.leverage())
            assert (outcome.kind, world.venue.writes()) == (OutcomeKind.REFUSED, left)
            assert "one leverage for both sides" in outcome.why
        else:
            await long.done(long.leverage())
        shown = [(await facing.reads.position(world.symbol)).position.leverage for facing in (long, short)]
        assert shown == ([10, 10] if world.leverage_is_shared else [5, 10])

    async def test_a_liquidation_is_the_sides_own(self, world: ExchangeWorld) -> None:
        """It shows, by its kind, to the side that was liquidated."""
        long, short = await self.both(world)
        world.venue.at(lambda engine: engine.liquidate(world.symbol, SHORT))
        for facing, quantity in ((long, 0), (short, FOUR)):
            fills = (await facing.reads.fills(world.symbol, world.since_us, all_kinds=True)).fills
            assert sum(fill.quantity for fill in fills if fill.client_order_id is None) == quantity
        assert (long.truth.quantity, short.truth.quantity) == (TEN, ZERO)

    async def test_the_listings_name_the_side(self, world: ExchangeWorld) -> None:
        """Positions, and the living orders with the positions' own stops: each row is one side's."""
        long, short = await self.both(world)
        own = {(LONG, None, True), (SHORT, None, True)} if world.keeps_own_stop else {(SHORT, SHORT_STOP, False)}
        await long.done(long.stop(trigger_price=world.away(-3)))
        if world.keeps_own_stop:
            await long.done(long.own_stop(world.away(-2)))
            await short.done(short.own_stop(world.away(2)))
        else:
            await short.done(of_short(short))
        held = await world.exchange.account.positions()
        assert {(row.symbol, row.position_side, row.view.side, row.view.quantity) for row in held} == {
            (world.symbol, LONG, LONG, TEN), (world.symbol, SHORT, SHORT, FOUR),
        }  # fmt: skip
        living = await world.exchange.account.open_orders()
        assert {(row.position_side, row.view.client_order_id, row.position_stop) for row in living} == {
            (LONG, "apstop", False), *own,
        }  # fmt: skip

    @pytest.mark.parametrize("call", ["place_entry", "set_stop"])
    async def test_f14_a_request_of_the_other_mode_is_refused(self, world: ExchangeWorld, call: str) -> None:
        """The mode was changed in between: definite, and nothing is opened or set."""
        world.venue.at(lambda engine: engine.set_position_mode("one_way"))
        if not world.can(call):
            await world.stays_here(world.write(call))
            return
        outcome = await world.exchange.write(world.write(call))
        assert outcome.kind is OutcomeKind.REFUSED
        assert world.bare
        assert world.venue.at(lambda engine: engine.position_as_of(world.symbol, engine.now_us())).quantity == 0


def of_short(world: ExchangeWorld) -> PlaceOrder:
    """A separate stop of the short, two percent above."""
    return world.stop(
        client_order_id=SHORT_STOP, order_side=SHORT.closing, quantity=FOUR, trigger_price=world.away(2)
    )
