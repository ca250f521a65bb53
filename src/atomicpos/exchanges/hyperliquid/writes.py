"""Hyperliquid perpetuals: what each action says, word by word; the order of the words is part of the signature."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import MarginMode, OrderSide
from atomicpos.ports import CancelOrder, PlaceOrder

from ..bycontract.contract import Contract, Unspeakable
from ..bycontract.wording import Terms
from ..spelling import plain
from ..transport import Params
from .words import MARKET_SLIPPAGE, STOP_SLIPPAGE, beyond, cloid


def order(request: PlaceOrder, contract: Contract, terms: Terms) -> Params:
    """An order, immediate or cancel, or one that waits for its trigger.

    An attached stop would bear the same client order id as its entry, and only the entry's reply is shown (measured
    with ccxt 4.5.90).
    """
    if request.attached_stop is not None:
        raise Unspeakable("a stop that is attached here bears its entry's id: neither could be told from the other")
    placed: Params = {
        "a": contract.asset,
        "b": request.order_side is OrderSide.BUY,
        "p": plain(_worst(request, contract, terms)),
        "s": contract.text(request.quantity),
        "r": request.reduce_only,
        "t": _kind(request),
        "c": cloid(request.client_order_id),
    }
    return {"type": "order", "orders": [placed], "grouping": "na"}


def _kind(request: PlaceOrder) -> Params:
    if request.trigger_price is None:
        return {"limit": {"tif": "Ioc"}}
    return {"trigger": {"isMarket": True, "triggerPx": plain(request.trigger_price), "tpsl": "sl"}}


def _worst(request: PlaceOrder, contract: Contract, terms: Terms) -> Decimal:
    """There is no order without a limit: what is at the market has one that far beyond the mark or its trigger.

    A stop's has to lie beyond its trigger: from the mark price it would be refused (reported).
    """
    if request.trigger_price is not None:
        return beyond(contract, request.order_side, request.trigger_price, STOP_SLIPPAGE)
    if request.limit_price is not None:
        return request.limit_price
    if terms.mark_price is None:
        raise Unspeakable("an order at the market names a worst price here, and the mark price is not known")
    return beyond(contract, request.order_side, terms.mark_price, MARKET_SLIPPAGE)


def cancel(request: CancelOrder, contract: Contract) -> Params:
    """One order, by our id."""
    named: Params = {"asset": contract.asset, "cloid": cloid(request.client_order_id)}
    return {"type": "cancelByCloid", "cancels": [named]}


def leverage(contract: Contract, value: Decimal, mode: MarginMode) -> Params:
    """Leverage and margin mode of one symbol, together; a whole number."""
    if value != int(value):
        raise Unspeakable(f"leverage is a whole number here, and {plain(value)} is none")
    cross = mode is MarginMode.CROSS
    return {"type": "updateLeverage", "asset": contract.asset, "isCross": cross, "leverage": int(value)}
