"""Raw rows of Bybit v5 as the library's words: pure, total, and the only place where an exchange's words are read.

Every function raises ReadFailed for what it cannot understand, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, OrderSide, OrderStatus, PositionMode, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..fields import Row, amount, flag, needed, order_side, price, shown, text, time_us, trigger_by, whole
from .words import POSITION_INDEXES

_LIVE = {
    "created": OrderStatus.OPEN,
    "new": OrderStatus.OPEN,
    "open": OrderStatus.OPEN,
    "partiallyfilled": OrderStatus.PARTIAL,
    "untriggered": OrderStatus.UNTRIGGERED,
    "triggered": OrderStatus.TRIGGERED,
}
_DEAD = frozenset({
    "cancelled", "canceled", "rejected", "deactivated", "expired", "partiallyfilledcanceled",
    "partiallyfilledcancelled",
})  # fmt: skip
_DONE = frozenset({"filled", "closed"})


def order_status(word: object, quantity: Decimal | None, filled: Decimal | None) -> OrderStatus:
    """One status from the exchange's and ccxt's words alike, in any case (F02).

    Dead only by an explicit word; filled only when the filled quantity covers the order's: ``closed`` alone is an
    invention of clients, and says nothing (F03). Whatever else it is, it is unknown.
    """
    if not isinstance(word, str):
        return OrderStatus.UNKNOWN
    plain = word.strip().lower().replace("_", "")
    if plain in _DEAD:
        return OrderStatus.DEAD
    if plain in _DONE:
        whole_order = bool(quantity) and filled is not None and quantity is not None and filled >= quantity
        return OrderStatus.FILLED if whole_order else OrderStatus.UNKNOWN
    return _LIVE.get(plain, OrderStatus.UNKNOWN)


def order_view(row: Row) -> OrderView:
    """An order row of order/realtime or order/history.

    The average comes from ``avgPrice`` only: ``price`` of a market order is its slippage cap (Bybit's own fixtures).
    """
    quantity, filled = amount(row, "qty"), amount(row, "cumExecQty")
    return OrderView(
        client_order_id=text(row, "orderLinkId"),
        exchange_order_id=text(row, "orderId"),
        status=order_status(row.get("orderStatus"), quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "avgPrice"),
        reduce_only=flag(row, "reduceOnly"),
        trigger_price=price(row, "triggerPrice"),
        trigger_by=trigger_by(row),
        created_at_us=time_us(row, "createdTime"),
        updated_at_us=time_us(row, "updatedTime"),
    )


FILL_KINDS: Mapping[str, FillKind] = {
    "Trade": FillKind.TRADE,
    "BustTrade": FillKind.LIQUIDATION,
    "AdlTrade": FillKind.ADL,
    "Settle": FillKind.SETTLEMENT,
}
"""Bybit's execution types that change a position, by their names in ``execType``."""

_NO_FILL = "Funding"


def fill(row: Row, side: PositionSide | None = None) -> Fill | None:
    """An execution row; None for a funding row, which is no fill, and for one of the other side in hedge mode."""
    found = any_fill(row)
    return found if found is None or side is None or filled_side(row, found) is side else None


def filled_side(row: Row, found: Fill) -> PositionSide:
    """Which side of hedge mode an execution belongs to.

    No execution names a ``positionIdx``. An order of hedge mode either opens or closes its side, and ``closedSize``
    says how much of an execution closed (documented; not verified against the live exchange): a sell that closed
    was the long's, one that closed nothing opened the short. Liquidation, deleveraging and settlement only close.
    """
    if found.kind is not FillKind.TRADE:
        return PositionSide.LONG if found.order_side is OrderSide.SELL else PositionSide.SHORT
    closed = needed(amount(row, "closedSize"), "closedSize")
    if closed not in (0, found.quantity):
        raise ReadFailed(f"closedSize is {closed} of {found.quantity}: in hedge mode an execution opens or closes")
    sold = found.order_side is OrderSide.SELL
    return PositionSide.LONG if sold == bool(closed) else PositionSide.SHORT


def any_fill(row: Row) -> Fill | None:
    """An execution row whatever mode it is of; None for a funding row."""
    kind = text(row, "execType")
    if kind == _NO_FILL:
        return None
    side, fill_id, at_us = order_side(row), text(row, "execId"), time_us(row, "execTime")
    if kind is None or kind not in FILL_KINDS or side is None or fill_id is None or at_us is None:
        raise ReadFailed(f"an execution of type {kind!r} cannot be understood: its side, id or time is missing")
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=needed(price(row, "execQty"), "execQty"),
        price=needed(price(row, "execPrice"), "execPrice"),
        time_us=at_us,
        kind=FILL_KINDS[kind],
        client_order_id=text(row, "orderLinkId"),
        exchange_order_id=text(row, "orderId"),
    )


