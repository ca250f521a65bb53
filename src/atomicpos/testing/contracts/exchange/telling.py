"""What an exchange tells of itself before an order: its clock, its key, and whether it takes anything but closes."""

from __future__ import annotations

from atomicpos.models import MICROSECONDS
from atomicpos.ports import OutcomeKind
from atomicpos.sim.venue import Venue

from .world import ExchangeWorld


class TellingContract:
    """What is not said is None, and what is said is so."""

    async def test_f59_the_exchange_s_clock_is_told_in_microseconds(self, world: ExchangeWorld) -> None:
        """Between the asking and the answer, to the skew of its profile."""
        skew_us = round(world.exchange.profile.clock_skew_s_max * MICROSECONDS)
        asked_us = world.clock.now_us()
        told_us = await world.exchange.server_time_us()
        assert asked_us - skew_us <= told_us <= world.clock.now_us() + skew_us

    async def test_f59_the_key_that_trades_is_not_said_to_be_forbidden(self, world: ExchangeWorld) -> None:
        """It may trade, as the other claims show, or the exchange says nothing of it; and it has not ended."""
        key = world.exchange.key
        assert key.may_trade in (True, None)
        assert key.expires_at_us is None or key.expires_at_us > world.clock.now_us()

    async def test_f59_a_symbol_that_may_only_be_closed_says_so_or_nothing(self, world: ExchangeWorld) -> None:
        """Its slot does not claim to be open for entries; one that leaves all the same is refused, a close is not."""
        before = await world.reads.position(world.symbol)
        assert before.only_closable in (False, None)
        await world.done(world.entry())

        def restrict(engine: Venue) -> None:
            engine.set_only_closable(world.symbol, True)

        world.venue.at(restrict)
        shown = await world.reads.position(world.symbol)
        assert shown.only_closable is (None if before.only_closable is None else True)
        refused = await world.exchange.write(world.entry(client_order_id="apcontractsecondentry"))
        assert refused.kind is OutcomeKind.REFUSED
        await world.done(world.close())
