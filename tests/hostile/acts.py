"""Everything that the adapter asks an exchange to change, each with what the exchange makes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, TriggerBy
from atomicpos.ports import CancelOrder, OutcomeKind, SetLeverage, SetMarginMode, SetPositionStop, Write

from .asks import AVL, MNT, order

XRP = "XRP/USDT:USDT"

_numbers = count(1)


def own_id() -> str:
    """An id that no order had yet."""
    return f"ap-{next(_numbers)}"


Beside = Callable[[CcxtExchange, Any], Awaitable[object]]
"""What is done before or after the write, with replies that nobody touches."""


@dataclass(frozen=True, slots=True)
class Act:
    """One write, and what it comes to where nobody touches the reply."""

    request: Callable[[], Write]
    comes_to: OutcomeKind
    before: Beside | None = None
    after: Beside | None = None


def _stop() -> Write:
    return order(AVL, own_id(), OrderSide.SELL, "10", Leg.STOP, "1.2")


async def _bought(exchange: CcxtExchange, _: Any) -> object:
    return await exchange.write(order(XRP, own_id(), OrderSide.BUY, "10"))


async def _sold(exchange: CcxtExchange, _: Any) -> object:
    return await exchange.write(order(XRP, own_id(), OrderSide.SELL, "10", Leg.CLOSE))


async def _put_up(exchange: CcxtExchange, request: CancelOrder) -> object:
    return await exchange.write(order(AVL, request.client_order_id, OrderSide.SELL, "10", Leg.STOP, "1.2"))


async def _taken_down(exchange: CcxtExchange, request: Any) -> object:
    return await exchange.write(CancelOrder(AVL, request.client_order_id, None, True))


async def _other_leverage(exchange: CcxtExchange, _: Any) -> object:
    return await exchange.write(SetLeverage(MNT, Decimal(3)))


async def _other_stop(exchange: CcxtExchange, _: Any) -> object:
    return await exchange.write(SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK))


DONE, REFUSED = OutcomeKind.ACKNOWLEDGED, OutcomeKind.REFUSED

ACTS: dict[str, Act] = {
    "entry": Act(lambda: order(XRP, own_id(), OrderSide.BUY, "10"), DONE, after=_sold),
    "entry too large": Act(lambda: order(XRP, own_id(), OrderSide.BUY, "100000000000"), REFUSED),
    "close": Act(lambda: order(XRP, own_id(), OrderSide.SELL, "10", Leg.CLOSE), DONE, before=_bought),
    "stop": Act(_stop, DONE, after=_taken_down),
    "cancel": Act(lambda: CancelOrder(AVL, own_id(), None, True), DONE, before=_put_up),
    "cancel of nothing": Act(lambda: CancelOrder(AVL, "ap-never", None, True), REFUSED),
    "position's stop": Act(lambda: SetPositionStop(AVL, Decimal("1.331"), TriggerBy.MARK), DONE, before=_other_stop),
    "position's stop, the same": Act(lambda: SetPositionStop(AVL, Decimal("1.331"), TriggerBy.MARK), DONE),
    "leverage": Act(lambda: SetLeverage(MNT, Decimal(5)), DONE, before=_other_leverage),
    "leverage too high": Act(lambda: SetLeverage(MNT, Decimal(500)), REFUSED),
    "margin mode": Act(lambda: SetMarginMode(AVL, MarginMode.ISOLATED), DONE),
}
