"""The readings that the checks rest on: all at once, each repeated when it fails for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import InvalidRequest
from ..models import MICROSECONDS, PositionMode, PositionSide
from ..policies import reading_again
from ..ports import Clock, Exchange, PositionReading, ReadFailed, WrongPositionMode
from .facts import AccountFacts, ClockReading, Reading, SymbolFacts

T = TypeVar("T")

CLOCK_PATIENCE_S = 2.0
"""How long the exchange may take to tell its time: an entry waits for it, once in a process."""


async def look_at_account(exchange: Exchange, clock: Clock) -> AccountFacts:
    """The key as it was told at the opening, and the clock. Raises nothing: a reading that failed says so."""
    try:
        async with asyncio.timeout(CLOCK_PATIENCE_S):
            read = await timed(clock, lambda: _clock(exchange, clock))
    except TimeoutError:
        why = ReadFailed(f"it was not told within {CLOCK_PATIENCE_S:g} s")
        read = Reading(failure=why, seconds=CLOCK_PATIENCE_S)
    return AccountFacts(exchange.key, read, clock.now_us())


async def look_at_symbol(exchange: Exchange, clock: Clock, symbol: str) -> SymbolFacts:
    """The market, its mark price and the slot. Raises nothing: a reading that failed says so."""
    instrument = await timed(clock, lambda: exchange.instrument(symbol))
    if instrument.value is None:
        return SymbolFacts(symbol, instrument, clock.now_us())
    unified, reads = instrument.value.symbol, exchange.urgent_reads
    mark, mode = await asyncio.gather(timed(clock, lambda: reads.mark_price(unified)), _mode(exchange, clock, unified))
    if mode.value is not PositionMode.HEDGE:
        slot = await timed(clock, lambda: reads.position(unified))
        return SymbolFacts(unified, instrument, clock.now_us(), mark, slot, mode)
    long, short = await asyncio.gather(*(_side(exchange, clock, unified, side) for side in PositionSide))
    return SymbolFacts(unified, instrument, clock.now_us(), mark, long, mode, short)


async def _mode(exchange: Exchange, clock: Clock, symbol: str) -> Reading[PositionMode]:
    """The mode that the account is in; one-way where no other is supported: there the slot's reading tells."""
    if not exchange.profile.hedge_mode:
        return Reading(PositionMode.ONE_WAY)
    return await timed(clock, lambda: exchange.urgent_reads.position_mode(symbol))


async def _side(exchange: Exchange, clock: Clock, symbol: str, side: PositionSide) -> Reading[PositionReading]:
    reads = exchange.hedged(side).urgent_reads
    return await timed(clock, lambda: reads.position(symbol))


async def timed(clock: Clock, read: Callable[[], Awaitable[T]]) -> Reading[T]:
    """The answer, or the failure that stayed after it was asked again; and how long that took."""
    began_us = clock.now_us()
    value: T | None = None
    failure: Exception | None = None

    async def once() -> T:
        return await read()

    try:
        value = await reading_again(clock.sleep, ReadFailed, WrongPositionMode)(once)
    except (ReadFailed, InvalidRequest) as error:
        failure = error
    return Reading(value, failure, (clock.now_us() - began_us) / MICROSECONDS)


async def _clock(exchange: Exchange, clock: Clock) -> ClockReading:
    asked_at_us = clock.now_us()
    told_us = await exchange.server_time_us()
    return ClockReading(asked_at_us, told_us, clock.now_us())
