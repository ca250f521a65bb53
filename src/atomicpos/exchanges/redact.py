"""Raw payloads as they may be kept: without secrets, and of bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterable

KEPT = 4096
"""Characters of a raw payload that are kept."""

HIDDEN = "[hidden]"
_NAMES = r"(?:sign(?:ature)?|api[_-]?key|secret|passphrase)"
_SIGNED = re.compile(rf"(?i)(\b{_NAMES}[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}}]+")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets and without values that name themselves a key or a signature."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _SIGNED.sub(rf"\g<1>{HIDDEN}", text)
    return text if len(text) <= KEPT else text[: KEPT - 1] + "…"
