"""Bad input, over the wire with the real client: one sentence that names what to change, and not one order sent.

A dialect joins by a line in ``DIALECTS``, once it says what the venue's circumstances are in its own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    Bad("no passphrase", NotReady, "the ccxt client has no password; .* are needed", client={"password": ""}),
    Bad("wrong passphrase", NotReady, "does not accept the passphrase", client={"password": "guessed"}),
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

NO_PASSPHRASE = "its keys have none"
NOT_SAID = "positions and markets do not say it; what opens is refused by the exchange, and nothing is held"


@dataclass(frozen=True)
class Dialect:
    """How one exchange's words differ, and what it cannot have."""

    orders: tuple[str, ...]
    """The paths that put something up: nothing may be posted to any of them."""
    symbol: str = "AVLUSDT"
    other: str = "XRPUSDT"
    says: Mapping[str, str] = field(default_factory=dict)
    """By the name of the case, where the sentence is another than at the others."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """By the name of the case: why it does not exist here."""


KEY_OR_ADDRESS = "does not accept the API key: .*-2015.*must allow the IP address of this machine"
NOT_AMONG = "is not among the exchange's markets; if the exchange lists it, " + AGAIN

DIALECTS = {
    "bybit": Dialect(
        ("/v5/order/create", "/v5/position/trading-stop"),
        cannot=dict.fromkeys(("no passphrase", "wrong passphrase"), NO_PASSPHRASE),
    ),
    "binanceusdm": Dialect(
        ("/fapi/v1/order", "/fapi/v1/algoOrder"),
        says={
            "wrong key": KEY_OR_ADDRESS,
            "wrong secret": "does not accept the API key: the secret does not belong to it: .*-1022",
            "address refused": KEY_OR_ADDRESS,
            "key may not trade": "the API key may not trade contracts; it must be enabled for futures",
            "a row missing from the market list": NOT_AMONG,
        },
        cannot={
            **dict.fromkeys(("no passphrase", "wrong passphrase"), NO_PASSPHRASE),
            "only closable": NOT_SAID,
            "margin mode held by a position": "it is each symbol's own, and an occupied symbol takes no entry",
        },
    ),
    "okx": Dialect(
        ("/api/v5/trade/order", "/api/v5/trade/order-algo"),
        symbol="AVL-USDT-SWAP",
        other="XRP-USDT-SWAP",
        says={
            "address refused": "from this machine's IP address: .*50110.; add the address",
            "a row missing from the market list": NOT_AMONG,
            "delisted": NOT_AMONG,
        },
        cannot={
            "only closable": NOT_SAID,
            **dict.fromkeys(
                ("margin mode that cannot be set", "margin mode held by a position"), "each order says its mode"
            ),
        },
    ),
}

CASES = [
    pytest.param(name, bad, id=f"{name}-{bad.name}")
    for name, dialect in DIALECTS.items() for bad in BAD if bad.name not in dialect.cannot
]
SYMBOL_ONLY = ("listing",)
"""What is wrong with one symbol only: every other one opens beside it."""
OF_ONE_SYMBOL = [
    pytest.param(name, bad, id=f"{name}-{bad.name}")
    for name, dialect in DIALECTS.items() for bad in BAD
    if bad.name not in dialect.cannot and bad.acts and bad.acts[0][0] in SYMBOL_ONLY
]

each_case = pytest.mark.parametrize(("venue", "bad"), CASES, indirect=["venue"])
each_dialect = pytest.mark.parametrize("venue", sorted(DIALECTS), indirect=True)


@pytest.fixture
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


def said_of(bad: Bad, dialect: Dialect) -> str:
    return dialect.says.get(bad.name, bad.says).replace("'AVLUSDT'", repr(dialect.symbol))


@asynccontextmanager
async def refused(venue: WireVenue, bad: Bad) -> Any:
    dialect = DIALECTS[venue.dialect]
    with pytest.raises(bad.error, match=said_of(bad, dialect)) as raised:
        yield
    said = str(raised.value)
    assert "\n" not in said
    secrets = (venue.secret, venue.api_key, venue.password, "guessed")
    assert not any(secret and secret in said for secret in secrets)
    posted = {entry.path for entry in venue.server.arrivals.entries if entry.method == "POST"}
    assert not posted & set(dialect.orders), "an order was sent"


@each_case
async def test_bad_input_is_one_sentence_before_any_order(venue: WireVenue, bad: Bad) -> None:
    """Raised when the block is entered or when a position is asked for; no secret is in it."""
    await arranged(venue, bad)
    symbol = DIALECTS[venue.dialect].symbol
    async with refused(venue, bad), library(bot(venue, bad), **bad.knobs) as positions:
        await positions.open_position_atomic(symbol, "buy", "10", **{"stop_loss_percent": "2", **bad.words})


@pytest.mark.parametrize(("venue", "bad"), OF_ONE_SYMBOL, indirect=["venue"])
async def test_what_is_wrong_with_one_symbol_keeps_no_other_from_opening(venue: WireVenue, bad: Bad) -> None:
    """A market list with a broken or missing row, or a symbol that ends: the others trade."""
    await arranged(venue, bad)
    dialect = DIALECTS[venue.dialect]
    async with library(bot(venue, bad)) as positions:
        with pytest.raises(bad.error, match=said_of(bad, dialect)):
            await positions.open_position_atomic(dialect.symbol, "buy", "10", stop_loss_percent="2")
        row = await positions.open_position_atomic(dialect.other, "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED


@pytest.mark.parametrize(
    "venue", [name for name, dialect in DIALECTS.items() if dialect.cannot.get("only closable") == NOT_SAID],
    indirect=True,
)
async def test_where_only_closable_is_not_said_the_entry_is_refused_and_nothing_is_held(venue: WireVenue) -> None:
    """The first to hear of it is the entry: a sentence in the exchange's own words, an empty slot, and no stop."""
    await arranged(venue, Bad("", EntryRefused, "", listed("only_closable")))
    async with library(venue.client()) as positions:
        with pytest.raises(EntryRefused, match=r"Invalid symbol status|Contract suspended") as raised:
            await positions.open_position_atomic(DIALECTS[venue.dialect].symbol, "buy", "10", stop_loss_percent="2")
    assert "\n" not in str(raised.value)
    truth = venue.truth("AVL/USDT:USDT")
    assert (truth.quantity, truth.stops) == (0, ())


