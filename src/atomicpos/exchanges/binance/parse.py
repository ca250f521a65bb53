"""Raw rows of Binance USD-M as the library's words: pure, total, and the only place where its words are read.

Every function raises ReadFailed for what it cannot understand, and nothing else.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..fields import Row, amount, flag, needed, number, order_side, price, shown, text, time_us, whole
from .words import BOTH, MARGIN_TYPES, POSITION_SIDES, WORKING_TYPES

_PLAIN = {"NEW": OrderStatus.OPEN, "PARTIALLY_FILLED": OrderStatus.PARTIAL}
_DEAD = frozenset({"CANCELED", "EXPIRED", "EXPIRED_IN_MATCH", "REJECTED"})
_WAITING = {
    "NEW": OrderStatus.UNTRIGGERED,
    "TRIGGERING": OrderStatus.TRIGGERED,
    "TRIGGERED": OrderStatus.TRIGGERED,
}
_ENDED = frozenset({"CANCELED", "EXPIRED", "REJECTED"})
_TRIGGERS = {word: trigger for trigger, word in WORKING_TYPES.items()}
_MARGIN_MODES = {word: mode for mode, word in MARGIN_TYPES.items()}
SIDED = {word: side for side, word in POSITION_SIDES.items()}
"""The side that each ``positionSide`` names; None for that of one-way mode."""


def order_view(row: Row) -> OrderView:
    """A plain order's row, of a reply to a new order as of a lookup.

    The average comes from ``avgPrice`` only: ``price`` of a market order is 0, and a limit is not what was paid (F08).
    """
    quantity, filled = amount(row, "origQty"), amount(row, "executedQty")
    return OrderView(
        client_order_id=text(row, "clientOrderId"),
        exchange_order_id=order_id(row, "orderId"),
        status=_plain_status(text(row, "status"), quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "avgPrice"),
        reduce_only=unable_to_enlarge(row),
        created_at_us=time_us(row, "time"),
        updated_at_us=time_us(row, "updateTime"),
    )


def _plain_status(word: str | None, quantity: Decimal | None, filled: Decimal | None) -> OrderStatus:
    """Dead only by an explicit word; filled only when the filled quantity covers the order's."""
    if word in _DEAD:
        return OrderStatus.DEAD
    if word == "FILLED":
        whole_order = bool(quantity) and filled is not None and quantity is not None and filled >= quantity
        return OrderStatus.FILLED if whole_order else OrderStatus.UNKNOWN
    return _PLAIN.get(word or "", OrderStatus.UNKNOWN)


def conditional_view(row: Row) -> OrderView:
    """A conditional order's row, of what the algo service itself knows: what it sent when it fired is another order.

    Ended without having fired it has filled nothing; how much it filled after it fired is not told here.
    """
    word, sent = text(row, "algoStatus"), actual_order_id(row)
    ended = word in _ENDED and sent is None
    waits = word == "NEW"
    return OrderView(
        client_order_id=text(row, "clientAlgoId"),
        exchange_order_id=sent or order_id(row, "algoId"),
        status=OrderStatus.DEAD if ended else _WAITING.get(word or "", OrderStatus.UNKNOWN),
        order_side=order_side(row),
        quantity=amount(row, "quantity"),
        filled=Decimal(0) if ended or waits else None,
        reduce_only=unable_to_enlarge(row),
        trigger_price=price(row, "triggerPrice"),
        trigger_by=trigger_by(row),
        created_at_us=time_us(row, "createTime"),
        updated_at_us=time_us(row, "updateTime"),
    )


def actual_order_id(row: Row) -> str | None:
    """The number of the plain order that a conditional one sent when it fired; None before."""
    given = row.get("actualOrderId")
    return order_id(row, "actualOrderId") if given not in (None, "", "0", 0) else None


def order_id(row: Row, name: str) -> str:
    """An order's number as text: a JSON number in most rows."""
    given = whole(row.get(name))
    if given is None or given <= 0:
        raise ReadFailed(f"{name} is {shown(row.get(name))}, which is no order's number")
    return str(given)


def trigger_by(row: Row) -> TriggerBy | None:
    """The price that a trigger is compared with; None when it is not said or not known."""
    return _TRIGGERS.get(text(row, "workingType") or "")


def unable_to_enlarge(row: Row) -> bool | None:
    """Whether the order can only make a position smaller; None when it does not say.

    In hedge mode that follows from the two sides, whatever ``reduceOnly`` shows.
    """
    held = position_side(row)
    if held is not None:
        return order_side(row) is held.closing
    return True if flag(row, "closePosition") else flag(row, "reduceOnly")


_KINDS = (
    ("autoclose-", FillKind.LIQUIDATION),
    ("adl_autoclose", FillKind.ADL),
    ("settlement_autoclose-", FillKind.SETTLEMENT),
)


def kind_of(client_order_id: str) -> FillKind:
    """What executed, by the client order id that Binance gives its own orders (documented for the user data stream)."""
    return next((kind for prefix, kind in _KINDS if client_order_id.startswith(prefix)), FillKind.TRADE)


def position_view(row: Row, wanted: str) -> PositionView | None:
    """A position row, as seen through that ``positionSide``; None for the other side of hedge mode.

    Raises WrongPositionMode for a row of the other mode.
    """
    shown_side = side_word(row)
    if (shown_side == BOTH) != (wanted == BOTH):
        raise WrongPositionMode(_wrong_mode(shown_side))
    return side_view(row) if shown_side == wanted else None


def side_word(row: Row) -> str:
    """BOTH, LONG or SHORT; BOTH where the row does not say, as in requests. Raises ReadFailed for another word."""
    word = row.get("positionSide", BOTH)
    if word not in SIDED:
        raise ReadFailed(f"positionSide is {shown(word)}, which names no position mode")
    return str(word)


def position_side(row: Row) -> PositionSide | None:
    """The side of hedge mode that the row belongs to; None in one-way mode."""
    return SIDED[side_word(row)]


def _wrong_mode(shown_side: str) -> str:
    if shown_side == BOTH:
        return "the exchange shows a position of one-way mode; the account is not in hedge mode"
    return f"the exchange shows a position with positionSide {shown_side}: the account is in hedge mode, not in one-way"


def side_view(row: Row) -> PositionView:
    """A position row in either mode: the amount is negative for a short."""
    signed = needed(number(row, "positionAmt"), "positionAmt")
    side = None if not signed else PositionSide.LONG if signed > 0 else PositionSide.SHORT
    held = position_side(row)
    if side is not None and held not in (None, side):
        raise ReadFailed(f"a position of {signed} has the positionSide {shown(row.get('positionSide'))}")
    return PositionView(
        quantity=abs(signed),
        side=side,
        entry_price=price(row, "entryPrice") if signed else None,
        mark_price=price(row, "markPrice"),
        liquidation_price=price(row, "liquidationPrice"),
        updated_at_us=time_us(row, "updateTime"),
    )


def margin_mode(row: Row) -> MarginMode | None:
    """ISOLATED or CROSSED of symbolConfig; None for any other word."""
    return _MARGIN_MODES.get(text(row, "marginType") or "")


def market_id(row: Row) -> str:
    """The exchange's id of the market that the row is about."""
    name = text(row, "symbol")
    if name is None:
        raise ReadFailed(f"a row names no symbol: it says {shown(row.get('symbol'))}")
    return name


def trade_side(row: Row) -> OrderSide:
    """buy or sell, which a trade must say."""
    side = order_side(row)
    if side is None:
        raise ReadFailed(f"a trade has the side {shown(row.get('side'))}")
    return side
