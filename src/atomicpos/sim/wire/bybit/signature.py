"""Who may ask: the key, the signature and the time window of one signed request (Bybit v5).

The signature is HMAC-SHA256, keyed with the secret, over timestamp + key + receive window + payload; the payload is the
raw query string of a GET and the raw body of a POST. ccxt 4.5.90 signs exactly so (verified by running it).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from ..credentials import Credentials
from ..spelling import MICROSECONDS_PER_MS
from .replies import Code, Rejection

EARLY_MS = 1000
"""How far ahead of the server's clock a timestamp may be; the vendor's documentation gives this bound."""

DEFAULT_WINDOW_MS = 5000
"""The receive window of a request that names none."""


def check(headers: Mapping[str, str], payload: str, credentials: Credentials, now_us: int) -> None:
    """Pass silently when the request is signed by our key and fresh.

    Raises Rejection with 10003 (unknown key), 10002 (timestamp outside [now - window, now + 1 s]) or 10004 (signature).
    """
    key = headers.get("X-BAPI-API-KEY", "")
    if not hmac.compare_digest(key.encode(), credentials.api_key.encode()):
        raise Rejection(Code.KEY, "API key is invalid.")
    timestamp, window = _timestamp(headers), _window(headers)
    _check_time(timestamp, window, now_us // MICROSECONDS_PER_MS)
    expected = sign(credentials, timestamp, window, payload)
    if not hmac.compare_digest(headers.get("X-BAPI-SIGN", "").encode(), expected.encode()):
        raise Rejection(Code.SIGNATURE, "The request's signature does not match its content.")


def fresh(headers: Mapping[str, str], now_us: int) -> bool:
    """Whether a request that was signed then may still be taken now."""
    try:
        _check_time(_timestamp(headers), _window(headers), now_us // MICROSECONDS_PER_MS)
    except Rejection:
        return False
    return True


def sign(credentials: Credentials, timestamp: str, window: str, payload: str) -> str:
    """The signature, in lower-case hexadecimal, that this request must carry."""
    text = f"{timestamp}{credentials.api_key}{window}{payload}"
    return hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _timestamp(headers: Mapping[str, str]) -> str:
    return headers.get("X-BAPI-TIMESTAMP", "")


def _window(headers: Mapping[str, str]) -> str:
    return headers.get("X-BAPI-RECV-WINDOW", str(DEFAULT_WINDOW_MS))


def _check_time(timestamp: str, window: str, now_ms: int) -> None:
    if not (timestamp.isdecimal() and window.isdecimal()):
        raise Rejection(Code.PARAMETER, f"timestamp {timestamp!r} and recv window {window!r} must be milliseconds")
    if not now_ms - int(window) <= int(timestamp) < now_ms + EARLY_MS:
        raise Rejection(
            Code.TIMESTAMP, f"timestamp {timestamp} is outside the window of {window} ms; the server's is {now_ms}"
        )
