"""Bybit v5 linear perpetuals: what each write says, word by word; ``side`` is that of hedge mode, None in one-way mode.

The implicit v5 methods of ccxt are used instead of its unified ones. Both sign, throttle and map errors alike, but
these put on the wire exactly what is written here: the unified ones choose parameters of their own, and on an
attached stop they leave the trigger type at the last price (ccxt 4.5.90).
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import Leg, MarginMode, OrderSide, PositionSide, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, PlaceOrder, SetPositionStop

from ..spelling import plain
from ..transport import Ask, Params
from .words import CATEGORY, MARGIN_MODES, POSITION_INDEXES, SIDES, TRIGGERS

_RISES, _FALLS = 1, 2
def place(request: PlaceOrder, market_id: str, side: PositionSide | None = None) -> Ask:
    """order/create: a market order, conditional with a trigger price, immediate-or-cancel with a limit price.

    ``closeOnTrigger`` stays out: it makes Bybit cancel other orders of the account to free margin, which a
    reduce-only order does not need. In hedge mode ``reduceOnly`` stays beside the position index: the index binds the
    order to its side, and where the side holds nothing the order is refused with 110017 (field reports).
    """
    params: Params = {
        "category": CATEGORY,
        "symbol": market_id,
        "side": SIDES[request.order_side],
        "qty": plain(request.quantity),
        "positionIdx": POSITION_INDEXES[side],
        "orderLinkId": request.client_order_id,
        "reduceOnly": request.reduce_only,
        **_price(request.limit_price),
    }
    if request.trigger_price is not None:
        params.update(_trigger(request, request.trigger_price))
    if request.attached_stop is not None:
        params.update(_attached(request.attached_stop))
    return Ask("privatePostV5OrderCreate", params)


def _price(limit: Decimal | None) -> Params:
    """At the market, or at no worse than the limit, with the remainder cancelled at once."""
    if limit is None:
        return {"orderType": "Market"}
    return {"orderType": "Limit", "timeInForce": "IOC", "price": plain(limit)}


def _trigger(request: PlaceOrder, trigger_price: Decimal) -> Params:
    """A stop sells when the price falls to its trigger and buys when it rises to it; a target the other way round.

    ``triggerDirection`` is documented as 1 for a price that rises to the trigger, 2 for one that falls to it.
    """
    falls = (request.order_side is OrderSide.SELL) is not (request.leg is Leg.TARGET)
    return {
        "triggerPrice": plain(trigger_price),
        "triggerDirection": _FALLS if falls else _RISES,
        "triggerBy": TRIGGERS[request.trigger_by or TriggerBy.MARK],
    }


def _attached(stop: AttachedStop) -> Params:
    """A stop over the whole position, at the market once triggered: documented as the only kind of mode ``Full``."""
    return {
        "stopLoss": plain(stop.trigger_price),
        "slTriggerBy": TRIGGERS[stop.trigger_by],
        "tpslMode": "Full",
        "slOrderType": "Market",
    }


def set_position_stop(request: SetPositionStop, market_id: str, side: PositionSide | None = None) -> Ask:
    """position/trading-stop over the whole position; ``0`` takes the stop away (documented)."""
    params: Params = {
        "category": CATEGORY,
        "symbol": market_id,
        "positionIdx": POSITION_INDEXES[side],
        "tpslMode": "Full",
        "stopLoss": "0" if request.trigger_price is None else plain(request.trigger_price),
        "slTriggerBy": TRIGGERS[request.trigger_by],
    }
    return Ask("privatePostV5PositionTradingStop", params)


def cancel(request: CancelOrder, market_id: str) -> Ask:
    """order/cancel by our id, which works for plain and conditional orders alike."""
    params: Params = {"category": CATEGORY, "symbol": market_id, "orderLinkId": request.client_order_id}
    return Ask("privatePostV5OrderCancel", params)


def set_leverage(market_id: str, buy: Decimal, sell: Decimal) -> Ask:
    """position/set-leverage: both sides must be the same in one-way mode, and in hedge mode with cross margin."""
    params: Params = {
        "category": CATEGORY, "symbol": market_id, "buyLeverage": plain(buy), "sellLeverage": plain(sell),
    }  # fmt: skip
    return Ask("privatePostV5PositionSetLeverage", params)


def set_margin_mode(mode: MarginMode) -> Ask:
    """account/set-margin-mode: on a unified account the mode is the account's, not the symbol's."""
    return Ask("privatePostV5AccountSetMarginMode", {"setMarginMode": MARGIN_MODES[mode]})
