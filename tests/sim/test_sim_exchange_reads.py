"""What faults do to reads, through the in-process exchange."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from stage import AVL, ENTRY, attached, elapsed_s, play

from atomicpos.models import MarginMode, TriggerBy
from atomicpos.ports import ReadFailed, SetMarginMode, SetPositionStop
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault

LISTS = ("orders", "fills", "position", "position_stop")


async def seen(exchange: SimExchange, call: str) -> bool:
    """Whether that read shows anything of the one entry and its stop."""
    match call:
        case "orders":
            return bool((await exchange.reads.orders(AVL, ["entry"])).orders)
        case "fills":
            return bool((await exchange.reads.fills(AVL, 0)).fills)
        case "position":
            return bool((await exchange.reads.position(AVL)).position.quantity)
    return (await exchange.reads.position_stop(AVL)).stop is not None


@pytest.mark.parametrize("call", [*LISTS, "mark"])
def test_a_failing_read_raises_and_takes_its_time(call: str) -> None:
    """An error is raised after the round trip, never shown as empty."""
    async def scene(exchange: SimExchange) -> None:
        with pytest.raises(ReadFailed, match=call):
            await (exchange.reads.mark_price(AVL) if call == "mark" else seen(exchange, call))
        assert elapsed_s() == 0.15

    play(scene, Fault(call, None, "error"))


@pytest.mark.parametrize("call", LISTS)
def test_an_empty_read_shows_nothing_for_a_while_after_the_entry(call: str) -> None:
    """For the seconds set the read answers with nothing, and then with the truth; the others see at once."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        assert [await seen(exchange, other) for other in LISTS] == [other != call for other in LISTS]
        await asyncio.sleep(5)
        assert await seen(exchange, call)

    play(scene, Fault(call, AVL, "empty", seconds=5))


@pytest.mark.parametrize("call", LISTS)
def test_a_lagging_read_shows_what_was(call: str) -> None:
    """For the seconds set the read shows the venue before the entry; the others see at once."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        assert [await seen(exchange, other) for other in LISTS] == [other != call for other in LISTS]
        await asyncio.sleep(5)
        assert await seen(exchange, call)

    play(scene, Fault(call, AVL, "lag", seconds=5))


@pytest.mark.parametrize("call", LISTS)
def test_every_second_read_goes_back(call: str) -> None:
    """What was shown is not shown the next time, and is shown again after that."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        assert [await seen(exchange, call) for _ in range(4)] == [True, False, True, False]
        await asyncio.sleep(5)
        assert [await seen(exchange, call) for _ in range(2)] == [True, True]

    play(scene, Fault(call, AVL, "backwards", seconds=5))


@pytest.mark.parametrize("call", LISTS)
def test_one_read_omits_everything(call: str) -> None:
    """The second read answers and shows nothing; the ones around it show what is so."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        assert [await seen(exchange, call) for _ in range(3)] == [True, False, True]

    play(scene, Fault(call, AVL, "omit", nth=2))


def test_the_margin_mode_lags_with_the_position() -> None:
    """A position that is shown as it was is shown in the margin mode that it had."""
    async def scene(exchange: SimExchange) -> None:
        await asyncio.sleep(5)
        await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))
        assert (await exchange.reads.position(AVL)).position.margin_mode is MarginMode.ISOLATED
        await asyncio.sleep(5)
        assert (await exchange.reads.position(AVL)).position.margin_mode is MarginMode.CROSS

    play(scene, Fault("position", AVL, "lag", seconds=3))


def test_the_own_stop_lags_apart_from_the_position() -> None:
    """A lagging read of the own stop shows the old trigger while the position shows the new one."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        await asyncio.sleep(5)
        await exchange.write(SetPositionStop(AVL, Decimal("1.31"), TriggerBy.MARK))
        stop = (await exchange.reads.position_stop(AVL)).stop
        assert stop is not None
        assert stop.trigger_price == Decimal("1.3")
        assert (await exchange.reads.position(AVL)).position.stop_price == Decimal("1.31")

    play(scene, Fault("position_stop", AVL, "lag", seconds=3))