@each_dialect
async def test_a_market_that_ends_in_two_hours_is_opened_with_a_warning(
    venue: WireVenue, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever trades it should know; it is their money."""
    await arranged(venue, Bad("", InvalidRequest, "", listed("trading", ends_in_s=7200)))
    async with library(venue.client()) as positions:
        for _ in range(2):
            symbol = DIALECTS[venue.dialect].symbol
            row = await positions.open_position_atomic(symbol, "buy", "10", stop_loss_percent="2")
            assert row.state is State.PROTECTED
            await positions.close_position(row.id)
    told = [line for line in caplog.messages if "taken off the exchange's list in 2.0 hours" in line]
    assert len(told) == 1


@each_dialect
async def test_the_exchange_s_clock_is_asked_for_once(venue: WireVenue) -> None:
    """Two opens on two symbols: one request more than without the check."""
    dialect = DIALECTS[venue.dialect]
    async with library(venue.client()) as positions:
        before = len(venue.server.arrivals.entries)
        for symbol in (dialect.symbol, dialect.other):
            await positions.open_position_atomic(symbol, "buy", "10", stop_loss_percent="2")
        asked = [entry.path for entry in list(venue.server.arrivals.entries)[before:]]
    assert len([path for path in asked if path.endswith("/time")]) == 1


def test_what_a_dialect_says_or_cannot_have_is_a_case() -> None:
    """A name that is no case any more would leave one out in silence."""
    names = {bad.name for bad in BAD}
    for dialect in DIALECTS.values():
        assert set(dialect.says) <= names - set(dialect.cannot)
        assert set(dialect.cannot) <= names
