"""The envelope of every Bybit v5 reply, and its codes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from .spelling import MICROSECONDS_PER_MS, Json


class Code(IntEnum):
    """The ``retCode`` values this venue answers with, under the meaning the vendor's public list gives them."""

    OK = 0
    PARAMETER = 10001
    TIMESTAMP = 10002
    KEY = 10003
    SIGNATURE = 10004
    ORDER_UNKNOWN = 110001
    LEVERAGE_LIMIT = 110013
    FUNDS = 110007
    REDUCE_ONLY = 110017
    LEVERAGE_UNCHANGED = 110043
    DUPLICATE_ID = 110072
    RISING_TRIGGER = 110092
    FALLING_TRIGGER = 110093
    NOTIONAL = 110094


class Rejection(Exception):
    """A definite refusal: nothing was changed. It becomes an envelope with its code and an empty result."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def envelope(result: Mapping[str, Any], now_us: int) -> Json:
    """A successful reply around ``result``; ``time`` is the server's clock in milliseconds."""
    return _envelope(Code.OK, "OK", result, now_us)


def rejection(refused: Rejection, now_us: int) -> Json:
    """A refusal: HTTP 200 with a code, as Bybit sends it."""
    return _envelope(refused.code, refused.message, {}, now_us)


def _envelope(code: Code, message: str, result: Mapping[str, Any], now_us: int) -> Json:
    return {
        "retCode": int(code),
        "retMsg": message,
        "result": dict(result),
        "retExtInfo": {},
        "time": now_us // MICROSECONDS_PER_MS,
    }
