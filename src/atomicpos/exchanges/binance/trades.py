"""Trades of one symbol, each with the client order id of its order, which Binance's rows do not name.

A row carries the order's number only. Whose number that is, is asked for once and remembered: it also tells what the
exchange did itself, since liquidations, deleveragings and settlements have client order ids of their own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from atomicpos.models import Fill, FillKind, OrderSide
from atomicpos.ports import Clock, ReadFailed

from .. import frames
from ..fields import Row, needed, price, text, time_us, whole
from ..redact import KEPT
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .known import Known
from .windows import windows

PAGES_MAX = 50
"""Pages of one window; beyond them the answer is incomplete, and said to be."""

LOOKED_UP_MAX = 8
"""Unknown numbers that are looked up one by one; more of them are listed first."""

LEFT_MAX = 50
"""Numbers that no listing shows, and that are then looked up one by one; more fail the read."""


@dataclass(frozen=True, slots=True)
class _Trade:
    """One row, before it is known whose order it belongs to."""

    trade_id: int
    order_id: str
    side: OrderSide
    quantity: Decimal
    price: Decimal
    time_us: int
    position_side: str


class Trades:
    """Reads them over one transport; ``urgent`` reads pay the caller's limiter without standing in its line."""

    def __init__(self, transport: Transport, clock: Clock, known: Known, *, urgent: bool) -> None:
        self._transport = transport
        self._clock = clock
        self._known = known
        self._urgent = urgent

    async def fills(self, market: str, since_us: int, position_side: str | None) -> tuple[list[Fill], str]:
        """Every fill of the symbol since then, oldest first, and the raw replies; of one side of it, or of all.

        Raises ReadFailed, also where it cannot be read whose a fill is.
        """
        now_us = self._clock.now_us()
        looks = await asyncio.gather(*(self._window(market, *window) for window in windows(since_us, now_us)))
        # the exchange's times are whole milliseconds: a fill in the same one as ``since_us`` belongs to the answer
        first_us = since_us // 1000 * 1000
        seen = {row.trade_id: row for rows, _ in looks for row in rows if row.time_us >= first_us}
        kept = [row for row in seen.values() if position_side in (None, row.position_side)]
        names = await self._names(market, sorted({row.order_id for row in kept}), since_us)
        ordered = sorted(kept, key=lambda row: (row.time_us, row.trade_id))
        return [_fill(row, names[row.order_id]) for row in ordered], "\n".join(raw for _, raw in looks)[:KEPT]

    async def _window(self, market: str, start_us: int, end_us: int | None) -> tuple[list[_Trade], str]:
        """The rows of one window: after a full page, from the number behind its last row on."""
        what, found, raws = f"trades of {market}", list[_Trade](), list[str]()
        ask = queries.trades(market, start_us, end_us)
        for _ in range(PAGES_MAX):
            exchanged = await self._read(ask)
            page = [
                frames.parsed(_trade, row, exchanged.raw) for row in replies.rows(exchanged, what, {"symbol": market})
            ]
            inside = [row for row in page if end_us is None or row.time_us <= end_us]
            found += inside
            raws.append(exchanged.raw)
            if len(page) < queries.TRADES_PAGE or len(inside) < len(page):
                return found, "\n".join(raws)
            ask = queries.trades_from(market, max(row.trade_id for row in page) + 1)
        raise ReadFailed(f"{what}: more than {PAGES_MAX} pages in one window", raws[-1])

    async def _names(self, market: str, order_ids: list[str], since_us: int) -> dict[str, str | None]:
        """The client order id of each number; None where the exchange knows no such order any more."""
        unknown = [order_id for order_id in order_ids if self._known.name(market, order_id) is None]
        if len(unknown) > LOOKED_UP_MAX:
            await self._list(market, since_us)
            unknown = [order_id for order_id in order_ids if self._known.name(market, order_id) is None]
            if len(unknown) > LEFT_MAX:
                raise ReadFailed(f"trades of {market}: it cannot be read whose {len(unknown)} orders are")
        found = await asyncio.gather(*(self._look_up(market, order_id) for order_id in unknown))
        if not all(found):
            await self._look_at_forced(market, since_us)
        return {order_id: self._known.name(market, order_id) for order_id in order_ids}

    async def _look_up(self, market: str, order_id: str) -> bool:
        exchanged = await self._read(queries.order_by_number(market, order_id))
        asked: dict[str, object] = {"symbol": market, "orderId": order_id}
        row = replies.found(exchanged, f"order {order_id}", asked)
        if row is not None:
            self._known.learn(market, order_id, text(row, "clientOrderId"))
        return row is not None

    async def _list(self, market: str, since_us: int) -> None:
        for start_us, end_us in windows(since_us, self._clock.now_us()):
            await self._learn(market, queries.orders_between(market, start_us, end_us))

    async def _look_at_forced(self, market: str, since_us: int) -> None:
        """Whether a lookup finds the exchange's own orders is not documented; this listing of them is."""
        await self._learn(market, queries.forced_orders(market, since_us))

    async def _learn(self, market: str, ask: Ask) -> None:
        exchanged = await self._read(ask)
        for row in replies.rows(exchanged, f"orders of {market}", {"symbol": market}):
            order_id = frames.parsed(lambda each: parse.order_id(each, "orderId"), row, exchanged.raw)
            if self._known.name(market, order_id) is None:
                self._known.learn(market, order_id, text(row, "clientOrderId"))

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)


def _trade(row: Row) -> _Trade:
    trade_id, at_us = whole(row.get("id")), time_us(row, "time")
    if trade_id is None or at_us is None:
        raise ReadFailed("a trade cannot be understood: its id or time is missing")
    return _Trade(
        trade_id=trade_id,
        order_id=parse.order_id(row, "orderId"),
        side=parse.trade_side(row),
        quantity=needed(price(row, "qty"), "qty"),
        price=needed(price(row, "price"), "price"),
        time_us=at_us,
        position_side=parse.side_word(row),
    )


def _fill(row: _Trade, client_order_id: str | None) -> Fill:
    kind = parse.kind_of(client_order_id or "")
    return Fill(
        fill_id=str(row.trade_id),
        order_side=row.side,
        quantity=row.quantity,
        price=row.price,
        time_us=row.time_us,
        kind=kind,
        client_order_id=client_order_id if kind is FillKind.TRADE else None,
        exchange_order_id=row.order_id,
    )
