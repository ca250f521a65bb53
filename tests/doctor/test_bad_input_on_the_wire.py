"""Bad input, over the wire with the real client: one sentence that names what to change, and not one order sent.

A dialect joins by a line in ``ORDERS``, once it says what the venue's circumstances are in its own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from atomicpos.errors import AtomicPositionError, EntryRefused, InvalidRequest, NotReady
from atomicpos.models import State
from atomicpos.testing.fixtures.on_the_wire import WireVenue
from wired import library

pytestmark = pytest.mark.wire

ORDERS: dict[str, tuple[str, ...]] = {
    "bybit": ("/v5/order/create", "/v5/position/trading-stop"),
}
"""The paths of each dialect that put something up: none of them may be asked."""


@dataclass(frozen=True)
class Bad:
    """One thing that is wrong: how it comes about, what is asked for, and what is said of it."""

    name: str
    error: type[AtomicPositionError]
    says: str
    acts: tuple[tuple[str, Any], ...] = ()
    """Posted to the venue's control plane before the bot starts."""
    client: dict[str, str] = field(default_factory=dict)
    """Attributes of the bot's client."""
    words: dict[str, Any] = field(default_factory=dict)
    knobs: dict[str, Any] = field(default_factory=dict)


def listed(listing: str, **more: Any) -> tuple[tuple[str, Any], ...]:
    return (("listing", {"symbol": "AVLUSDT", "listing": listing, **more}),)


def so(**circumstances: Any) -> tuple[tuple[str, Any], ...]:
    return (("circumstances", circumstances),)


def fault(call: str) -> tuple[tuple[str, Any], ...]:
    return (("faults", [{"call": call, "kind": "refuse"}]),)


ELSEWHERE = (("orders", {"symbol": "BTCUSDT", "side": "buy", "quantity": "1"}),)
AGAIN = r"load_markets\(True\) of the ccxt client loads the list again"

BAD = (
    Bad("no key", NotReady, "the ccxt client has no apiKey; .* are needed", client={"apiKey": ""}),
    Bad("no secret", NotReady, "the ccxt client has no secret; .* are needed", client={"secret": ""}),
    Bad("wrong key", NotReady, "does not accept the API key", client={"apiKey": "nobody"}),
    Bad("wrong secret", NotReady, "does not accept the API key", client={"secret": "guessed"}),
    Bad("address refused", NotReady, "from this machine's address: .*; add the address", so(address_refused=True)),
    Bad("key may not trade", NotReady, "the API key may not trade contracts; it must be", so(may_trade=False)),
    Bad("clock ten seconds behind", NotReady, "clock.* set this machine's clock", so(clock_offset_s=10)),
    Bad("clock ten seconds ahead", NotReady, "clock.* set this machine's clock", so(clock_offset_s=-10)),
    Bad("clock three seconds behind", NotReady, r"[23]\.\d+ s behind the exchange's, and clock_skew_s_max is 1 s; set",
        so(clock_offset_s=3)),
    Bad("not yet launched", InvalidRequest, "'AVLUSDT' is not open for trading.*" + AGAIN, listed("pre_launch")),
    Bad("settling", InvalidRequest, "'AVLUSDT' is not open for trading.*" + AGAIN, listed("settling")),
    Bad("delisted", InvalidRequest, "'AVLUSDT' is not open for trading.*" + AGAIN, listed("closed")),
    Bad("only closable", InvalidRequest, "AVL/USDT:USDT may only be closed at the moment.*trade another symbol",
        listed("only_closable")),
    Bad("taken off the list a moment ago", InvalidRequest, "has been taken off the exchange's list; trade another",
        listed("trading", ends_in_s=-1)),
    Bad("a broken row in the market list", InvalidRequest, "AVL/USDT:USDT.* cannot be used: .*" + AGAIN,
        listed("broken")),
    Bad("a row missing from the market list", InvalidRequest, "no perpetual on AVL is among.*" + AGAIN,
        listed("missing")),
    Bad("leverage above the most", InvalidRequest, "leverage is 26; AVL/USDT:USDT allows up to 25",
        words={"leverage": 26}),
    Bad("leverage that cannot be set", EntryRefused, "leverage 5 could not be had: .*; ask for another leverage",
        fault("set_leverage"), words={"leverage": 5}),
    Bad("margin mode that cannot be set", EntryRefused, "margin mode cross could not be had: .*; set it at the",
        fault("set_margin_mode"), knobs={"margin_mode": "cross"}),
    Bad("margin mode held by a position", EntryRefused,
        "margin mode cross could not be had: .*BTC/USDT:USDT.*; set it at the exchange", ELSEWHERE,
        knobs={"margin_mode": "cross"}),
)  # fmt: skip

