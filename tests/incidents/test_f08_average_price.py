"""F08: a reply that shows nothing filled is no verdict, and the entry price is what was paid."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import OrderView
from atomicpos.exchanges.bybit.parse import order_view
from atomicpos.models import OrderStatus, PositionSide, State, StopRule
from atomicpos.ports import FillsReading, OrdersReading, Outcome, PositionReading
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from atomicpos.stop_price import trigger_price
from modes import in_every_mode
from shades import ShadedExchange, fails
from wired import bybit_client, library
from world import AVL, World, assert_safe

TICK = Decimal("0.0001")


def replying(world: World, shown: Callable[[OrderView], OrderView]) -> ShadedExchange:
    """An exchange whose reply to the entry carries the order, shown like that."""
    world.exchange = exchange = ShadedExchange(
        world.venue, world.clock, profile=world.profile, replies_show_fill=True
    )

    def answer(outcome: Outcome) -> Outcome:
        order = outcome.order
        is_entry = order is not None and not order.reduce_only
        return replace(outcome, order=shown(order)) if order is not None and is_entry else outcome

    exchange.answer = answer
    return exchange


def untouched(order: OrderView) -> OrderView:
    return order


def open_and_empty(order: OrderView) -> OrderView:
    return replace(order, status=OrderStatus.OPEN, filled=Decimal(0), average=None)


@in_every_mode()
async def test_f08_a_reply_that_says_open_and_nothing_filled_is_looked_into(world: World) -> None:
    """Created as open with filled 0; the lookup shows it filled: protected with that average, and never closed."""
    replying(world, open_and_empty)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
    assert row is not None
    assert row.entry_price == world.truth().average
    assert row.exposure_s < 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f08_a_reply_that_shows_the_fill_is_taken_at_its_word(world: World) -> None:
    """Where the reply carries the filled order, its average is the entry price."""
    replying(world, untouched)
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
    assert row is not None
    assert row.entry_price == world.truth().average


# --- where the average comes from ---------------------------------------------------------------------------------


def without_average(reading: OrdersReading) -> OrdersReading:
    return replace(reading, orders=tuple(replace(order, average=None) for order in reading.orders))


def without_entry_price(reading: PositionReading) -> PositionReading:
    return replace(reading, position=replace(reading.position, entry_price=None))


def without_fills(reading: FillsReading) -> FillsReading:
    return replace(reading, fills=())


HIDDEN = {
    "the fills": {"show_orders": without_average, "show_position": without_entry_price},
    "the position": {"show_orders": without_average, "show_fills": without_fills},
    "the position alone": {"show_orders": without_average, "show_fills": fails},
    "the order": {"show_fills": without_fills, "show_position": without_entry_price},
}
"""Where the price can still be read, and how it is hidden everywhere else."""


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode(Fault("place_entry", None, "partial_then_more", 1, 1))
async def test_f08_whichever_source_has_the_average_the_entry_price_is_what_was_paid(
    world: World, hidden: dict[str, Any], side: str
) -> None:
    """Filled in two halves at two prices: the order's average, the fills' or the position's own, and the stop from it.

    A limit at a worst price is asked for as well, so that there is a wrong price to be taken.
    """
    exchange = ShadedExchange(world.venue, world.clock, profile=world.profile)
    world.exchange = exchange
    for name, how in hidden.items():
        setattr(exchange.reads, name, how)
    async with world.library(max_slippage_percent=1) as positions:
        row, error = await while_the_mark_moves(world, world.tried(positions, side=side))
        assert error is None
        assert_safe(world, row)
        prices = {fill.price for fill in world.venue.executions_as_of(AVL, world.venue.now_us())}
        assert len(prices) > 1, "one price would prove nothing"
        assert row.entry_price == world.truth().average
        asked = next(order.limit_price for order in row.orders if not order.reduce_only)
        assert row.entry_price != asked
        assert row.stop_price == trigger_price(StopRule(percent=Decimal(2)), row.side, row.entry_price, TICK)


async def while_the_mark_moves(world: World, opening: Any) -> Any:
    """Open, with another mark for the second half of the fill."""

    async def move() -> None:
        await world.clock.sleep(0.9)
        world.venue.set_mark(AVL, Decimal("1.3590"))

    result, _ = await asyncio.gather(opening, move())
    return result


def test_f08_the_order_s_price_field_is_no_average() -> None:
    """A market order's row shows its slippage cap as ``price``: without an average there is none."""
    row = {
        "symbol": "AVLUSDT", "orderId": "u-1", "orderLinkId": "ap-1", "side": "Buy", "orderType": "Market",
        "price": "1.4259", "qty": "10", "orderStatus": "Filled", "avgPrice": "", "cumExecQty": "10",
    }  # fmt: skip
    assert order_view(row).average is None
    assert order_view({**row, "avgPrice": "1.3584"}).average == Decimal("1.3584")


@pytest.mark.wire
async def test_f08_on_the_wire_the_entry_price_is_the_average_and_the_client_s_reply_type_its_own(
    bybit: Server,
) -> None:
    """The entry asks for no reply of another kind; the row has the average that the venue paid."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "sell", "10", stop_loss_percent="2")
    (body,) = [a.body for a in bybit.arrivals.entries if a.path == "/v5/order/create"]
    assert "RespType" not in body
    assert (row.state, row.side) == (State.PROTECTED, PositionSide.SHORT)
    assert row.entry_price == bybit.venue.truth(AVL).average
