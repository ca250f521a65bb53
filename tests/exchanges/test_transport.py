"""Requests side by side, cancelled ones, and those that overtake the bot's own queue."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.call import CALL
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.transport import _said
from atomicpos.models import Leg, OrderSide, TriggerBy
from atomicpos.ports import OutcomeKind, PlaceOrder
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
STOP = PlaceOrder(AVL, Leg.STOP, "ap-stop", OrderSide.SELL, Decimal(10), True, Decimal("1.33"), TriggerBy.MARK)


@pytest.mark.wire
async def test_a_cancelled_write_passes_the_cancellation_on(venue: Server, exchange: CcxtExchange) -> None:
    """Cancelling is no outcome: the caller hears it, and the next request is a call of its own."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "lose_reply", nth=1, seconds=15))
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(exchange.write(ENTRY), 0.1)
    assert (CALL.get(), venue.venue.truth(AVL).quantity) == (None, 10)
    assert (await exchange.write(STOP)).kind is OutcomeKind.ACKNOWLEDGED


@pytest.mark.wire
async def test_requests_side_by_side_do_not_mix_what_left(client: Any, exchange: CcxtExchange) -> None:
    """Beside reads that answer, a write that cannot connect is still known not to have been sent."""
    good = dict(client.urls["api"])
    client.urls["api"]["private"] = "http://127.0.0.1:9"
    lost, mark = await asyncio.gather(exchange.write(ENTRY), exchange.reads.mark_price(AVL))
    client.urls["api"] = good
    assert (lost.kind, mark > 0) == (OutcomeKind.NOT_SENT, True)
    both = await asyncio.gather(exchange.write(ENTRY), exchange.write(ENTRY))
    assert {outcome.kind for outcome in both} == {OutcomeKind.ACKNOWLEDGED, OutcomeKind.UNKNOWN}


@pytest.mark.wire
async def test_every_write_overtakes_the_bots_queue_and_a_patient_read_does_not(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """With the limiter full of the bot's polls an entry and a stop are answered at once; a read stands in line."""
    client.enableRateLimit = True
    polls = [asyncio.ensure_future(client.throttle(500)) for _ in range(20)]
    await asyncio.sleep(0)
    assert (await asyncio.wait_for(exchange.write(ENTRY), 0.5)).kind is OutcomeKind.ACKNOWLEDGED
    assert (await asyncio.wait_for(exchange.write(STOP), 0.5)).kind is OutcomeKind.ACKNOWLEDGED
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(exchange.reads.position(ENTRY.symbol), 0.05)
    for poll in polls:
        poll.cancel()
    client.throttler.running = False


@pytest.mark.wire
async def test_a_streaming_client_is_taken_as_well(venue: Server) -> None:
    """ccxt.pro's class works like the plain one."""
    client = ccxt.pro.bybit({"apiKey": venue.api_key, "secret": venue.secret, "enableRateLimit": False})
    client.verify, client.timeout_on_exit = False, 0
    sim.connect(client, venue.url)
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    await exchange.close()
    await client.close()


@pytest.mark.wire
async def test_a_client_with_its_own_fetch_is_never_thought_not_to_have_sent(
    client: Any, exchange: CcxtExchange
) -> None:
    """Where no trace can see, an error is unknown, and a refusal is still read from the error's text."""

    async def fetch(*_: Any) -> Any:
        raise ConnectionError("its own way")

    client.fetch = fetch
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    del client.fetch


def test_what_the_exchange_said_is_found_in_body_reply_or_error() -> None:
    """The body as it came first, then the reply, then the JSON in the error's text; nonsense is nothing."""
    assert _said('{"retCode":1}', {"retCode": 2}, None) == {"retCode": 1}
    assert _said("", {"retCode": 2}, None) == {"retCode": 2}
    assert _said("", None, ValueError('bybit {"retCode":3} and so on')) == {"retCode": 3}
    for body in ("<style>a {b: c}</style>", "{" * 100_000, "[1]", ""):
        assert _said(body, None, None) == {}
