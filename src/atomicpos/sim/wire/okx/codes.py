"""OKX's error codes, the sentences that come with them, and the HTTP status of each, as its public list has them."""

from __future__ import annotations

from atomicpos.sim.faults import Call

OK, FAILED, PARTLY = 0, 1, 2
PARAMETER = 51000

MESSAGES: dict[int, str] = {
    50001: "Service temporarily unavailable. Please try again later.",
    50004: "API endpoint request timeout.",
    50011: "Too Many Requests",
    50013: "Systems are busy. Please try again later.",
    50014: "Parameter can not be empty.",
    50026: "System error. Try again later",
    50030: "You don't have permission to use this API endpoint",
    50036: "The expTime can't be earlier than the current system time. Please adjust the expTime and try again.",
    50037: "Order expired.",
    50061: "You've reached the maximum order rate limit for this account.",
    50071: "clOrdId already exists",
    50072: "Isolated margin mode is no longer supported in multi-currency margin mode and portfolio margin mode.",
    50101: "APIKey does not match current environment.",
    50102: "Timestamp request expired.",
    50103: 'Request header "OK-ACCESS-KEY" cannot be empty.',
    50105: 'Request header "OK-ACCESS-PASSPHRASE" incorrect.',
    50110: "Your IP 127.0.0.1 is not included in your API key's IP whitelist.",
    50111: "Invalid OK-ACCESS-KEY.",
    50112: "Invalid OK-ACCESS-TIMESTAMP.",
    50113: "Invalid signature.",
    50120: "This API key doesn't have permission to use this function",
    51000: "Parameter error",
    51001: "Instrument ID, Instrument ID code or Spread ID doesn't exist.",
    51008: "Order failed. Insufficient USDT margin in account",
    51016: "Client order ID already exists.",
    51022: "Contract suspended.",
    51054: "Request timed out. Please try again.",
    51058: "No available position for this algo order",
    51065: "algoClOrdId already exists.",
    51068: "attachAlgoClOrdId already exists within algoClOrdId and attachAlgoClOrdId.",
    51100: "Unable to place order. Take profit/Stop loss conditions cannot be added to reduce-only orders.",
    51101: "Order failed, the sz of the current order can't be more than the limit (contracts).",
    51109: "No available offers.",
    51112: "Close order size exceeds available size for this position.",
    51120: "Order amount is less than the minimum, please try again.",
    51121: "Order quantity must be a multiple of the lot size.",
    51137: "The highest price limit for buy orders is reached.",
    51138: "The lowest price limit for sell orders is reached.",
    51149: "Order timed out. Please try again.",
    51150: "The precision of the number of trades or the price exceeds the limit.",
    51169: "Order failed because you don't have any positions in this direction for this contract to reduce or close.",
    51170: "Failed to place order. A reduce-only order can't be the same trading direction as your existing positions.",
    51202: "Market order amount exceeds the maximum amount.",
    51261: "Each user can hold up to 10 pending stop orders at the same time.",
    51277: "TP trigger price cannot be higher than the last price.",
    51278: "SL trigger price cannot be lower than the last price.",
    51279: "TP trigger price cannot be lower than the last price.",
    51280: "SL trigger price cannot be higher than the last price.",
    51301: "TP trigger price cannot be higher than the mark price",
    51302: "SL trigger price cannot be lower than the mark price",
    51303: "TP trigger price cannot be lower than the mark price",
    51304: "SL trigger price cannot be higher than the mark price",
    51305: "TP trigger price cannot be higher than the index price",
    51306: "SL trigger price cannot be lower than the index price",
    51307: "TP trigger price cannot be lower than the index price",
    51308: "SL trigger price cannot be higher than the index price",
    51400: "Order cancellation failed as the order has been filled, canceled or does not exist.",
    51416: "Order has been triggered and can't be canceled",
    51503: "Your order has already been filled or canceled.",
    51603: "Order does not exist",
    59102: "Leverage exceeds the maximum limit. Please lower the leverage.",
}
"""The sentence of each code that may be planted or answered. Texts with a parameter are written without it."""

STATUSES: dict[int, int] = {
    50001: 503, 50004: 400, 50011: 429, 50013: 429, 50014: 400, 50026: 500, 51000: 400, 51054: 500, 51149: 500,
    **dict.fromkeys(range(50101, 50115), 401),
}  # fmt: skip
"""Codes with an HTTP status of their own; all others come with 200."""

AT_THE_GATE = frozenset({
    50001, 50004, 50011, 50013, 50014, 50026, 50030, 50036, 50061, 50120, 51000, *range(50101, 50115),
})  # fmt: skip
"""Codes that are the whole reply's; those of a single order stand in its row, under the code 1."""


def planted(code: str, call: Call) -> tuple[int, str]:
    """Code and sentence of a refusal that a fault names; a code without a known sentence gets a plain one."""
    if not code.isdecimal():
        return PARAMETER, f"the request is refused: {code}"
    number = int(code)
    return number, MESSAGES.get(number, f"the {call} is refused with {number}")
