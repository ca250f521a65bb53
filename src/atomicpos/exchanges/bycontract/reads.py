"""The read-only calls: each raises ReadFailed with the raw reply instead of guessing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, PositionMode
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
from ..fields import Row
from ..lookups import Look, looked_up
from ..paging import every_page
from ..redact import KEPT
from ..transport import Ask, Exchanged, Transport
from .contract import Contract
from .stretches import stretches
from .wording import Wording


class ContractReads:
    """``ports.Reads`` over one transport; ``urgent`` ones pay the caller's limiter without standing in its line."""

    def __init__(self, wording: Wording, transport: Transport, clock: Clock, *, urgent: bool = False) -> None:
        self._wording = wording
        self._transport = transport
        self._clock = clock
        self._urgent = urgent

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """Look up each id on its own, all at once; an id that could not be looked up is in ``failures`` only.

        Absent means that every lookup of the exchange answered and none showed it.
        """
        contract = self._contract(symbol)
        return await looked_up(client_order_ids, partial(self._look, contract))

    async def _look(self, contract: Contract, client_order_id: str) -> Look:
        """One lookup after the other; one that failed does not keep the next from answering."""
        whys, raws = [], []
        try:
            listings = self._wording.lookups(contract, client_order_id, self._clock.now_us())
        except ReadFailed as failed:
            return Look(None, str(failed), "")
        for listing in listings:
            try:
                rows, raw = await every_page(listing, self._read)
                raws.append(raw)
                view = await self._find(rows, raw, contract, client_order_id)
            except ReadFailed as failed:
                whys.append(str(failed))
                raws.append(failed.raw)
                continue
            if view is not None:
                return Look(view, "", raw)
        return Look(None, "; ".join(whys), "\n".join(raws))

    async def _find(
        self, rows: list[Row], raw: str, contract: Contract, client_order_id: str
    ) -> OrderView | None:
        """The order of that id among the rows in its newest version, with what became of it once it was triggered."""
        found = [(frames.parsed(lambda row: self._wording.order(row, contract), row, raw), row) for row in rows]
        ours = [(view, row) for view, row in found if view.client_order_id == client_order_id]
        if not ours:
            return None
        view, row = max(ours, key=lambda each: each[0].updated_at_us or 0)
        return await self._followed(view, row, contract)

    async def _followed(self, view: OrderView, row: Row, contract: Contract) -> OrderView:
        """The stop as it is; once it was triggered where that made another order, what that one did."""
        followed = self._wording.made_by(row, contract)
        if followed is None:
            return view
        rows, raw = await every_page(followed, self._read)
        became = [frames.parsed(lambda each: self._wording.order(each, contract), each, raw) for each in rows]
        if len(became) != 1:
            raise ReadFailed(f"order {view.client_order_id}: what it became was not shown", raw)
        return replace(
            became[0],
            client_order_id=view.client_order_id,
            reduce_only=view.reduce_only,
            trigger_price=view.trigger_price,
            trigger_by=view.trigger_by,
        )

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then, oldest first; every kind comes in the same list."""
        contract = self._contract(symbol)
        wording = self._wording
        spans = stretches(since_us, self._clock.now_us(), wording.window_us, wording.windows_max)
        listings = [listing for start, end in spans for listing in wording.fill_rows(contract, start, end)]
        answers = await asyncio.gather(*(every_page(listing, self._read) for listing in listings))
        found: dict[str, Fill] = {}
        for rows, raw in answers:
            for row in rows:
                fill = frames.parsed(lambda each: wording.fill(each, contract), row, raw)
                if fill is not None and fill.time_us >= since_us // wording.resolution_us * wording.resolution_us:
                    found[fill.fill_id] = fill
        ordered = sorted(found.values(), key=lambda fill: (fill.time_us, fill.fill_id))
        return FillsReading(tuple(ordered), "\n".join(raw for _, raw in answers)[:KEPT])

    async def position(self, symbol: str) -> PositionReading:
        """The one row of the symbol; no row at all is shown as quantity 0 without a time, the weakest of answers."""
        contract = self._contract(symbol)
        rows, raw = await every_page(self._wording.position_rows(contract), self._read)
        views = [frames.parsed(lambda row: self._wording.position(row, contract), row, raw) for row in rows]
        if len(views) > 1:
            raise WrongPositionMode(f"position: {len(views)} rows for {contract.id}; use one-way mode", raw)
        return PositionReading(views[0] if views else PositionView(Decimal(0)), raw)

    async def position_mode(self, symbol: str) -> PositionMode:
        """Whether the symbol holds one position, or one on either side. Raises ReadFailed."""
        contract = self._contract(symbol)
        answers = [await self._read(ask) for ask in self._wording.terms_asks(contract)]
        mode = self._wording.terms(tuple(answers), contract).position_mode
        if mode is None:
            raise ReadFailed("position mode: the exchange did not say", answers[0].raw if answers else "")
        return mode

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """Not asked for here: stops are orders of their own, and what another hand set is not looked for."""
        raise ReadFailed("position stop: this exchange is not asked for a stop on the position itself")

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """Those that wait; the one of that id is looked up among the past ones where it does not."""
        contract = self._contract(symbol)
        rows, raw = await every_page(self._wording.waiting_stops(contract), self._read)
        stops = [frames.parsed(lambda row: self._wording.order(row, contract), row, raw) for row in rows]
        asked = next((stop for stop in stops if stop.exchange_order_id == exchange_order_id), None)
        if exchange_order_id is not None and asked is None:
            asked, past_raw = await self._past(contract, exchange_order_id)
            raw = f"{raw}\n{past_raw}"
        return StopsReading(tuple(stops), asked if exchange_order_id is not None else None, raw[:KEPT])

    async def _past(self, contract: Contract, exchange_order_id: str) -> tuple[OrderView | None, str]:
        """The stop of that id that does not wait any more, with what became of it."""
        rows, raw = await every_page(self._wording.past_stop(contract, exchange_order_id), self._read)
        for row in rows:
            stop = frames.parsed(lambda each: self._wording.order(each, contract), row, raw)
            if stop.exchange_order_id == exchange_order_id:
                return await self._followed(stop, row, contract), raw
        return None, raw

    async def mark_price(self, symbol: str) -> Decimal:
        """The mark price, above zero."""
        contract = self._contract(symbol)
        rows, raw = await every_page(self._wording.mark_rows(contract), self._read)
        if len(rows) != 1:
            raise ReadFailed(f"mark price: {len(rows)} rows for {contract.id}", raw)
        mark = frames.parsed(lambda row: self._wording.mark(row, contract), rows[0], raw)
        if mark <= 0:
            raise ReadFailed("mark price: the reply has none above zero", raw)
        return mark

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)

    def _contract(self, symbol: str) -> Contract:
        market = self._transport.markets.get(symbol)
        if not isinstance(market, dict):
            raise ReadFailed(f"{symbol!r} is not among the exchange's markets")
        return self._wording.contract(market)
