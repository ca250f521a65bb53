"""An exchange that answers in its documented form and keeps every request, and our adapter over a real ccxt client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from atomicpos import AtomicPositions
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import UNNAMED
from atomicpos.sim import SystemClock


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


class Desk:
    """Answers by method and path; what it has no answer for is answered with status 500 and no reply."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answers: dict[str, list[tuple[int, str]]] = {}
        self.choose: Callable[[Sent], object] | None = None
        """Answers what ``answers`` does not: for an exchange with one path for everything."""

    def says(self, line: str, *replies: object, status: int = 200) -> None:
        """Answer ``METHOD /path`` with these, one after the other, and the last one for ever; text goes as it is."""
        self.answers[line] = [(status, r if isinstance(r, str) else json.dumps(r)) for r in replies]

    @property
    def lines(self) -> list[str]:
        return [each.line for each in self.sent]

    @property
    def writes(self) -> list[Sent]:
        return [each for each in self.sent if each.method != "GET"]

    async def answer(self, request: web.Request) -> web.Response:
        text = await request.text()
        sent = Sent(request.method, request.path, dict(request.query), json.loads(text) if text else None,
                    dict(request.headers))  # fmt: skip
        self.sent.append(sent)
        known = self.answers.get(sent.line)
        if known is None:
            chosen = None if self.choose is None else self.choose(sent)
            if chosen is None:
                return web.Response(status=500, text="")
            return web.Response(text=json.dumps(chosen), content_type="application/json")
        status, said = known.pop(0) if len(known) > 1 else known[0]
        return web.Response(status=status, text=said, content_type="text/html" if "<" in said else "application/json")


def redirected(value: Any, host: str) -> Any:
    """The urls of a client, all of them at that host, with their paths."""
    if isinstance(value, dict):
        return {name: redirected(inner, host) for name, inner in value.items()}
    return host + urlsplit(value).path if isinstance(value, str) else value


@asynccontextmanager
async def desk_of(
    client: Any, loads: Callable[[Desk], Awaitable[None]] | None = None
) -> AsyncIterator[tuple[Desk, CcxtExchange]]:
    """A desk on loopback and the adapter that asks it, over that client; nothing was asked yet.

    ``loads`` is what the bot itself does with its client before, such as loading markets.
    """
    desk, application = Desk(), web.Application()
    application.router.add_route("*", "/{path:.*}", desk.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client.verify = False
    client.enableRateLimit = False
    client.urls["api"] = redirected(client.urls["api"], f"http://127.0.0.1:{runner.addresses[0][1]}")
    if loads is not None:
        await loads(desk)
        desk.sent.clear()
    before = json.dumps(client.options, default=str, sort_keys=True)
    exchange = connect(client, SystemClock())
    yield desk, exchange
    await exchange.close()
    await runner.cleanup()
    assert json.dumps(client.options, default=str, sort_keys=True) == before, "the caller's options were altered"


@asynccontextmanager
async def library_at(
    client: Any, answers: Callable[[Sent], object], loads: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[tuple[Desk, AtomicPositions]]:
    """The whole library over that client, at a desk where something keeps what it is sent.

    Fills are believed to be seen at once: where an exchange gives positions no time, flat is believed so much later.
    """
    desk, application = Desk(), web.Application()
    desk.choose = answers
    application.router.add_route("*", "/{path:.*}", desk.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client.verify, client.timeout_on_exit, client.enableRateLimit = False, 0, False
    client.urls["api"] = redirected(client.urls["api"], f"http://127.0.0.1:{runner.addresses[0][1]}")
    knobs: dict[str, Any] = {"database": "sqlite://", "alerts": lambda event: None, "visibility_s_max": 0.2}
    try:
        if loads is not None:
            await loads()
        async with AtomicPositions(client, **knobs) as positions:
            yield desk, positions
    finally:
        await client.close()
        await runner.cleanup()


async def until_alone(positions: AtomicPositions, row_id: str) -> None:
    """Until the guard stop that came with the entry was seen to be gone."""
    news = positions.events()
    async with asyncio.timeout(60):
        while any(order.attempt == UNNAMED and not order.settled for order in (await positions.get(row_id)).orders):
            await anext(news)
