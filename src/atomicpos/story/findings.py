"""What one source found, as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..evidence import Evidence, Kind, OrderView, PositionView
from ..models import Fill, Order
from .plain import plain


def order_names(orders: Sequence[Order]) -> dict[str, str]:
    """What our orders are called, by client order id."""
    return {order.client_order_id: f"{order.leg.value} {order.attempt}" for order in orders}


def finding(evidence: Evidence, names: Mapping[str, str]) -> str:
    """What the source said; ``names`` gives our orders' names by client order id."""
    parts = [_order(order, names) for order in evidence.orders]
    parts += [f"no {names.get(absent, absent)}" for absent in evidence.absent_ids]
    parts += [_fill(fill, names) for fill in evidence.fills]
    if evidence.position is not None:
        parts.append(_position(evidence.position))
    if evidence.position_stop is not None:
        parts.append(_own_stop(evidence.position_stop))
    if evidence.kind is Kind.UNKNOWN:
        parts.append(f"could not say: {evidence.why}")
    return "; ".join(parts) or _bare(evidence)


def _bare(evidence: Evidence) -> str:
    if evidence.kind is Kind.ABSENT:
        return "nothing"
    return f"exposure of {plain(evidence.quantity)}{_at(evidence.price)}"


def _order(order: OrderView, names: Mapping[str, str]) -> str:
    name = names.get(order.client_order_id or "", f"order {order.client_order_id or order.exchange_order_id}")
    filled = f", {plain(order.filled)} filled{_at(order.average)}" if order.filled else ""
    trigger = f", trigger {plain(order.trigger_price)}" if order.trigger_price is not None else ""
    return f"{name} {order.status.value}{filled}{trigger}"


def _fill(fill: Fill, names: Mapping[str, str]) -> str:
    whose = names.get(fill.client_order_id or "", "not ours")
    return f"{fill.kind.value} {fill.order_side.value} {plain(fill.quantity)}{_at(fill.price)} ({whose})"


def _position(view: PositionView) -> str:
    if view.quantity == 0 or view.side is None:
        return "no position"
    stop = f", its own stop at {plain(view.stop_price)}" if view.stop_price is not None else ""
    return f"{view.side.value} {plain(view.quantity)}{_at(view.entry_price)}{stop}"


def _own_stop(stop: OrderView) -> str:
    by = f" by {stop.trigger_by.value} price" if stop.trigger_by is not None else ""
    return f"the position's own stop {stop.status.value}{_at(stop.trigger_price)}{by}"


def _at(price: Decimal | None) -> str:
    return "" if price is None else f" at {plain(price)}"
