"""F11: stops and exits are as large as what filled, whatever was asked for and whenever the rest comes."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import RolledBack
from atomicpos.models import Leg, OrderStatus, Position, State
from atomicpos.ports import PlaceOrder
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.orders import VenueOrder
from atomicpos.sim.translation import place_request
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, stop_faults
from shades import ShadedExchange
from wired import bybit_client, library
from world import AVL, World, assert_safe, closes_of

FOUR, TEN = Decimal(4), Decimal(10)


class Sliced(ShadedExchange):
    """Of each entry four tenths fill; the rest is cancelled, stays open, or fills that many seconds later."""

    rests = False
    more_after_s: float | None = None
    drops_the_guard = False

    def _carry_out(self, request: Any, fault: Any) -> VenueOrder | None:
        if not isinstance(request, PlaceOrder) or request.leg is not Leg.ENTRY:
            return super()._carry_out(request, fault)
        rests = self.rests or self.more_after_s is not None
        asked = place_request(request)
        if self.drops_the_guard:
            asked = replace(asked, stop_loss=None, stop_loss_by=None)
        order = self.venue.place(asked, fraction=Decimal("0.4"), rests=rests)
        if self.more_after_s is not None:
            self._later(self.more_after_s, lambda: self.venue.grow(order.symbol, order.order_id))
        return order


def sliced(world: World, *, rests: bool = False, more_after_s: float | None = None) -> Sliced:
    world.exchange = exchange = Sliced(world.venue, world.clock, profile=world.profile)
    exchange.rests, exchange.more_after_s = rests, more_after_s
    return exchange


def closed_by(exchange: ShadedExchange) -> list[Decimal]:
    """The quantities of all closes that left."""
    return [r.quantity for r in exchange.written if isinstance(r, PlaceOrder) and r.leg is Leg.CLOSE]


def assert_protected_with(world: World, row: Position | None, quantity: Decimal) -> None:
    """Protected with that much, by a stop that covers it; and it was so when it was first said."""
    assert row is not None
    assert_safe(world, row)
    assert (row.state, row.filled_quantity, world.truth().quantity) == (State.PROTECTED, quantity, quantity)
    said = [entry.data["filled"] for entry in row.journal if entry.data.get("to") == "protected"]
    assert said == [str(quantity)]


@in_every_mode()
async def test_f11_of_ten_four_fill_and_the_rest_is_cancelled(world: World) -> None:
    """Protected with four; the exit is four as well, and nothing is left."""
    exchange = sliced(world)
    async with world.library() as positions:
        row, error = await world.tried(positions, quantity="10")
        assert error is None
        assert row is not None
        assert_protected_with(world, row, FOUR)
        await world.clock.sleep(5)
        closed = await positions.close_position(row.id)
        assert_safe(world, closed)
    assert closed_by(exchange) == [FOUR]
    assert sum(order.filled for order in closes_of(closed)) == FOUR


@in_every_mode()
async def test_f11_four_fill_and_six_two_seconds_later_and_the_stop_covers_ten(world: World) -> None:
    """As long as more may fill it is not called protected; then the stop covers all ten, and the exit is ten."""
    exchange = sliced(world, more_after_s=2)
    async with world.library() as positions:
        row, error = await world.tried(positions, quantity="10")
        assert error is None
        assert row is not None
        assert_protected_with(world, row, TEN)
        assert world.elapsed_s > 2
        closed = await positions.close_position(row.id)
        assert_safe(world, closed)
    assert closed_by(exchange) == [TEN]
    assert world.truth().exposure_s < 1


@in_every_mode()
async def test_f11_a_remainder_that_stays_open_is_cancelled_and_seen_final(world: World) -> None:
    """Four fill and six rest in the book: they are cancelled, seen dead, and only then it is protected with four."""
    sliced(world, rests=True)
    async with world.library() as positions:
        row, error = await world.tried(positions, quantity="10")
        assert error is None
        assert row is not None
        assert_protected_with(world, row, FOUR)
        (entry,) = [order for order in row.orders if not order.reduce_only]
        assert (entry.status, entry.filled, entry.cancels) == (OrderStatus.DEAD, FOUR, 1)
    assert world.truth().orders == ()


@in_every_mode(*stop_faults("refuse"))
async def test_f11_a_rollback_closes_what_filled(world: World) -> None:
    """No stop can be had for the four that filled: four are closed, not ten."""
    exchange = sliced(world)
    exchange.drops_the_guard = True
    async with world.library() as positions:
        row, error = await world.tried(positions, quantity="10")
    assert isinstance(error, RolledBack)
    assert row is not None
    assert closed_by(exchange) == [FOUR]
    assert_safe(world, row)


@in_every_mode()
async def test_f11_the_remainder_of_an_entry_with_a_worst_price_is_no_entry_of_its_own(world: World) -> None:
    """Immediate or cancel: what did not fill at that price or better is gone at once, and is not sent again."""
    exchange = sliced(world)
    async with world.library(max_slippage_percent=0.5) as positions:
        row, error = await world.tried(positions, quantity="10")
        assert error is None
        assert_protected_with(world, row, FOUR)
        assert world.elapsed_s < 2
    (entry,) = [r for r in exchange.written if isinstance(r, PlaceOrder) and r.leg is Leg.ENTRY]
    assert entry.limit_price is not None
    assert world.sent(Call.PLACE_ENTRY) == [Call.PLACE_ENTRY]


@pytest.mark.wire
@pytest.mark.parametrize("knobs", [{}, {"max_slippage_percent": 0.5}], ids=["market", "worst price"])
async def test_f11_on_the_wire_half_an_entry_is_protected_and_closed_as_half(
    bybit: Server, knobs: dict[str, Any]
) -> None:
    """Of ten five fill: the row, the position's own stop and the close are five, and nothing of it is left."""
    bybit.venue.faults.add(Fault("place_entry", None, "partial_fill"))
    async with library(bybit_client(bybit), **knobs) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        truth = bybit.venue.truth(AVL)
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 5)
        assert (truth.quantity, truth.stop_quantity, truth.exposure_s) == (5, 5, 0)
        await positions.close_position(row.id)
    entry, close = [json.loads(a.body) for a in bybit.arrivals.entries if a.path == "/v5/order/create"]
    assert (close["qty"], close["reduceOnly"]) == ("5", True)
    assert (entry["orderType"], "price" in entry) == (("Limit", True) if knobs else ("Market", False))
    assert entry["timeInForce"] == "IOC" if knobs else True
    assert bybit.venue.truth(AVL).quantity == 0
