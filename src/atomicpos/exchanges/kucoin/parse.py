"""Raw rows of KuCoin futures as the library's words: pure; raises ReadFailed for what it cannot understand."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, Instrument, MarginMode, OrderStatus, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..bycontract.cells import finished, part
from ..bycontract.contract import Contract
from ..fields import Row, amount, flag, inner, must, needed, number, order_side, price, shown, text, time_us
from .words import FILL_KINDS, MARGIN_MODES, NO_FILL, TRIGGERS

_MODES = {word: mode for mode, word in MARGIN_MODES.items()}
_BY = {word: by for by, word in TRIGGERS.items()}


def contract(market: Row) -> Contract:
    """``multiplier`` is the base asset in one contract; orders are whole lots."""
    info = inner(market, "info")
    return Contract(
        symbol=str(market.get("symbol")),
        id=str(market.get("id")),
        settle=str(market.get("settleId")),
        size=must(info, "multiplier"),
        lot=must(info, "lotSize"),
    )


def instrument(market: Row) -> Instrument:
    """From the exchange's own row."""
    info, ours = inner(market, "info"), contract(market)
    return Instrument(
        symbol=ours.symbol,
        market_id=ours.id,
        tick=must(info, "tickSize"),
        step=ours.lot * ours.size,
        min_quantity=ours.lot * ours.size,
        max_quantity=ours.base(price(info, "marketMaxOrderQty") or price(info, "maxOrderQty")),
        max_leverage=price(info, "maxLeverage"),
        maintenance_rate=price(info, "maintainMargin"),
    )


def order_view(row: Row, of: Contract) -> OrderView:
    """An order row; a stop keeps its id when it triggers."""
    quantity, filled = of.base(amount(row, "size")), of.base(amount(row, "filledSize"))
    return OrderView(
        client_order_id=text(row, "clientOid"),
        exchange_order_id=text(row, "id"),
        status=_status(row, quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "avgDealPrice") or _average(row, filled),
        reduce_only=True if flag(row, "closeOrder") else flag(row, "reduceOnly"),
        trigger_price=price(row, "stopPrice"),
        trigger_by=_BY.get(text(row, "stopPriceType") or ""),
        created_at_us=time_us(row, "createdAt"),
        updated_at_us=time_us(row, "updatedAt"),
    )


def _status(row: Row, quantity: Decimal | None, filled: Decimal | None) -> OrderStatus:
    active = flag(row, "isActive")
    if active is None:
        return OrderStatus.UNKNOWN
    if not active and flag(row, "closeOrder") and not quantity:
        return OrderStatus.DEAD  # it closes what there is, and has no size that its fills could come to
    if not active:
        return finished(quantity, filled, flag(row, "cancelExist") is True)
    if text(row, "stop") is None:
        return part(OrderStatus.OPEN, filled)
    return OrderStatus.TRIGGERED if flag(row, "stopTriggered") else OrderStatus.UNTRIGGERED


def _average(row: Row, filled: Decimal | None) -> Decimal | None:
    value = price(row, "filledValue")
    return value / filled if value and filled else None


def fill(row: Row, of: Contract) -> Fill | None:
    """An execution; None for a row that changes no position. It names its order and not our id."""
    kind = text(row, "tradeType")
    if kind == NO_FILL:
        return None
    if kind not in FILL_KINDS:
        raise ReadFailed(f"tradeType is {shown(row.get('tradeType'))}, which is not known")
    side, fill_id, at_us = order_side(row), text(row, "tradeId"), _fill_time_us(row)
    if side is None or fill_id is None or at_us is None:
        raise ReadFailed("a fill cannot be understood: its side, id or time is missing")
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=needed(of.base(must(row, "size")), "size"),
        price=must(row, "price"),
        time_us=at_us,
        kind=FILL_KINDS[kind],
        exchange_order_id=text(row, "orderId"),
    )


def _fill_time_us(row: Row) -> int | None:
    """``tradeTime`` in nanoseconds (documented), else ``createdAt`` in milliseconds."""
    traded = number(row, "tradeTime")
    return int(traded) // 1000 if traded else time_us(row, "createdAt")


def position(row: Row, of: Contract) -> PositionView:
    """A position in one-way mode: the sign of its quantity is its side.

    ``currentTimestamp`` is when it was asked, not when it changed: there is no time of its last change.
    """
    side_word = text(row, "positionSide")
    if side_word not in (None, "BOTH"):
        raise WrongPositionMode(f"hedge mode is not supported: the exchange shows {side_word}; use one-way mode")
    size = needed(number(row, "currentQty"), "currentQty")
    side = None if not size else PositionSide.LONG if size > 0 else PositionSide.SHORT
    return PositionView(
        quantity=needed(of.base(abs(size)), "currentQty"),
        side=side,
        entry_price=price(row, "avgEntryPrice") if size else None,
        mark_price=price(row, "markPrice"),
        liquidation_price=price(row, "liquidationPrice"),
        leverage=price(row, "leverage") or price(row, "realLeverage"),
        margin_mode=margin_mode(row),
    )


def margin_mode(row: Row) -> MarginMode | None:
    """``marginMode``, in older rows ``crossMode``; None where neither is said."""
    word = text(row, "marginMode")
    if word is not None:
        return _MODES.get(word)
    cross = flag(row, "crossMode")
    return None if cross is None else MarginMode.CROSS if cross else MarginMode.ISOLATED
