"""The permit: asked at the last moment, with the very timestamp that is signed; what it forbids stays here."""

from __future__ import annotations

import pytest

from atomicpos.models import MICROSECONDS
from atomicpos.ports import OutcomeKind

from .world import WRITES, ExchangeWorld

GONE = "the lease is over"


class PermitContract:
    """Who may not send any more leaves no byte at the exchange."""

    @pytest.mark.parametrize("call", WRITES)
    async def test_what_the_permit_forbids_never_leaves(self, world: ExchangeWorld, call: str) -> None:
        """Not sent, with its sentence; nothing arrived, nothing changed, and the next write is as good as any."""
        await world.prepare(call)
        if not world.can(call):
            await world.stays_here(world.write(call))
            return
        left = world.venue.writes()
        outcome = await world.exchange.write(world.write(call), lambda stamped_us: GONE)
        assert (outcome.kind, outcome.why) == (OutcomeKind.NOT_SENT, GONE)
        assert (world.venue.writes(), world.is_done(call)) == (left, False)
        await world.done(world.write(call))

    @pytest.mark.parametrize("call", WRITES)
    async def test_it_is_asked_before_anything_has_left(self, world: ExchangeWorld, call: str) -> None:
        """It hears a time between the asking and the answer, to the millisecond, with nothing yet at the exchange."""
        await world.prepare(call)
        if not world.can(call):
            await world.stays_here(world.write(call))
            return
        left, stamps_us, began_us = world.venue.writes(), [], world.clock.now_us()

        def permit(stamped_us: int) -> str | None:
            stamps_us.append((stamped_us, world.venue.writes()))
            return None

        outcome = await world.exchange.write(world.write(call), permit)
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED
        heard_us, left_by_then = stamps_us[0]
        assert left_by_then == left
        assert began_us - MICROSECONDS // 1000 <= heard_us <= outcome.answered_at_us

    async def test_a_permit_that_breaks_lets_nothing_leave(self, world: ExchangeWorld) -> None:
        """An error in the asking is no permission: not sent, and not raised."""

        def breaks(stamped_us: int) -> str | None:
            raise RuntimeError("no clock")

        assert (await world.exchange.write(world.entry(), breaks)).kind is OutcomeKind.NOT_SENT
        assert (world.venue.writes(), world.truth.entries) == (0, 0)

    async def test_reads_ask_nobody(self, world: ExchangeWorld) -> None:
        """What changes nothing is no write."""
        await world.reads.position(world.symbol)
        await world.reads.orders(world.symbol, ["apentry"])
        assert world.venue.writes() == 0
