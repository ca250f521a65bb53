"""The view of the caller's client: what it needs is on the view, and nothing of it is on the client."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import pytest
from aiohttp import web

from atomicpos.exchanges.call import CALL, Call
from atomicpos.exchanges.view import view

NOW_MS = 1_700_000_000_123


class Echo:
    """A server that answers every request with a good reply and keeps what arrived."""

    def __init__(self) -> None:
        self.heads: list[dict[str, str]] = []
        self.broken = False

    async def answer(self, request: web.Request) -> web.Response:
        self.heads.append(dict(request.headers))
        if self.broken:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        return web.json_response({"retCode": "0", "retMsg": "OK", "result": {"list": []}})


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, str]]:
    echo = Echo()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", echo.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield echo, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def bot(url: str, **config: Any) -> Any:
    client = ccxt.bybit({"apiKey": "key-1", "secret": "secret-1", "options": {"recvWindow": 60000}, **config})
    client.verify = False
    client.urls["api"] = dict.fromkeys(client.urls["api"], url)
    return client


async def ask(seen: Any, call: Call) -> Any:
    token = CALL.set(call)
    try:
        return await seen.privateGetV5PositionList({"category": "linear"})
    finally:
        CALL.reset(token)


def call(**change: Any) -> Call:
    return Call(lambda: NOW_MS, **change)


@pytest.mark.wire
async def test_the_clients_own_state_is_the_same_before_and_after(echo: tuple[Echo, str]) -> None:
    """A call through the view leaves every attribute of the client as it was, its session and options included."""
    client = bot(echo[1], enableRateLimit=False)
    kept = {name: copy.deepcopy(v) if isinstance(v, dict | list) else v for name, v in vars(client).items()}
    seen = view(client)
    await ask(seen, call(recv_window_ms=5000))
    assert {name: value for name, value in vars(client).items() if kept.get(name) != value} == {}
    assert set(vars(client)) == set(kept)
    assert (client.session, client.options["recvWindow"], client.number) == (None, 60000, float)
    await seen.close()


@pytest.mark.wire
async def test_timestamp_and_window_on_the_wire_are_ours(echo: tuple[Echo, str]) -> None:
    """Our clock stamps the request and our window is signed, less the clock difference the client measured."""
    client = bot(echo[1], enableRateLimit=False)
    client.options["timeDifference"] = 500
    seen = view(client)
    await ask(seen, call(recv_window_ms=5000))
    head = echo[0].heads[-1]
    assert (head["X-BAPI-TIMESTAMP"], head["X-BAPI-RECV-WINDOW"]) == (str(NOW_MS - 500), "5000")
    await ask(seen, call())
    assert echo[0].heads[-1]["X-BAPI-RECV-WINDOW"] == "60000"
    await seen.close()


def test_a_window_that_the_client_does_not_have_is_taken_back() -> None:
    """Without a window of its own the client has none afterwards either, even when signing fails."""
    client = bot("http://127.0.0.1:1")
    del client.options["recvWindow"]
    client.apiKey = ""
    token = CALL.set(call(recv_window_ms=5000))
    with pytest.raises(ccxt.AuthenticationError):
        view(client).sign("v5/order/create", ["private"], "POST", {})
    CALL.reset(token)
    assert "recvWindow" not in client.options


@pytest.mark.wire
async def test_the_clients_own_patches_and_calls_are_honoured(echo: tuple[Echo, str]) -> None:
    """A method that the bot replaced on its instance is used, and the bot's own request is stamped as ever."""
    client = bot(echo[1], enableRateLimit=False)
    signed: list[str] = []
    plain = client.sign

    def sign(path: str, *args: Any, **kwargs: Any) -> Any:
        signed.append(path)
        return plain(path, *args, **kwargs)

    client.sign = sign
    seen = view(client)
    await ask(seen, call())
    await client.privateGetV5PositionList({})
    assert signed == ["v5/position/list", "v5/position/list"]
    assert echo[0].heads[-1]["X-BAPI-TIMESTAMP"] != str(NOW_MS)
    await seen.close()
    await client.close()


