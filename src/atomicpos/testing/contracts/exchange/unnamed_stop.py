"""The stop that travels with an entry and has no id of ours: an order that is called by the exchange's."""

from __future__ import annotations

from atomicpos.evidence import OrderView
from atomicpos.models import OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import CancelOrder, OutcomeKind
from atomicpos.profile import Protection

from .world import TEN, ExchangeWorld


class UnnamedStopContract:
    """Of exchanges that make an order of it under an id of their own; elsewhere there is nothing to show."""

    async def test_the_first_fill_brings_the_stop_among_those_that_wait(self, world: ExchangeWorld) -> None:
        """On the closing side, unable to open, at its trigger, made no earlier than the entry; and cover from then on.
        """
        if not unnamed(world):
            return
        trigger = world.away(-2)
        world.venue.fails("place_entry", "partial_fill")
        sent_us = world.clock.now_us()
        await world.done(world.with_stop(trigger))
        stop = await guard(world)
        assert (stop.status, stop.order_side, stop.reduce_only) == (OrderStatus.UNTRIGGERED, OrderSide.SELL, True)
        assert (stop.trigger_price, stop.trigger_by, stop.quantity) == (trigger, TriggerBy.MARK, TEN)
        assert stop.exchange_order_id is not None
        assert stop.created_at_us is not None
        assert stop.created_at_us >= sent_us
        assert world.truth.exposure_s == 0

    async def test_it_is_listed_beside_those_that_have_an_id_of_ours(self, world: ExchangeWorld) -> None:
        """Whoever looks for it sees all that wait; one that was dropped is not among them."""
        if not unnamed(world):
            return
        world.venue.fails("place_entry", "drop_attached")
        await world.done(world.with_stop(world.away(-2)), world.stop())
        (stop,) = (await world.reads.waiting_stops(world.symbol)).stops
        assert stop.client_order_id == "apstop"

    async def test_it_stays_when_the_position_goes_and_is_cancelled_by_the_exchange_s_id(
        self, world: ExchangeWorld
    ) -> None:
        """Nobody takes it away but we; then it is read as dead by that id, and a second cancel says that it is unknown.
        """
        if not unnamed(world):
            return
        await world.done(world.with_stop(world.away(-2)))
        stop = await guard(world)
        cancel = CancelOrder(world.symbol, "", stop.exchange_order_id, True)
        await world.done(world.close(), cancel)
        reading = await world.reads.waiting_stops(world.symbol, stop.exchange_order_id)
        assert reading.asked is not None
        assert (reading.stops, reading.asked.status, world.bare) == ((), OrderStatus.DEAD, True)
        again = await world.exchange.write(cancel)
        assert (again.kind, again.refusal) == (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER)

    async def test_what_it_closed_is_known_as_the_guard_s(self, world: ExchangeWorld) -> None:
        """Once it has fired it reads as filled by the id it was asked by, and each of its fills names what it reads as.
        """
        if not unnamed(world):
            return
        trigger = world.away(-2)
        await world.done(world.with_stop(trigger))
        asked_by = (await guard(world)).exchange_order_id
        world.venue.price(world.symbol, trigger)
        stop = (await world.reads.waiting_stops(world.symbol, asked_by)).asked
        assert stop is not None
        assert (stop.status, stop.filled) == (OrderStatus.FILLED, TEN)
        fills = (await world.reads.fills(world.symbol, world.since_us)).fills
        assert sum(fill.quantity for fill in fills if fill.exchange_order_id == stop.exchange_order_id) == TEN


async def guard(world: ExchangeWorld) -> OrderView:
    """The one stop that waits."""
    (stop,) = (await world.reads.waiting_stops(world.symbol)).stops
    return stop


def unnamed(world: ExchangeWorld) -> bool:
    """True where a stop travels with the entry and gets an id of the exchange's alone."""
    return world.exchange.profile.protection is Protection.ATTACHED_UNNAMED