_POSITION_STOP = ("StopLoss", "CreateByStopLoss")


def is_position_stop(row: Row) -> bool:
    """Whether the order is the stop on the position itself.

    The exchange made it (``stopOrderType`` StopLoss, ``createType`` CreateByStopLoss), and it has no ``orderLinkId``;
    stops over a part of a position have another type.
    """
    made_by = {text(row, "stopOrderType"), text(row, "createType")}
    return text(row, "orderLinkId") is None and bool(made_by.intersection(_POSITION_STOP))


def position_stop(row: Row, side: PositionSide | None = None) -> OrderView | None:
    """The row as the position's own stop; None for any other order, and for the other side's stop in hedge mode.

    Its quantity may be 0: it is the position's. Raises WrongPositionMode for one of the other position mode.
    """
    if not is_position_stop(row):
        return None
    return order_view(row) if of_side(row, side) else None


def market_id(row: Row) -> str:
    """The exchange's id of the market that the row is about."""
    name = text(row, "symbol")
    if name is None:
        raise ReadFailed(f"a row names no symbol: it says {shown(row.get('symbol'))}")
    return name


_INDEXED = {index: side for side, index in POSITION_INDEXES.items()}


def position_side(row: Row) -> PositionSide | None:
    """The side of hedge mode that ``positionIdx`` names; None in one-way mode, which is meant where it is left out.

    Raises ReadFailed where no mode is named.
    """
    named = row.get("positionIdx")
    index = 0 if named is None else whole(named)
    if index not in _INDEXED:
        raise ReadFailed(f"positionIdx is {shown(named)}, which names no position mode")
    return _INDEXED[index]


def of_side(row: Row, side: PositionSide | None) -> bool:
    """Whether the row is of that side of hedge mode; with None, of one-way mode.

    Raises WrongPositionMode for a row of the other mode, ReadFailed where no mode is named.
    """
    shown_side = position_side(row)
    if (shown_side is None) != (side is None):
        held, asked = (PositionMode.ONE_WAY if one is None else PositionMode.HEDGE for one in (shown_side, side))
        raise WrongPositionMode(f"the exchange holds the symbol in {held.words}, not in {asked.words}: it shows a row "
                                f"with positionIdx {POSITION_INDEXES[shown_side]}")  # fmt: skip
    return shown_side is side


_SIDES = {"buy": PositionSide.LONG, "sell": PositionSide.SHORT}


def position_view(row: Row, side: PositionSide | None = None) -> PositionView | None:
    """A position row of that side of hedge mode, None for the other side's; without a side one of one-way mode.

    Raises WrongPositionMode for a row of the other mode and ReadFailed for a size without a side.
    """
    return side_view(row) if of_side(row, side) else None


def side_view(row: Row) -> PositionView:
    """A position row in either mode; its size is the raw ``size`` and nothing else (F52)."""
    quantity = needed(amount(row, "size"), "size")
    side = _SIDES.get((text(row, "side") or "").lower())
    if quantity and side is None:
        raise ReadFailed(f"a position of {quantity} has the side {shown(row.get('side'))}")
    if quantity and position_side(row) not in (None, side):
        raise ReadFailed(f"a position of the {side} side has positionIdx {shown(row.get('positionIdx'))}")
    return PositionView(
        quantity=quantity,
        side=side if quantity else None,
        entry_price=price(row, "avgPrice") if quantity else None,
        mark_price=price(row, "markPrice"),
        liquidation_price=price(row, "liqPrice"),
        leverage=price(row, "leverage"),
        stop_price=price(row, "stopLoss"),
        updated_at_us=time_us(row, "updatedTime"),
    )
