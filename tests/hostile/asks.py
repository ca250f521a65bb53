"""Everything that the adapter asks an exchange, one by one: the reads, on an account where nothing moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import MICROSECONDS, Leg, OrderSide, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, PlaceOrder

from .ground import Ground

AVL = "AVL/USDT:USDT"
MNT = "MNT/USDT:USDT"
BTC = "BTC/USDT:USDT"
DAY_US = 24 * 3600 * MICROSECONDS

Ask = Callable[[CcxtExchange], Awaitable[Any]]


def order(symbol: str, own_id: str, side: OrderSide, quantity: str, leg: Leg = Leg.ENTRY,
          trigger: str | None = None) -> PlaceOrder:
    """An order as the engine sends it."""
    trigger_price = None if trigger is None else Decimal(trigger)
    by = None if trigger is None else TriggerBy.MARK
    return PlaceOrder(symbol, leg, own_id, side, Decimal(quantity), leg is not Leg.ENTRY, trigger_price, by)


async def populate(ground: Ground, exchange: CcxtExchange) -> None:
    """A long with a stop on the position and a separate one, a short without, and orders that ended."""
    entry = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False,
                       attached_stop=AttachedStop(Decimal("1.331"), TriggerBy.MARK))  # fmt: skip
    await exchange.write(entry)
    await exchange.write(order(AVL, "ap-stop", OrderSide.SELL, "10", Leg.STOP, "1.2"))
    await exchange.write(order(AVL, "ap-gone", OrderSide.SELL, "10", Leg.STOP, "1.1"))
    await exchange.write(CancelOrder(AVL, "ap-gone", None, True))
    await exchange.write(order(AVL, "ap-more", OrderSide.BUY, "5"))
    await ground.clock.sleep(1)
    await exchange.write(order(AVL, "ap-close", OrderSide.SELL, "3", Leg.CLOSE))
    await exchange.write(order(MNT, "ap-short", OrderSide.SELL, "94"))


READS: dict[str, Ask] = {
    "position": lambda e: e.reads.position(AVL),
    "position of a short": lambda e: e.reads.position(MNT),
    "empty slot": lambda e: e.reads.position(BTC),
    "position stop": lambda e: e.reads.position_stop(AVL),
    "no position stop": lambda e: e.reads.position_stop(MNT),
    "living order": lambda e: e.reads.orders(AVL, ["ap-stop"]),
    "filled order": lambda e: e.reads.orders(AVL, ["ap-entry"]),
    "cancelled order": lambda e: e.reads.orders(AVL, ["ap-gone"]),
    "unknown order": lambda e: e.reads.orders(AVL, ["ap-never"]),
    "several orders": lambda e: e.reads.orders(AVL, ["ap-stop", "ap-close", "ap-never"]),
    "fills": lambda e: e.reads.fills(AVL, _since(e)),
    "fills of every kind": lambda e: e.reads.fills(AVL, _since(e), all_kinds=True),
    "mark price": lambda e: e.reads.mark_price(AVL),
    "account's positions": lambda e: e.account.positions(),
    "account's orders": lambda e: e.account.open_orders(),
    "account's fills": lambda e: e.account.fills(_since(e)),
}
"""Each answers with a reading or raises ReadFailed."""


def _since(exchange: CcxtExchange) -> int:
    return exchange._clock.now_us() - DAY_US
