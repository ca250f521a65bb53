"""The words that Bitget's classic futures want in requests and give in replies, and ours beside them."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..bycontract.cells import finished, part
from ..fields import Row, shown, text
from ..transport import Value

TRIGGERS: dict[TriggerBy, Value] = {TriggerBy.LAST: "fill_price", TriggerBy.MARK: "mark_price"}
"""``triggerType`` (documented); there is none for the index price."""

MARGIN_MODES = {MarginMode.ISOLATED: "isolated", MarginMode.CROSS: "crossed"}
POSITION_MODES = {"one_way_mode": PositionMode.ONE_WAY, "hedge_mode": PositionMode.HEDGE}
SIDES = {"long": PositionSide.LONG, "short": PositionSide.SHORT}

HOLDS = {OrderSide.SELL: "buy", OrderSide.BUY: "sell"}
"""``holdSide`` of a stop in one-way mode: the order side that opened what it closes (documented)."""

STATUSES = {
    "live": OrderStatus.OPEN,
    "new": OrderStatus.OPEN,
    "partially_filled": OrderStatus.PARTIAL,
}
DEAD = frozenset({"canceled", "cancelled"})

STOP_DEAD = frozenset({"cancelled", "canceled", "fail_trigger", "fail_execute"})
"""``planStatus`` of a stop that will never become an order."""

CLOSING_PLANS = frozenset({"loss_plan", "pos_loss", "profit_plan", "pos_profit", "moving_plan"})
"""``planType`` of what closes a position and can do nothing else (documented)."""


def product(settle: str) -> str:
    """``productType`` of the contracts that settle in that coin."""
    return f"{settle}-FUTURES"


def order_status(word: str, quantity: Decimal | None, filled: Decimal | None) -> OrderStatus:
    """The status of an order by that word; filled only where the quantity bears it out (F03)."""
    if word == "filled":
        return finished(quantity, filled, dead=False)
    return OrderStatus.DEAD if word in DEAD else part(STATUSES.get(word, OrderStatus.UNKNOWN), filled)


def reduce_only(row: Row) -> bool | None:
    """``reduceOnly``; None where it is not said."""
    return {"YES": True, "NO": False}.get((text(row, "reduceOnly") or "").upper())


def check_one_way(row: Row, name: str) -> None:
    """That a position's row names one-way mode. Raises WrongPositionMode for hedge mode, ReadFailed for neither."""
    mode = text(row, name)
    if mode == "hedge_mode":
        raise WrongPositionMode("hedge mode is not supported: the exchange shows hedge_mode; use one-way mode")
    if mode != "one_way_mode":
        raise ReadFailed(f"{name} is {shown(row.get(name))}, which names no position mode")


def fill_kind(row: Row) -> FillKind:
    """What executed, by ``tradeSide``: forced ones have words of their own (documented)."""
    word = (text(row, "tradeSide") or "").lower()
    if "adl" in word:
        return FillKind.ADL
    if word.startswith(("burst", "reduce", "offset")):
        return FillKind.LIQUIDATION
    return FillKind.SETTLEMENT if word.startswith("delivery") else FillKind.TRADE


def symbol(row: Row) -> str:
    """The market that a row is about."""
    name = text(row, "symbol")
    if name is None:
        raise ReadFailed("a row names no symbol")
    return name
