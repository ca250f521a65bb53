"""The words that Hyperliquid wants in requests and gives in replies, and ours beside them."""

from __future__ import annotations

import base64
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from atomicpos.ids import ALPHABET, CLIENT_ORDER_ID_LENGTH, LIBRARY_PREFIX
from atomicpos.models import OrderSide, OrderStatus, TriggerBy

from ..bycontract.contract import Contract, Unspeakable
from ..transport import Value

TRIGGERS: dict[TriggerBy, Value] = {TriggerBy.MARK: "mark"}
"""Trigger orders are compared with the mark price, and with no other (documented); no request names it."""

SIDES = {"B": OrderSide.BUY, "A": OrderSide.SELL}

_OURS = "a9"
"""The first byte of a client order id of ours; the fifteen that follow are the base32 of what follows ``ap``."""

MARKET_SLIPPAGE = Decimal("0.05")
"""How far from the mark price an order at the market may be filled: ccxt's default."""

STOP_SLIPPAGE = Decimal("0.1")
"""How far beyond its trigger a stop may be filled: the documented tolerance of stops at the market."""

SIGNIFICANT = 5
"""Significant digits of a price that is no whole number (documented)."""

PRICE_DECIMALS = 6
"""Decimals of a price and of a size together (documented, perpetuals)."""


def cloid(client_order_id: str) -> str:
    """Our id as the 128 bits that Hyperliquid takes. Raises Unspeakable for one that is not in the library's form."""
    code = client_order_id[len(LIBRARY_PREFIX):]
    ours = client_order_id.startswith(LIBRARY_PREFIX) and len(client_order_id) == CLIENT_ORDER_ID_LENGTH
    if not ours or not set(code) <= set(ALPHABET):
        raise Unspeakable(f"{client_order_id!r} cannot be written as 128 bits")
    return "0x" + _OURS + base64.b32decode(code.upper()).hex()


def client_order_id(said: object) -> str | None:
    """Our id from what Hyperliquid shows; another's as it is; None for none."""
    if not isinstance(said, str) or not said:
        return None
    digits = said.removeprefix("0x").lower()
    if len(digits) != 32 or not digits.startswith(_OURS):
        return said
    try:
        code = bytes.fromhex(digits[2:])
    except ValueError:
        return said
    return LIBRARY_PREFIX + base64.b32encode(code).decode().lower()


def status(word: object, trigger: bool) -> OrderStatus:
    """One status from Hyperliquid's words; whatever ends in canceled or rejected is dead (documented list)."""
    if word == "open":
        return OrderStatus.UNTRIGGERED if trigger else OrderStatus.OPEN
    if word == "triggered":
        return OrderStatus.TRIGGERED
    if isinstance(word, str) and word.lower().endswith(("canceled", "rejected", "scheduledcancel")):
        return OrderStatus.DEAD
    return OrderStatus.UNKNOWN


def decimals(contract: Contract) -> int:
    """How many decimals a size has."""
    return max(0, -int(contract.lot.normalize().as_tuple().exponent))


def tick(contract: Contract, price: Decimal) -> Decimal:
    """The step of prices around that one: five significant digits, and never finer than the decimals allow.

    A whole number is always a price (documented), so no step is above 1.
    """
    by_digits = Decimal(1).scaleb(price.adjusted() - SIGNIFICANT + 1)
    finest = Decimal(1).scaleb(decimals(contract) - PRICE_DECIMALS)
    return min(Decimal(1), max(by_digits, finest))


def beyond(contract: Contract, side: OrderSide, price: Decimal, share: Decimal) -> Decimal:
    """A price that far on the paying side of that one, which is a price there."""
    paid = price * (1 + share) if side is OrderSide.BUY else price * (1 - share)
    step = tick(contract, paid)
    whole = (paid / step).to_integral_value(ROUND_CEILING if side is OrderSide.BUY else ROUND_FLOOR)
    return whole * step


def perpetual(coin: object) -> bool:
    """Whether that coin is a perpetual of Hyperliquid's own: no spot pair and of no builder's dex."""
    return isinstance(coin, str) and bool(coin) and coin[0] != "@" and not set(coin) & set("/:")