@pytest.mark.wire
async def test_a_given_session_is_shared_and_survives_us(echo: tuple[Echo, str]) -> None:
    """The caller's connector carries our request; closing the view leaves it open; once closed, we use our own."""
    given = aiohttp.ClientSession(headers={"X-Bot": "mine"})
    client = bot(echo[1], enableRateLimit=False, session=given)
    seen = view(client)
    first = call()
    await ask(seen, first)
    assert echo[0].heads[-1]["X-Bot"] == "mine"
    assert seen.session.connector is given.connector
    await seen.close()
    assert not given.closed
    await ask(seen, call())
    await given.close()
    after = call()
    await ask(seen, after)
    assert (first.heads, after.heads) == (["GET /v5/position/list"], ["GET /v5/position/list"])
    assert seen.session.connector is not given.connector
    await seen.close()


@pytest.mark.wire
async def test_a_session_that_was_closed_before_is_not_used(echo: tuple[Echo, str]) -> None:
    """A given session without a connector any more leaves us with one of our own."""
    given = aiohttp.ClientSession()
    await given.close()
    seen = view(bot(echo[1], enableRateLimit=False, session=given))
    await ask(seen, call())
    assert (len(echo[0].heads), seen.session.connector.limit) == (1, 0)
    await seen.close()


def test_a_call_is_stamped_once() -> None:
    """However often the timestamp is asked for, our clock is read at the first asking only."""
    readings = iter((NOW_MS, NOW_MS + 1))
    one = Call(lambda: next(readings))
    assert (one.stamped_ms, one.stamp_ms(), one.stamp_ms()) == (None, NOW_MS, NOW_MS)


@pytest.mark.wire
async def test_f10_a_request_is_never_sent_a_second_time(echo: tuple[Echo, str]) -> None:
    """The bot's own re-sends are its business; through the view every request leaves once."""
    echo[0].broken = True
    client = bot(echo[1], enableRateLimit=False)
    client.options["maxRetriesOnFailure"] = 2
    seen = view(client)
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await ask(seen, call())
    assert len(echo[0].heads) == 1
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await client.privateGetV5PositionList({})
    assert len(echo[0].heads) == 4
    await seen.close()
    await client.close()


@pytest.mark.parametrize("algorithm", ["leakyBucket", "rollingWindow"])
async def test_an_urgent_call_pays_the_limiter_without_waiting(algorithm: str) -> None:
    """Behind a hundred queued polls an urgent call returns at once, and its cost is on the shared account."""
    client = bot("http://127.0.0.1:1", rateLimiterAlgorithm=algorithm, enableRateLimit=True)
    polls = [asyncio.ensure_future(client.throttle(1000)) for _ in range(100)]
    await asyncio.sleep(0)
    seen, limiter = view(client), client.throttler
    before = limiter.config["tokens"], len(limiter.timestamps)
    token = CALL.set(call(urgent=True))
    await seen.throttle(5)
    CALL.reset(token)
    paid = before[0] - limiter.config["tokens"], len(limiter.timestamps) - before[1]
    assert paid == ((5, 0) if algorithm == "leakyBucket" else (0, 1))
    for poll in polls:
        poll.cancel()
    limiter.running = False


async def test_a_call_that_is_not_urgent_stands_in_line() -> None:
    """An entry waits behind the bot's own requests."""
    client = bot("http://127.0.0.1:1", enableRateLimit=True)
    first = asyncio.ensure_future(client.throttle(1000))
    second = asyncio.ensure_future(client.throttle(1000))
    await asyncio.sleep(0)
    token = CALL.set(call())
    ours = asyncio.ensure_future(view(client).throttle(5))
    CALL.reset(token)
    await asyncio.sleep(0)
    assert not ours.done()
    for waiting in (first, second, ours):
        waiting.cancel()
    client.throttler.running = False


async def test_markets_are_loaded_on_the_owner_and_cancelling_us_leaves_the_loading(monkeypatch: Any) -> None:
    """The bot's markets keep its number type, and a waiter of ours that is cancelled does not stop the bot's load."""
    client = bot("http://127.0.0.1:1")
    go, numbers = asyncio.Event(), []

    async def load(reload: bool = False, params: Any = None) -> dict[str, Any]:
        await go.wait()
        numbers.append(client.number)
        return {}

    monkeypatch.setattr(client, "load_markets", load)
    waiting = asyncio.ensure_future(view(client).load_markets())
    await asyncio.sleep(0)
    waiting.cancel()
    go.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert numbers == [float]


def test_the_view_shows_numbers_as_strings_and_the_client_its_own() -> None:
    """Both at the same time, over the same state."""
    client = bot("http://127.0.0.1:1")
    seen = view(client)
    assert (seen.number, client.number) == (str, float)
    client.apiKey = "another"
    assert seen.apiKey == "another"
