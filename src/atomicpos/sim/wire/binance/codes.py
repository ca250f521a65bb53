"""Binance USD-M error codes, the sentences that come with them, and the HTTP status each arrives under.

Codes and sentences are those of the vendor's public list for USD-M futures; whoever classifies a refusal by its code
meets here what it would meet there.
"""

from __future__ import annotations

from enum import IntEnum

from atomicpos.sim.faults import Call


class Code(IntEnum):
    """The codes that this venue answers with by itself, each under the meaning the vendor gives it."""

    RATE_LIMITED = -1003
    TIMESTAMP = -1021
    SIGNATURE = -1022
    MISSING = -1102
    NOT_WANTED = -1106
    PRECISION = -1111
    TIME_IN_FORCE = -1115
    ORDER_TYPE = -1116
    SIDE = -1117
    SYMBOL = -1121
    PARAMETER = -1130
    CANCEL_REJECTED = -2011
    ORDER_UNKNOWN = -2013
    KEY_FORMAT = -2014
    KEY = -2015
    FUNDS = -2019
    WOULD_TRIGGER = -2021
    REDUCE_ONLY = -2022
    QUANTITY_ZERO = -4003
    QUANTITY_SMALL = -4004
    QUANTITY_LARGE = -4005
    PRICE_TICK = -4014
    CLIENT_ID_LENGTH = -4015
    PRICE_HIGH = -4016
    QUANTITY_STEP = -4023
    PRICE_LOW = -4024
    LEVERAGE = -4028
    TOO_MANY_STOPS = -4045
    MARGIN_MODE_UNCHANGED = -4046
    MARGIN_MODE_POSITION = -4048
    POSITION_SIDE = -4061
    DUPLICATE_ID = -4116
    ALGO_ONLY = -4120
    PRICE_BAND = -4131
    NO_OPENING = -4140
    NOTIONAL = -4164


MESSAGES: dict[int, str] = {
    -1000: "An unknown error occured while processing the request.",
    -1001: "Internal error; unable to process your request. Please try again.",
    -1003: "Too many requests; current limit is 2400 requests per minute.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    -1008: "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. "
    "Please try again.",
    -1015: "Too many new orders.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1022: "Signature for this request is not valid.",
    -1102: "Mandatory parameter was not sent, was empty/null, or malformed.",
    -1106: "Parameter sent when not required.",
    -1111: "Precision is over the maximum defined for this asset.",
    -1115: "Invalid timeInForce.",
    -1116: "Invalid orderType.",
    -1117: "Invalid side.",
    -1121: "Invalid symbol.",
    -1130: "Data sent for a parameter is not valid.",
    -2011: "Unknown order sent.",
    -2013: "Order does not exist.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action.",
    -2018: "Balance is insufficient.",
    -2019: "Margin is insufficient.",
    -2020: "Unable to fill.",
    -2021: "Order would immediately trigger.",
    -2022: "ReduceOnly Order is rejected.",
    -2024: "Position is not sufficient.",
    -2025: "Reach max open order limit.",
    -2027: "Exceeded the maximum allowable position at current leverage.",
    -4003: "Quantity less than or equal to zero.",
    -4004: "Quantity less than min quantity.",
    -4005: "Quantity greater than max quantity.",
    -4014: "Price not increased by tick size.",
    -4015: "Client order id length should not be more than 36 chars",
    -4016: "Limit price can't be higher than the price limit.",
    -4023: "Qty not increased by step size.",
    -4024: "Limit price can't be lower than the price limit.",
    -4028: "Leverage is not valid",
    -4045: "Reach max stop order limit.",
    -4046: "No need to change margin type.",
    -4047: "Margin type cannot be changed if there exists open orders.",
    -4048: "Margin type cannot be changed if there exists position.",
    -4061: "Order's position side does not match user's setting.",
    -4116: "ClientOrderId is duplicated.",
    -4120: "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    -4130: "An open stop or take profit order with GTE and closePosition in the direction is existing.",
    -4131: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    -4140: "Invalid symbol status for opening position.",
    -4141: "Symbol is closed.",
    -4164: "Order's notional must be no smaller than the minimum (unless you choose reduce only).",
}
"""The sentence of each code that may be planted or answered."""

_STATUSES = {
    -1000: 500, -1001: 500, -1006: 500, -1007: 408, -1008: 503,
    -1003: 429, -1015: 429, -2014: 401, -2015: 401,
}  # fmt: skip


def status(code: int) -> int:
    """The HTTP status that the code arrives under: 400, but for the server's own troubles, the limits and the keys.

    Documented: 4xx is the sender's fault, 429 a broken limit, 408 a timeout of the backend, and of 5xx nobody can say
    whether it was executed. Which of them comes with -2014 and -2015 is not verified against the live exchange.
    """
    return _STATUSES.get(code, 400)


def planted(code: str, call: Call) -> tuple[int, str]:
    """Code and sentence of a refusal that a fault names; a code without a known sentence gets a plain one."""
    if not code.removeprefix("-").isdecimal():
        return Code.PARAMETER, f"the {call} is refused: {code}"
    number = int(code)
    return number, MESSAGES.get(number, f"the {call} is refused with {number}")
