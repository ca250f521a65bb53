"""The envelope of every Bybit v5 reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..spelling import MICROSECONDS_PER_MS, Json
from .codes import MESSAGES, Code

__all__ = ["Code", "Rejection", "envelope", "rejection"]


class Rejection(Exception):
    """A definite refusal: nothing was changed. It becomes an envelope with its code and ``result``.

    Without a message it says what belongs to the code.
    """

    def __init__(self, code: int, message: str | None = None, result: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.message = MESSAGES[code] if message is None else message
        self.result = result or {}
        super().__init__(self.message)


def envelope(result: Mapping[str, Any], now_us: int) -> Json:
    """A successful reply around ``result``; ``time`` is the server's clock in milliseconds."""
    return _envelope(Code.OK, "OK", result, now_us)


def rejection(refused: Rejection, now_us: int) -> Json:
    """A refusal: HTTP 200 with a code, as Bybit sends it."""
    return _envelope(refused.code, refused.message, refused.result, now_us)


def _envelope(code: int, message: str, result: Mapping[str, Any], now_us: int) -> Json:
    return {
        "retCode": int(code),
        "retMsg": message,
        "result": dict(result),
        "retExtInfo": {},
        "time": now_us // MICROSECONDS_PER_MS,
    }
