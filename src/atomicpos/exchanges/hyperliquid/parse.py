"""Raw rows of Hyperliquid as the library's words: pure; raises ReadFailed for what it cannot understand."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, Instrument, MarginMode, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..bycontract.cells import ident, part
from ..bycontract.contract import Contract
from ..fields import Row, amount, flag, half_of_initial, inner, must, needed, number, price, shown, text, time_us, whole
from . import words

MIN_NOTIONAL = Decimal(10)
"""Of an order, in the settle coin (documented)."""


def contract(market: Row) -> Contract:
    """Sizes are in the base asset; what is said of one symbol names its coin, and what is asked its number."""
    info = inner(market, "info")
    digits, number_ = whole(info.get("szDecimals")), whole(market.get("baseId"))
    if digits is None or not 0 <= digits <= words.PRICE_DECIMALS or number_ is None:
        raise ReadFailed(f"szDecimals is {shown(info.get('szDecimals'))}, the number {shown(market.get('baseId'))}")
    return Contract(
        symbol=str(market.get("symbol")),
        id=str(info.get("name")),
        settle=str(market.get("settleId")),
        size=Decimal(1),
        lot=Decimal(1).scaleb(-digits),
        asset=number_,
    )


def instrument(market: Row) -> Instrument:
    """The tick is that of prices up to twice the mark price: five digits are fewer decimals the higher the price.

    The maintenance margin is half of the initial margin at the highest leverage (documented).
    """
    info, ours = inner(market, "info"), contract(market)
    if not words.perpetual(ours.id):
        raise ReadFailed(f"{ours.id} is traded at a builder's dex, which has no profile")
    leverage = price(info, "maxLeverage")
    return Instrument(
        symbol=ours.symbol,
        market_id=str(market.get("id")),
        tick=words.tick(ours, 2 * must(info, "markPx")),
        step=ours.lot,
        min_quantity=ours.lot,
        min_notional=MIN_NOTIONAL,
        max_leverage=leverage,
        maintenance_rate=half_of_initial(leverage),
    )


def order_view(row: Row, of: Contract) -> OrderView:
    """An order with its status. ``sz`` is what is left of it; nothing shows at what price it filled."""
    order = inner(row, "order")
    quantity, left = of.base(amount(order, "origSz")), of.base(amount(order, "sz"))
    filled = None if quantity is None or left is None else quantity - left
    trigger = flag(order, "isTrigger") is True
    word = row.get("status")
    status = OrderStatus.UNKNOWN
    if word == "filled":
        status = OrderStatus.FILLED if quantity and filled == quantity else OrderStatus.UNKNOWN
    else:
        status = part(words.status(word, trigger), filled)
    return OrderView(
        client_order_id=words.client_order_id(order.get("cloid")),
        exchange_order_id=ident(order, "oid"),
        status=status,
        order_side=words.SIDES.get(text(order, "side") or ""),
        quantity=quantity,
        filled=filled,
        reduce_only=flag(order, "reduceOnly"),
        trigger_price=price(order, "triggerPx") if trigger else None,
        trigger_by=TriggerBy.MARK if trigger else None,
        created_at_us=time_us(order, "timestamp"),
        updated_at_us=time_us(row, "statusTimestamp"),
    )


def fill(row: Row, of: Contract, user: str) -> Fill:
    """An execution. ``liquidation`` is said to both sides of one: it was ours only where it names our address."""
    side, fill_id, at_us = words.SIDES.get(text(row, "side") or ""), ident(row, "tid"), time_us(row, "time")
    if side is None or fill_id is None or at_us is None:
        raise ReadFailed("a fill cannot be understood: its side, id or time is missing")
    liquidated = (text(inner(row, "liquidation"), "liquidatedUser") or "").lower()
    kind = FillKind.TRADE
    if liquidated and liquidated == user.lower():
        kind = FillKind.LIQUIDATION
    elif text(row, "dir") == "Auto-Deleveraging":
        kind = FillKind.ADL
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=must(row, "sz"),
        price=must(row, "px"),
        time_us=at_us,
        kind=kind,
        client_order_id=words.client_order_id(row.get("cloid")),
        exchange_order_id=ident(row, "oid"),
    )


def position(row: Row, of: Contract) -> PositionView:
    """A position: the sign of its size is its side. There is no time of its last change."""
    if text(row, "type") != "oneWay":
        raise WrongPositionMode(f"the position is of the type {shown(row.get('type'))}; only oneWay is known")
    inside = inner(row, "position")
    size = needed(number(inside, "szi"), "szi")
    leverage = inner(inside, "leverage")
    return PositionView(
        quantity=abs(size),
        side=None if not size else PositionSide.LONG if size > 0 else PositionSide.SHORT,
        entry_price=price(inside, "entryPx") if size else None,
        liquidation_price=price(inside, "liquidationPx"),
        leverage=price(leverage, "value"),
        margin_mode=margin_mode(leverage),
    )


def margin_mode(leverage: Row) -> MarginMode | None:
    """The margin mode that stands beside a leverage."""
    word = text(leverage, "type")
    return MarginMode(word) if word in ("cross", "isolated") else None
