"""OKX v5 linear swaps: what each read asks, word by word."""

from __future__ import annotations

from atomicpos.models import MICROSECONDS, MarginMode

from ..transport import Ask, Params
from .words import MARGIN_MODES, SWAP

PAGE = 100
"""Rows on one page, the most that OKX gives (documented)."""

DAY_US = 24 * 3600 * MICROSECONDS

RECENT_US = 3 * DAY_US
"""trade/fills shows the last three days (documented)."""

KEPT_US = 90 * DAY_US
"""trade/fills-history shows the last three months (documented)."""

ALGO_KINDS = ("conditional,oco", "trigger", "move_order_stop")
"""The kinds of algo orders that may be stops of somebody's; only these two may be asked for together (documented)."""


def order(inst_id: str, client_order_id: str) -> Ask:
    """trade/order by our id: a plain order of any state. Cancelled without a fill it is gone after two hours."""
    return Ask("privateGetTradeOrder", {"instId": inst_id, "clOrdId": client_order_id})


def child(inst_id: str, order_id: str) -> Ask:
    """trade/order by the exchange's id: the plain order that an algo order has become."""
    return Ask("privateGetTradeOrder", {"instId": inst_id, "ordId": order_id})


def algo(client_order_id: str) -> Ask:
    """trade/order-algo by our id: a stop of any state."""
    return Ask("privateGetTradeOrderAlgo", {"algoClOrdId": client_order_id})


def open_orders(cursor: str) -> Ask:
    """trade/orders-pending of all swaps: one page of the plain orders that may still fill."""
    return Ask("privateGetTradeOrdersPending", _paged({"instType": SWAP}, cursor))


def open_algos(kinds: str, cursor: str) -> Ask:
    """trade/orders-algo-pending of all swaps: one page of the algo orders of those kinds that wait."""
    return Ask("privateGetTradeOrdersAlgoPending", _paged({"instType": SWAP, "ordType": kinds}, cursor))


def fills(inst_id: str | None, since_us: int, old: bool, cursor: str) -> Ask:
    """trade/fills, or trade/fills-history for what is older than three days, of one instrument or of all swaps."""
    params: Params = {"instType": SWAP, "begin": str(since_us // 1000)}
    if inst_id is not None:
        params["instId"] = inst_id
    return Ask("privateGetTradeFillsHistory" if old else "privateGetTradeFills", _paged(params, cursor))


def _paged(params: Params, cursor: str) -> Params:
    paged: Params = {**params, "limit": str(PAGE)}
    return {**paged, "after": cursor} if cursor else paged


def position(inst_id: str) -> Ask:
    """account/positions of one instrument: a row of 0 once it was closed, none where there never was one."""
    return Ask("privateGetAccountPositions", {"instType": SWAP, "instId": inst_id})


def account_positions() -> Ask:
    """account/positions of all swaps: what is held, in one reply without pages (documented)."""
    return Ask("privateGetAccountPositions", {"instType": SWAP})


def mark_price(inst_id: str) -> Ask:
    """public/mark-price of one instrument."""
    return Ask("publicGetPublicMarkPrice", {"instType": SWAP, "instId": inst_id})


def leverage(inst_id: str, mode: MarginMode) -> Ask:
    """account/leverage-info of one instrument in one margin mode."""
    return Ask("privateGetAccountLeverageInfo", {"instId": inst_id, "mgnMode": MARGIN_MODES[mode]})


def account() -> Ask:
    """account/config: whose key it is, what it may do, the account's mode and the position mode."""
    return Ask("privateGetAccountConfig", {})
