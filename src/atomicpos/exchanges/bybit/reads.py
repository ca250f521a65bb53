"""The read-only calls on Bybit: each raises ReadFailed with the raw reply instead of guessing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, PositionMode, PositionSide
from atomicpos.ports import (
    Clock,
    FillsReading,
    OrdersReading,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    StopsReading,
    WrongPositionMode,
)  # fmt: skip

from .. import frames
from ..fields import Row, flag, price
from ..lookups import Look, looked_up
from ..markets import read_id
from ..paging import Listing, every_page
from ..redact import KEPT
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .account import BybitAccount
from .windows import windows

PAGES_MAX = 50
"""Pages of one execution type in one window; beyond them the answer is incomplete, and said to be."""

ORDER_PAGES_MAX = 20
"""Pages of open orders of one symbol; Bybit allows 500 open orders, which are ten (documented)."""


class BybitReads:
    """``ports.Reads`` over one transport; ``urgent`` ones pay the caller's limiter without standing in its line.

    ``side`` is the one of hedge mode that they are about; None is one-way mode.
    """

    def __init__(
        self, transport: Transport, clock: Clock, account: BybitAccount, side: PositionSide | None = None, *,
        urgent: bool = False,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._account = account
        self._side = side
        self._urgent = urgent

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Look up each id on its own, all at once; an id that could not be looked up is in ``failures`` only.

        Absent means that the live and the historic lookup both answered and neither showed it.
        """
        market = self._market_id(symbol)
        return await looked_up(client_order_ids, partial(self._order, market))

    async def _order(self, market: str, client_order_id: str) -> Look:
        """The live lookup, then the historic one; a failed lookup does not keep the other from answering."""
        whys, raws = [], []
        for ask in (queries.live_order, queries.past_order):
            exchanged = await self._read(ask(market, client_order_id))
            raws.append(exchanged.raw)
            try:
                view = replies.one_order(exchanged, client_order_id, self._side)
            except ReadFailed as failed:
                whys.append(str(failed))
                continue
            if view is not None:
                return Look(view, "", exchanged.raw)
        return Look(None, "; ".join(whys), "\n".join(raws))

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then, oldest first; ``all_kinds`` asks for liquidation, ADL and settlement by name as well."""
        market = self._market_id(symbol)
        kinds = tuple(parse.FILL_KINDS) if all_kinds else ("Trade",)
        answers = await asyncio.gather(*(self._fills(market, kind, since_us) for kind in kinds))
        # the exchange's times are whole milliseconds: a fill in the same one as ``since_us`` belongs to the answer
        seen = {fill.fill_id: fill for fills, _ in answers for fill in fills if fill.time_us >= since_us // 1000 * 1000}
        ordered = sorted(seen.values(), key=lambda fill: (fill.time_us, fill.fill_id))
        return FillsReading(tuple(ordered), "\n".join(raw for _, raw in answers)[:KEPT])

    async def _fills(self, market: str, kind: str, since_us: int) -> tuple[list[Fill], str]:
        """All fills of one execution type, window by window."""
        fills: list[Fill] = []
        raws: list[str] = []
        for start_us, end_us in windows(since_us, self._clock.now_us()):
            listing = Listing(
                f"executions {kind} in one window",
                partial(queries.executions, market, kind, start_us, end_us),
                lambda exchanged: replies.executions(exchanged, market, self._side),
                PAGES_MAX,
            )
            found, raw = await every_page(listing, self._read)
            fills += found
            raws.append(raw)
        return fills, "\n".join(raws)

    async def position(self, symbol: str) -> PositionReading:
        """The slot's one row, told from the other side's by ``positionIdx`` whatever their order (measured with ccxt
        4.5.90: its own fetch_position takes the first). No row at all is shown as quantity 0 without a time, the
        weakest of answers.

        ``isReduceOnly`` says that the exchange has marked the symbol as only to be reduced, for its risk limit was
        lowered (documented); whether a contract that is being delisted shows it too is not verified against the live
        exchange.
        """
        listed, exchanged = await self._positions(symbol)
        read = partial(parse.position_view, side=self._side)
        views = [view for row in listed if (view := frames.parsed(read, row, exchanged.raw)) is not None]
        if len(views) > 1:
            failure = WrongPositionMode if self._side is None else ReadFailed
            raise failure(f"position: {len(views)} rows of one slot of {symbol}; hedge mode shows two", exchanged.raw)
        view = views[0] if views else PositionView(Decimal(0))
        only_closable = flag(listed[0], "isReduceOnly") if listed else None
        return PositionReading(replace(view, margin_mode=self._account.margin_mode), exchanged.raw, only_closable)

    async def position_mode(self, symbol: str) -> PositionMode:
        """As the symbol's own rows have it, which are shown when it is flat too (documented)."""
        listed, exchanged = await self._positions(symbol)
        sides = {frames.parsed(parse.position_side, row, exchanged.raw) for row in listed}
        if not sides or (None in sides and len(sides) > 1):
            raise ReadFailed(f"position mode: the rows of {symbol} are of no one mode", exchanged.raw)
        return PositionMode.ONE_WAY if sides == {None} else PositionMode.HEDGE

    async def leverages(self, symbol: str) -> dict[PositionSide, Decimal]:
        """The leverage of each side in hedge mode. Raises ReadFailed where one is not shown."""
        listed, exchanged = await self._positions(symbol)
        sides: dict[PositionSide, Decimal] = {}
        for row in listed:
            side = frames.parsed(parse.position_side, row, exchanged.raw)
            leverage = frames.parsed(parse.side_view, row, exchanged.raw).leverage
            if side is not None and leverage is not None:
                sides[side] = leverage
        if sides.keys() != set(PositionSide):
            raise ReadFailed(f"leverage: {symbol} does not show that of both sides", exchanged.raw)
        return sides

    async def _positions(self, symbol: str) -> tuple[list[Row], Exchanged]:
        market = self._market_id(symbol)
        exchanged = await self._read(queries.position(market))
        return replies.rows(exchanged, "position", {"symbol": market}), exchanged

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The stop on the position itself, searched for among all open orders; more than one fails the read."""
        market = self._market_id(symbol)
        stops, raw = await self._position_stops(market)
        if len(stops) > 1:
            raise ReadFailed(f"position stop: {len(stops)} stops on the position of {market}", raw)
        return PositionStopReading(stops[0] if stops else None, raw)

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """Not asked for: a stop of ours on Bybit has its own id, or is the position's."""
        raise ReadFailed("waiting stops: on Bybit stops are looked up by their ids")

    async def _position_stops(self, market: str) -> tuple[list[OrderView], str]:
        """All of them; the list may move between two pages, so an order on both counts once."""
        listing = Listing(
            "position stop among open orders",
            partial(queries.open_orders, market),
            lambda exchanged: replies.position_stops(exchanged, market, self._side),
            ORDER_PAGES_MAX,
        )
        stops, raw = await every_page(listing, self._read)
        return list({stop.exchange_order_id: stop for stop in stops}.values()), raw[:KEPT]

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark price, above zero."""
        market = self._market_id(symbol)
        exchanged = await self._read(queries.ticker(market))
        marks = [
            frames.parsed(lambda row: price(row, "markPrice"), row, exchanged.raw)
            for row in replies.rows(exchanged, "mark price", {"symbol": market})
        ]
        if len(marks) != 1 or marks[0] is None:
            raise ReadFailed("mark price: the reply has none above zero", exchanged.raw)
        return marks[0]

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)

    def _market_id(self, symbol: str) -> str:
        return read_id(self._transport.markets, symbol)
