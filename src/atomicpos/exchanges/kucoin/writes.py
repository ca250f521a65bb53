"""KuCoin futures in one-way mode: what each write says, word by word."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MarginMode, OrderSide
from atomicpos.ports import CancelOrder, PlaceOrder

from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Terms
from ..spelling import plain
from ..transport import Ask, Params, Value
from .words import MARGIN_MODES, STOPS


def order(request: PlaceOrder, price_type: Value, contract: Contract, terms: Terms) -> Ask:
    """POST orders: a market order, conditional with a trigger price, immediate-or-cancel with a limit price.

    With a stop that travels with it POST st-orders, which takes the same words and the stop's (documented). A
    short's cannot be said: its price is ``triggerStopDownPrice`` by its documented name and in ccxt, and
    ``triggerStopUpPrice`` by which way the price would have to move, as others send it.
    ccxt's own create_order says a leverage of 1 on every order that names none (measured with 4.5.90): here an order
    names what is known, and one that only reduces needs none (documented).
    """
    params: Params = {
        "clientOid": request.client_order_id,
        "side": request.order_side.value,
        "symbol": contract.id,
        "type": "market",
        "size": int(contract.contracts(request.quantity)),
        "reduceOnly": request.reduce_only,
        **_terms(request, terms),
    }
    if request.limit_price is not None:
        params.update({"type": "limit", "price": plain(request.limit_price), "timeInForce": "IOC"})
    if request.trigger_price is not None:
        params.update({
            "stop": STOPS[request.order_side],
            "stopPrice": plain(request.trigger_price),
            "stopPriceType": price_type,
        })
    if request.attached_stop is None:
        return Ask("futuresPrivatePostOrders", params)
    if request.order_side is OrderSide.SELL:
        raise Unspeakable("which of both prices is a short's stop is not certain: the other could close it at once")
    params.update({"triggerStopDownPrice": plain(request.attached_stop.trigger_price), "stopPriceType": price_type})
    return Ask("futuresPrivatePostStOrders", params)


def _terms(request: PlaceOrder, terms: Terms) -> Params:
    """The margin mode must be the symbol's; in isolated margin the leverage belongs to the order that opens."""
    if terms.margin_mode is None:
        raise Unspeakable("the symbol's margin mode is not known, and an order has to name it")
    said: Params = {"marginMode": MARGIN_MODES[terms.margin_mode]}
    if terms.leverage is not None:
        said["leverage"] = plain(terms.leverage)
    elif not request.reduce_only and terms.margin_mode is MarginMode.ISOLATED:
        raise Unspeakable("in isolated margin the leverage goes with the order: give leverage=")
    return said


def cancel(request: CancelOrder, contract: Contract) -> Ask:
    """DELETE of one order, by the exchange's id where it is known, else by ours together with the symbol."""
    if request.exchange_order_id:
        return Ask("futuresPrivateDeleteOrdersOrderId", {"orderId": request.exchange_order_id})
    params: Params = {"clientOid": request.client_order_id, "symbol": contract.id}
    return Ask("futuresPrivateDeleteOrdersClientOrderClientOid", params)


def cross_leverage(contract: Contract, leverage: Decimal) -> Ask:
    """changeCrossUserLeverage of one symbol."""
    params: Params = {"symbol": contract.id, "leverage": plain(leverage)}
    return Ask("futuresPrivatePostChangeCrossUserLeverage", params)


def margin_mode(contract: Contract, mode: MarginMode) -> Ask:
    """position/changeMarginMode of one symbol."""
    params: Params = {"symbol": contract.id, "marginMode": MARGIN_MODES[mode]}
    return Ask("futuresPrivatePostPositionChangeMarginMode", params)
