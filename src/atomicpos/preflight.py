"""Preflight: read, and refuse what cannot end well, before anything is stored or sent.

Two reads, side by side: the mark price and the slot; a third where the exchange can hold positions in hedge mode, which
tells the position mode that the account is in now; and before the first entry of a process the exchange's clock beside
them. Everything else is known since the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from .doctor import FirstEntry
from .engine import Means, ask_stop_function
from .errors import EntryRefused, InvalidRequest, NotReady
from .evidence import PositionView
from .limits import check_liquidation, check_profile, entry_limit, fits
from .models import Instrument, PositionMode, PositionSide
from .policies import reading_again
from .ports import PositionReading, ReadFailed, WrongPositionMode
from .request import Request, with_distance

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that may be opened, as far as reading shows."""

    request: Request
    instrument: Instrument
    mark: Decimal
    slot: PositionView
    limit_price: Decimal | None
    """The worst price the entry may pay; None for a market order."""
    position_mode: PositionMode = PositionMode.ONE_WAY
    """The mode that the account was read in; ``slot`` is that of this mode."""


async def preflight(means: Means, request: Request, instrument: Instrument, first: FirstEntry) -> Checked:
    """Read and check. Raises InvalidRequest, NotReady, or EntryRefused for a position mode that cannot be had."""
    check_profile(request, means.exchange.profile)
    mark, position_mode, read = await _read(means, instrument.symbol, request.side, first)
    if (why := first.symbol(instrument, read)) is not None:
        raise InvalidRequest(why)
    slot = read.position
    request = await _with_stop_rule(request, mark)
    fits(request, instrument, mark)
    mode = means.settings.margin_mode or slot.margin_mode
    check_liquidation(request, instrument, mark, slot, mode)
    slippage = means.settings.max_slippage_percent
    limit = None
    if slippage is not None:
        limit = entry_limit(request.side, mark, Decimal(repr(slippage)), instrument)
    if not slot.quantity and (why := await first.stop(instrument, mark)) is not None:
        raise NotReady(f"{why}; no entry was sent")
    return Checked(request, instrument, mark, slot, limit, position_mode)


async def read_mark(means: Means, symbol: str) -> Decimal:
    """The mark price now. Raises NotReady."""
    try:
        return await _again(means, means.exchange.urgent_reads.mark_price, symbol)
    except ReadFailed as failure:
        raise NotReady(f"{symbol} could not be read: {failure}") from failure


async def _read(
    means: Means, symbol: str, side: PositionSide, first: FirstEntry
) -> tuple[Decimal, PositionMode, PositionReading]:
    mark_price, slot = means.exchange.urgent_reads.mark_price, _hedged_or_not if _hedges(means) else _one_way
    try:
        mark, (mode, reading), why = await asyncio.gather(
            _again(means, mark_price, symbol), slot(means, symbol, side), first.account()
        )
    except WrongPositionMode as wrong:
        raise EntryRefused(f"{symbol}: {wrong}; nothing was sent") from wrong
    except ReadFailed as failure:
        raise NotReady(f"{symbol} could not be read before the entry: {failure}") from failure
    if why is not None:
        raise NotReady(f"{why}; nothing was sent")
    return mark, mode, reading


def _hedges(means: Means) -> bool:
    return means.exchange.profile.hedge_mode


async def _one_way(means: Means, symbol: str, side: PositionSide) -> tuple[PositionMode, PositionReading]:
    """An account in hedge mode fails this read: there it is not supported, and refused by name (F14)."""
    return PositionMode.ONE_WAY, await _again(means, means.exchange.urgent_reads.position, symbol)


async def _hedged_or_not(means: Means, symbol: str, side: PositionSide) -> tuple[PositionMode, PositionReading]:
    """The mode, and the slot of that mode. The slot of one-way mode is asked for beside it, as it mostly is that."""
    reads = means.exchange.urgent_reads
    mode, slot = await asyncio.gather(
        _again(means, reads.position_mode, symbol), _one_way(means, symbol, side), return_exceptions=True
    )
    if isinstance(mode, BaseException):
        raise mode
    if mode is PositionMode.HEDGE:
        hedged = means.exchange_of(mode, side).urgent_reads
        return mode, await _again(means, hedged.position, symbol)
    if isinstance(slot, BaseException):
        raise slot
    return slot


async def _again(means: Means, read: Callable[[str], Awaitable[T]], symbol: str) -> T:
    answer: T = await reading_again(means.clock.sleep, ReadFailed, WrongPositionMode)(read, symbol)
    return answer


async def _with_stop_rule(request: Request, mark: Decimal) -> Request:
    if request.stop_function is None:
        return request
    try:
        answer = await ask_stop_function(request.stop_function, mark, request.side)
    except Exception as error:
        raise InvalidRequest(f"stop_loss failed for the mark price {mark}: {error!r}") from error
    return with_distance(request, answer, mark)
