"""Who may ask: the key, the signature and the time window of one signed request (Binance USD-M).

The signature is HMAC-SHA256, keyed with the secret, over all parameters as they stand in query and body, in that
order, without the signature itself, which comes last. ccxt 4.5.90 signs exactly so (verified by running it).
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
"""The receive window of a request that names none; the vendor's documentation."""

LARGEST_WINDOW_MS = 60_000

KEY_HEADER = "X-MBX-APIKEY"

_SIGNATURE = "&signature="


def unsigned(parameters: str) -> str:
    """The parameters without the signature behind them."""
    before, found, _ = parameters.rpartition(_SIGNATURE)
    return before if found else parameters


def check(key: str, parameters: str, asked: Mapping[str, str], credentials: Credentials, now_us: int) -> None:
    """Pass silently when the request is signed by our key and fresh.

    Raises Rejection with -2014 (no key), -2015 (unknown key), -1021 (timestamp outside the window) or -1022.
    """
    if not key:
        raise Rejection(Code.KEY_FORMAT)
    if not hmac.compare_digest(key.encode(), credentials.api_key.encode()):
        raise Rejection(Code.KEY)
    _check_time(asked, now_us // MICROSECONDS_PER_MS)
    expected = sign(credentials, unsigned(parameters))
    given = parameters.rpartition(_SIGNATURE)[2]
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Rejection(Code.SIGNATURE)


def fresh(asked: Mapping[str, str], now_us: int) -> bool:
    """Whether a request that was signed then may still be taken now."""
    try:
        _check_time(asked, now_us // MICROSECONDS_PER_MS)
    except Rejection:
        return False
    return True


def sign(credentials: Credentials, parameters: str) -> str:
    """The signature, in lower-case hexadecimal, that these parameters must carry."""
    return hmac.new(credentials.secret.encode(), parameters.encode(), hashlib.sha256).hexdigest()


def _check_time(asked: Mapping[str, str], now_ms: int) -> None:
    timestamp, window = asked.get("timestamp", ""), asked.get("recvWindow", str(DEFAULT_WINDOW_MS))
    if not timestamp.isdecimal():
        raise Rejection(Code.MISSING, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.")
    if not window.isdecimal() or int(window) > LARGEST_WINDOW_MS:
        raise Rejection(Code.PARAMETER, f"recvWindow {window!r} must be at most {LARGEST_WINDOW_MS} milliseconds")
    if int(timestamp) >= now_ms + EARLY_MS:
        raise Rejection(Code.TIMESTAMP, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_ms - int(timestamp) > int(window):
        raise Rejection(Code.TIMESTAMP)
