"""F16: every source is asked at its own pace; what one can say, the silence of the others does not take back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.models import State
from atomicpos.ports import FillsReading, OrdersReading, PositionReading, ReadFailed
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode, shaded
from shades import ShadedReads, from_the_entry_on
from world import World, assert_safe, play

T = TypeVar("T")

SOURCES = ("orders", "fills", "position")
ANSWERS, LATE, EMPTY, UNKNOWN, RAISES, HANGS = "answers", "late", "empty", "unknown", "raises", "hangs"
CAN_SAY = (ANSWERS, LATE)
LATE_S, FOREVER_S = 20, 10_000
HOLD = {"on_unprotectable": "hold"}
"""A fill that shows late is past the exposure deadline: here it is to be protected all the same."""


class MoodyReads(ShadedReads):
    """From the entry on each source is in a mood of its own."""

    def __init__(self, reads: Any, moods: dict[str, str]) -> None:
        super().__init__(reads)
        self._moods = moods
        self.moody = False

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        return await self._asked("orders", super().orders(symbol, client_order_ids))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        return await self._asked("fills", super().fills(symbol, since_us, all_kinds=all_kinds))

    async def position(self, symbol: str) -> PositionReading:
        return await self._asked("position", super().position(symbol))

    async def _asked(self, source: str, answer: Awaitable[T]) -> T:
        given_ = await answer
        match self._moods[source] if self.moody else ANSWERS:
            case "unknown":
                raise ReadFailed("an injected error")
            case "raises":
                raise ZeroDivisionError("a defect of the source's own")
            case "hangs":
                await asyncio.Event().wait()
        return given_


def in_moods(world: World, moods: dict[str, str]) -> None:
    """Put the sources into these moods, from the moment at which the entry leaves."""
    exchange = shaded(world)
    reads = MoodyReads(exchange.reads, moods)
    exchange.reads = exchange.urgent_reads = reads
    kinds = {LATE: ("lag", LATE_S), EMPTY: ("empty", FOREVER_S)}
    faults = [Fault(call, None, *spread(kinds[mood])) for call, mood in moods.items() if mood in kinds]

    def begin() -> None:
        reads.moody = True
        world.venue.faults.add(*faults)

    from_the_entry_on(exchange, begin)


def spread(kind: tuple[str, float]) -> tuple[str, None, float]:
    return kind[0], None, kind[1]


some_moods = st.fixed_dictionaries(
    {source: st.sampled_from([ANSWERS, LATE, EMPTY, UNKNOWN, RAISES, HANGS]) for source in SOURCES}
)


@settings(max_examples=50)
@given(
    moods=some_moods.filter(lambda moods: any(mood in CAN_SAY for mood in moods.values())),
    replied=st.booleans(), protection=st.sampled_from(Protection),
)  # fmt: skip
def test_f16_what_one_source_can_say_no_silence_of_the_others_rolls_back(
    moods: dict[str, str], replied: bool, protection: Protection
) -> None:
    """It filled, and one source can show it before the deadline: it is never ended for want of evidence."""

    async def scene(world: World) -> None:
        in_moods(world, moods)
        async with world.library(**HOLD) as positions:
            row, _ = await world.tried(positions)
            assert row is not None
            assert row.state in (State.PROTECTED, State.ORPHAN_SUSPECTED)
            await world.clock.sleep(30)  # absence, had it been believed, would be proven by now
            assert not (await positions.get(row.id)).state.settled
        assert world.sent(Call.PLACE_CLOSE) == []
        assert world.sent(Call.PLACE_ENTRY) == [Call.PLACE_ENTRY]
        truth = world.truth()
        assert truth.quantity == 10 <= truth.stop_quantity

    lost = () if replied else (Fault("place_entry", None, "http_502_executed"),)
    play(scene, *lost, protection=protection)


@pytest.mark.parametrize("others", [UNKNOWN, RAISES, HANGS, EMPTY])
@pytest.mark.parametrize("speaks", SOURCES)
@in_every_mode()
async def test_f16_two_sources_that_fail_do_not_keep_the_third_from_protecting(
    world: World, speaks: str, others: str
) -> None:
    """Whichever source is left to show the fill, and whatever the others do: the stop stands within a second."""
    in_moods(world, {source: ANSWERS if source == speaks else others for source in SOURCES})
    async with world.library(look_timeout_s=5) as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(1.2)
        assert world.truth().stop_quantity >= 10
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    assert world.truth().exposure_s < 1


@pytest.mark.parametrize("speaks", SOURCES)
@in_every_mode(Fault("place_entry", None, "http_502_executed"))
async def test_f16_two_sources_that_stay_empty_prove_nothing_against_the_third(world: World, speaks: str) -> None:
    """The reply was lost and two sources show nothing for ever: while the third shows the position nothing is ended."""
    in_moods(world, {source: ANSWERS if source == speaks else EMPTY for source in SOURCES})
    async with world.library(**HOLD) as positions:
        row, _ = await world.tried(positions)
        await world.clock.sleep(60)
        assert row is not None
        assert not (await positions.get(row.id)).state.settled
    assert world.truth().quantity == 10 <= world.truth().stop_quantity


@pytest.mark.parametrize("others", [UNKNOWN, RAISES, HANGS])
@in_every_mode()
async def test_f16_the_order_alone_is_enough_where_the_others_cannot_say(world: World, others: str) -> None:
    """The order's own row shows the fill and the stop: protected once the slot was asked for, whatever came of it."""
    in_moods(world, {"orders": ANSWERS, "fills": others, "position": others})
    async with world.library(look_timeout_s=5) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert world.elapsed_s < 8
        assert_safe(world, row)
