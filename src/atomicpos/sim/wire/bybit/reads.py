"""Bybit v5 lists of executions and positions: which rows a request asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from atomicpos.models import PositionSide
from atomicpos.sim.markets import Market
from atomicpos.sim.orders import Execution

from ..spelling import Json
from ..views import View
from .execution_rows import execution_row, funding_row
from .pages import EXECUTION_PAGE, POSITION_PAGE, Query, Row, markets_asked, page, within
from .position_rows import position_row
from .replies import Code, Rejection
from .words import EXECUTION_TYPES, FUNDING

OTHER_EXECUTION_TYPES = ("Delivery", "BlockTrade", "MovePosition", "SessionSettlePnL")
"""Types that may be asked for and never happen here."""

ROWS_A_MARKET = 3
"""``positionIdx`` is 0, 1 or 2: with it every row keeps its place in the list, whatever else changes."""


def executions(view: View, asked: Query) -> Json:
    """``/v5/execution/list``: all types, funding among them, or the one named by ``execType``."""
    kind = asked.get("execType")
    known = (*EXECUTION_TYPES.values(), FUNDING, *OTHER_EXECUTION_TYPES)
    if kind is not None and kind not in known:
        raise Rejection(Code.PARAMETER, f"execType {kind!r} must be one of {', '.join(known)}")
    rows = (row for market in markets_asked(asked) for row in _rows(view, market, asked))
    return page(asked, (row for row in rows if kind in (None, row[2]["execType"])), EXECUTION_PAGE)


def _rows(view: View, market: Market, asked: Query) -> Iterator[Row]:
    for execution in view.executions(market.symbol):
        if _asked(execution, asked):
            yield execution.at_us, execution.execution_id, execution_row(execution, market.market_id)
    for funding in view.funding(market.symbol):
        if within(funding.at_us, asked) and not (asked.get("orderId") or asked.get("orderLinkId")):
            yield funding.at_us, funding.funding_id, funding_row(funding, market.market_id)


def _asked(execution: Execution, asked: Query) -> bool:
    return (
        asked.get("orderId") in (None, "", execution.order_id)
        and asked.get("orderLinkId") in (None, "", execution.client_order_id)
        and within(execution.at_us, asked)
    )


def positions(
    view: View,
    asked: Query,
    sides: Sequence[PositionSide | None],
    only_closable: Callable[[str], bool] = lambda symbol: False,
) -> Json:
    """``/v5/position/list``: by symbol also when flat, two rows in hedge mode; by settle coin only what is open."""
    if "symbol" not in asked and "settleCoin" not in asked:
        raise Rejection(Code.PARAMETER, "either symbol or settleCoin must be given")
    rows = [
        (
            -(place * ROWS_A_MARKET + row["positionIdx"]),
            f"{market.market_id}{row['positionIdx']}",
            {**row, "isReduceOnly": only_closable(market.symbol)},
        )
        for place, market in enumerate(markets_asked(asked))
        for row in _positions(view, market, sides)
        if "symbol" in asked or row["size"] != "0"
    ]
    return page(asked, rows, POSITION_PAGE)


def _positions(view: View, market: Market, sides: Sequence[PositionSide | None]) -> Iterator[Json]:
    for side in sides:
        if (position := view.position(market.symbol, side)) is not None:
            yield position_row(position, market.market_id, side)
