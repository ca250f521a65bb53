"""Bybit v5 linear perpetuals in one-way mode: what each request says, word by word.

The implicit v5 methods of ccxt are used instead of its unified ones. Both sign, throttle and map errors alike, but
these put on the wire exactly what is written here, and hand back the whole reply: the unified reads turn a malformed
or filtered reply into an empty list, and ``fetch_order`` by client id can return another order (F07; ccxt 4.5.90).
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MICROSECONDS, Leg, OrderSide, TriggerBy
from atomicpos.ports import CancelOrder, PlaceOrder

from .failures import Operation
from .transport import Ask

_CATEGORY = "linear"
_ONE_WAY = 0
_SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
_TRIGGERS = {TriggerBy.MARK: "MarkPrice", TriggerBy.LAST: "LastPrice", TriggerBy.INDEX: "IndexPrice"}
_RISES, _FALLS = 1, 2

PAGE = 100
"""Executions on one page, the most that Bybit gives."""

WINDOW_US = 7 * 24 * 3600 * MICROSECONDS
"""execution/list answers for at most seven days after its start time (documented)."""

LEVERAGE_UNCHANGED = 110043
"""set-leverage: it already is as asked."""


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros (F27)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def operation(request: PlaceOrder) -> Operation:
    """What the order is for: its leg."""
    return {Leg.ENTRY: Operation.ENTRY, Leg.STOP: Operation.STOP, Leg.CLOSE: Operation.CLOSE}[request.leg]


def place(request: PlaceOrder, market_id: str) -> Ask:
    """order/create: a market order, conditional when it has a trigger price.

    ``closeOnTrigger`` stays out: it makes Bybit cancel other orders of the account to free margin, which a
    reduce-only order does not need.
    """
    params: dict[str, str | int | bool] = {
        "category": _CATEGORY,
        "symbol": market_id,
        "side": _SIDES[request.order_side],
        "orderType": "Market",
        "qty": plain(request.quantity),
        "positionIdx": _ONE_WAY,
        "orderLinkId": request.client_order_id,
        "reduceOnly": request.reduce_only,
    }
    if request.trigger_price is not None:
        params.update(_trigger(request.order_side, request.trigger_price, request.trigger_by or TriggerBy.MARK))
    return Ask("privatePostV5OrderCreate", params)


def _trigger(side: OrderSide, trigger_price: Decimal, by: TriggerBy) -> dict[str, str | int | bool]:
    """A stop sells when the price falls to its trigger and buys when it rises to it."""
    return {
        "triggerPrice": plain(trigger_price),
        "triggerDirection": _FALLS if side is OrderSide.SELL else _RISES,
        "triggerBy": _TRIGGERS[by],
    }


def cancel(request: CancelOrder, market_id: str) -> Ask:
    """order/cancel by our id, which works for plain and conditional orders alike."""
    params: dict[str, str | int | bool] = {"category": _CATEGORY, "symbol": market_id}
    return Ask("privatePostV5OrderCancel", {**params, "orderLinkId": request.client_order_id})


def set_leverage(market_id: str, leverage: Decimal) -> Ask:
    """position/set-leverage: in one-way mode both sides must be the same."""
    value = plain(leverage)
    return Ask(
        "privatePostV5PositionSetLeverage",
        {"category": _CATEGORY, "symbol": market_id, "buyLeverage": value, "sellLeverage": value},
    )


def live_order(market_id: str, client_order_id: str) -> Ask:
    """order/realtime by our id: open orders, and the newest 500 final ones until a server restart (documented)."""
    return Ask("privateGetV5OrderRealtime", _by_link(market_id, client_order_id))


def past_order(market_id: str, client_order_id: str) -> Ask:
    """order/history by our id: final orders of any status.

    Documented: orders without any fill (cancelled, rejected, deactivated) stay for 24 hours; then they are absent.
    """
    return Ask("privateGetV5OrderHistory", _by_link(market_id, client_order_id))


def _by_link(market_id: str, client_order_id: str) -> dict[str, str | int | bool]:
    return {"category": _CATEGORY, "symbol": market_id, "orderLinkId": client_order_id}


def executions(market_id: str, kind: str, start_us: int, end_us: int | None, cursor: str) -> Ask:
    """execution/list of one execution type: without its name, liquidations stay unseen (measured with 4.5.90)."""
    params: dict[str, str | int | bool] = {
        "category": _CATEGORY, "symbol": market_id, "execType": kind, "startTime": start_us // 1000, "limit": PAGE,
    }  # fmt: skip
    if end_us is not None:
        params["endTime"] = end_us // 1000
    if cursor:
        params["cursor"] = cursor
    return Ask("privateGetV5ExecutionList", params)


def position(market_id: str) -> Ask:
    """position/list of one symbol, which answers with a row of size 0 when there is no position."""
    return Ask("privateGetV5PositionList", {"category": _CATEGORY, "symbol": market_id})


def ticker(market_id: str) -> Ask:
    """market/tickers of one symbol."""
    return Ask("publicGetV5MarketTickers", {"category": _CATEGORY, "symbol": market_id})


def key_information() -> Ask:
    """user/query-api: the cheapest signed request; it shows whether the key works and may trade."""
    return Ask("privateGetV5UserQueryApi", {})
