"""Preflight on prices: the worst price an entry may pay, and the stop against the liquidation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import EntryNeverFilled, InvalidRequest, RolledBack
from atomicpos.events import EventKind
from atomicpos.models import MarginMode, OrderStatus, Position, ProofKind, State
from atomicpos.ports import PlaceOrder
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from modes import in_every_mode
from shades import ShadedExchange, from_the_entry_on
from world import AVL, World, assert_safe, closes_of, in_world

MARK, TICK = Decimal("1.3580"), Decimal("0.0001")


def shaded(world: World) -> ShadedExchange:
    world.exchange = ShadedExchange(world.venue, world.clock, profile=world.profile)
    return world.exchange


def entry_of(exchange: ShadedExchange) -> PlaceOrder:
    """The entry as it was sent."""
    (entry,) = [request for request in exchange.written if isinstance(request, PlaceOrder) and not request.reduce_only]
    return entry


# --- max_slippage_percent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "percent", "worst"), [
    ("buy", 0.5, "1.3647"),    # 1.36479: on the tick inside
    ("buy", 1, "1.3715"),      # 1.37158
    ("sell", 0.5, "1.3513"),   # 1.35121
    ("sell", 1, "1.3445"),     # 1.34442
])  # fmt: skip
@in_every_mode()
async def test_the_entry_is_a_limit_at_the_far_side_of_the_mark(
    world: World, side: str, percent: float, worst: str
) -> None:
    """Never worse than asked, on the tick inside; it fills, and is protected like any other."""
    exchange = shaded(world)
    async with world.library(max_slippage_percent=percent) as positions:
        row, error = await world.tried(positions, side=side)
        assert error is None
        assert entry_of(exchange).limit_price == Decimal(worst)
        assert_safe(world, row)


@in_world()
async def test_without_the_setting_the_entry_is_a_market_order(world: World) -> None:
    """No worst price was asked for, none is sent."""
    exchange = shaded(world)
    async with world.library() as positions:
        await world.tried(positions)
    assert entry_of(exchange).limit_price is None


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_an_entry_that_cannot_be_had_at_its_price_is_dead_and_proven_so(world: World, side: str) -> None:
    """The market runs away before it arrives: nothing fills, nothing rests, EntryNeverFilled, and the slot is free."""
    exchange = shaded(world)
    away = MARK * (Decimal("1.02") if side == "buy" else Decimal("0.98"))
    from_the_entry_on(exchange, lambda: world.venue.set_mark(AVL, away.quantize(TICK)))
    async with world.library(max_slippage_percent=0.5) as positions:
        row, error = await world.tried(positions, side=side, stop_loss_percent="5")
        assert isinstance(error, EntryNeverFilled)
        assert row is not None
        assert row.proof is not None
        assert (row.state, row.proof.kind) == (State.ROLLED_BACK, ProofKind.DEAD_UNFILLED)
        assert_safe(world, row)
        world.venue.set_mark(AVL, MARK)
        exchange.written.clear()
        from_the_entry_on(exchange, lambda: None)
        _, error = await world.tried(positions, side=side)
        assert error is None


@in_every_mode(Fault("place_entry", None, "partial_fill", 1))
async def test_what_can_be_had_at_the_price_is_kept_and_protected(world: World) -> None:
    """Half of it fills inside the limit: that half is the position, under a stop of its size."""
    async with world.library(max_slippage_percent=0.5) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert (row.filled_quantity, world.truth().quantity) == (5, 5)
        (entry,) = [order for order in row.orders if not order.reduce_only]
        assert entry.status is OrderStatus.DEAD
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(row.id))


@in_world()
async def test_a_slippage_beyond_the_band_is_refused_before_anything_is_sent(world: World) -> None:
    """The venue takes limits up to five percent beyond the mark: six is InvalidRequest, five is taken."""
    async with world.library(max_slippage_percent=6) as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, InvalidRequest)
    assert str(error) == (
        "max_slippage_percent is 6; AVL/USDT:USDT takes limit prices up to 5 % beyond the mark price"
    )
    assert (row, world.sent()) == (None, [])
    async with world.library(journal=world.journal.reopened(), max_slippage_percent=5) as positions:
        _, error = await world.tried(positions)
        assert error is None


@pytest.mark.parametrize("percent", [0, -1, 100, "1", float("nan"), True])
@in_world()
async def test_a_slippage_that_is_none_is_refused_when_the_library_is_made(world: World, percent: Any) -> None:
    """A setting is checked once, at the start, with its value and its limits."""
    with pytest.raises(InvalidRequest, match=r"max_slippage_percent is .*; it must lie above 0 and below 100"):
        world.library(max_slippage_percent=percent)


# --- the liquidation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "leverage", "percent", "opens"), [
    ("buy", 10, "7.9", True), ("buy", 10, "8.1", False),      # a tenth less the maintenance rate of two percent
    ("sell", 10, "7.9", True), ("sell", 10, "8.1", False),
    ("buy", 25, "1.9", True), ("buy", 25, "2.1", False),
    ("buy", 2, "47", True), ("buy", 2, "49", False),
])  # fmt: skip
@in_world()
async def test_a_stop_beyond_the_estimated_liquidation_is_refused(
    world: World, side: str, leverage: int, percent: str, opens: bool
) -> None:
    """With isolated margin entry price and leverage say where it is liquidated: a stop behind that is none."""
    real = world.exchange.instrument

    async def instrument(symbol: str) -> Any:
        return replace(await real(symbol), maintenance_rate=Decimal("0.02"))

    world.exchange.instrument = instrument
    async with world.library(margin_mode="isolated", on_unprotectable="hold") as positions:
        row, error = await world.tried(positions, side=side, leverage=leverage, stop_loss_percent=percent)
    if opens:
        assert error is None
        return
    assert isinstance(error, InvalidRequest)
    assert "lies beyond the estimated liquidation price" in str(error)
    assert f"at leverage {leverage}; take a nearer stop or a lower leverage" in str(error)
    assert (row, world.sent(), world.stored()) == (None, [], ())


@in_world()
async def test_the_leverage_of_the_slot_counts_when_none_is_asked_for(world: World) -> None:
    """The exchange shows ten times and isolated: twelve percent away is behind the liquidation."""
    assert world.venue.margin_mode() is MarginMode.ISOLATED
    async with world.library() as positions:
        _, error = await world.tried(positions, stop_loss_percent="12")
    assert isinstance(error, InvalidRequest)
    assert "at leverage 10" in str(error)


@in_world()
async def test_with_cross_margin_the_estimate_says_nothing(world: World) -> None:
    """The account's balance decides: the request is taken, and the exchange's own price is compared afterwards."""
    world.venue.set_margin_mode(MarginMode.CROSS)
    async with world.library(on_unprotectable="hold") as positions:
        row, error = await world.tried(positions, stop_loss_percent="12")
        assert error is None
        assert_safe(world, row)


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_a_position_that_would_be_liquidated_before_its_stop_is_closed(world: World, side: str) -> None:
    """After the fill the exchange's own liquidation price lies before the stop: closed by us, and said so."""
    world.venue.set_margin_mode(MarginMode.CROSS)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side, stop_loss_percent="12")
        assert isinstance(error, RolledBack)
        assert row is not None
        assert (row.state, row.reason) == (State.ROLLED_BACK, "liquidated_before_stop")
        assert "(liquidated_before_stop)" in str(error)
        assert_safe(world, row)
    assert [close.filled for close in closes_of(row)] == [10]
    assert len(world.heard(EventKind.ALERT, "liquidated_before_stop")) == 1
    assert len(world.heard(EventKind.RESOLVED, "liquidated_before_stop")) == 1


@in_every_mode()
async def test_on_hold_it_is_said_and_the_position_stays(world: World) -> None:
    """With on_unprotectable="hold" there is one alert, and the position is kept under its stop."""
    world.venue.set_margin_mode(MarginMode.CROSS)
    async with world.library(on_unprotectable="hold") as positions:
        row, error = await world.tried(positions, stop_loss_percent="12")
        assert error is None
        assert row is not None
        await world.clock.sleep(60)
        assert_safe(world, await positions.get(row.id))
    assert len(world.heard(EventKind.ALERT, "liquidated_before_stop")) == 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_world()
async def test_what_somebody_else_added_does_not_hide_the_liquidation_price(world: World) -> None:
    """The price of the whole position on our side counts: it is what the exchange acts by."""
    world.venue.set_margin_mode(MarginMode.CROSS)
    async with world.library(on_unprotectable="hold") as positions:
        row, _ = await world.tried(positions, stop_loss_percent="12")
        assert isinstance(row, Position)
        world.venue.place(PlaceRequest(AVL, None, row.side.opening, Decimal(5)), foreign=True)
        await world.clock.sleep(30)
    assert len(world.heard(EventKind.ALERT, "liquidated_before_stop")) == 1
