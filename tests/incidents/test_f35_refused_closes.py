"""F35: an exchange that refuses the close is answered rung by rung, with a stop up and somebody told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import OrphanSuspected, RolledBack
from atomicpos.events import Event, EventKind
from atomicpos.models import Position, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import attached, in_every_mode, is_close, living_stops, naked, shaded, stop_faults
from wired import bybit_client, library
from world import AVL, TEN, World, assert_safe, closes_of

BAND = "price_band"


def refused_closes(times: int, code: str = BAND) -> tuple[Fault, ...]:
    """The first closes are refused for that reason."""
    return tuple(Fault("place_close", None, "refuse", nth, code=code) for nth in range(1, times + 1))


async def opened(world: World, positions: AtomicPositions, side: str = "buy") -> Position:
    row, error = await world.tried(positions, side=side)
    assert error is None
    assert row is not None
    await world.clock.sleep(10)
    return row


def limits_of(exchange: Any) -> list[Decimal | None]:
    return [request.limit_price for request in exchange.written if is_close(request)]


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode(*stop_faults("refuse"))
async def test_f35_a_market_close_outside_the_band_becomes_a_limit_inside_it(world: World, side: str) -> None:
    """Refused three times for the price: a limit inside the band gets it out, and it is rolled back."""
    naked(world)
    exchange = shaded(world)
    world.venue.faults.add(*refused_closes(3))
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, RolledBack)
    assert row is not None
    assert row.state is State.ROLLED_BACK
    limits = limits_of(exchange)
    assert limits[0] is None
    assert limits[-1] is not None
    mark, market = world.venue.mark(AVL), world.venue.market(AVL)
    assert limits[-1] % market.tick == 0
    assert abs(limits[-1] - mark) < mark * market.price_band
    assert (limits[-1] < mark) is (side == "buy")
    assert [order.attempt for order in closes_of(row)] == [1, 2, 3, 4]
    assert_safe(world, row)


@pytest.mark.parametrize("code", [BAND, "30228", None], ids=str)
@in_every_mode()
async def test_f35_the_bots_own_exit_takes_the_same_ladder(world: World, code: str | None) -> None:
    """close_position refused three times: it gets out all the same, under its stop all the way, and says closed."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault("place_close", None, "refuse", nth, code=code) for nth in (1, 2, 3)))
        before = world.truth().exposure_s
        closed = await positions.close_position(row.id)
    assert (closed.state, closed.reason) == (State.CLOSED, "close_position")
    assert world.truth().exposure_s == before
    assert_safe(world, closed)


@in_every_mode()
async def test_f35_where_every_close_is_refused_the_stop_stands_and_somebody_is_told(world: World) -> None:
    """To the deadline nothing closes it: orphan_suspected, covered by its stop, and the alert sink was called."""
    told: list[Event] = []
    async with world.library(alerts=told.append) as positions:
        row = await opened(world, positions)
        world.venue.faults.add(Fault("place_close", None, "refuse", code=BAND))
        with pytest.raises(OrphanSuspected) as caught:
            await positions.close_position(row.id)
        assert caught.value.exposed is False
        assert world.truth().quantity == TEN
        assert world.truth().stop_quantity == TEN
        assert {event.condition for event in told if event.kind is EventKind.ALERT} >= {
            "close_refused", "orphan_suspected",
        }
        world.venue.faults.clear()
        after = await world.settle(positions)
        assert after is not None
        assert after.state is State.CLOSED
        assert_safe(world, after)
    assert {event.condition for event in told if event.kind is EventKind.RESOLVED} >= {"orphan_suspected"}


@in_every_mode()
async def test_f35_a_stop_goes_up_again_when_a_naked_position_cannot_be_closed(world: World) -> None:
    """Closing began for want of a stop and is refused throughout: as soon as a stop is taken again, one stands."""
    naked(world)
    world.venue.faults.add(*stop_faults("refuse"), Fault("place_close", None, "refuse", code=BAND))
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert isinstance(error, OrphanSuspected)
        assert error.exposed is True
        assert row is not None
        world.venue.faults.clear()
        world.venue.faults.add(Fault("place_close", None, "refuse", code=BAND))
        await world.clock.sleep(60)
        assert world.truth().stop_quantity >= TEN
        assert len(living_stops(world)) >= 1
        world.venue.faults.clear()
        after = await world.settle(positions)
        assert after is not None
        assert_safe(world, after)


@pytest.mark.parametrize("refusals", [1, 3])
@in_every_mode()
async def test_f35_more_than_one_order_takes_is_closed_in_pieces(world: World, refusals: int) -> None:
    """Refused as too large: halved until it is taken, and the pieces sum to the position."""
    exchange = shaded(world)
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*refused_closes(refusals, "quantity"))
        closed = await positions.close_position(row.id)
    sizes = [request.quantity for request in exchange.written if is_close(request)]
    assert sizes[0] == TEN
    assert sizes[refusals] < sizes[refusals - 1]
    assert all(size % world.venue.market(AVL).step == 0 for size in sizes)
    assert sum(order.filled for order in closes_of(closed)) == TEN
    assert closed.state is State.CLOSED
    assert_safe(world, closed)


@in_every_mode()
async def test_f35_each_rung_is_in_the_journal(world: World) -> None:
    """Every close has its intent, its outcome with the reason, and its own attempt."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*refused_closes(2))
        closed = await positions.close_position(row.id)
    texts = [entry.text for entry in closed.journal]
    for order in closes_of(closed):
        assert any(text.startswith(f"intends close {order.attempt}:") for text in texts)
        assert any(text.startswith(f"close {order.attempt} ") for text in texts)
    assert sum("refused" in text for text in texts if text.startswith("close ")) == 2
    assert world.sent(Call.PLACE_CLOSE) == ["place_close"] * 3
    assert attached(world) or len(living_stops(world)) == 0


@pytest.mark.wire
async def test_f35_on_the_wire_30209_leads_to_a_limit_that_is_taken(bybit: Server) -> None:
    """Bybit's price-band code on the market close: the next one is an IOC limit in the band, and the row is closed."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        bybit.venue.faults.add(Fault("place_close", None, "refuse", 1, code="30209"))
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    first, second = closes_of(closed)
    assert (first.limit_price, first.filled) == (None, 0)
    assert second.limit_price is not None
    assert second.filled == TEN
    assert bybit.venue.truth(AVL).quantity == 0
