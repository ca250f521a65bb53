"""Raw rows of Bitget's unified account as the library's words: pure; raises ReadFailed for the rest."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, Instrument, OrderStatus, TriggerBy
from atomicpos.ports import ReadFailed

from ...bycontract.cells import ident
from ...bycontract.contract import Contract
from ...fields import Row, amount, half_of_initial, inner, must, needed, number, order_side, price, shown, text, time_us
from ...transport import Value
from .. import words
from ..parse import margin_mode

TRIGGERS: dict[TriggerBy, Value] = {TriggerBy.LAST: "market", TriggerBy.MARK: "mark"}
"""``slTriggerBy`` (documented)."""

_BY = {str(word): by for by, word in TRIGGERS.items()}
_STOP_STATUSES = {
    "pending": OrderStatus.UNTRIGGERED,
    "submitting": OrderStatus.TRIGGERED,
    "success": OrderStatus.DEAD,
    "failed": OrderStatus.DEAD,
    "cancelled": OrderStatus.DEAD,
}
"""``status`` of a strategy order (documented). One that was executed has done what it could: the order that it made
is named nowhere, and what that filled is shown by the fills: by itself a strategy order fills nothing."""

_KINDS = {"liquidation": FillKind.LIQUIDATION, "reduce": FillKind.LIQUIDATION, "adl": FillKind.ADL,
          "delivery": FillKind.SETTLEMENT}  # fmt: skip


def contract(market: Row) -> Contract:
    """Sizes are in the base asset; they are multiples of ``quantityMultiplier``."""
    return Contract(
        symbol=str(market.get("symbol")),
        id=str(market.get("id")),
        settle=str(market.get("settleId")),
        size=Decimal(1),
        lot=must(inner(market, "info"), "quantityMultiplier"),
    )


def instrument(market: Row) -> Instrument:
    """From the exchange's own row, where the numbers are exact text."""
    info, ours = inner(market, "info"), contract(market)
    leverage = price(info, "maxLeverage")
    return Instrument(
        symbol=ours.symbol,
        market_id=ours.id,
        tick=must(info, "priceMultiplier"),
        step=ours.lot,
        min_quantity=must(info, "minOrderQty"),
        max_quantity=price(info, "maxMarketOrderQty"),
        min_notional=price(info, "minOrderAmount"),
        max_leverage=leverage,
        price_band=price(info, "sellLimitPriceRatio"),
        # not in the data: an estimate, half of the initial margin at the highest leverage
        maintenance_rate=half_of_initial(leverage),
    )


def order_view(row: Row, of: Contract) -> OrderView:
    """An order, which has an ``orderStatus``, or a strategy order, which has none."""
    return _order(row) if "orderStatus" in row else _stop(row)


def _order(row: Row) -> OrderView:
    quantity, filled = amount(row, "qty"), amount(row, "cumExecQty")
    word = text(row, "orderStatus") or ""
    return OrderView(
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
        status=words.order_status(word, quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "avgPrice"),
        reduce_only=words.reduce_only(row),
        created_at_us=time_us(row, "createdTime"),
        updated_at_us=time_us(row, "updatedTime"),
    )


def _stop(row: Row) -> OrderView:
    """One with a stop price and no trigger price of its own closes, and can do nothing else (documented)."""
    status = _STOP_STATUSES.get(text(row, "status") or "", OrderStatus.UNKNOWN)
    held = words.SIDES.get(text(row, "posSide") or "")
    closes = price(row, "stopLoss") is not None and price(row, "triggerPrice") is None
    return OrderView(
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
        status=status,
        order_side=held.closing if held is not None else order_side(row),
        quantity=amount(row, "qty"),
        filled=Decimal(0) if status in (OrderStatus.UNTRIGGERED, OrderStatus.DEAD) else None,
        reduce_only=True if closes else None,
        trigger_price=price(row, "stopLoss"),
        trigger_by=_BY.get(text(row, "slTriggerBy") or ""),
        created_at_us=time_us(row, "createdTime"),
        updated_at_us=time_us(row, "updatedTime"),
    )


def fill(row: Row, of: Contract) -> Fill:
    """An execution. Whether it was forced is said by ``execType`` where a row has one."""
    side, fill_id, at_us = order_side(row), ident(row, "execId"), time_us(row, "createdTime")
    if side is None or fill_id is None or at_us is None:
        raise ReadFailed("a fill cannot be understood: its side, id or time is missing")
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=must(row, "execQty"),
        price=must(row, "execPrice"),
        time_us=at_us,
        kind=_KINDS.get((text(row, "execType") or "").lower(), FillKind.TRADE),
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
    )


def position(row: Row, of: Contract) -> PositionView:
    """A position in one-way mode; a liquidation price of 0 or below is none."""
    words.check_one_way(row, "holdMode")
    quantity = needed(amount(row, "total"), "total")
    side = words.SIDES.get(text(row, "posSide") or "")
    if quantity and side is None:
        raise ReadFailed(f"a position of {quantity} has the side {shown(row.get('posSide'))}")
    liquidation = number(row, "liquidationPrice")
    return PositionView(
        quantity=quantity,
        side=side if quantity else None,
        entry_price=price(row, "avgPrice") if quantity else None,
        mark_price=price(row, "markPrice"),
        liquidation_price=liquidation if liquidation is not None and liquidation > 0 else None,
        leverage=price(row, "leverage"),
        margin_mode=margin_mode(row),
        updated_at_us=time_us(row, "updatedTime"),
    )
