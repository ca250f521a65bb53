"""The read-only calls on OKX: each raises ReadFailed with the raw reply instead of guessing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, PositionMode, PositionSide
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
from ..fields import Row, price
from ..lookups import Look, looked_up
from ..paging import Listing, every_page
from ..redact import KEPT
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .account import OkxAccount
from .contracts import Sizes

PAGES_MAX = 50
"""Pages of fills of one symbol; beyond them the answer is incomplete, and said to be."""


@dataclass(frozen=True, slots=True)
class _Market:
    """The exchange's id of a market, and the size of its contract."""

    inst_id: str
    size: Decimal


class OkxReads:
    """``ports.Reads`` over one transport; ``urgent`` ones pay the caller's limiter without standing in its line.

    ``through`` is the side of hedge mode that is looked through: only its position and fills are shown, and a row of
    one-way mode raises WrongPositionMode; with None it is the other way round.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        account: OkxAccount,
        *,
        urgent: bool = False,
        through: PositionSide | None = None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._account = account
        self._urgent = urgent
        self._through = through

    # --- orders -----------------------------------------------------------------------------------------------------

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Look up each id on its own, all at once; an id that could not be looked up is in ``failures`` only.

        Absent means that no plain order and no algo order has it, as both lookups said by name.
        """
        market = self._market(symbol)
        return await looked_up(client_order_ids, partial(self._order, market))

    async def _order(self, market: _Market, own_id: str) -> Look:
        """A plain order, else an algo order; a failed lookup does not keep the other from answering."""
        whys: list[str] = []
        raws: list[str] = []
        for look in (self._plain, self._algo):
            try:
                view = await look(market, own_id, raws)
            except ReadFailed as failed:
                whys.append(str(failed))
                continue
            if view is not None:
                return Look(view, "", raws[-1])
        return Look(None, "; ".join(whys), "\n".join(raws))

    async def _plain(self, market: _Market, own_id: str, raws: list[str]) -> OrderView | None:
        """The plain order of that id; what an algo order of that id has become is left to the other lookup."""
        row, exchanged = await self._one(queries.order(market.inst_id, own_id), f"order {own_id}", {
            "instId": market.inst_id, "clOrdId": own_id,
        }, raws)  # fmt: skip
        if row is None or row.get("algoClOrdId") == own_id:
            return None
        return frames.parsed(lambda row: parse.order_view(row, market.size, self._through), row, exchanged.raw)

    async def _algo(self, market: _Market, own_id: str, raws: list[str]) -> OrderView | None:
        """The algo order of that id, with what came of it once it has fired."""
        row, exchanged = await self._one(queries.algo(own_id), f"algo order {own_id}", {
            "instId": market.inst_id, "algoClOrdId": own_id,
        }, raws)  # fmt: skip
        if row is None:
            return None
        became = [await self._child(market, order_id, raws) for order_id in parse.children(row)]
        return frames.parsed(lambda row: parse.algo_view(row, market.size, self._through, became), row, exchanged.raw)

    async def _child(self, market: _Market, order_id: str, raws: list[str]) -> OrderView:
        """The plain order that an algo order has become. Raises ReadFailed where it is not shown: it is somewhere."""
        asked = {"instId": market.inst_id, "ordId": order_id}
        row, exchanged = await self._one(queries.child(market.inst_id, order_id), f"order {order_id}", asked, raws)
        if row is None:
            raise ReadFailed(f"order {order_id}: an algo order has become it, and it is not shown", exchanged.raw)
        return frames.parsed(lambda row: parse.order_view(row, market.size, self._through), row, exchanged.raw)

    async def _one(
        self, ask: Ask, what: str, asked: dict[str, str], raws: list[str]
    ) -> tuple[Row | None, Exchanged]:
        exchanged = await self._read(ask)
        raws.append(exchanged.raw)
        return replies.one(exchanged, what, asked), exchanged

    # --- fills ------------------------------------------------------------------------------------------------------

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then, oldest first; without ``all_kinds`` ordinary trades only: OKX lists all kinds in one.

        Raises ReadFailed for what is more than three months ago, which OKX does not show any more.
        """
        market, age_us = self._market(symbol), self._clock.now_us() - since_us
        if age_us > queries.KEPT_US:
            raise ReadFailed(f"fills: OKX shows those of the last {queries.KEPT_US // queries.DAY_US} days only")
        # the newest are asked for where they are shown first, the older ones where they are shown at all
        lists = (False, True) if age_us > queries.RECENT_US else (False,)
        answers = await asyncio.gather(*(self._fills(market, since_us, old) for old in lists))
        # the exchange's times are whole milliseconds: a fill in the same one as ``since_us`` belongs to the answer
        seen = {fill.fill_id: fill for fills, _ in answers for fill in fills if fill.time_us >= since_us // 1000 * 1000}
        ordered = sorted(seen.values(), key=lambda fill: (fill.time_us, fill.fill_id))
        wanted = tuple(fill for fill in ordered if all_kinds or fill.kind is FillKind.TRADE)
        return FillsReading(wanted, "\n".join(raw for _, raw in answers)[:KEPT])

    async def _fills(self, market: _Market, since_us: int, old: bool) -> tuple[list[Fill], str]:
        def fill(row: Row) -> Fill | None:
            return parse.fill(row, market.size) if parse.is_of_side(row, self._through) else None

        asked = {"instId": market.inst_id}
        listing = Listing(
            "fills",
            partial(queries.fills, market.inst_id, since_us, old),
            lambda exchanged: replies.page(exchanged, "fills", "billId", asked, fill),
            PAGES_MAX,
        )
        found, raw = await every_page(listing, self._read)
        return [fill for fill in found if fill is not None], raw

    # --- the position -----------------------------------------------------------------------------------------------

    async def position(self, symbol: str) -> PositionReading:
        """The one position of the symbol, or of the side that is looked through.

        A symbol that never had one has no row, and is shown as quantity 0 without a time, the weakest of answers; its
        margin mode is then that of an order that names none. Raises ReadFailed while an isolated and a cross position
        are held beside each other, WrongPositionMode in the other position mode.
        """
        market = self._market(symbol)
        exchanged = await self._read(queries.position(market.inst_id))
        listed = replies.rows(exchanged, "position", {"instId": market.inst_id})
        views = [
            frames.parsed(lambda row: parse.position_view(row, market.size, self._through), row, exchanged.raw)
            for row in listed
            if frames.parsed(lambda row: parse.is_of_side(row, self._through), row, exchanged.raw)
        ]
        if not listed:
            self._check_mode(exchanged)
        return PositionReading(self._held(symbol, views, exchanged), exchanged.raw)

    def _held(self, symbol: str, views: list[PositionView], exchanged: Exchanged) -> PositionView:
        """The one that is held; else the one that was closed last."""
        held = [view for view in views if view.quantity]
        if len(held) > 1:
            why = f"position: {symbol} has {len(held)} positions, in isolated and in cross margin; close one of them"
            raise ReadFailed(why, exchanged.raw)
        if held:
            self._account.saw(symbol, self._through, held[0].margin_mode)
            return held[0]
        empty = PositionView(Decimal(0), margin_mode=self._account.default_mode)
        return max(views, key=lambda view: view.updated_at_us or 0, default=empty)

    def _check_mode(self, exchanged: Exchanged) -> None:
        """An empty list is shown in either position mode: the mode last read decides."""
        mode = PositionMode.ONE_WAY if self._through is None else PositionMode.HEDGE
        if self._account.position_mode not in (None, mode):
            why = f"position: the account is in {self._account.position_mode} position mode, not in {mode}"
            raise WrongPositionMode(why, exchanged.raw)

    async def position_mode(self, symbol: str) -> PositionMode:
        """The account's position mode; all symbols have the same on OKX."""
        self._market(symbol)
        await self._account.look(urgent=self._urgent)
        if self._account.position_mode is None:
            raise ReadFailed("account: the position mode was not read")
        return self._account.position_mode

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """None, without asking: every stop on OKX is an order with an id of its own."""
        self._market(symbol)
        return PositionStopReading(None)

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """Not asked for: every stop of ours on OKX is called by its own id."""
        raise ReadFailed("waiting stops: on OKX stops are looked up by their ids")

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark price, above zero."""
        market = self._market(symbol)
        exchanged = await self._read(queries.mark_price(market.inst_id))
        marks = [
            frames.parsed(lambda row: price(row, "markPx"), row, exchanged.raw)
            for row in replies.rows(exchanged, "mark price", {"instId": market.inst_id})
        ]
        if len(marks) != 1 or marks[0] is None:
            raise ReadFailed("mark price: the reply has none above zero", exchanged.raw)
        return marks[0]

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)

    def _market(self, symbol: str) -> _Market:
        return _Market(*Sizes(self._transport.markets).of(symbol))
