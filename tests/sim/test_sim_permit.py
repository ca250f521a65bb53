"""The permit in process: what it hears, what it forbids, and what a pause behind it comes to at the venue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from stage import AVL, ENTRY, STOP, elapsed_s, play

from atomicpos.models import Refusal, TriggerBy
from atomicpos.ports import OutcomeKind, SetLeverage, SetPositionStop, Write
from atomicpos.sim import SkewedClock, VirtualClock
from atomicpos.sim.clock import EPOCH_US
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.loop import run
from atomicpos.sim.receive_window import taken
from atomicpos.sim.venue import Venue

GONE = "the lease is over"
WRITES: tuple[Write, ...] = (
    ENTRY, STOP, SetLeverage(AVL, Decimal(5)), SetPositionStop(AVL, Decimal("1.3"), TriggerBy.MARK)
)  # fmt: skip


def paused(seconds: float) -> Callable[[], Awaitable[None]]:
    """A process that sleeps so long at every request, once it was permitted."""

    async def pause() -> None:
        await asyncio.sleep(seconds)

    return pause


@pytest.mark.parametrize("request_", WRITES)
def test_what_the_permit_forbids_never_leaves(request_: Write) -> None:
    """Not sent, with its sentence; nothing is noted as a request, and no time passes."""

    async def scene(exchange: SimExchange) -> None:
        outcome = await exchange.write(request_, lambda stamped_us: GONE)
        assert (outcome.kind, outcome.why, exchange.requests) == (OutcomeKind.NOT_SENT, GONE, [])
        assert elapsed_s() == 0

    play(scene)


def test_the_permit_hears_the_callers_clock() -> None:
    """The stamp is the caller's own time at the asking, ahead of the venue's by its skew, and so are its times."""
    heard: list[int] = []

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        ahead = SkewedClock(clock, 700_000)
        exchange = SimExchange(Venue(clock.now_us), clock, caller_clock=ahead)
        await asyncio.sleep(1)
        outcome = await exchange.write(ENTRY, heard.append)
        assert (outcome.asked_at_us, outcome.answered_at_us) == (EPOCH_US + 1_700_000, EPOCH_US + 1_850_000)
        assert exchange.requests[0][0] == EPOCH_US + 1_000_000

    run(main)
    assert heard == [EPOCH_US + 1_700_000]


@pytest.mark.parametrize(("seconds", "executed"), [(0, True), (4.9, True), (5, False), (60, False)])
def test_a_request_that_slept_past_its_window_is_refused_on_arrival(seconds: float, executed: bool) -> None:
    """Permitted, and then held: the venue counts from the timestamp, and what it refuses was not carried out."""

    async def scene(exchange: SimExchange) -> None:
        outcome = await exchange.write(ENTRY)
        assert outcome.kind is (OutcomeKind.ACKNOWLEDGED if executed else OutcomeKind.REFUSED)
        if not executed:
            assert (outcome.refusal, outcome.code) == (Refusal.OTHER, "timestamp")
        assert exchange.venue.truth(AVL).entries == int(executed)
        assert [at_us for at_us, _, _ in exchange.requests] == [EPOCH_US + round(seconds * 1_000_000)]

    play(scene, pause=paused(seconds))


def test_who_dies_while_it_is_held_sent_nothing() -> None:
    """Before it has left, the request belongs to its sender and ends with it."""

    async def scene(exchange: SimExchange) -> None:
        sending = asyncio.create_task(exchange.write(ENTRY))
        await asyncio.sleep(1)
        sending.cancel()
        await asyncio.sleep(10)
        assert (exchange.requests, exchange.venue.truth(AVL).entries) == ([], 0)

    play(scene, pause=paused(2))


@pytest.mark.parametrize(
    ("offset_us", "executed"),
    [(-5_000_000, False), (-4_900_000, True), (0, True), (1_000_000, True), (1_100_000, False)],
)
def test_a_callers_clock_that_is_wrong_moves_the_window(offset_us: int, executed: bool) -> None:
    """Too old, or from a future more than a second away, is refused; what lies between is taken."""

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        exchange = SimExchange(Venue(clock.now_us), clock, caller_clock=SkewedClock(clock, offset_us))
        outcome = await exchange.write(ENTRY)
        assert (outcome.kind is OutcomeKind.ACKNOWLEDGED, exchange.venue.truth(AVL).entries) == (executed, executed)

    run(main)


def test_the_receive_window_is_closed_behind_and_open_ahead() -> None:
    """As old as the window is still taken; a whole second ahead is not."""
    assert taken(0, 5_000_000, 5_000_000)
    assert not taken(0, 5_000_001, 5_000_000)
    assert taken(999_999, 0, 5_000_000)
    assert not taken(1_000_000, 0, 5_000_000)


def test_a_skewed_clock_can_be_set_right_while_it_runs() -> None:
    """Its offset is data; sleeping takes as long as by any other clock."""

    async def main() -> None:
        clock = SkewedClock(VirtualClock(asyncio.get_running_loop()), -2_000_000)
        await clock.sleep(3)
        assert clock.now_us() == EPOCH_US + 1_000_000
        clock.offset_us = 0
        assert (clock.now_us(), elapsed_s()) == (EPOCH_US + 3_000_000, 3)

    run(main)
