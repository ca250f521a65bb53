"""The control plane at ``/_venue``: plant faults, move a price, ask for the truth. It is no part of any exchange."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from atomicpos.sim.faults import KINDS, Fault
from atomicpos.sim.markets import MARKETS, Market, perpetual
from atomicpos.sim.orders import Refused, Truth, VenueOrder
from atomicpos.sim.venue import Venue

from .arrivals import Arrivals
from .spelling import Json, number, reply

FAULT_FIELDS = ("call", "symbol", "kind", "nth", "seconds")


class Control:
    """The routes of the control plane. Bad input is answered with 400 and one sentence under ``error``."""

    def __init__(self, venue: Venue, arrivals: Arrivals) -> None:
        self._venue = venue
        self._arrivals = arrivals

    def routes(self) -> list[web.RouteDef]:
        """All paths of the control plane."""
        return [
            web.get("/_venue/faults", _answering(self._kinds)),
            web.post("/_venue/faults", _answering(self._add_faults)),
            web.delete("/_venue/faults", _answering(self._clear_faults)),
            web.post("/_venue/mark", _answering(self._set_mark)),
            web.get("/_venue/truth", _answering(self._truth)),
            web.get("/_venue/requests", _answering(self._requests)),
        ]

    def _kinds(self, body: Any) -> Json:
        return {"kinds": {str(kind): text for kind, text in KINDS.items()}}

    def _add_faults(self, body: Any) -> Json:
        if not isinstance(body, list):
            raise ValueError(f"the body is {type(body).__name__}; it must be a JSON list of faults")
        faults = [fault(row) for row in body]
        for planted in faults:
            self._venue.faults.add(planted)
        return {"added": len(faults)}

    def _clear_faults(self, body: Any) -> Json:
        self._venue.faults.clear()
        return {}

    def _set_mark(self, body: Any) -> Json:
        given = body if isinstance(body, dict) else {}
        market = _market(given.get("symbol"))
        price = _price(given.get("price"), market.tick)
        self._venue.set_mark(market.symbol, price)
        return {"symbol": market.market_id, "price": number(price)}

    def _truth(self, body: Any) -> Json:
        return {market.market_id: truth_row(self._venue.truth(market.symbol)) for market in MARKETS}

    def _requests(self, body: Any) -> list[Json]:
        return [asdict(entry) for entry in self._arrivals.entries]


def fault(row: Any) -> Fault:
    """One fault from its JSON. Raises ValueError naming the field, the value and what is allowed."""
    if not isinstance(row, dict) or not {"call", "kind"} <= row.keys():
        raise ValueError(f"a fault is {row!r}; it must be a JSON object with at least call and kind")
    if unknown := sorted(row.keys() - set(FAULT_FIELDS)):
        raise ValueError(f"a fault has no field {unknown[0]!r}; its fields are {', '.join(FAULT_FIELDS)}")
    given: dict[str, Any] = {name: row.get(name) for name in FAULT_FIELDS}
    return Fault(**given)


def truth_row(truth: Truth) -> Json:
    """The engine's truth on one symbol: quantities and prices as strings, ``exposure_s`` a number of seconds."""
    return {
        "quantity": number(truth.quantity),
        "average": number(truth.average) if truth.average is not None else None,
        "stops": [_order(order) for order in truth.stops],
        "orders": [_order(order) for order in truth.orders],
        "entries": truth.entries,
        "stop_quantity": number(truth.stop_quantity),
        "exposure_s": truth.exposure_s,
    }


def _order(order: VenueOrder) -> Json:
    return {
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "side": order.order_side.value,
        "quantity": number(order.quantity),
        "reduce_only": order.reduce_only,
        "trigger_price": number(order.trigger_price) if order.trigger_price is not None else None,
        "trigger_by": order.trigger_by.value if order.trigger_by else None,
        "status": order.status.value,
        "foreign": order.foreign,
    }


def _answering(answer: Callable[[Any], Any]) -> Callable[[web.Request], Any]:
    async def respond(request: web.Request) -> web.Response:
        try:
            return reply(answer(_parsed(await request.text())))
        except (ValueError, Refused) as refused:
            return reply({"error": str(refused)}, status=400)

    return respond


def _parsed(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError as wrong:
        raise ValueError(f"the body is not JSON: {wrong}") from None


def _market(given: Any) -> Market:
    try:
        return perpetual(str(given))
    except LookupError as unknown:
        raise ValueError(str(unknown)) from None


def _price(given: Any, tick: Decimal) -> Decimal:
    """The price on the nearest tick: whoever moves the market need not know the tick."""
    try:
        price = Decimal(str(given))
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < tick:
        raise ValueError(f"price is {given!r}; it must be a number of at least one tick, {tick}")
    return (price / tick).to_integral_value(ROUND_HALF_UP) * tick
