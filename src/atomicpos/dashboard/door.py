"""The one way in: every request is counted and judged here, and every answer leaves with our headers."""

from __future__ import annotations

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..announcer import log
from .gate import HEADERS, Head, Lock, Refusal, judge
from .limits import ID_CHARACTERS_MOST
from .meters import Meters


class Door:
    """Judges a request's head before anything else sees it, and puts our headers on every answer."""

    def __init__(self, inner: ASGIApp, lock: Lock, meters: Meters) -> None:
        self._inner = inner
        self._lock = lock
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it. Only HTTP is spoken here."""
        if scope["type"] != "http":
            return
        head = Head(scope["method"], scope["path"], tuple(Headers(scope=scope).items()))
        refused, opened = self._judged(head, address_of(scope))
        scope["opened"] = opened
        dressed = _dressed(send)
        if refused is not None:
            answer = JSONResponse({"error": refused.why}, refused.status, {"Connection": "close"})
            await answer(scope, receive, dressed)
            return
        try:
            await self._inner(scope, receive, dressed)
        except Exception:
            log.exception("the dashboard failed at %s %s", head.method, head.path[:ID_CHARACTERS_MOST])
            raise

    def _judged(self, head: Head, address: str) -> tuple[Refusal | None, bool]:
        now_s = time.monotonic()
        opened = bool(head.token) and self._lock.opens(head.token)
        if head.token and not opened:
            many = not self._meters.wrong_tokens.take(now_s)
            return Refusal(*((429, "too many wrong tokens") if many else (401, "this is not the token"))), False
        if not opened and not self._meters.request(address, now_s):
            return Refusal(429, "too many requests from this address in one minute"), False
        refused = judge(head, self._lock, opened=opened)
        if refused is None and head.method == "POST" and not self._meters.acts.take(now_s):
            return Refusal(429, f"more than {self._meters.acts.most} acts in one minute"), opened
        return refused, opened


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return dressed


def address_of(scope: Scope) -> str:
    """Where a request comes from, as the connection itself says."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
