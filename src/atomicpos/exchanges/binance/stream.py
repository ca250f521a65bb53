"""Binance USD-M's user data stream: ORDER_TRADE_UPDATE, ALGO_UPDATE and ACCOUNT_UPDATE, under a listen key.

The messages say the same as the rows of the REST replies under shorter names (documented), so they are spelled out and
read by the same functions.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind
from atomicpos.ports import Notice, ReadFailed, StreamEnded

from ..fields import Row, inner, needed, price, text, time_us, whole
from ..redact import KEPT
from ..stream import CcxtStream
from . import parse
from .words import BOTH

RENEWED_S = 1800.0
"""A listen key holds for sixty minutes from its last renewal (documented)."""

ORDER, ALGO, ACCOUNT, EXPIRED = "ORDER_TRADE_UPDATE", "ALGO_UPDATE", "ACCOUNT_UPDATE", "listenKeyExpired"

_PLAIN = {
    "s": "symbol", "c": "clientOrderId", "S": "side", "q": "origQty", "ap": "avgPrice", "X": "status", "i": "orderId",
    "z": "executedQty", "R": "reduceOnly", "ps": "positionSide", "cp": "closePosition",
}  # fmt: skip
_CONDITIONAL = {
    "s": "symbol", "caid": "clientAlgoId", "aid": "algoId", "S": "side", "q": "quantity", "X": "algoStatus",
    "ai": "actualOrderId", "tp": "triggerPrice", "wt": "workingType", "R": "reduceOnly", "ps": "positionSide",
    "cp": "closePosition",
}  # fmt: skip
_POSITION = {"s": "symbol", "pa": "positionAmt", "ep": "entryPrice", "ps": "positionSide"}


class BinanceStream(CcxtStream):
    """One socket of the private category; it is up as soon as it is connected."""

    up_when_connected = True

    async def _subscribe(self, pro: Any) -> None:
        said = await pro.fapiPrivatePostListenKey({})
        url = pro.get_private_ws_url("linear", said.get("listenKey"))
        renewing = asyncio.ensure_future(self._renew(pro))
        ending = asyncio.ensure_future(self._watched(pro, url))
        try:
            done, _ = await asyncio.wait({renewing, ending}, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in (renewing, ending):
                task.cancel()
            await asyncio.gather(renewing, ending, return_exceptions=True)

    async def _watched(self, pro: Any, url: str) -> None:
        while True:  # no message about orders ever reaches ccxt: what ends the waiting is the connection's end
            await pro.watch(url, "orders", None, "linear")

    async def _renew(self, pro: Any) -> None:
        while True:
            await self._clock.sleep(RENEWED_S)
            await pro.fapiPrivatePutListenKey({})

    def _is_news(self, message: Row) -> bool:
        if message.get("e") == EXPIRED:
            raise StreamEnded("its listen key expired")
        return message.get("e") in (ORDER, ALGO, ACCOUNT)

    def _is_up(self, message: Row) -> bool:
        return False

    def _read(self, message: Row, heard_at_us: int) -> list[Notice]:
        raw = json.dumps(message, default=str)[:KEPT]
        if message["e"] == ACCOUNT:
            listed = inner(message, "a").get("P")
            rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
            found = [(row, _position(row, message)) for row in rows]
            return [n for row, view in found if (n := self._notice(row, heard_at_us, raw, position=view)) is not None]
        row = inner(message, "o")
        if message["e"] == ALGO:
            view = parse.conditional_view(_spelled(row, _CONDITIONAL, message))
            notice = self._notice(row, heard_at_us, raw, orders=(view,))
        else:
            fill = _fill(row)
            order = parse.order_view(_spelled(row, _PLAIN, message))
            notice = self._notice(row, heard_at_us, raw, orders=(order,), fills=() if fill is None else (fill,))
        return [] if notice is None else [notice]

    def _notice(
        self, row: Row, heard_at_us: int, raw: str, *, orders: tuple[OrderView, ...] = (),
        fills: tuple[Fill, ...] = (), position: PositionView | None = None,
    ) -> Notice | None:
        symbol = self._symbol(str(row.get("s")))
        return None if symbol is None else Notice(symbol, heard_at_us, orders, fills, position, raw)


def _spelled(row: Row, names: dict[str, str], message: Row) -> Row:
    """The row in the names of the lists; the message's own time is that of its last change."""
    return {long: row.get(short) for short, long in names.items()} | {"updateTime": message.get("T")}


def _position(row: Row, message: Row) -> PositionView | None:
    """The slot in one-way mode; None for a side of hedge mode, which is read."""
    spelled = _spelled(row, _POSITION, message)
    return parse.side_view(spelled) if (text(spelled, "positionSide") or BOTH) == BOTH else None


def _fill(row: Row) -> Fill | None:
    """The execution that the message tells of (``x`` TRADE), under the id it has in the lists; None for others."""
    trade_id, at_us = whole(row.get("t")), time_us(row, "T")
    if row.get("x") != "TRADE" or trade_id is None or trade_id <= 0:
        return None
    if at_us is None:
        raise ReadFailed("an execution without its time")
    own = text(row, "c")
    kind = parse.kind_of(own or "")
    return Fill(
        fill_id=str(trade_id),
        order_side=parse.trade_side({"side": row.get("S")}),
        quantity=needed(price(row, "l"), "l"),
        price=needed(price(row, "L"), "L"),
        time_us=at_us,
        kind=kind,
        client_order_id=own if kind is FillKind.TRADE else None,
        exchange_order_id=parse.order_id(row, "i"),
    )
