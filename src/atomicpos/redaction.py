"""Text as it may be shown, logged and sent: without secrets. Pure.

A secret is known by the name before it (as exchanges, ccxt, HTTP headers and URLs write it), by its place in a URL, or
by the shape of a private key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"

_HINTS = ("sign", "key", "secret", "pass", "pwd", "token", "auth", "cookie", "otp", "hmac", "://", "0x", "bearer",
          "basic ", "-----begin", "/bot", "/services/", "/webhooks/")
"""Text without any of these holds nothing that could be told to be a secret, and most text is."""
_INSIDE_A_NAME = (
    r"secret(?:[-_ ]?key)?|api[-_ ]?key|private[-_ ]?key|listen[-_ ]?key|passphrase|password|signature|token"
)
_A_NAME = r"access[-_ ]?key|sign(?:ed)?|hmac|passwd|pass|pwd|authorization|auth|cookie|otp"
_QUOTE = r"[\\\"']*"
_VALUE = r"(?!\[hidden\]|None\b|null\b|true\b|false\b|{|\[)[^\s\"'&,;}\])<>\\]+"
_NAMED = re.compile(
    rf"(?i)((?:{_INSIDE_A_NAME}|(?<![a-z0-9])(?:{_A_NAME})){_QUOTE}\s*[=:]\s*(?:b(?=[\"']))?{_QUOTE}"
    rf"(?:(?:bearer|basic)\s+)?){_VALUE}"
)
_GATE_KEY = re.compile(rf"(\bKEY[\"']?: ?[\"']?){_VALUE}")
"""Gate's headers are called KEY and SIGN; in any other spelling a key may be anything."""
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_CREDENTIALS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"']+@")
_OTHER_SCHEME = re.compile(
    r"(?i)\b(?!(?:https?|wss?|sqlite|postgresql(?:\+psycopg)?|file|socks5h?)://)([a-z][a-z0-9+.-]*://)[^\s\"'<>,)]+"
)
"""Whatever reaches people has its tokens anywhere in its URL."""
_WEBHOOK = re.compile(r"(/bot|/services/|/webhooks/)[A-Za-z0-9:_/-]{8,}")
_HEX_KEY = re.compile(r"\b0x[0-9a-fA-F]{64}\b")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets, and without whatever shows itself to be one."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text
    text = _PEM.sub(HIDDEN, text)
    if "://" in text:
        text = _CREDENTIALS.sub(rf"\g<1>{HIDDEN}@", text)
        text = _OTHER_SCHEME.sub(rf"\g<1>{HIDDEN}", text)
    text = _WEBHOOK.sub(rf"\g<1>{HIDDEN}", text)
    text = _NAMED.sub(rf"\g<1>{HIDDEN}", text)
    text = _GATE_KEY.sub(rf"\g<1>{HIDDEN}", text)
    text = _BEARER.sub(rf"\g<1> {HIDDEN}", text)
    return _HEX_KEY.sub(HIDDEN, text)
