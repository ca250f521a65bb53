"""Leverage and margin type of each symbol: positions do not show them since v3, so they are read beside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import MICROSECONDS, MarginMode
from atomicpos.ports import Clock, ReadFailed

from .. import frames
from ..fields import price
from ..transport import Transport
from . import parse, queries, replies

FRESH_US = 60 * MICROSECONDS
"""How long a reading is shown beside positions: the read costs as much as a position's, and only settings change it."""


@dataclass(frozen=True, slots=True)
class SymbolConfig:
    """One symbol's settings, None where they were not shown."""

    leverage: Decimal | None = None
    margin_mode: MarginMode | None = None


UNKNOWN = SymbolConfig()


class SymbolConfigs:
    """Reads them, and keeps each for a minute."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self._kept: dict[str, tuple[int, SymbolConfig]] = {}

    async def look(self, market_id: str, *, urgent: bool = True) -> SymbolConfig:
        """Read them now. Raises ReadFailed, and keeps nothing then."""
        self._kept.pop(market_id, None)
        exchanged = await self._transport.read(queries.symbol_config(market_id), urgent=urgent)
        listed = replies.rows(exchanged, "settings", {"symbol": market_id})
        if len(listed) != 1:
            raise ReadFailed(f"settings: {len(listed)} rows for {market_id}", exchanged.raw)
        leverage = frames.parsed(lambda row: price(row, "leverage"), listed[0], exchanged.raw)
        config = SymbolConfig(leverage, parse.margin_mode(listed[0]))
        self._kept[market_id] = self._clock.now_us(), config
        return config

    async def shown(self, market_id: str, *, urgent: bool) -> SymbolConfig:
        """As they were a minute ago at most; unknown where they cannot be read: no position waits for them."""
        read_us, config = self._kept.get(market_id, (0, UNKNOWN))
        if 0 <= self._clock.now_us() - read_us < FRESH_US:
            return config
        try:
            return await self.look(market_id, urgent=urgent)
        except ReadFailed:
            return UNKNOWN
