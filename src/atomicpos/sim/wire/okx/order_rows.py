"""How OKX lists an order: plain ones, stops, and the plain order that a stop has become. All values are text."""

from __future__ import annotations

from atomicpos.models import FillKind, MarginMode, OrderStatus
from atomicpos.sim.orders import VenueOrder

from ..spelling import Json, milliseconds, number
from .contracts import of
from .ids import child_id, order_id
from .words import ALGO_STATES, AT_MARKET, CATEGORIES, ORDER_STATES, SIDES, SWAP, TRIGGERS, pos_side


def has_fired(order: VenueOrder) -> bool:
    """True for a stop that became a plain order."""
    return order.conditional and order.status is OrderStatus.FILLED


def order_row(order: VenueOrder, mode: MarginMode, kind: FillKind = FillKind.TRADE) -> Json:
    """One row of ``trade/order``, ``orders-pending`` and ``orders-history``; of a stop, the order that it became."""
    fired = order.conditional
    return {
        **_shared(order, mode),
        "ordId": child_id(order.order_id) if fired else order_id(order.order_id),
        "clOrdId": "" if fired else order.client_order_id or "",
        "algoId": order_id(order.order_id) if fired else "",
        "algoClOrdId": (order.client_order_id or "") if fired else "",
        "px": number(order.limit_price),
        "ordType": "market" if order.limit_price is None else "ioc",
        "state": ORDER_STATES[order.status],
        "accFillSz": number(of(order.symbol).contracts(order.filled)),
        "avgPx": number(order.average),
        "category": CATEGORIES[kind],
        "source": "7" if fired else "",
        "attachAlgoClOrdId": "",
        "attachAlgoOrds": [] if order.stop_loss is None else [_attached(order)],
    }


def algo_row(order: VenueOrder, mode: MarginMode) -> Json:
    """One row of ``order-algo``, ``orders-algo-pending`` and ``orders-algo-history``."""
    child = [child_id(order.order_id)] if has_fired(order) else []
    return {
        **_shared(order, mode),
        "algoId": order_id(order.order_id),
        "algoClOrdId": order.client_order_id or "",
        "clOrdId": "",
        "ordId": child[0] if child else "",
        "ordIdList": child,
        "ordType": "conditional",
        "state": ALGO_STATES[order.status],
        **_trigger(order),
        "closeFraction": "",
        "actualSide": ("tp" if order.target else "sl") if child else "",
        "actualSz": number(of(order.symbol).contracts(order.filled)) if child else "",
        "actualPx": number(order.average),
        "triggerTime": milliseconds(order.updated_at_us) if child else "",
        "failCode": "",
    }


def _trigger(order: VenueOrder) -> Json:
    kind, other = ("tp", "sl") if order.target else ("sl", "tp")
    return {
        f"{kind}TriggerPx": number(order.trigger_price),
        f"{kind}TriggerPxType": TRIGGERS[order.trigger_by] if order.trigger_by else "",
        f"{kind}OrdPx": AT_MARKET,
        f"{other}TriggerPx": "",
        f"{other}TriggerPxType": "",
        f"{other}OrdPx": "",
    }


def _shared(order: VenueOrder, mode: MarginMode) -> Json:
    """In long/short mode the flag does not apply, and is not shown: the sides tell that an order only closes."""
    contract = of(order.symbol)
    return {
        "instType": SWAP,
        "instId": contract.inst_id,
        "side": SIDES[order.order_side],
        "posSide": pos_side(order.position_side),
        "tdMode": mode.value,
        "sz": number(contract.contracts(order.quantity)),
        "reduceOnly": "true" if order.reduce_only and order.position_side is None else "false",
        "tag": "",
        "cTime": milliseconds(order.created_at_us),
        "uTime": milliseconds(order.updated_at_us),
    }


def _attached(order: VenueOrder) -> Json:
    """The stop that travelled with the entry, as it was asked for; nothing is said of what became of it."""
    return {
        "attachAlgoId": "",
        "attachAlgoClOrdId": order.attached_id or "",
        "slTriggerPx": number(order.stop_loss),
        "slTriggerPxType": TRIGGERS[order.stop_loss_by] if order.stop_loss_by else "",
        "slOrdPx": AT_MARKET,
        "failCode": "",
        "failReason": "",
    }
