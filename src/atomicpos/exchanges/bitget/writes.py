"""Bitget's classic futures in one-way mode: what each write says, word by word."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MarginMode
from atomicpos.ports import CancelOrder, PlaceOrder

from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Terms
from ..spelling import plain
from ..transport import Ask, Params, Value
from .words import HOLDS, MARGIN_MODES, product

LOSS_PLAN = "loss_plan"
"""``planType`` of a stop over a quantity of the position; ccxt sends ``pos_loss``, over the whole, of which there is
one (4.5.90): a new one beside the old would not be taken."""


POS_LOSS = "pos_loss"
"""``planType`` of the stop over the whole position."""


def _market(contract: Contract) -> Params:
    return {"symbol": contract.id, "productType": product(contract.settle), "marginCoin": contract.settle}


def order(request: PlaceOrder, contract: Contract, terms: Terms) -> Ask:
    """place-order: a market order, or an immediate-or-cancel limit, in the margin mode that the symbol has.

    A preset stop says its price and nothing else: no field names what it is compared with, and without an execution
    price it closes at the market (documented).
    """
    if terms.margin_mode is None:
        raise Unspeakable("the symbol's margin mode is not known, and an order has to name it")
    params: Params = {
        **_market(contract),
        "marginMode": MARGIN_MODES[terms.margin_mode],
        "size": contract.text(request.quantity),
        "side": request.order_side.value,
        "orderType": "market",
        "clientOid": request.client_order_id,
        "reduceOnly": "YES" if request.reduce_only else "NO",
    }
    if request.limit_price is not None:
        params.update({"orderType": "limit", "price": plain(request.limit_price), "force": "ioc"})
    if request.attached_stop is not None:
        params["presetStopLossPrice"] = plain(request.attached_stop.trigger_price)
    return Ask("privateMixPostV2MixOrderPlaceOrder", params)


def stop(request: PlaceOrder, trigger_price: Decimal, trigger_type: Value, contract: Contract) -> Ask:
    """place-tpsl-order: closes that quantity at the market once the price is there. It knows no opening."""
    if not request.reduce_only:
        raise Unspeakable("a stop closes here, and the request is to open")
    params: Params = {
        **_market(contract),
        "planType": LOSS_PLAN,
        "triggerPrice": plain(trigger_price),
        "triggerType": trigger_type,
        "holdSide": HOLDS[request.order_side],
        "size": contract.text(request.quantity),
        "clientOid": request.client_order_id,
    }
    return Ask("privateMixPostV2MixOrderPlaceTpslOrder", params)


def cancel(request: CancelOrder, contract: Contract) -> Ask:
    """cancel-order or cancel-plan-order of one order, by our id.

    The list of ids is never empty: without one the whole symbol's plans would be cancelled (documented).
    """
    if not request.client_order_id:
        raise Unspeakable("a cancel that names no order would cancel all of them")
    if request.conditional:
        one: Params = {"clientOid": request.client_order_id}
        params: Params = {**_market(contract), "planType": LOSS_PLAN, "orderIdList": [one]}
        return Ask("privateMixPostV2MixOrderCancelPlanOrder", params)
    params = {**_market(contract), "clientOid": request.client_order_id}
    return Ask("privateMixPostV2MixOrderCancelOrder", params)


def cancel_preset(request: CancelOrder, kind: str | None, contract: Contract) -> Ask:
    """cancel-plan-order of one plan by the exchange's id; its ``planType`` must be the plan's own (documented), and is
    that of a position's stop where the plan is not listed."""
    if not request.exchange_order_id:
        raise Unspeakable("a cancel that names no order would cancel all of them")
    one: Params = {"orderId": request.exchange_order_id}
    params: Params = {**_market(contract), "planType": kind or POS_LOSS, "orderIdList": [one]}
    return Ask("privateMixPostV2MixOrderCancelPlanOrder", params)


def leverage(contract: Contract, value: Decimal) -> Ask:
    """account/set-leverage of one symbol."""
    return Ask("privateMixPostV2MixAccountSetLeverage", {**_market(contract), "leverage": plain(value)})


def margin_mode(contract: Contract, mode: MarginMode) -> Ask:
    """account/set-margin-mode of one symbol."""
    return Ask("privateMixPostV2MixAccountSetMarginMode", {**_market(contract), "marginMode": MARGIN_MODES[mode]})
