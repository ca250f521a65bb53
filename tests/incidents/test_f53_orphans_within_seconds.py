"""F53: each suspected position is driven on without a pause, by whoever runs, with the stop rule it was asked with."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import OrphanSuspected
from atomicpos.events import EventKind
from atomicpos.models import Position, PositionSide, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from gates import Mortal
from modes import in_every_mode, naked
from world import AVL, Named, World, assert_safe

WITHIN_S = 15
"""The longest pause between two looks at a suspected position is ten seconds; then its stop is put up at once."""
HOLD = {"on_unprotectable": "hold"}
READS = ("orders", "fills", "position", "position_stop", "account_positions", "account_orders", "account_fills")


def blind(world: World) -> None:
    """The entry is carried out without a word, its stop is dropped, and from then on no read answers."""
    naked(world)
    world.venue.faults.add(
        Fault("place_entry", None, "http_502_executed"), *(Fault(call, None, "refuse") for call in
                                                          ("place_stop", "set_stop", "place_close"))
    )  # fmt: skip


def go_blind_when_filled(world: World) -> None:
    world.venue.faults.add(*(Fault(call, None, "error") for call in READS))


async def suspected(world: World, positions: AtomicPositions, **request: Any) -> Position:
    """A position that is there, naked and not seen: suspected."""
    blind(world)
    asyncio.get_running_loop().call_later(0.2, go_blind_when_filled, world)
    row, error = await world.tried(positions, **request)
    assert isinstance(error, OrphanSuspected)
    assert row is not None
    return row


async def seconds_to_a_stop(world: World, symbol: str = AVL) -> float:
    """How long it takes, from when reads and writes work again, until the position is covered."""
    began = world.elapsed_s
    world.venue.faults.clear()
    async with asyncio.timeout(600):
        while world.truth(symbol).stop_quantity < abs(world.truth(symbol).quantity):
            await world.clock.sleep(0.05)
    return world.elapsed_s - began


def trigger(row: Position, percent: str) -> Decimal:
    """Where the stop belongs: that far from the average fill, on the tick, towards the market."""
    assert row.entry_price is not None
    share = 1 - Decimal(percent) / 100 if row.side is PositionSide.LONG else 1 + Decimal(percent) / 100
    up = "ROUND_CEILING" if row.side is PositionSide.LONG else "ROUND_FLOOR"
    return (row.entry_price * share / Decimal("0.0001")).to_integral_value(up) * Decimal("0.0001")


@pytest.mark.parametrize("blind_s", [0, 120, 1800])
@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f53_a_suspected_orphan_is_protected_within_seconds_of_being_seen(
    world: World, side: str, blind_s: int
) -> None:
    """At once, two minutes or half an hour later: looked for all the while, covered by the rule that was asked for."""
    async with world.library(**HOLD) as positions:
        row = await suspected(world, positions, side=side, stop_loss_percent="3.7")
        await world.clock.sleep(blind_s)
        assert await seconds_to_a_stop(world) < WITHIN_S
        await world.clock.sleep(20)
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert after.stop_price == trigger(after, "3.7")
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]
    assert len(world.heard(EventKind.ALERT, "orphan_suspected")) == 1


@in_every_mode()
async def test_f53_by_default_one_that_was_naked_for_too_long_is_out_within_seconds(world: World) -> None:
    """``flatten``: once it is seen, it is closed and proven flat, or covered; nobody waits for a next round."""
    async with world.library() as positions:
        row = await suspected(world, positions)
        await world.clock.sleep(120)
        world.venue.faults.clear()
        await world.clock.sleep(WITHIN_S)
        truth = world.truth()
        assert truth.quantity == 0 or truth.stop_quantity >= 10
        await world.settle(positions, quiet_s=20)
        assert_safe(world, await positions.get(row.id))


@in_every_mode()
async def test_f53_fifteen_suspects_hold_each_other_up_by_nothing(world: World) -> None:
    """One on every market: all of them are covered within the same seconds, none waits for its turn."""
    async with world.library(**HOLD) as positions:
        blind(world)
        asyncio.get_running_loop().call_later(0.3, go_blind_when_filled, world)
        told = await asyncio.gather(
            *(world.tried(positions, symbol=s, quantity=world.worth(s)) for s in world.venue.symbols())
        )
        assert [type(error) for _, error in told] == [OrphanSuspected] * 15
        await world.clock.sleep(100)
        world.venue.faults.clear()
        await world.clock.sleep(WITHIN_S)
        naked_ones = [s for s in world.venue.symbols() if world.truth(s).stop_quantity < world.truth(s).quantity]
        assert naked_ones == []
        await world.clock.sleep(30)
        assert {row.state for row in await positions.list()} == {State.PROTECTED}


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f53_the_next_process_protects_it_with_the_rule_it_was_asked_with(world: World, side: str) -> None:
    """Its process died while it was suspected: the successor is on it at once, with 3.7 percent and no default."""
    mortal = Mortal(world, None)

    async def life() -> None:
        async with world.library(**HOLD) as positions:
            await suspected(world, positions, side=side, stop_loss_percent="3.7")
            mortal.kill()
            await world.clock.sleep(1)

    assert await mortal.live(life)
    await world.clock.sleep(600)
    async with world.library(**HOLD) as positions:
        assert await seconds_to_a_stop(world) < WITHIN_S
        await world.clock.sleep(20)
        (row,) = await positions.list()
        after = await positions.get(row.id)
        assert_safe(world, after)
        assert after.stop_price == trigger(after, "3.7")
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode()
async def test_f53_a_process_beside_it_takes_a_suspect_over_and_goes_on_with_it(world: World) -> None:
    """Left by a clean stop: the other process drives it from its next turn on, and protects it when it is seen."""
    other = world.beside()
    async with other.library(owners=Named("two"), **HOLD) as second:
        async with world.library(owners=Named("one"), **HOLD) as first:
            row = await suspected(world, first, stop_loss_percent="3.7")
        await world.clock.sleep(60)
        assert await seconds_to_a_stop(world) < WITHIN_S
        await world.clock.sleep(20)
        after = await second.get(row.id)
        assert_safe(world, after)
        assert after.stop_price == trigger(after, "3.7")
