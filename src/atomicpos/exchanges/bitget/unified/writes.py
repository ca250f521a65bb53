"""Bitget's unified account in one-way mode: what each write says, word by word."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide
from atomicpos.ports import CancelOrder, PlaceOrder

from ...bycontract.contract import Contract, Unspeakable
from ...spelling import plain
from ...transport import Ask, Params, Value
from ..words import product

_HELD = {OrderSide.SELL: "long", OrderSide.BUY: "short"}
"""``posSide`` of what an order of that side closes."""


def _market(contract: Contract) -> Params:
    return {"category": product(contract.settle), "symbol": contract.id}


def order(request: PlaceOrder, contract: Contract, trigger_by: Value = "") -> Ask:
    """place-order: a market order, or an immediate-or-cancel limit, and the stop that it brings, at the market."""
    params: Params = {
        **_market(contract),
        "qty": contract.text(request.quantity),
        "side": request.order_side.value,
        "orderType": "market",
        "clientOid": request.client_order_id,
        "reduceOnly": "yes" if request.reduce_only else "no",
    }
    if request.limit_price is not None:
        params.update({"orderType": "limit", "price": plain(request.limit_price), "timeInForce": "ioc"})
    if request.attached_stop is not None:
        params.update({
            "stopLoss": plain(request.attached_stop.trigger_price), "slTriggerBy": trigger_by, "slOrderType": "market",
        })  # fmt: skip
    return Ask("privateUtaPostV3TradePlaceOrder", params)


def stop(request: PlaceOrder, trigger_price: Decimal, trigger_by: Value, contract: Contract) -> Ask:
    """place-strategy-order of the kind that closes a part of the position at the market.

    ``tpslMode`` is said, since the default is the whole position. ``side`` with ``reduceOnly`` is how one-way mode
    names a close, and ``posSide`` what it is read back by (all documented); that they are taken together is not
    verified against the live exchange.
    """
    if not request.reduce_only:
        raise Unspeakable("a stop closes here, and the request is to open")
    params: Params = {
        **_market(contract),
        "type": "tpsl",
        "tpslMode": "partial",
        "qty": contract.text(request.quantity),
        "side": request.order_side.value,
        "posSide": _HELD[request.order_side],
        "reduceOnly": "yes",
        "stopLoss": plain(trigger_price),
        "slTriggerBy": trigger_by,
        "slOrderType": "market",
        "clientOid": request.client_order_id,
    }
    return Ask("privateUtaPostV3TradePlaceStrategyOrder", params)


def cancel(request: CancelOrder) -> Ask:
    """cancel-order or cancel-strategy-order of one order, by our id, or by the exchange's where it has none of ours."""
    kind = "CancelStrategyOrder" if request.conditional else "CancelOrder"
    if request.client_order_id:
        return Ask(f"privateUtaPostV3Trade{kind}", {"clientOid": request.client_order_id})
    if not request.exchange_order_id:
        raise Unspeakable("a cancel has to name an order")
    return Ask(f"privateUtaPostV3Trade{kind}", {"orderId": request.exchange_order_id})


def leverage(contract: Contract, value: Decimal) -> Ask:
    """account/set-leverage of one symbol."""
    return Ask("privateUtaPostV3AccountSetLeverage", {**_market(contract), "leverage": plain(value)})
