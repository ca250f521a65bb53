"""The stop canary over HTTP with the real client, on the exchange that takes a stop before there is a position."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.doctor import CanaryBounds, StopCanary, Verdict
from atomicpos.exchanges import connect
from atomicpos.ids import canary_id, is_canary
from atomicpos.models import OrderSide, OrderStatus, State
from atomicpos.sim import SkewedClock, SystemClock
from atomicpos.sim.orders import PlaceRequest, VenueOrder
from atomicpos.testing.fixtures.on_the_wire import WireVenue
from wired import library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ALGO = "/fapi/v1/algoOrder"
CLOCK = SystemClock()
BOUNDS = CanaryBounds(visibility_us=5_000_000, horizon_us=7_000_000)
INSTALLATION = "test"


@pytest.fixture
def venue() -> Iterator[WireVenue]:
    running = WireVenue("binanceusdm")
    yield running
    running.stop()


@pytest.fixture
async def exchange(venue: WireVenue) -> AsyncIterator[Any]:
    client = venue.client(timeout=1000)
    opened = connect(client, CLOCK)
    await opened.open()
    yield opened
    await opened.close()
    await client.close()


def accepted(venue: WireVenue) -> tuple[VenueOrder, ...]:
    return venue.at(lambda engine: engine.orders_as_of(AVL, engine.now_us()))


async def test_it_is_placed_read_back_cancelled_and_seen_dead(venue: WireVenue, exchange: Any) -> None:
    """Four requests to the one endpoint of conditional orders, the last of which shows it dead; nothing was filled."""
    canary = StopCanary(exchange, CLOCK, INSTALLATION, BOUNDS)
    instrument, mark = await exchange.instrument("AVLUSDT"), await exchange.reads.mark_price(AVL)
    before = len(venue.server.arrivals.entries)
    found = await canary.try_stop(instrument, mark)
    asked = [(entry.method, entry.path) for entry in list(venue.server.arrivals.entries)[before:]]
    assert (found.verdict, found.text) == (Verdict.OK, "a stop at 0.9506 was put up, read back and cancelled")
    of_the_stop = [method for method, path in asked if path == ALGO]
    assert of_the_stop == ["POST", "GET", "DELETE", "GET"]
    assert {path for method, path in asked if method != "GET"} == {ALGO}
    (order,) = accepted(venue)
    assert is_canary(order.client_order_id, INSTALLATION)
    assert (order.status, order.filled, order.reduce_only) == (OrderStatus.DEAD, 0, True)
    assert (order.order_side, order.quantity, order.trigger_price) == (OrderSide.SELL, 1, Decimal("0.9506"))


@pytest.mark.parametrize(("call", "kind"), [
    ("place_stop", "lose_reply"), ("cancel", "lose_reply"), ("cancel", "lose_request"), ("orders", "error"),
])  # fmt: skip
async def test_what_is_lost_on_the_way_leaves_none(venue: WireVenue, exchange: Any, call: str, kind: str) -> None:
    """A reply of the placing, of the cancel or of the look: it is found, and dead in the end."""
    venue.fails(call, kind, nth=1)
    canary = StopCanary(exchange, CLOCK, INSTALLATION, BOUNDS)
    found = await canary.try_stop(await exchange.instrument("AVLUSDT"), Decimal("1.358"))
    assert (found.verdict, found.text) == (Verdict.OK, "a stop at 0.9506 was put up, read back and cancelled")
    assert [order.status for order in accepted(venue)] == [OrderStatus.DEAD]


async def test_one_left_behind_is_found_among_the_living_and_cancelled(venue: WireVenue, exchange: Any) -> None:
    """A minute later; what is no canary of this installation stays."""
    ours, others = canary_id(INSTALLATION, AVL, 1), canary_id("else", AVL, 1)
    for own_id in (ours, others):
        request = PlaceRequest(AVL, own_id, OrderSide.SELL, Decimal(1), True, Decimal(1))
        venue.at(lambda engine, request=request: engine.place(request))
    later = StopCanary(exchange, SkewedClock(CLOCK, 61_000_000), INSTALLATION, BOUNDS)
    (found,) = await later.clear()
    assert (found.verdict, found.symbol) == (Verdict.WARNING, AVL)
    assert f"{ours}, left behind by an earlier try, was cancelled" in found.text
    alive = [order.client_order_id for order in accepted(venue) if order.status is not OrderStatus.DEAD]
    assert alive == [others]


async def test_before_an_entry_it_is_tried_once(venue: WireVenue) -> None:
    """With ``stop_canary="once"``: the first entry on a symbol waits for it, the second does not."""
    async with library(venue.client(), stop_canary="once") as positions:
        for _ in range(2):
            row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            assert row.state is State.PROTECTED
            await positions.close_position(row.id)
    at = [order.trigger_price for order in accepted(venue) if order.trigger_price is not None]
    assert at.count(Decimal("0.9506")) == 1
