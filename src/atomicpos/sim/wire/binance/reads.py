"""Binance USD-M's trades, positions and income: which rows a request asks for."""

from __future__ import annotations

from collections.abc import Iterator

from atomicpos.models import OrderSide
from atomicpos.sim.faults import Call
from atomicpos.sim.markets import Market
from atomicpos.sim.orders import Execution
from atomicpos.sim.venue import Venue

from ..spelling import MICROSECONDS_PER_MS, Json, number
from ..views import View
from .fields import Asked, integer, market, markets_asked
from .position_rows import position_row
from .replies import Code, Rejection
from .words import POSITION_SIDES, SIDES, order_number

TRADES_PAGE = (500, 1000)
"""Trades of one answer: by default, and at most (the vendor's documentation)."""

INCOME_PAGE = (100, 1000)

WINDOW_MS = 7 * 24 * 3600 * 1000
"""userTrades answers for at most seven days between its two times (the vendor's documentation)."""


def user_trades(venue: Venue, asked: Asked, rows_max: int | None = None) -> list[Json]:
    """``GET /fapi/v1/userTrades``: oldest first, of one symbol; from an id on, or inside seven days.

    An id and a time exclude each other, and rows name the order by its number only, never by its client's id.
    """
    perpetual = market(asked)
    if asked.get("fromId") and (asked.get("startTime") or asked.get("endTime")):
        raise Rejection(Code.PARAMETER, "fromId cannot be sent with startTime or endTime")
    start, end = _window(asked, venue.now_us() // MICROSECONDS_PER_MS)
    first = integer(asked, "fromId", 0)
    default, most = TRADES_PAGE
    limit = min(integer(asked, "limit", default), most, rows_max or most)
    return [
        row
        for row in _trades(View(venue, Call.FILLS), perpetual)
        if row["id"] >= first and (bool(asked.get("fromId")) or start <= row["time"] <= end)
    ][:limit]


def _window(asked: Asked, now_ms: int) -> tuple[int, int]:
    start = integer(asked, "startTime", 0)
    end = integer(asked, "endTime", start + WINDOW_MS if start else now_ms)
    start = start or end - WINDOW_MS
    if end - start > WINDOW_MS:
        raise Rejection(-4166, "Search window is restricted to recent 7 days only.")
    return start, end


def _trades(view: View, perpetual: Market) -> Iterator[Json]:
    """A symbol's trades are numbered as they come."""
    for place, execution in enumerate(view.executions(perpetual.symbol)):
        yield _trade(execution, perpetual, place + 1)


def _trade(execution: Execution, perpetual: Market, place: int) -> Json:
    return {
        "symbol": perpetual.market_id,
        "id": place,
        "orderId": order_number(execution.order_id),
        "side": SIDES[execution.order_side],
        "price": number(execution.price),
        "qty": number(execution.quantity),
        "realizedPnl": "0",
        "quoteQty": number(execution.price * execution.quantity),
        "commission": "0",
        "commissionAsset": "USDT",
        "time": execution.at_us // MICROSECONDS_PER_MS,
        "positionSide": POSITION_SIDES[execution.position_side],
        "buyer": execution.order_side is OrderSide.BUY,
        "maker": False,
    }


def income(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v1/income``: a commission for each trade, of one symbol or of all, and the funding; oldest first."""
    view = View(venue, Call.ACCOUNT_FILLS)
    start, end = integer(asked, "startTime", 0), integer(asked, "endTime", 10**15)
    kinds = {"COMMISSION", "FUNDING_FEE"} if not asked.get("incomeType") else {asked["incomeType"]}
    rows = sorted(
        (row for perpetual in markets_asked(asked) for row in _paid(view, perpetual)), key=lambda row: row["time"]
    )
    shown = [row for row in rows if row["incomeType"] in kinds and start <= row["time"] <= end]
    default, most = INCOME_PAGE
    limit = min(integer(asked, "limit", default), most)
    page = integer(asked, "page", 1) - 1
    return shown[page * limit : (page + 1) * limit]


def _paid(view: View, perpetual: Market) -> Iterator[Json]:
    for place, execution in enumerate(view.executions(perpetual.symbol)):
        yield _income("COMMISSION", perpetual, execution.at_us, str(place + 1))
    for funding in view.funding(perpetual.symbol):
        yield _income("FUNDING_FEE", perpetual, funding.at_us, "")


def _income(kind: str, perpetual: Market, at_us: int, trade_id: str) -> Json:
    return {
        "symbol": perpetual.market_id,
        "incomeType": kind,
        "income": "-0.01",
        "asset": "USDT",
        "info": kind,
        "time": at_us // MICROSECONDS_PER_MS,
        "tranId": at_us,
        "tradeId": trade_id,
    }


def positions(venue: Venue, asked: Asked) -> list[Json]:
    """``GET /fapi/v3/positionRisk``: what is held; a flat symbol has no row (the vendor's change of v3)."""
    view = View(venue, Call.POSITION if asked.get("symbol") else Call.ACCOUNT_POSITIONS)
    return [
        position_row(position, perpetual.market_id, side)
        for perpetual in markets_asked(asked)
        for side in venue.sides
        if (position := view.position(perpetual.symbol, side)) is not None and position.quantity
    ]