SYMBOL_ONLY = ("listing",)
"""What is wrong with one symbol only: every other one opens beside it."""


@pytest.fixture(params=sorted(ORDERS))
def venue(request: pytest.FixtureRequest) -> Iterator[WireVenue]:
    running = WireVenue(request.param)
    yield running
    running.stop()


async def arranged(venue: WireVenue, bad: Bad) -> None:
    async with aiohttp.ClientSession() as session:
        for path, body in bad.acts:
            async with session.post(f"{venue.url}/_venue/{path}", json=body) as answer:
                assert answer.status == 200, await answer.text()


def bot(venue: WireVenue, bad: Bad) -> Any:
    client = venue.client()
    for name, value in bad.client.items():
        setattr(client, name, value)
    return client


@asynccontextmanager
async def refused(venue: WireVenue, bad: Bad) -> Any:
    with pytest.raises(bad.error, match=bad.says) as raised:
        yield
    said = str(raised.value)
    assert "\n" not in said
    assert not any(secret in said for secret in (venue.secret, venue.api_key, "guessed"))
    asked = [entry.path for entry in venue.server.arrivals.entries]
    assert not set(asked) & set(ORDERS[venue.dialect]), "an order was sent"


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
async def test_bad_input_is_one_sentence_before_any_order(venue: WireVenue, bad: Bad) -> None:
    """Raised when the block is entered or when a position is asked for; no secret is in it."""
    await arranged(venue, bad)
    async with refused(venue, bad), library(bot(venue, bad), **bad.knobs) as positions:
        await positions.open_position_atomic("AVLUSDT", "buy", "10", **{"stop_loss_percent": "2", **bad.words})


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD if bad.acts and bad.acts[0][0] in SYMBOL_ONLY], ids=lambda bad: bad.name
)
async def test_what_is_wrong_with_one_symbol_keeps_no_other_from_opening(venue: WireVenue, bad: Bad) -> None:
    """A market list with a broken or missing row, or a symbol that ends: the others trade."""
    await arranged(venue, bad)
    async with library(bot(venue, bad)) as positions:
        with pytest.raises(bad.error, match=bad.says):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        row = await positions.open_position_atomic("XRPUSDT", "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED


async def test_a_market_that_ends_in_two_hours_is_opened_with_a_warning(
    venue: WireVenue, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever trades it should know; it is their money."""
    await arranged(venue, Bad("", InvalidRequest, "", listed("trading", ends_in_s=7200)))
    async with library(venue.client()) as positions:
        for _ in range(2):
            row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            assert row.state is State.PROTECTED
            await positions.close_position(row.id)
    told = [line for line in caplog.messages if "taken off the exchange's list in 2.0 hours" in line]
    assert len(told) == 1


async def test_the_exchange_s_clock_is_asked_for_once(venue: WireVenue) -> None:
    """Two opens on two symbols: one request more than without the check."""
    async with library(venue.client()) as positions:
        before = len(venue.server.arrivals.entries)
        for symbol in ("AVLUSDT", "XRPUSDT"):
            await positions.open_position_atomic(symbol, "buy", "10", stop_loss_percent="2")
        asked = [entry.path for entry in list(venue.server.arrivals.entries)[before:]]
    assert len([path for path in asked if path.endswith("/time")]) == 1
