"""What the exchange refuses: definite, graded where a next step depends on it, and without effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.models import OrderStatus, Refusal
from atomicpos.ports import OutcomeKind, Write

from .world import WRITES, ExchangeWorld

WHEN_FLAT: dict[str, tuple[Callable[[ExchangeWorld], Write], set[Refusal]]] = {
    "a stop": (lambda world: world.stop(), {Refusal.NO_POSITION}),
    "a close": (lambda world: world.close(), {Refusal.NO_POSITION}),
    "a cancel of nothing": (lambda world: world.cancel(), {Refusal.UNKNOWN_ORDER}),
    "a leverage of 500": (lambda world: world.leverage(Decimal(500)), {Refusal.OTHER}),
    "too large a quantity": (lambda world: world.entry(quantity=Decimal(200_001)), {Refusal.QUANTITY}),
    "part of a step": (lambda world: world.entry(quantity=Decimal("1.5")), {Refusal.QUANTITY, Refusal.PRECISION}),
    "a limit beyond the band": (lambda world: world.entry(limit_price=world.away(20)), {Refusal.PRICE_BAND}),
}
REFUSING = ("refuse", "rate_limit")


class RefusalContract:
    """A refusal is certain: nothing was carried out, and why is said in the library's words."""

    @pytest.mark.parametrize("what", WHEN_FLAT)
    async def test_on_a_flat_account_it_is_refused_for_its_reason(self, world: ExchangeWorld, what: str) -> None:
        """Nothing to close, nothing to cancel, too much, too finely cut: each is told apart."""
        make, refusals = WHEN_FLAT[what]
        if what == "a stop" and world.stops_come_first:
            await self._waits_for_a_position(world)
            return
        outcome = await world.exchange.write(make(world))
        assert outcome.kind is OutcomeKind.REFUSED
        assert outcome.refusal in refusals
        assert outcome.why
        assert world.bare
        assert world.truth.entries == 0

    async def _waits_for_a_position(self, world: ExchangeWorld) -> None:
        """The stop is taken, can only reduce, and is ours to cancel."""
        await world.done(world.stop())
        assert [(stop.client_order_id, stop.reduce_only) for stop in world.truth.stops] == [("apstop", True)]
        await world.done(world.cancel())
        assert world.bare

    async def test_f23_a_stop_that_would_fire_at_once_is_refused_as_such(self, world: ExchangeWorld) -> None:
        """It has happened: the price is beyond it already, and no stop is put up."""
        await world.done(world.entry())
        outcome = await world.exchange.write(world.stop(trigger_price=world.away(2)))
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER)
        assert world.truth.stops == ()

    @pytest.mark.parametrize("kind", REFUSING)
    @pytest.mark.parametrize("call", WRITES)
    async def test_every_write_may_be_refused(self, world: ExchangeWorld, call: str, kind: str) -> None:
        """Refused, or one request too many: definite for each kind of write, and the venue has not done it."""
        await world.prepare(call)
        if not world.can(call):
            await world.stays_here(world.write(call))
            return
        world.venue.fails(call, kind)
        outcome = await world.exchange.write(world.write(call))
        assert outcome.kind is OutcomeKind.REFUSED
        assert (outcome.refusal is Refusal.RATE_LIMITED) is (kind == "rate_limit")
        assert not world.is_done(call)

    async def test_an_entry_without_the_funds_says_so(self, world: ExchangeWorld) -> None:
        """A refused entry for want of margin is graded as that."""
        world.venue.fails("place_entry", "refuse", code="funds")
        outcome = await world.exchange.write(world.entry())
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.FUNDS)

    async def test_a_symbol_without_a_market_is_certainly_not_carried_out(self, world: ExchangeWorld) -> None:
        """Nothing is guessed about an id: it stays here, or is refused."""
        outcome = await world.exchange.write(replace(world.entry(), symbol="NOPE/USDT:USDT"))
        assert outcome.kind in (OutcomeKind.NOT_SENT, OutcomeKind.REFUSED)

    async def test_an_entry_beyond_its_worst_price_is_acknowledged_and_dead(self, world: ExchangeWorld) -> None:
        """Immediate or cancel: nothing is filled, nothing rests, and only reading back tells."""
        await world.done(world.entry(limit_price=world.away(-3)))
        (order,) = (await world.reads.orders(world.symbol, ["apentry"])).orders
        assert (order.status, order.filled, order.average) == (OrderStatus.DEAD, Decimal(0), None)
        assert world.bare
