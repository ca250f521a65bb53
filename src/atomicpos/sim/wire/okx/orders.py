"""What the bodies of OKX's writes ask of the engine: contracts become quantities, words become the engine's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from atomicpos.models import MarginMode, PositionSide
from atomicpos.sim.orders import PlaceRequest

from .contracts import Contract, by_id
from .fields import Body, amount, choice, empty, flag, not_taken, own_id, refused, text
from .modes import WORDS
from .replies import Rejection
from .words import AT_MARKET, NET, POSITION_SIDES, SIDES, TRIGGERS

ORDER_SIDES = {word: side for side, word in SIDES.items()}
TRIGGER_TYPES = {word: trigger for trigger, word in TRIGGERS.items()}
_POSITION_SIDES: dict[str, PositionSide | None] = {NET: None, **{word: side for side, word in POSITION_SIDES.items()}}
BY_DEFAULT = "last"
"""What fires a stop whose body does not say (documented)."""

_AT_MARKET, _IMMEDIATE = {"market", "optimal_limit_ioc"}, "ioc"


def contract(body: Body) -> Contract:
    """The perpetual that the body names."""
    return by_id(str(body.get("instId", "")))


def margin_mode(body: Body, name: str = "tdMode") -> MarginMode:
    """Isolated or cross; it must be given."""
    return choice(body, name, WORDS)


def place_request(body: Body) -> PlaceRequest:
    """Read the body of ``trade/order``: at the market, or immediate-or-cancel at a limit; nothing rests here."""
    found = contract(body)
    not_taken(body, "tpTriggerPx", "tpOrdPx", "slTriggerPx", "slOrdPx", "tgtCcy")
    return PlaceRequest(
        symbol=found.market.symbol,
        client_order_id=own_id(body, "clOrdId"),
        order_side=choice(body, "side", ORDER_SIDES),
        quantity=found.quantity(amount(body, "sz")),
        reduce_only=flag(body, "reduceOnly"),
        limit_price=_limit_price(body),
        position_side=position_side(body),
        **_attached(body),
    )


def algo_request(body: Body) -> PlaceRequest:
    """Read the body of ``trade/order-algo``: a stop or a take-profit at the market that may only reduce."""
    found = contract(body)
    choice(body, "ordType", {"conditional": True})
    target = not empty(body.get("tpTriggerPx"))
    kind, other = ("tp", "sl") if target else ("sl", "tp")
    not_taken(body, f"{other}TriggerPx", f"{other}OrdPx", "closeFraction", "triggerPx", "orderPx", "attachAlgoOrds")
    choice(body, f"{kind}OrdPx", {AT_MARKET: True})
    request = PlaceRequest(
        symbol=found.market.symbol,
        client_order_id=own_id(body, "algoClOrdId") or own_id(body, "clOrdId"),
        order_side=choice(body, "side", ORDER_SIDES),
        quantity=found.quantity(amount(body, "sz")),
        reduce_only=flag(body, "reduceOnly"),
        trigger_price=amount(body, f"{kind}TriggerPx"),
        trigger_by=choice(body, f"{kind}TriggerPxType", TRIGGER_TYPES, BY_DEFAULT),
        position_side=position_side(body),
        target=target,
    )
    if not request.only_reduces:
        raise refused("reduceOnly")
    return request


def named(body: Body, client: str, own: str) -> tuple[str, str | None, str | None]:
    """Which order a body is about: unified symbol, client order id, the exchange's id. One id must be given."""
    symbol = contract(body).market.symbol
    client_id, exchange_id = text(body, client), text(body, own)
    if client_id is None and exchange_id is None:
        raise refused(own)
    return symbol, client_id, exchange_id


def position_side(body: Body) -> PositionSide | None:
    """In net mode ``posSide`` may be left out or is ``net``; in long/short mode it is the side (documented)."""
    return choice(body, "posSide", _POSITION_SIDES, NET)


def _limit_price(body: Body) -> Decimal | None:
    kind = str(body.get("ordType"))
    if kind in _AT_MARKET:
        return None
    if kind != _IMMEDIATE:
        raise refused("ordType")
    return amount(body, "px")


def _attached(body: Body) -> dict[str, Any]:
    """The stop that travels with an opening order: at the market, and an order of its own once that has filled."""
    given = body.get("attachAlgoOrds")
    if empty(given) or given == []:
        return {}
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        raise refused("attachAlgoOrds")
    if flag(body, "reduceOnly"):
        raise Rejection(51100)
    stop = given[0]
    not_taken(stop, "tpTriggerPx", "tpOrdPx", "sz")
    choice(stop, "slOrdPx", {AT_MARKET: True})
    return {
        "stop_loss": amount(stop, "slTriggerPx"),
        "stop_loss_by": choice(stop, "slTriggerPxType", TRIGGER_TYPES, BY_DEFAULT),
        "attached_id": own_id(stop, "attachAlgoClOrdId") or f"attached{own_id(body, 'clOrdId') or ''}",
    }
