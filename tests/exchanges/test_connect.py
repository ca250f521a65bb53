"""Which clients are taken, and what must be true before the first order."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt
import ccxt.async_support as ccxt_async
import pytest

from atomicpos import sim
from atomicpos.errors import ExchangeUnsupported, InvalidRequest, NotReady
from atomicpos.exchanges import QUIRKS, connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.sim.wire.server import Server

CLOCK = sim.SystemClock()


@pytest.mark.parametrize("client", [None, "bybit", object(), ccxt_async.bybit, ccxt.async_support])
def test_what_is_no_client_is_refused(client: object) -> None:
    """The message says what to give instead."""
    with pytest.raises(InvalidRequest, match="ccxt"):
        connect(client, CLOCK)


def test_an_exchange_without_a_profile_is_refused_by_name() -> None:
    """The message names the exchange asked for and those that have a profile."""
    with pytest.raises(ExchangeUnsupported, match=r"kraken has no profile.*bybit"):
        connect(ccxt_async.kraken(), CLOCK)


def test_a_synchronous_client_is_refused() -> None:
    """The message names the class to use."""
    with pytest.raises(InvalidRequest, match=r"synchronous.*ccxt\.async_support\.bybit"):
        connect(ccxt.bybit(), CLOCK)


@pytest.mark.parametrize(("prepare", "name"), [
    (lambda c: None, "live"), (lambda c: c.set_sandbox_mode(True), "sandbox"),
    (lambda c: c.enable_demo_trading(True), "demo"),
])  # fmt: skip
def test_the_environment_is_part_of_the_account(prepare: Any, name: str) -> None:
    """Live, sandbox and demo are three different accounts."""
    client = ccxt_async.bybit()
    prepare(client)
    assert connect(client, CLOCK).environment == name


def test_every_fact_of_a_profile_has_a_source() -> None:
    """A bound without a sentence about where it comes from is a guess."""
    for name, quirks in QUIRKS.items():
        fields = set(type(quirks.profile).__slots__) - {"name"}
        assert (quirks.profile.name, set(quirks.sources)) == (name, fields)
        assert all(sentence.endswith(".") for sentence in quirks.sources.values())


@pytest.mark.wire
@pytest.mark.parametrize(("change", "sentence"), [
    ({"apiKey": ""}, "has no apiKey; apiKey and secret are needed"), ({"secret": None}, "has no secret; apiKey and"),
    ({"apiKey": "wrong-key"}, "does not accept the API key"), ({"secret": "wrong-1"}, "does not accept the API key"),
])  # fmt: skip
async def test_a_client_that_cannot_trade_is_not_ready(client: Any, change: dict[str, Any], sentence: str) -> None:
    """Missing and wrong keys are told before anything is sent, without showing them."""
    for name, value in change.items():
        setattr(client, name, value)
    exchange = connect(client, CLOCK)
    with pytest.raises(NotReady, match=sentence) as told:
        await exchange.open()
    assert "wrong-" not in str(told.value)
    await exchange.close()


@pytest.mark.wire
async def test_a_wrong_clock_is_not_ready(client: Any) -> None:
    """A timestamp outside the window is a matter of clocks, and said so."""

    class Late(sim.SystemClock):
        def now_us(self) -> int:
            return super().now_us() - 3_600_000_000

    exchange = connect(client, Late())
    with pytest.raises(NotReady, match="clocks"):
        await exchange.open()
    await exchange.close()


@pytest.mark.wire
async def test_an_exchange_that_cannot_be_reached_is_not_ready(client: Any) -> None:
    """No answer at all ends in one sentence."""
    sim.connect(client, "http://127.0.0.1:9")
    exchange = connect(client, CLOCK)
    with pytest.raises(NotReady, match="no usable answer"):
        await exchange.open()
    await exchange.close()


@pytest.mark.wire
async def test_opening_alters_no_option_and_closing_leaves_the_client_usable(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """After our whole life the bot's client still answers, with its own options."""
    options = dict(ccxt_async.bybit().options)
    changed = {name for name, value in client.options.items() if options.get(name) != value}
    assert changed <= {"enableUnifiedMargin", "enableUnifiedAccount", "unifiedMarginStatus"}
    await exchange.close()
    assert (await client.fetch_ticker("AVL/USDT:USDT"))["last"] > 0


async def test_markets_that_do_not_load_are_not_ready(monkeypatch: Any) -> None:
    """Whatever the loading raised ends in one sentence, without the key."""
    client = ccxt_async.bybit({"apiKey": "key-1", "secret": "b", "options": {"enableDemoTrading": True}})

    async def load(*_: Any) -> dict[str, Any]:
        raise KeyError("key-1")

    monkeypatch.setattr(client, "load_markets", load)
    with pytest.raises(NotReady, match="markets could not be loaded: KeyError") as told:
        await connect(client, CLOCK).open()
    assert "key-1" not in str(told.value)


async def test_a_load_that_somebody_else_cancelled_is_asked_for_again(monkeypatch: Any) -> None:
    """ccxt shares one loading task: the bot's cancelled poll does not cancel our opening."""
    client = ccxt_async.bybit({"apiKey": "a", "secret": "b", "options": {"enableDemoTrading": True}})
    loads = []

    async def load(*_: Any) -> dict[str, Any]:
        loads.append(1)
        if len(loads) == 1:
            raise asyncio.CancelledError
        return {}

    monkeypatch.setattr(client, "load_markets", load)
    await connect(client, CLOCK).open()
    assert len(loads) == 2
