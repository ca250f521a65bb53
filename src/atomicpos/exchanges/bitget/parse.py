"""Raw rows of Bitget's classic futures as the library's words: pure; raises ReadFailed for the rest."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, Instrument, MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed

from ..bycontract.cells import ident
from ..bycontract.contract import Contract
from ..fields import (
    Row,
    amount,
    half_of_initial,
    inner,
    must,
    needed,
    number,
    order_side,
    price,
    shown,
    text,
    time_us,
    whole,
)
from . import words

_MARGINS = {word: mode for mode, word in words.MARGIN_MODES.items()}
_BY: dict[str, TriggerBy] = {str(word): by for by, word in words.TRIGGERS.items()}


def contract(market: Row) -> Contract:
    """Sizes are in the base asset; they are multiples of ``sizeMultiplier``."""
    return Contract(
        symbol=str(market.get("symbol")),
        id=str(market.get("id")),
        settle=str(market.get("settleId")),
        size=Decimal(1),
        lot=must(inner(market, "info"), "sizeMultiplier"),
    )


def instrument(market: Row) -> Instrument:
    """The tick is ``priceEndStep`` in the last of ``pricePlace`` decimals (documented)."""
    info, ours = inner(market, "info"), contract(market)
    places = whole(info.get("pricePlace"))
    if places is None or not 0 <= places <= 30:
        raise ReadFailed(f"pricePlace is {shown(info.get('pricePlace'))}")
    leverage = price(info, "maxLever")
    return Instrument(
        symbol=ours.symbol,
        market_id=ours.id,
        tick=must(info, "priceEndStep").scaleb(-places),
        step=ours.lot,
        min_quantity=must(info, "minTradeNum"),
        max_quantity=price(info, "maxMarketOrderQty"),
        min_notional=price(info, "minTradeUSDT"),
        max_leverage=leverage,
        price_band=price(info, "sellLimitPriceRatio"),
        # not in the data: an estimate, half of the initial margin at the highest leverage
        maintenance_rate=half_of_initial(leverage),
    )


def order_view(row: Row, of: Contract) -> OrderView:
    """An order, or a stop of place-tpsl-order, which names its ``planType``."""
    return _stop(row) if text(row, "planType") is not None else _order(row)


def _order(row: Row) -> OrderView:
    quantity, filled = amount(row, "size"), amount(row, "baseVolume")
    word = text(row, "state") or text(row, "status") or ""
    return OrderView(
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
        status=words.order_status(word, quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "priceAvg"),
        reduce_only=words.reduce_only(row),
        created_at_us=time_us(row, "cTime"),
        updated_at_us=time_us(row, "uTime"),
    )


def _stop(row: Row) -> OrderView:
    """What it filled is shown by the order that it became (``executeOrderId``), and not here."""
    word = text(row, "planStatus") or text(row, "status") or ""
    status = OrderStatus.UNKNOWN
    if word in ("live", "not_trigger"):
        status = OrderStatus.UNTRIGGERED
    elif word in words.STOP_DEAD:
        status = OrderStatus.DEAD
    elif word in ("executed", "executing", "triggered"):
        status = OrderStatus.TRIGGERED
    return OrderView(
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
        status=status,
        order_side=_closes(row),
        quantity=amount(row, "size"),
        filled=Decimal(0) if status in (OrderStatus.UNTRIGGERED, OrderStatus.DEAD) else None,
        reduce_only=True if text(row, "planType") in words.CLOSING_PLANS else None,
        trigger_price=price(row, "triggerPrice"),
        trigger_by=_BY.get(text(row, "triggerType") or ""),
        created_at_us=time_us(row, "cTime"),
        updated_at_us=time_us(row, "uTime"),
    )


def _closes(row: Row) -> OrderSide | None:
    """The order side of a stop: by the position that it closes where that is named, else as it says itself.

    In one-way mode ``posSide`` is ``net``; that ``side`` is then the side of the closing order is not verified against
    the live exchange.
    """
    held = words.SIDES.get(text(row, "posSide") or "")
    return held.closing if held is not None else order_side(row)


def became(row: Row) -> str | None:
    """The id of the order that a triggered stop made."""
    triggered = (text(row, "planStatus") or "") in ("executed", "triggered")
    return ident(row, "executeOrderId") if text(row, "planType") is not None and triggered else None


def fill(row: Row, of: Contract) -> Fill:
    """An execution. It names its order; our id is not among the documented fields."""
    side, fill_id, at_us = order_side(row), ident(row, "tradeId"), time_us(row, "cTime")
    if side is None or fill_id is None or at_us is None:
        raise ReadFailed("a fill cannot be understood: its side, id or time is missing")
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=must(row, "baseVolume"),
        price=must(row, "price"),
        time_us=at_us,
        kind=words.fill_kind(row),
        client_order_id=text(row, "clientOid"),
        exchange_order_id=ident(row, "orderId"),
    )


def position(row: Row, of: Contract) -> PositionView:
    """A position in one-way mode. In cross margin the liquidation price may be below zero: then there is none."""
    words.check_one_way(row, "posMode")
    quantity = needed(amount(row, "total"), "total")
    side: PositionSide | None = words.SIDES.get(text(row, "holdSide") or "")
    if quantity and side is None:
        raise ReadFailed(f"a position of {quantity} has the side {shown(row.get('holdSide'))}")
    liquidation = number(row, "liquidationPrice")
    return PositionView(
        quantity=quantity,
        side=side if quantity else None,
        entry_price=price(row, "openPriceAvg") if quantity else None,
        mark_price=price(row, "markPrice"),
        liquidation_price=liquidation if liquidation is not None and liquidation > 0 else None,
        leverage=price(row, "leverage"),
        margin_mode=margin_mode(row),
        updated_at_us=time_us(row, "uTime"),
    )


def margin_mode(row: Row) -> MarginMode | None:
    """``marginMode``; None where it is not said or not known."""
    return _MARGINS.get(text(row, "marginMode") or "")
