"""Binance USD-M: what each read asks, word by word.

The implicit methods of ccxt hand back the whole reply: its unified reads turn a malformed one into an empty list, and
list no conditional orders unless they are asked for by a word of ccxt's own (ccxt 4.5.90; F25).
"""

from __future__ import annotations

from atomicpos.models import MICROSECONDS

from ..transport import Ask, Params

TRADES_PAGE = 1000
"""Trades of one answer, the most that Binance gives (documented)."""

ORDERS_PAGE = 1000
"""Orders of one answer of allOrders, the most that Binance gives (documented)."""

INCOME_PAGE = 1000

FORCED_PAGE = 100

WINDOW_US = 7 * 24 * 3600 * MICROSECONDS
"""userTrades and allOrders answer for at most seven days between their two times (documented)."""


def order(market_id: str, client_order_id: str) -> Ask:
    """order by our id: a plain order in whatever state, and the one that a conditional order sent when it fired.

    Documented: orders without a fill that were cancelled or expired are not found three days after they were made, and
    no order is ninety days after.
    """
    return Ask("fapiPrivateGetOrder", {"symbol": market_id, "origClientOrderId": client_order_id})


def order_by_number(market_id: str, order_id: str) -> Ask:
    """order by the exchange's number."""
    return Ask("fapiPrivateGetOrder", {"symbol": market_id, "orderId": order_id})


def conditional_order(client_order_id: str) -> Ask:
    """algoOrder by our id, in whatever state; found for as long as a plain one (documented)."""
    return Ask("fapiPrivateGetAlgoOrder", {"clientAlgoId": client_order_id})


def open_orders() -> Ask:
    """openOrders of the whole account, in one answer; what waits for its trigger is not among them (documented)."""
    return Ask("fapiPrivateGetOpenOrders", {})


def open_conditional_orders() -> Ask:
    """openAlgoOrders of the whole account, in one answer."""
    return Ask("fapiPrivateGetOpenAlgoOrders", {"algoType": "CONDITIONAL"})


def trades(market_id: str, start_us: int, end_us: int | None) -> Ask:
    """userTrades of one symbol inside a window: every execution, liquidations included; rows name no client id."""
    return Ask("fapiPrivateGetUserTrades", {**_window(market_id, start_us, end_us), "limit": TRADES_PAGE})


def trades_from(market_id: str, trade_id: int) -> Ask:
    """userTrades from that trade's number on; no time may be named beside it (documented)."""
    return Ask("fapiPrivateGetUserTrades", {"symbol": market_id, "fromId": trade_id, "limit": TRADES_PAGE})


def orders_between(market_id: str, start_us: int, end_us: int | None) -> Ask:
    """allOrders of one symbol that were made inside a window."""
    return Ask("fapiPrivateGetAllOrders", {**_window(market_id, start_us, end_us), "limit": ORDERS_PAGE})


def forced_orders(market_id: str, start_us: int) -> Ask:
    """forceOrders of one symbol: liquidations and deleveragings."""
    params: Params = {"symbol": market_id, "startTime": start_us // 1000, "limit": FORCED_PAGE}
    return Ask("fapiPrivateGetForceOrders", params)


def _window(market_id: str, start_us: int, end_us: int | None) -> Params:
    params: Params = {"symbol": market_id, "startTime": start_us // 1000}
    return params if end_us is None else {**params, "endTime": end_us // 1000}


def incomes(start_us: int, page: int) -> Ask:
    """income of the whole account since then: a commission row for each trade, with its symbol."""
    params: Params = {"startTime": start_us // 1000, "limit": INCOME_PAGE, "page": page}
    return Ask("fapiPrivateGetIncome", params)


def position(market_id: str) -> Ask:
    """positionRisk v3 of one symbol: no row when it is flat (documented: only what has a position or open orders)."""
    return Ask("fapiPrivateV3GetPositionRisk", {"symbol": market_id})


def positions() -> Ask:
    """positionRisk v3 of the whole account."""
    return Ask("fapiPrivateV3GetPositionRisk", {})


def symbol_config(market_id: str) -> Ask:
    """symbolConfig: leverage and margin type, which the positions do not show since v3."""
    return Ask("fapiPrivateGetSymbolConfig", {"symbol": market_id})


def mark_price(market_id: str) -> Ask:
    """premiumIndex of one symbol."""
    return Ask("fapiPublicGetPremiumIndex", {"symbol": market_id})


def position_mode() -> Ask:
    """positionSide/dual: one-way or hedge mode, of the whole account."""
    return Ask("fapiPrivateGetPositionSideDual", {})


def brackets() -> Ask:
    """leverageBracket of every symbol: the highest leverage and the maintenance rate by notional."""
    return Ask("fapiPrivateGetLeverageBracket", {})


def account() -> Ask:
    """accountConfig: the cheapest signed read that tells whether the account may trade."""
    return Ask("fapiPrivateGetAccountConfig", {})


def key_restrictions() -> Ask:
    """apiRestrictions of the wallet's API: what the key may do; any key that may read may ask it (documented)."""
    return Ask("sapiGetAccountApiRestrictions", {})


def balances() -> Ask:
    """balance v3: its rows carry the account's own name."""
    return Ask("fapiPrivateV3GetBalance", {})
