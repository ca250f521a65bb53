"""OKX's private streams: orders and positions on one socket, algo orders on another, in the words of the lists.

A row of the orders channel carries the order and its last fill (documented). What a stop became is told there too, with
the stop's own id in ``algoClOrdId``.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, OrderStatus, PositionSide
from atomicpos.ports import Notice, ReadFailed

from ..fields import Row, inner, needed, order_side, price, text, time_us
from ..redact import KEPT
from ..stream import CcxtStream
from . import parse
from .contracts import Sizes
from .words import NET

ORDERS, POSITIONS, ALGO = "orders", "positions", "orders-algo"
CHANNELS = {ORDERS: "private", POSITIONS: "private", ALGO: "business"}
"""On which socket each channel is (documented)."""
SWAP = "SWAP"

_KINDS = {
    "full_liquidation": FillKind.LIQUIDATION, "partial_liquidation": FillKind.LIQUIDATION, "adl": FillKind.ADL,
    "delivery": FillKind.SETTLEMENT,
}  # fmt: skip
"""``category`` of the order that a fill belongs to (documented); everything else is a trade."""


class OkxStream(CcxtStream):
    """Two sockets; it is up when all three channels are."""

    async def _subscribe(self, pro: Any) -> None:
        self._open: set[str] = set()
        for access in dict.fromkeys(CHANNELS.values()):
            await pro.authenticate({"access": access})
        listening = [asyncio.ensure_future(self._listen(pro, access, name)) for name, access in CHANNELS.items()]
        try:
            done, _ = await asyncio.wait(listening, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

    async def _listen(self, pro: Any, access: str, channel: str) -> None:
        while True:  # no message of these channels ever reaches ccxt: what ends the waiting is the connection's end
            await pro.subscribe(access, channel, channel, None, {"instType": SWAP})

    def _is_news(self, message: Row) -> bool:
        return "data" in message and inner(message, "arg").get("channel") in CHANNELS

    def _is_up(self, message: Row) -> bool:
        if message.get("event") == "subscribe":
            self._open.add(str(inner(message, "arg").get("channel")))
        return self._open >= CHANNELS.keys()

    def _read(self, message: Row, heard_at_us: int) -> list[Notice]:
        """A notice for each row that can be understood; the others are hints that are lost."""
        channel, listed = inner(message, "arg").get("channel"), message.get("data")
        notices: list[Notice] = []
        for row in listed if isinstance(listed, list) else []:
            symbol = self._symbol(str(row.get("instId"))) if isinstance(row, dict) else None
            if symbol is None:
                continue
            try:
                size = Sizes(self._transport.markets).of(symbol)[1]
                notices.append(_notice(str(channel), symbol, row, size, heard_at_us))
            except ReadFailed:
                continue
        return notices


def _notice(channel: str, symbol: str, row: Row, size: Decimal, heard_at_us: int) -> Notice:
    raw = json.dumps({"channel": channel, "data": row}, default=str)[:KEPT]
    if channel == POSITIONS:
        return Notice(symbol, heard_at_us, position=_position(row, size), raw=raw)
    if channel == ALGO:
        return Notice(symbol, heard_at_us, orders=(_stop(row, size),), raw=raw)
    fill = _fill(row, size)
    return Notice(symbol, heard_at_us, (_order(row, size),), () if fill is None else (fill,), raw=raw)


def _side(row: Row) -> PositionSide | None:
    """The side of long/short mode that the row is of; None in net mode. Our ids tell whose row it is."""
    named = text(row, "posSide")
    return PositionSide(named) if named in ("long", "short") else None


def _order(row: Row, size: Decimal) -> OrderView:
    """A plain order; what a stop became is shown under the stop's own id."""
    view = parse.order_view(row, size, _side(row))
    stop = text(row, "algoClOrdId")
    if stop is None or view.client_order_id is not None:
        return view
    status = OrderStatus.TRIGGERED if view.status is OrderStatus.OPEN else view.status
    return replace(view, client_order_id=stop, status=status)


def _stop(row: Row, size: Decimal) -> OrderView:
    """An algo order of which nothing more is known here than that it waits, fired or ended: how much it filled is
    told with the order that it became.
    """
    view = parse.algo_view(row, size, _side(row))
    fired = parse.children(row)
    return replace(view, filled=None, exchange_order_id=fired[-1]) if fired else view


def _position(row: Row, size: Decimal) -> PositionView | None:
    """The slot in net mode; None for a side of long/short mode, which is read."""
    return parse.side_view(row, size) if text(row, "posSide") == NET else None


def _fill(row: Row, size: Decimal) -> Fill | None:
    """The last fill of the order, under the id that the lists give it; None where the row tells of none."""
    order_id, trade_id, side = text(row, "ordId"), text(row, "tradeId"), order_side(row)
    quantity, at_us = price(row, "fillSz"), time_us(row, "fillTime")
    if trade_id is None or quantity is None:
        return None
    if side is None or at_us is None:
        raise ReadFailed("a fill without its side or time")
    return Fill(
        fill_id=f"{order_id or ''}/{trade_id}",
        order_side=side,
        quantity=quantity * size,
        price=needed(price(row, "fillPx"), "fillPx"),
        time_us=at_us,
        kind=_KINDS.get(text(row, "category") or "", FillKind.TRADE),
        client_order_id=text(row, "clOrdId"),
        exchange_order_id=order_id,
    )
