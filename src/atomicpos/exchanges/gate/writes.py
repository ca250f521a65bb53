"""Gate perpetuals in one-way mode: what each write says, word by word."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide
from atomicpos.ports import CancelOrder, PlaceOrder

from ..bycontract.contract import Contract, Unspeakable
from ..spelling import plain
from ..transport import Ask, Params, Value
from .words import FALLS, RISES, signed, spelled

AT_MARKET = "0"
"""The price of a market order (documented); its time in force must be ioc."""


def order(request: PlaceOrder, contract: Contract) -> Ask:
    """POST orders: a market order, or an immediate-or-cancel limit.

    A stop for the entry is never put here: ``stopLoss`` is no field of Gate's, and ccxt passes it on as one that the
    exchange ignores (measured with 4.5.90).
    """
    if request.attached_stop is not None:
        raise Unspeakable("gate attaches no stop to an order: the position would have none")
    params: Params = {"settle": contract.settle, **_order(request, contract)}
    return Ask("privateFuturesPostSettleOrders", params)


def stop(request: PlaceOrder, trigger_price: Decimal, price_type: Value, contract: Contract) -> Ask:
    """POST price_orders: an order at the market that is made once the price is there, and can only reduce.

    Without ``expiration`` it is shown with 0, which is taken to mean that it does not expire: not verified against
    the live exchange. That ``text`` is kept is not documented for these; ccxt sends it without the mark, and an order
    with such a text is refused.
    """
    rule = RISES if request.order_side is OrderSide.BUY else FALLS
    params: Params = {
        "settle": contract.settle,
        "initial": _order(request, contract),
        "trigger": {"strategy_type": 0, "price_type": price_type, "price": plain(trigger_price), "rule": rule},
    }
    return Ask("privateFuturesPostSettlePriceOrders", params)


def _order(request: PlaceOrder, contract: Contract) -> Params:
    return {
        "contract": contract.id,
        "size": signed(request.order_side, request.quantity, contract),
        "price": AT_MARKET if request.limit_price is None else plain(request.limit_price),
        "tif": "ioc",
        "reduce_only": request.reduce_only,
        "text": spelled(request.client_order_id),
    }


def cancel(request: CancelOrder, contract: Contract) -> Ask:
    """DELETE of one order by the exchange's own id, and by nothing else.

    Without an id the path is that of cancelling every order of the contract: ccxt asks for that one when it is given
    a client order id only (measured with 4.5.90).
    """
    order_id = request.exchange_order_id or ""
    if not (order_id.isascii() and order_id.isdigit()):
        raise Unspeakable("gate cancels by its own order id only, and none is known yet: look the order up")
    params: Params = {"settle": contract.settle, "order_id": order_id}
    kind = "PriceOrders" if request.conditional else "Orders"
    return Ask(f"privateFuturesDeleteSettle{kind}OrderId", params)


def leverage(contract: Contract, value: Decimal, cross: bool) -> Ask:
    """POST positions/{contract}/leverage: 0 means cross margin, which has a limit of its own (documented)."""
    params: Params = {"settle": contract.settle, "contract": contract.id, "leverage": "0" if cross else plain(value)}
    if cross:
        params["cross_leverage_limit"] = plain(value)
    return Ask("privateFuturesPostSettlePositionsContractLeverage", params)
