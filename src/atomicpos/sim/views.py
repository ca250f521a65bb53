"""What the engine shows, in the words of the ports."""

from __future__ import annotations

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, Instrument, MarginMode

from .markets import Market
from .netting import MAINTENANCE
from .orders import Execution, VenueOrder, VenuePosition


def order_view(order: VenueOrder) -> OrderView:
    """The order in the ports' words."""
    return OrderView(
        client_order_id=order.client_order_id,
        exchange_order_id=order.order_id,
        status=order.status,
        order_side=order.order_side,
        quantity=order.quantity,
        filled=order.filled,
        average=order.average,
        reduce_only=order.reduce_only,
        trigger_price=order.trigger_price,
        trigger_by=order.trigger_by,
        created_at_us=order.created_at_us,
        updated_at_us=order.updated_at_us,
    )


def fill_of(execution: Execution) -> Fill:
    """The execution in the ports' words."""
    return Fill(
        fill_id=execution.execution_id,
        order_side=execution.order_side,
        quantity=execution.quantity,
        price=execution.price,
        time_us=execution.at_us,
        kind=execution.kind,
        client_order_id=execution.client_order_id,
        exchange_order_id=execution.order_id,
    )


def position_view(position: VenuePosition, margin_mode: MarginMode) -> PositionView:
    """The position in the ports' words."""
    return PositionView(
        quantity=position.quantity,
        side=position.side,
        entry_price=position.average,
        mark_price=position.mark,
        liquidation_price=position.liquidation_price,
        leverage=position.leverage,
        margin_mode=margin_mode,
        stop_price=position.stop_price,
        updated_at_us=position.updated_at_us,
    )


def instrument(market: Market) -> Instrument:
    """The market in the ports' words."""
    return Instrument(
        symbol=market.symbol,
        market_id=market.market_id,
        tick=market.tick,
        step=market.step,
        min_quantity=market.min_quantity,
        max_quantity=market.max_quantity,
        min_notional=market.min_notional,
        max_leverage=market.max_leverage,
        price_band=market.price_band,
        maintenance_rate=MAINTENANCE,
    )
