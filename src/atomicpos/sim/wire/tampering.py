"""A test's own hand on the replies, between the exchange and the socket. Nothing on the wire can reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Middleware

from .arrivals import CONTROL_PREFIX

Tamper = Callable[[web.Request, web.Response], web.Response]
"""What is sent instead of a reply: another one, or the same."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Tampering:
    """Holds the hand; None, as it begins, leaves every reply as it is. The control plane's replies never pass here."""

    hand: Tamper | None = None

    @property
    def middleware(self) -> Middleware:
        """Lets each whole reply of the exchange pass through the hand; what a fault tore is torn already."""

        @web.middleware
        async def tamper(request: web.Request, handler: Answer) -> web.StreamResponse:
            answered = await handler(request)
            if self.hand is None or request.path.startswith(CONTROL_PREFIX) or not isinstance(answered, web.Response):
                return answered
            return self.hand(request, answered)

        return tamper
