"""The stop that travels with an entry under an id: an order, once the entry has filled whole, and not before."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.models import OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import CancelOrder, OutcomeKind
from atomicpos.profile import Protection

from .world import TEN, ExchangeWorld

GUARD = "apguard"


class RidingStopContract:
    """Of exchanges that make an order of it; elsewhere an id on an attached stop changes nothing of what is shown."""

    async def test_a_whole_fill_brings_the_stop_under_its_id(self, world: ExchangeWorld) -> None:
        """It reads like any separate stop of ours: waiting, reduce-only, with its trigger, of the entry's size."""
        if not rides(world):
            return
        trigger = world.away(-2)
        await world.done(world.with_stop(trigger))
        (stop,) = (await world.reads.orders(world.symbol, [GUARD])).orders
        assert (stop.client_order_id, stop.status, stop.reduce_only) == (GUARD, OrderStatus.UNTRIGGERED, True)
        assert (stop.order_side, stop.quantity) == (OrderSide.SELL, TEN)
        assert (stop.trigger_price, stop.trigger_by) == (trigger, TriggerBy.MARK)
        assert world.truth.exposure_s == 0

    async def test_a_partial_fill_brings_none(self, world: ExchangeWorld) -> None:
        """The entry has ended with a part of it filled: every lookup says that there is no such order."""
        if not rides(world):
            return
        world.venue.fails("place_entry", "partial_fill")
        await world.done(world.with_stop(world.away(-2)))
        assert world.truth.quantity == TEN / 2
        reading = await world.reads.orders(world.symbol, [GUARD])
        assert (reading.orders, reading.absent_ids, reading.failures) == ((), (GUARD,), ())
        assert world.truth.stops == ()

    async def test_it_stays_when_the_position_goes_and_is_cancelled_by_its_id(self, world: ExchangeWorld) -> None:
        """Nobody takes it away but we."""
        if not rides(world):
            return
        await world.done(world.with_stop(world.away(-2)), world.close())
        assert [stop.client_order_id for stop in world.truth.stops] == [GUARD]
        await world.done(CancelOrder(world.symbol, GUARD, None, True))
        (stop,) = (await world.reads.orders(world.symbol, [GUARD])).orders
        assert (stop.status, world.bare) == (OrderStatus.DEAD, True)

    async def test_what_it_closed_is_known_as_its_own(self, world: ExchangeWorld) -> None:
        """Once it has fired it reads as filled, and each of its fills names it, by our id or by the exchange's."""
        if not rides(world):
            return
        trigger = world.away(-2)
        await world.done(world.with_stop(trigger))
        world.venue.price(world.symbol, trigger)
        (stop,) = (await world.reads.orders(world.symbol, [GUARD])).orders
        assert (stop.status, stop.filled) == (OrderStatus.FILLED, TEN)
        fills = (await world.reads.fills(world.symbol, world.since_us)).fills
        own = [
            fill for fill in fills if fill.client_order_id == GUARD or fill.exchange_order_id == stop.exchange_order_id
        ]
        assert sum(fill.quantity for fill in own) == TEN

    async def test_an_id_that_is_taken_opens_nothing(self, world: ExchangeWorld) -> None:
        """The stop could not be called by its name: unknown, as a duplicate, and no second entry."""
        if not rides(world):
            return
        await world.done(world.with_stop(world.away(-2)))
        second = replace(world.with_stop(world.away(-2)), client_order_id="apsecond")
        outcome = await world.exchange.write(second)
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)
        assert (world.truth.quantity, world.truth.entries) == (TEN, 1)


def rides(world: ExchangeWorld) -> bool:
    """True where a stop may travel with the entry under an id of its own."""
    return world.exchange.profile.protection is Protection.ATTACHED_ORDER
