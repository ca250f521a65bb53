"""Bybit's private stream: topics order, execution and position, in the same words as the lists (documented)."""

from __future__ import annotations

import json
from typing import Any

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill
from atomicpos.ports import Notice, ReadFailed

from ..fields import Row
from ..redact import KEPT
from ..stream import CcxtStream
from . import parse

TOPICS = ("order", "execution", "position")
_HASHES = ("orders", "myTrades", "positions")
"""What ccxt.pro calls the same three; it keeps its subscriptions by these names (measured with 4.5.90)."""


class BybitStream(CcxtStream):
    """One socket on ``/v5/private``, with all three topics in one request."""

    async def _subscribe(self, pro: Any) -> None:
        url = pro.implode_hostname(pro.urls["api"]["ws"]["private"]["contract"])
        await pro.authenticate(url)
        while True:  # no message of these topics ever reaches ccxt: what ends the waiting is the connection's end
            await pro.watch_topics(url, list(_HASHES), list(TOPICS))

    def _is_news(self, message: Row) -> bool:
        topic = message.get("topic")
        return isinstance(topic, str) and topic.split(".")[0] in TOPICS

    def _is_up(self, message: Row) -> bool:
        return message.get("op") == "subscribe" and message.get("success") is True

    def _read(self, message: Row, heard_at_us: int) -> list[Notice]:
        """One notice a symbol; rows of other categories, and what is no row of ours to understand, are left out."""
        topic = str(message["topic"]).split(".")[0]
        rows = message.get("data")
        by_symbol: dict[str, list[Row]] = {}
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("category", "linear") == "linear":
                symbol = self._symbol(parse.market_id(row))
                if symbol is not None:
                    by_symbol.setdefault(symbol, []).append(row)
        return [_notice(topic, symbol, listed, heard_at_us) for symbol, listed in by_symbol.items()]


def _notice(topic: str, symbol: str, rows: list[Row], heard_at_us: int) -> Notice:
    orders: list[OrderView] = []
    fills: list[Fill] = []
    position: PositionView | None = None
    for row in rows:
        try:
            if topic == "order":
                orders.append(parse.order_view(row))
            elif topic == "execution":
                fills += [found for found in (parse.fill(row),) if found is not None]
            else:
                position = parse.position_view(_as_listed(row))
        except ReadFailed:
            continue  # of hedge mode, or garbled: whatever it was about is read
    raw = json.dumps({"topic": topic, "data": rows}, default=str)[:KEPT]
    return Notice(symbol, heard_at_us, tuple(orders), tuple(fills), position, raw)


def _as_listed(row: Row) -> Row:
    """A row of the position topic names the average ``entryPrice``; in the list it is ``avgPrice`` (documented)."""
    return {"avgPrice": row.get("entryPrice"), **row}
