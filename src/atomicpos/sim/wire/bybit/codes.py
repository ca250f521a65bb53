"""Bybit's ``retCode`` values and the sentences that come with them.

The sentences are those of the vendor's public list of errors and of replies seen in the field; whoever classifies a
refusal by code and text meets here what it would meet there.
"""

from __future__ import annotations

from enum import IntEnum

from atomicpos.sim.faults import Call


class Code(IntEnum):
    """The codes that this venue answers with by itself, each under the meaning the vendor gives it."""

    OK = 0
    PARAMETER = 10001
    TIMESTAMP = 10002
    KEY = 10003
    SIGNATURE = 10004
    NOT_PERMITTED = 10005
    RATE_LIMITED = 10006
    ADDRESS = 10010
    BUY_PRICE_BAND = 30208
    SELL_PRICE_BAND = 30209
    DELISTING = 30228
    NOT_MODIFIED = 34040
    ORDER_UNKNOWN = 110001
    LIMIT_PRICE_BAND = 110003
    FUNDS = 110007
    TOO_MANY_STOPS = 110009
    LEVERAGE_LIMIT = 110013
    REDUCE_ONLY = 110017
    MARGIN_MODE_UNCHANGED = 110026
    LEVERAGE_UNCHANGED = 110043
    DUPLICATE_ID = 110072
    RISING_TRIGGER = 110092
    FALLING_TRIGGER = 110093
    NOTIONAL = 110094
    MARGIN_MODE_FAILED = 3400045


MESSAGES: dict[int, str] = {
    10000: "Server Timeout",
    10001: "params error",
    10002: "invalid request, please check your server timestamp or recv_window param",
    10003: "API key is invalid.",
    10004: "error sign! please check your signature generation algorithm.",
    10005: "Permission denied, please check your API key permissions.",
    10006: "Too many visits. Exceeded the API Rate Limit.",
    10010: "Unmatched IP, please check your API key's bound IP addresses.",
    10014: "Invalid duplicate request.",
    10016: "Server error.",
    10018: "Exceeded the IP Rate Limit.",
    30208: "Failed to submit order(s). The order price is higher than the maximum buying price",
    30209: "Failed to submit order(s). The order price is lower than the minimum selling price.",
    30228: "No new positions during delisting.",
    34040: "not modified",
    110001: "order not exists or too late to cancel",
    110003: "Order price is out of the allowable range",
    110004: "Wallet balance is insufficient",
    110007: "ab not enough for new order",
    110009: "The number of stop orders exceeds the maximum allowable limit.",
    110012: "Insufficient available balance",
    110013: "Cannot set leverage due to risk limit level",
    110017: "current position is zero, cannot fix reduce-only order qty",
    110020: "Not allowed to have more than 500 active orders",
    110023: "Currently you can only reduce your positions",
    110025: "Position mode is not modified",
    110026: "Cross/isolated margin mode is not modified",
    110030: "Duplicate orderId",
    110043: "leverage not modified",
    110044: "Available margin is insufficient",
    110045: "Wallet balance is insufficient",
    110052: "Available balance is insufficient to set the price",
    110072: "OrderLinkedID is duplicate",
    110092: "expect Rising, but trigger_price is not above the current price",
    110093: "expect Falling, but trigger_price is not below the current price",
    110094: "Order does not meet minimum order value",
    170003: "An unknown parameter was sent.",
    170131: "Balance insufficient",
    170193: "Buy order price cannot be higher than the highest price allowed",
    170209: "This trading pair is not available in your region",
    170213: "Order does not exist.",
    181001: "category only support linear or option or spot",
    3400045: "Set margin mode failed",
}
"""The sentence of each code that may be planted or answered."""

ZERO_POSITION = "can not set tp/sl/ts for zero position"
"""What ``position/trading-stop`` says under 10001 when there is no position."""

QUANTITY = "Qty invalid"
TOO_SMALL = "The number of contracts exceeds minimum limit allowed"
TOO_LARGE = "The number of contracts exceeds maximum limit allowed: too large"

_GENERIC = {Call.PLACE_ENTRY: QUANTITY, Call.PLACE_CLOSE: QUANTITY, Call.SET_STOP: ZERO_POSITION}
"""10001 is a generic code: what it says depends on what was asked for (F36)."""


def planted(code: str, call: Call) -> tuple[int, str]:
    """Code and sentence of a refusal that a fault names; a code without a known sentence gets a plain one."""
    if not code.removeprefix("-").isdecimal():
        return Code.PARAMETER, f"the request is refused: {code}"
    number = int(code)
    if number == Code.PARAMETER:
        return number, _GENERIC.get(call, MESSAGES[number])
    return number, MESSAGES.get(number, f"the request is refused with {number}")
