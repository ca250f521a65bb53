"""OKX v5 linear swaps: what each write says, word by word.

The implicit v5 methods of ccxt are used instead of its unified ones, which drop ``attachAlgoClOrdId`` and the trigger
type of an attached stop (measured with 4.5.90). ccxt gives an order without ``clOrdId`` one of its own, so ours is
always sent, on algo orders too, beside the documented ``algoClOrdId``.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import Leg, MarginMode, PositionSide, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, PlaceOrder

from ..spelling import plain
from ..transport import Ask, Params
from .words import AT_MARKET, MARGIN_MODES, SEPARATE_STOP, SIDES, TRIGGERS, pos_side

EXPIRY = "expTime"
"""The header that says until when an order may be taken. Documented for placing and amending orders; algo orders and
cancels have none, and may be taken as long as their timestamp is, for 30 s."""


def place(
    request: PlaceOrder, inst_id: str, contracts: Decimal, mode: MarginMode, through: PositionSide | None
) -> Ask:
    """trade/order, or trade/order-algo where it waits for a trigger. ``tdMode`` is a part of each order."""
    params: Params = {
        "instId": inst_id,
        "tdMode": MARGIN_MODES[mode],
        "side": SIDES[request.order_side],
        "posSide": pos_side(through),
        "sz": plain(contracts),
        "clOrdId": request.client_order_id,
        **_reduce_only(request, through),
    }
    if request.trigger_price is not None:
        spelled = _target if request.leg is Leg.TARGET else _stop
        stop = spelled(request.trigger_price, request.trigger_by or TriggerBy.MARK)
        return Ask("privatePostTradeOrderAlgo", {
            **params, "ordType": SEPARATE_STOP, "algoClOrdId": request.client_order_id, **stop,
        })  # fmt: skip
    params.update(_price(request.limit_price))
    if request.attached_stop is not None:
        params["attachAlgoOrds"] = [_attached(request.attached_stop)]
    return Ask("privatePostTradeOrder", params, EXPIRY)


def _reduce_only(request: PlaceOrder, through: PositionSide | None) -> Params:
    """In long/short mode an order of the closing side can only reduce, and the flag does not apply (documented)."""
    return {"reduceOnly": request.reduce_only} if through is None else {}


def _price(limit: Decimal | None) -> Params:
    """At the market, or at no worse than the limit, with the remainder cancelled at once.

    A ``market`` order of a swap is put into the book at the outermost price that is allowed (documented), so what it
    does not fill would rest there; ``optimal_limit_ioc`` is the market order whose remainder is cancelled.
    """
    return {"ordType": "optimal_limit_ioc"} if limit is None else {"ordType": "ioc", "px": plain(limit)}


def _stop(trigger_price: Decimal, by: TriggerBy) -> dict[str, str]:
    return {"slTriggerPx": plain(trigger_price), "slTriggerPxType": TRIGGERS[by], "slOrdPx": AT_MARKET}


def _target(trigger_price: Decimal, by: TriggerBy) -> dict[str, str]:
    """The other half of a ``conditional`` order: it sells when the price rises to the trigger (documented)."""
    return {"tpTriggerPx": plain(trigger_price), "tpTriggerPxType": TRIGGERS[by], "tpOrdPx": AT_MARKET}


def _attached(stop: AttachedStop) -> Params:
    """An algo order of its own once the entry has filled whole, under our id (documented)."""
    named: Params = {} if stop.client_order_id is None else {"attachAlgoClOrdId": stop.client_order_id}
    return {**named, **_stop(stop.trigger_price, stop.trigger_by)}


def cancel(request: CancelOrder, inst_id: str) -> Ask:
    """trade/cancel-algos for what waits for a trigger, trade/cancel-order for all else; each by our id."""
    if request.conditional:
        named: Params = {"instId": inst_id, "algoClOrdId": request.client_order_id}
        return Ask("privatePostTradeCancelAlgos", [named])
    return Ask("privatePostTradeCancelOrder", {"instId": inst_id, "clOrdId": request.client_order_id})


def set_leverage(inst_id: str, leverage: Decimal, mode: MarginMode, through: PositionSide | None) -> Ask:
    """account/set-leverage: each margin mode has its own, and isolated in long/short mode each side (documented)."""
    params: Params = {"instId": inst_id, "lever": plain(leverage), "mgnMode": MARGIN_MODES[mode]}
    if through is not None and mode is MarginMode.ISOLATED:
        params["posSide"] = pos_side(through)
    return Ask("privatePostAccountSetLeverage", params)
