"""The words that a bot's test has for a venue, in process and on the wire."""

from __future__ import annotations

import asyncio
import threading
from decimal import Decimal
from urllib.error import URLError
from urllib.request import urlopen

import ccxt
import pytest

from atomicpos import AtomicPositions
from atomicpos.models import Leg, OrderSide
from atomicpos.ports import OutcomeKind, PlaceOrder
from atomicpos.sim import Venue
from atomicpos.testing.fixtures import BotVenue, VirtualTime, WireVenue

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "entry", OrderSide.BUY, Decimal(10), False)


async def test_a_lag_is_that_of_the_reads_and_of_their_listings(venue: BotVenue, virtual_clock: VirtualTime) -> None:
    """For as long as it was told both show what was, and what was not told to lag shows what is."""
    venue.may_be_naked()
    venue.lags(position_s=8, symbol="AVLUSDT")
    await venue.exchange.write(ENTRY)
    reads, account = venue.exchange.reads, venue.exchange.account
    assert (await reads.position(AVL)).position.quantity == 0
    assert await account.positions() == ()
    assert len(await account.fills(0)) == len((await reads.fills(AVL, 0)).fills) > 0
    await virtual_clock.sleep(8)
    assert (await reads.position(AVL)).position.quantity == 10
    assert len(await account.positions()) == 1


async def test_what_was_told_to_fail_does_until_it_heals(venue: BotVenue) -> None:
    """The call goes wrong in the way that was said, and not any more afterwards."""
    venue.may_be_naked()
    venue.fails("place_entry", "rate_limit")
    assert (await venue.exchange.write(ENTRY)).kind is OutcomeKind.REFUSED
    venue.heals()
    assert (await venue.exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    assert venue.writes() == 2


@pytest.mark.parametrize(
    ("call", "kind", "named"),
    [("open", "lag", "place_entry"), ("position", "lie", "backwards"), ("mark", "lose_reply", "to place_entry")],
)
def test_a_word_that_is_none_is_answered_with_those_that_are(
    venue: BotVenue, call: str, kind: str, named: str
) -> None:
    """Nobody tests against a fault that was misspelled."""
    with pytest.raises(ValueError, match=named):
        venue.fails(call, kind, seconds=1)


async def test_a_price_that_moves_fires_what_it_reaches(positions: AtomicPositions, venue: BotVenue) -> None:
    """Asked alone it tells the price; told where to go, stops fire on the way."""
    opened = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert opened.stop_price is not None
    assert venue.price("AVLUSDT") > opened.stop_price
    assert venue.price(AVL, "1.30") == venue.price("AVLUSDT") == Decimal("1.30")
    assert venue.truth("AVLUSDT").quantity == 0


@pytest.mark.parametrize("foreign", [True, False])
async def test_only_what_is_ours_and_unknown_is_naked(venue: BotVenue, foreign: bool) -> None:
    """Somebody else's position is nobody's fault here; an entry of the bot's own is, until its stop is up."""
    if foreign:
        venue.at(lambda engine: engine.foreign_order(AVL, OrderSide.BUY, Decimal(10)))
    else:
        await venue.exchange.write(ENTRY)
    found = await venue.found_naked()
    assert [sentence.partition(":")[0] for sentence in found] == ([] if foreign else ["AVL/USDT"])
    venue.at(lambda engine: engine.set_position_stop(AVL, Decimal("1.30")))
    assert await venue.found_naked() == []


async def test_what_the_library_knows_of_is_not_forgotten(positions: AtomicPositions, venue: BotVenue) -> None:
    """A position whose stop was taken away this very moment has a row that says so: it is being driven."""
    await positions.open_position_atomic("AVLUSDT", "sell", "10", stop_loss_percent="2")
    venue.at(lambda engine: engine.set_position_stop(AVL, None))
    assert venue.truth(AVL).stop_quantity == 0
    assert await venue.found_naked() == []


@pytest.mark.wire
def test_a_client_of_the_tests_own_is_pointed_at_the_wire(wire_venue: WireVenue) -> None:
    """It gets address and keys, trades there, and the truth is the engine's."""
    client = wire_venue.connect(ccxt.bybit({"enableRateLimit": False}))
    client.create_order(AVL, "market", "buy", 10)
    assert (wire_venue.truth("AVLUSDT").quantity, wire_venue.writes()) == (10, 1)
    assert wire_venue.price("AVLUSDT", "1.4") == Decimal("1.4")


@pytest.mark.wire
def test_a_fault_on_the_wire_is_the_clients_error(wire_venue: WireVenue) -> None:
    """What the venue was told to do to a call arrives as the real thing."""
    client = wire_venue.client(ccxt.bybit)
    wire_venue.fails("place_entry", "http_502_executed")
    with pytest.raises(ccxt.BaseError):
        client.create_order(AVL, "market", "buy", 10)
    assert wire_venue.truth(AVL).quantity == 10


@pytest.mark.wire
async def test_the_wire_does_not_need_the_tests_loop(wire_venue: WireVenue) -> None:
    """The server has a thread of its own: a test may block, and its client may be async or not."""

    def where(engine: Venue) -> str:
        return threading.current_thread().name

    assert wire_venue.at(where) == "venue on the wire"
    async with wire_venue.client() as client:
        assert (await client.fetch_ticker(AVL))["symbol"] == AVL


@pytest.mark.wire
def test_a_venue_on_the_wire_ends_when_it_is_told_to() -> None:
    """Nothing listens afterwards, and no thread is left."""
    venue = WireVenue(seed=3)
    venue.stop()
    with pytest.raises(URLError):
        urlopen(f"{venue.url}/v5/market/time", timeout=1)
    assert "venue on the wire" not in {thread.name for thread in threading.enumerate()}


def test_time_stands_still_between_two_runs(virtual_clock: VirtualTime) -> None:
    """What was started in one run goes on in the next, from where it was."""
    steps: list[float] = []

    async def walk() -> None:
        while True:
            await virtual_clock.sleep(10)
            steps.append(virtual_clock.elapsed_s)

    async def start() -> asyncio.Task[None]:
        return asyncio.ensure_future(walk())

    walking = virtual_clock.run(start())
    assert steps == []
    virtual_clock.run(virtual_clock.sleep(25))
    assert (steps, virtual_clock.elapsed_s, walking.done()) == ([10, 20], 25, False)
