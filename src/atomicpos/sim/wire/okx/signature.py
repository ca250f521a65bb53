"""Who may ask: key, passphrase, signature and moment of one signed request (OKX v5).

The signature is the base64 of an HMAC-SHA256, keyed with the secret, over timestamp + method + path + body; the path
has the query in it, the timestamp is an ISO text in UTC with milliseconds. ccxt 4.5.90 signs exactly so (measured).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from ..credentials import Credentials
from ..spelling import MICROSECONDS_PER_MS
from .replies import Rejection

WINDOW_MS = 30_000
"""How far a timestamp may lie from the server's clock, on either side (documented)."""

EXPIRY = "expTime"
"""The header that says until when a place or amend may be taken, in milliseconds (documented)."""


def check(headers: Mapping[str, str], payload: str, credentials: Credentials, now_us: int) -> None:
    """Pass silently when the request is signed by our key and fresh; ``payload`` is method, path and body.

    Raises Rejection: 50111 key, 50105 passphrase, 50112 or 50102 timestamp, 50113 signature.
    """
    if not headers.get("OK-ACCESS-KEY"):
        raise Rejection(50103)
    if not _same(headers.get("OK-ACCESS-KEY", ""), credentials.api_key):
        raise Rejection(50111)
    timestamp = headers.get("OK-ACCESS-TIMESTAMP", "")
    signed_ms = milliseconds(timestamp)
    if signed_ms is None:
        raise Rejection(50112)
    if abs(now_us // MICROSECONDS_PER_MS - signed_ms) > WINDOW_MS:
        raise Rejection(50102)
    if not _same(headers.get("OK-ACCESS-PASSPHRASE", ""), credentials.passphrase):
        raise Rejection(50105)
    if not _same(headers.get("OK-ACCESS-SIGN", ""), sign(credentials, timestamp + payload)):
        raise Rejection(50113)


def sign(credentials: Credentials, text: str) -> str:
    """The signature that this request must carry."""
    digest = hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def milliseconds(timestamp: str) -> int | None:
    """An ISO moment such as ``2023-11-14T22:13:20.123Z`` in milliseconds since the epoch; None for anything else."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.astimezone(UTC).timestamp() * 1000)


def check_expiry(headers: Mapping[str, str], now_us: int) -> None:
    """An order whose time is over at the gate is not taken: 50036; a text that is no time is 51000."""
    given = headers.get(EXPIRY, "")
    if given and not given.isdecimal():
        raise Rejection(51000, f"Parameter {EXPIRY} error")
    if expired(headers, now_us):
        raise Rejection(50036)


def expired(headers: Mapping[str, str], now_us: int) -> bool:
    """Whether the time that the request gave itself is over."""
    given = headers.get(EXPIRY, "")
    return given.isdecimal() and now_us // MICROSECONDS_PER_MS > int(given)


def fresh(headers: Mapping[str, str], now_us: int) -> bool:
    """Whether a request that was signed then may still be taken now, as far as its timestamp goes."""
    signed_ms = milliseconds(headers.get("OK-ACCESS-TIMESTAMP", ""))
    return signed_ms is not None and now_us // MICROSECONDS_PER_MS - signed_ms <= WINDOW_MS


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
