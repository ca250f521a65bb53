"""What is lost on the way: unknown, whether or not it was carried out, and never sent a second time."""

from __future__ import annotations

import asyncio

import pytest

from atomicpos.models import Refusal
from atomicpos.ports import Outcome, OutcomeKind

from .world import TEN, WRITES, ExchangeWorld

LOST = {
    "lose_request": False,
    "lose_reply": True,
    "http_502_executed": True,
    "http_502_not_executed": False,
    "html_200_executed": True,
    "html_200_not_executed": False,
    "cut_body": True,
    "late_request": False,
}
"""Each way to lose a request or its answer, and whether the venue has carried it out by then."""

CASES = [
    *(("place_entry", kind) for kind in LOST),
    *((call, kind) for call in WRITES if call != "place_entry" for kind in ("lose_reply", "http_502_not_executed")),
]


class UnknownContract:
    """Whatever is not certain is UNKNOWN: an error is no refusal, and no answer is no answer."""

    @pytest.mark.parametrize(("call", "kind"), CASES, ids="-".join)
    async def test_f10_a_lost_answer_is_unknown(self, world: ExchangeWorld, call: str, kind: str) -> None:
        """The caller learns nothing, with a reason; the venue has done it or not; one request left."""
        await world.prepare(call)
        if not world.can(call):
            await world.stays_here(world.write(call))
            return
        left = world.venue.writes()
        world.venue.fails(call, kind, seconds=None if kind.startswith(("http", "html", "cut")) else world.lag_s)
        outcome = await world.exchange.write(world.write(call))
        assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.UNKNOWN, None)
        assert outcome.why
        assert world.is_done(call) is LOST[kind]
        assert world.venue.writes() == left + 1

    @pytest.mark.parametrize("call", ["place_entry", "cancel"])
    async def test_f17_a_late_answer_is_an_answer(self, world: ExchangeWorld, call: str) -> None:
        """The venue has carried it out long before the caller hears of it, and both hold."""
        await world.prepare(call)
        world.venue.fails(call, "late_reply", seconds=world.lag_s)
        began_us = world.clock.now_us()
        await world.done(world.write(call))
        assert world.is_done(call)
        assert world.clock.now_us() - began_us >= world.lag_s * 1e6

    async def test_f06_a_second_order_with_our_id_is_no_refusal(self, world: ExchangeWorld) -> None:
        """A duplicate id says that the first one arrived: unknown, by name, and nothing more is opened.

        Where the id of an order that has filled is free again, the second one opens as well: the profile says so, and
        nothing above sends one.
        """
        await world.done(world.entry())
        outcome = await world.exchange.write(world.entry())
        if not world.exchange.profile.duplicate_ids_refused:
            await self._opened_twice(world, outcome)
            return
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)
        assert (world.truth.quantity, world.truth.entries) == (TEN, 1)

    async def test_f10_a_request_that_arrives_twice_opens_once(self, world: ExchangeWorld) -> None:
        """Answered for the second of the two: unknown, and the venue holds one entry; or two, where ids come free."""
        world.venue.fails("place_entry", "duplicate")
        outcome = await world.exchange.write(world.entry())
        if not world.exchange.profile.duplicate_ids_refused:
            await self._opened_twice(world, outcome)
            return
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)
        assert (world.truth.quantity, world.truth.entries) == (TEN, 1)

    async def _opened_twice(self, world: ExchangeWorld, outcome: Outcome) -> None:
        """Both are there, and the fills of both are shown under the one id."""
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED
        assert (world.truth.quantity, world.truth.entries) == (TEN * 2, 2)
        fills = (await world.reads.fills(world.symbol, world.since_us)).fills
        assert {fill.client_order_id for fill in fills} == {"apentry"}
        assert sum(fill.quantity for fill in fills) == TEN * 2

    async def test_cancelling_the_caller_takes_nothing_back(self, world: ExchangeWorld) -> None:
        """A request that has left is the exchange's: its caller may give up, and it is carried out all the same."""
        world.venue.fails("place_entry", "late_reply", seconds=world.lag_s)
        caller = asyncio.create_task(world.exchange.write(world.entry()))
        while not world.venue.writes():
            await world.clock.sleep(0.005)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await world.clock.sleep(world.lag_s)
        assert world.truth.quantity == TEN
