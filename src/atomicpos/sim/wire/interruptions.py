"""What can happen to a request on its way: the connection drops, or a proxy answers with a page of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Cut(Exception):
    """No reply: the connection drops after ``after_s`` seconds."""

    def __init__(self, after_s: float = 0.0) -> None:
        super().__init__(after_s)
        self.after_s = after_s


class Page(Exception):
    """An HTML page instead of a reply, with this HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


def interruptions(closing: asyncio.Event) -> Middleware:
    """Carries out Cut and Page; a hanging reply ends early when ``closing`` is set."""

    @web.middleware
    async def interrupt(request: web.Request, handler: Answer) -> web.StreamResponse:
        try:
            return await handler(request)
        except Cut as cut:
            await _hang(closing, cut.after_s)
            _drop(request)
            return web.Response()
        except Page as page:
            text = PAGE.format(f"{page.status} {page.reason}")
            return web.Response(status=page.status, reason=page.reason, text=text, content_type="text/html")

    return interrupt


async def _hang(closing: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return


def _drop(request: web.Request) -> None:
    """Reset the connection: the client sees it go without a byte of reply."""
    if request.transport is not None:
        request.transport.abort()
