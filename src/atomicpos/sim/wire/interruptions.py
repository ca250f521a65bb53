"""What can happen to a reply on its way: the connection drops, a proxy answers with a page, half of it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Middleware

from .delivery import Delivery

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


class Torn(Exception):
    """Half of the reply is sent under its whole length, and the connection drops after ``after_s`` seconds."""

    def __init__(self, reply: web.Response, after_s: float) -> None:
        super().__init__(after_s)
        self.reply = reply
        self.after_s = after_s


def interruptions(closing: asyncio.Event) -> Middleware:
    """Carries out Cut, Page and Torn; a hanging reply ends early when ``closing`` is set."""

    @web.middleware
    async def interrupt(request: web.Request, handler: Answer) -> web.StreamResponse:
        try:
            return await handler(request)
        except Cut as cut:
            await _hang(closing, cut.after_s)
            _drop(request)
            return web.Response()
        except Torn as torn:
            return await _tear(request, torn, closing)
        except Page as page:
            text = PAGE.format(f"{page.status} {page.reason}")
            return web.Response(status=page.status, reason=page.reason, text=text, content_type="text/html")

    return interrupt


async def arriving(reply: web.Response, way: Delivery) -> web.Response:
    """The reply as it arrives: at once and whole, unless its way has it otherwise. Raises Torn."""
    await asyncio.sleep(way.hold_s)
    if not way.cut:
        return reply
    if way.drop_s is None:
        return _halved(reply)
    raise Torn(reply, way.drop_s)


def _halved(reply: web.Response) -> web.Response:
    """The first half of a reply, as if it were all: no JSON any more."""
    return web.Response(body=_half(reply), status=reply.status, content_type=reply.content_type)


async def _tear(request: web.Request, torn: Torn, closing: asyncio.Event) -> web.StreamResponse:
    whole = web.StreamResponse(status=torn.reply.status, headers={"Content-Type": torn.reply.content_type})
    whole.content_length = len(_body(torn.reply))
    with suppress(ConnectionError):  # the client may be gone by now
        await whole.prepare(request)
        await whole.write(_half(torn.reply))
        await _hang(closing, torn.after_s)
    _drop(request)
    return whole


def _half(reply: web.Response) -> bytes:
    body = _body(reply)
    return body[: len(body) // 2]


def _body(reply: web.Response) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b""


async def _hang(closing: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return


def _drop(request: web.Request) -> None:
    """Reset the connection: the client sees it go without another byte."""
    if request.transport is not None:
        request.transport.abort()
