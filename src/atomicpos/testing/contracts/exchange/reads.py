"""Reads that lag, fail or have nothing to show: an error is never an empty answer, and late is not absent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from atomicpos.models import FillKind, OrderSide, PositionMode, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode

from .world import TEN, ExchangeWorld

Read = Callable[[ExchangeWorld, str], Awaitable[Any]]

READS: dict[str, Read] = {
    "orders": lambda world, symbol: world.reads.orders(symbol, ["apentry"]),
    "fills": lambda world, symbol: world.reads.fills(symbol, world.since_us),
    "position": lambda world, symbol: world.reads.position(symbol),
    "position_stop": lambda world, symbol: world.reads.position_stop(symbol),
    "mark": lambda world, symbol: world.reads.mark_price(symbol),
}
"""Each read of one symbol, in the words of the venue's faults."""

LATE = ("orders", "fills", "position", "position_stop")


class ReadContract:
    """I1: a read answers, or it fails; it never guesses."""

    @pytest.mark.parametrize("call", READS)
    async def test_i1_an_error_is_never_an_empty_answer(self, world: ExchangeWorld, call: str) -> None:
        """The read fails; a lookup by id may answer instead that it could not look, and then shows nothing absent."""
        await world.done(world.entry())
        world.venue.fails(call, "error")
        if not world.can(call):
            assert not shows(call, await READS[call](world, world.symbol))
            return
        try:
            answer = await READS[call](world, world.symbol)
        except ReadFailed:
            return
        assert call == "orders"
        assert (answer.orders, answer.absent_ids) == ((), ())
        assert answer.failures

    @pytest.mark.parametrize("call", READS)
    async def test_a_symbol_that_is_none_fails_the_read(self, world: ExchangeWorld, call: str) -> None:
        """A symbol without a market is no empty market."""
        with pytest.raises(ReadFailed):
            await READS[call](world, "NOPE/USDT:USDT")

    @pytest.mark.parametrize("call", LATE)
    async def test_a_read_that_lags_shows_what_was(self, world: ExchangeWorld, call: str) -> None:
        """As late as the venue shows it, and no later: it is passed on as it is, and nothing is remembered."""
        await world.done(*world.guarded())
        world.venue.fails(call, "lag", seconds=world.lag_s * 2)
        assert not shows(call, await READS[call](world, world.symbol))
        await world.clock.sleep(world.lag_s * 2)
        assert shows(call, await READS[call](world, world.symbol)) is world.can(call)

    @pytest.mark.parametrize("call", ["fills", "position", "position_stop"])
    async def test_f51_what_one_read_omits_the_next_one_shows(self, world: ExchangeWorld, call: str) -> None:
        """An answer that leaves everything out is passed on as it is, between two that show what is so."""
        await world.done(*world.guarded())
        world.venue.fails(call, "omit", nth=2)
        shown = [shows(call, await READS[call](world, world.symbol)) for _ in range(3)]
        assert shown == ([True, False, True] if world.can(call) else [False] * 3)

    async def test_ids_that_nobody_knows_are_absent_by_name(self, world: ExchangeWorld) -> None:
        """A final entry, a live stop and an id that was never sent are told apart in one reading."""
        await world.done(world.entry(), world.stop())
        reading = await world.reads.orders(world.symbol, ["apentry", "apstop", "apnone"])
        assert {order.client_order_id for order in reading.orders} == {"apentry", "apstop"}
        assert (reading.absent_ids, reading.failures) == (("apnone",), ())

    async def test_another_symbols_position_is_not_this_ones(self, world: ExchangeWorld) -> None:
        """Every read is about the symbol that it was asked for."""
        await world.done(world.entry(symbol=world.other_symbol, quantity=TEN * 10))
        for call in LATE:
            assert not shows(call, await READS[call](world, world.symbol))

    async def test_fills_before_the_time_asked_for_are_left_out(self, world: ExchangeWorld) -> None:
        """To the moment: from the fill's own time on it is there, a whole second later it is not."""
        await world.done(world.entry())
        (first, *_) = (await world.reads.fills(world.symbol, world.since_us)).fills
        again = (await world.reads.fills(world.symbol, first.time_us)).fills
        later = (await world.reads.fills(world.symbol, first.time_us + 1_000_000)).fills
        assert (sum(fill.quantity for fill in again), later) == (TEN, ())

    async def test_a_liquidation_shows_when_it_is_asked_for_by_name(self, world: ExchangeWorld) -> None:
        """Without all kinds the fills are ordinary trades; with them the exchange's own are there, as such."""
        await world.done(world.entry())
        world.venue.at(lambda engine: engine.liquidate(world.symbol, world.side))
        ordinary = (await world.reads.fills(world.symbol, world.since_us)).fills
        every = (await world.reads.fills(world.symbol, world.since_us, all_kinds=True)).fills
        assert {fill.kind for fill in ordinary} == {FillKind.TRADE}
        taken = [fill for fill in every if fill.kind is FillKind.LIQUIDATION]
        assert sum(fill.quantity for fill in taken) == TEN
        assert {(fill.order_side, fill.client_order_id) for fill in taken} == {(OrderSide.SELL, None)}

    async def test_the_mark_price_is_exact_and_the_perpetuals(self, world: ExchangeWorld) -> None:
        """To the last digit, as it moves; the spot twin's is another."""
        moved = world.venue.price(world.symbol, world.away(1))
        assert await world.reads.mark_price(world.symbol) == moved

    async def test_f14_the_position_mode_is_told_as_it_is_now(self, world: ExchangeWorld) -> None:
        """Before each entry it is asked for: it tells a change at once, and fails rather than guess."""
        assert await world.reads.position_mode(world.symbol) is world.mode
        other = next(mode for mode in PositionMode if mode is not world.mode)
        world.venue.at(lambda engine: engine.set_position_mode(other))
        assert await world.reads.position_mode(world.symbol) is other
        with pytest.raises(ReadFailed):
            await world.reads.position_mode("NOPE/USDT:USDT")

    async def test_hedge_mode_is_no_position_but_an_error(self, world: ExchangeWorld) -> None:
        """A position is not read in a mode that the account is not in: neither in one-way mode nor in hedge mode."""
        other = next(mode for mode in PositionMode if mode is not world.mode)
        world.venue.at(lambda engine: engine.set_position_mode(other))
        if not world.flat_is_shown:
            side = PositionSide.LONG if other is PositionMode.HEDGE else None
            world.venue.at(lambda engine: engine.foreign_order(world.symbol, OrderSide.BUY, TEN, position_side=side))
        with pytest.raises(WrongPositionMode):
            await world.reads.position(world.symbol)


def shows(call: str, answer: Any) -> bool:
    """Whether that read showed anything of a position with its entry and its own stop."""
    match call:
        case "orders":
            return bool(answer.orders)
        case "fills":
            return bool(answer.fills)
        case "position":
            return bool(answer.position.quantity)
    return answer.stop is not None
