"""The read-only calls on Binance USD-M: each raises ReadFailed with the raw reply instead of guessing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from atomicpos.evidence import PositionView
from atomicpos.models import FillKind, PositionMode
from atomicpos.ports import (
    Clock,
    FillsReading,
    OrdersReading,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    StopsReading,
    WrongPositionMode,
)

from .. import frames
from ..fields import flag, price
from ..lookups import looked_up
from ..markets import read_id
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .configs import SymbolConfigs
from .known import Known
from .lookups import Lookups
from .trades import Trades
from .words import BOTH


@dataclass(frozen=True, slots=True)
class Shared:
    """What the reads of one account share: they are the same account, however they stand in line."""

    transport: Transport
    clock: Clock
    known: Known
    configs: SymbolConfigs


class BinanceReads:
    """``ports.Reads`` as seen through one ``positionSide``; ``urgent`` ones do not stand in the limiter's line."""

    def __init__(self, shared: Shared, position_side: str, *, urgent: bool = False) -> None:
        self._transport = shared.transport
        self._configs = shared.configs
        self._position_side = position_side
        self._urgent = urgent
        self._known = shared.known
        self._lookups = Lookups(shared.transport, shared.known, position_side, urgent=urgent)
        self._trades = Trades(shared.transport, shared.clock, shared.known, urgent=urgent)

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Look up each id on its own, all at once; an id that could not be looked up is in ``failures`` only.

        Absent means that the plain and the conditional lookup both said that there is no such order.
        """
        market = self._market_id(symbol)
        return await looked_up(client_order_ids, partial(self._lookups.look, market))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then, oldest first; the exchange's own, which userTrades shows too, with ``all_kinds`` only."""
        fills, raw = await self._trades.fills(self._market_id(symbol), since_us, self._position_side)
        return FillsReading(tuple(f for f in fills if all_kinds or f.kind is FillKind.TRADE), raw)

    async def position(self, symbol: str) -> PositionReading:
        """The row of the symbol; no row is shown as quantity 0 without a time, the weakest of answers.

        Leverage and margin mode come from the symbol's settings, and are None where those could not be read.
        """
        market = self._market_id(symbol)
        exchanged, config = await asyncio.gather(
            self._read(queries.position(market)), self._configs.shown(market, urgent=self._urgent)
        )
        listed = replies.rows(exchanged, "position", {"symbol": market})
        view_of = partial(parse.position_view, wanted=self._position_side)
        seen = [frames.parsed(view_of, row, exchanged.raw) for row in listed]
        views = [view for view in seen if view is not None]
        if len(views) > 1:
            raise ReadFailed(f"position: {len(views)} rows for {market}", exchanged.raw)
        if not listed:
            self._not_of_the_other_mode(exchanged)
        view = views[0] if views else PositionView(Decimal(0))
        shown = replace(view, leverage=config.leverage, margin_mode=config.margin_mode)
        return PositionReading(shown, exchanged.raw)

    def _not_of_the_other_mode(self, exchanged: Exchanged) -> None:
        """An empty list says nothing of a mode that the account was last read not to be in."""
        mode = self._known.mode
        asked = PositionMode.ONE_WAY if self._position_side == BOTH else PositionMode.HEDGE
        if mode not in (None, asked):
            why = f"the account was read to be in {mode} mode, and this position would be one of {asked} mode"
            raise WrongPositionMode(why, exchanged.raw)

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """Binance keeps no stop on the position itself: every stop is an order with an id. Nothing is asked."""
        self._market_id(symbol)
        return PositionStopReading(None)

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """Not asked for: every stop of ours on Binance is called by its own id."""
        raise ReadFailed("waiting stops: on Binance stops are looked up by their ids")

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark price, above zero."""
        market = self._market_id(symbol)
        exchanged = await self._read(queries.mark_price(market))
        row = replies.one(exchanged, "mark price", {"symbol": market})
        mark = frames.parsed(lambda each: price(each, "markPrice"), row, exchanged.raw)
        if mark is None:
            raise ReadFailed("mark price: the reply has none above zero", exchanged.raw)
        return mark

    async def position_mode(self, symbol: str) -> PositionMode:
        """The account's mode, which holds for every symbol."""
        self._market_id(symbol)
        exchanged = await self._read(queries.position_mode())
        dual = flag(replies.one(exchanged, "position mode", {}), "dualSidePosition")
        if dual is None:
            raise ReadFailed("position mode: the reply does not say dualSidePosition", exchanged.raw)
        self._known.mode = PositionMode.HEDGE if dual else PositionMode.ONE_WAY
        return self._known.mode

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)

    def _market_id(self, symbol: str) -> str:
        return read_id(self._transport.markets, symbol)
