"""An exchange that says what a test tells it to, and our adapter over a real ccxt client pointed at it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ccxt.async_support as ccxt
from aiohttp import web

from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.sim import SystemClock

AVL = "AVL/USDT:USDT"


class Script:
    """Answers every request with status 200 and a text: the one for its path where there is one."""

    def __init__(self) -> None:
        self.body = ""
        self.bodies: dict[str, list[str]] = {}
        """By path: each answer is given once and the last one for ever."""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.executions: list[dict[str, Any]] | None = None
        """What execution/list shows: of these, the rows of the type asked for, and funding with each."""

    def says(self, path: str, *replies: dict[str, object]) -> None:
        """Answer that path with these replies, one after the other."""
        self.bodies[path] = [json.dumps(reply) for reply in replies]

    async def answer(self, request: web.Request) -> web.Response:
        sent = await request.text()
        self.asked.append((request.path, json.loads(sent) if sent else dict(request.query)))
        if self.executions is not None and request.path == "/v5/execution/list":
            shown = [row for row in self.executions if row["execType"] in (request.query["execType"], "Funding")]
            self.says(request.path, {"retCode": "0", "retMsg": "OK", "result": {"list": shown}})
        texts = self.bodies.get(request.path, [self.body])
        text = texts.pop(0) if len(texts) > 1 else texts[0]
        return web.Response(text=text, content_type="text/html" if "<" in text else "application/json")


@asynccontextmanager
async def scripted() -> AsyncIterator[tuple[Script, CcxtExchange]]:
    """A script on loopback and the adapter that asks it; nothing was asked yet."""
    script, application = Script(), web.Application()
    application.router.add_route("*", "/{path:.*}", script.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = ccxt.bybit({"apiKey": "key-1", "secret": "secret-1", "enableRateLimit": False})
    client.verify = False
    client.urls["api"] = dict.fromkeys(client.urls["api"], f"http://127.0.0.1:{runner.addresses[0][1]}")
    client.markets = {AVL: {"id": "AVLUSDT", "symbol": AVL}}
    client.markets_by_id = {"AVLUSDT": [client.markets[AVL]]}
    exchange = connect(client, SystemClock())
    yield script, exchange
    await exchange.close()
    await runner.cleanup()
