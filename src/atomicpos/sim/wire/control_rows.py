"""How the control plane tells the engine's truth: by symbol, never lagged, in the project's own words."""

from __future__ import annotations

from atomicpos.sim.orders import Truth, VenueOrder

from .spelling import Json, number


def truth_row(truth: Truth) -> Json:
    """The engine's truth on one symbol: quantities and prices as strings, ``exposure_s`` a number of seconds."""
    return {
        "quantity": number(truth.quantity),
        "average": number(truth.average) if truth.average is not None else None,
        "stops": [order_row(order) for order in truth.stops],
        "orders": [order_row(order) for order in truth.orders],
        "entries": truth.entries,
        "stop_quantity": number(truth.stop_quantity),
        "exposure_s": truth.exposure_s,
    }


def order_row(order: VenueOrder) -> Json:
    """One order; ``position_stop`` marks the stop that the exchange keeps on the position itself.

    In hedge mode it names its ``position_side``.
    """
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
        "position_stop": order.position_stop,
        **({"position_side": order.position_side.value} if order.position_side is not None else {}),
    }
