"""The stop that the exchange keeps on the position itself: set, amended, read back, taken away, or refused."""

from __future__ import annotations

from atomicpos.models import OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import OutcomeKind

from .world import TEN, ExchangeWorld


class OwnStopContract:
    """An exchange that keeps a stop on the position: an entry brings it along, and it is amended in place.

    One that keeps none is asked for it in vain: nothing leaves, and there is no such stop to read.
    """

    async def _has_none(self, world: ExchangeWorld) -> None:
        """Neither with an entry nor by itself, flat or not."""
        assert not world.can("set_stop")
        await world.stays_here(world.own_stop(world.away(-2)))
        if not world.takes_a_stop:
            await world.stays_here(world.with_stop(world.away(-2)))
        await world.done(world.entry(), world.stop())
        await world.stays_here(world.own_stop(world.away(-2)), world.own_stop(None))
        assert (await world.reads.position_stop(world.symbol)).stop is None
        assert (await world.reads.position(world.symbol)).position.stop_price is None

    async def test_an_attached_stop_is_read_back_as_the_positions_own(self, world: ExchangeWorld) -> None:
        """It shows as an order without an id of ours, over the whole position, and on the position."""
        if not world.keeps_own_stop:
            await self._has_none(world)
            return
        assert (await world.reads.position_stop(world.symbol)).stop is None
        trigger = world.away(-2)
        await world.done(world.with_stop(trigger))
        stop = (await world.reads.position_stop(world.symbol)).stop
        assert stop is not None
        assert (stop.client_order_id, stop.status, stop.reduce_only) == (None, OrderStatus.UNTRIGGERED, True)
        assert (stop.order_side, stop.quantity) == (OrderSide.SELL, TEN)
        assert (stop.trigger_price, stop.trigger_by) == (trigger, TriggerBy.MARK)
        assert (await world.reads.position(world.symbol)).position.stop_price == trigger

    async def test_it_is_set_amended_and_taken_away(self, world: ExchangeWorld) -> None:
        """Each is acknowledged, and so is setting it to what it is already."""
        if not world.keeps_own_stop:
            await self._has_none(world)
            return
        await world.done(world.entry())
        first, second = world.away(-3), world.away(-2)
        for trigger in (first, second, second, None, None):
            await world.done(world.own_stop(trigger))
            assert (await world.reads.position(world.symbol)).position.stop_price == trigger
        assert world.truth.stops == ()

    async def test_it_is_told_from_a_stop_of_ours(self, world: ExchangeWorld) -> None:
        """Beside a separate stop only the position's own one is found, as long as it is there."""
        if not world.keeps_own_stop:
            await self._has_none(world)
            return
        await world.done(world.entry(), world.stop())
        assert (await world.reads.position_stop(world.symbol)).stop is None
        await world.done(world.own_stop(world.away(-3)))
        stop = (await world.reads.position_stop(world.symbol)).stop
        assert stop is not None
        assert (stop.client_order_id, stop.trigger_price) == (None, world.away(-3))

    async def test_f26_f23_a_refusal_says_which_of_both(self, world: ExchangeWorld) -> None:
        """There is no position yet, or the price is beyond the stop: the two are told apart."""
        if not world.keeps_own_stop:
            await self._has_none(world)
            return
        flat = await world.exchange.write(world.own_stop(world.away(-2)))
        assert (flat.kind, flat.refusal) == (OutcomeKind.REFUSED, Refusal.NO_POSITION)
        await world.done(world.entry())
        beyond = await world.exchange.write(world.own_stop(world.away(2)))
        assert (beyond.kind, beyond.refusal) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER)

    async def test_an_entry_whose_stop_is_crossed_already_is_refused_whole(self, world: ExchangeWorld) -> None:
        """The attached stop is part of the entry: with the price beyond it nothing is opened."""
        if not world.takes_a_stop:
            await self._has_none(world)
            return
        outcome = await world.exchange.write(world.with_stop(world.away(1)))
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER)
        assert world.bare
        assert world.truth.entries == 0
