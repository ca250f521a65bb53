"""F14: each request carries what the exchange requires, in the position mode that is read before each entry."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import EntryRefused
from atomicpos.events import EventKind
from atomicpos.exchanges import connect
from atomicpos.models import OrderSide, PositionSide, ProofKind, State
from atomicpos.ports import WrongPositionMode
from atomicpos.sim import SystemClock, hands
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, shaded
from shades import ShadedExchange, from_the_entry_on
from wired import bybit_client, library
from world import AVL, World, assert_safe

CREATE, OWN_STOP = "/v5/order/create", "/v5/position/trading-stop"
LEVERAGE = "/v5/position/set-leverage"


def posted(server: Server) -> list[tuple[str, dict[str, Any]]]:
    """Every write that arrived: its path and its body."""
    return [(a.path, json.loads(a.body)) for a in server.arrivals.entries if a.method == "POST"]


@pytest.mark.wire
async def test_f14_every_write_of_a_life_says_category_and_position_index(bybit: Server) -> None:
    """Leverage, entry, stop, move, part and close: linear throughout, and one-way wherever the exchange asks for it."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
        await positions.move_stop(row.id, price="1.3400")
        await positions.close_position(row.id, quantity="4")
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    writes = posted(bybit)
    assert {body["category"] for _, body in writes} == {"linear"}
    indexed = [body for path, body in writes if path in (CREATE, OWN_STOP)]
    assert len(indexed) == 5
    assert {body["positionIdx"] for body in indexed} == {0}
    assert {body["tpslMode"] for path, body in writes if path == OWN_STOP} == {"Full"}


@pytest.mark.wire
@pytest.mark.parametrize(("side", "index"), [("long", 1), ("short", 2)])
async def test_f14_every_write_in_hedge_mode_names_its_side(bybit: Server, side: str, index: int) -> None:
    """The mode is read, and each write of the life carries the index of its side; exits stay reduce-only."""
    bybit.venue.set_position_mode("hedge")
    price = "1.3400" if side == "long" else "1.3800"
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", side, "10", stop_loss_percent="2", leverage=5)
        await positions.move_stop(row.id, price=price)
        await positions.close_position(row.id, quantity="4")
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    writes = posted(bybit)
    indexed = [body for path, body in writes if path in (CREATE, OWN_STOP)]
    assert len(indexed) == 5
    assert {body["positionIdx"] for body in indexed} == {index}
    assert [body["reduceOnly"] for path, body in writes if path == CREATE] == [False, True, True]
    levers = [body for path, body in writes if path == LEVERAGE]
    asked = {body["buyLeverage" if index == 1 else "sellLeverage"] for body in levers}
    left = {body["sellLeverage" if index == 1 else "buyLeverage"] for body in levers}
    assert (asked, left) == ({"5"}, {"10"})


@pytest.mark.wire
async def test_f14_the_reads_of_one_way_mode_take_no_row_of_hedge_mode(bybit: Server) -> None:
    """Such a row is neither a position of one-way mode nor none; and the other way round."""
    client = bybit_client(bybit)
    exchange = connect(client, SystemClock())
    await exchange.open()
    try:
        with pytest.raises(WrongPositionMode, match="in one-way mode, not in hedge mode"):
            await exchange.hedged(PositionSide.LONG).reads.position(AVL)
        bybit.venue.set_position_mode("hedge")
        with pytest.raises(WrongPositionMode, match="in hedge mode, not in one-way mode"):
            await exchange.reads.position(AVL)
    finally:
        await exchange.close()
        await client.close()


@in_every_mode()
async def test_f14_an_account_in_hedge_mode_gets_no_order(world: World) -> None:
    """Where positions cannot be held in it: EntryRefused with the reason, no row, and not one write."""
    world.venue.set_position_mode("hedge")
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryRefused)
    assert "in hedge mode; nothing was sent" in str(error)
    assert (row, world.sent(), world.stored()) == (None, [], ())


@pytest.mark.parametrize(("first", "then"), [("one_way", "hedge"), ("hedge", "one_way")])
@in_every_mode()
async def test_f14_the_mode_is_read_before_each_entry(world: World, first: str, then: str) -> None:
    """Two entries with a change of the account's mode between them: each is opened in the mode of its time."""
    hedging(world)
    async with world.library() as positions:
        for mode in (first, then):
            world.venue.set_position_mode(mode)
            row, error = await world.tried(positions)
            assert error is None
            assert row is not None
            assert world.stored_mode(row.id) == mode
            assert world.truth().stop_quantity >= world.truth().quantity == 10
            assert (await positions.close_position(row.id)).state is State.CLOSED

@pytest.mark.parametrize(("first", "then"), [("one_way", "hedge"), ("hedge", "one_way")])
@in_every_mode()
async def test_f14_a_mode_that_changes_in_between_gets_no_position(world: World, first: str, then: str) -> None:
    """It changes between the look and the entry: the exchange refuses that one, and the row ends by the refusal."""
    exchange = hedging(world)
    world.venue.set_position_mode(first)
    from_the_entry_on(exchange, lambda: world.venue.set_position_mode(then))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryRefused)
    assert row is not None
    assert row.proof is not None
    assert (row.state, row.proof.kind) == (State.ROLLED_BACK, ProofKind.REFUSED)
    assert (world.accepted(AVL), world.truth().quantity) == ((), 0)


@pytest.mark.parametrize(("first", "then"), [("one_way", "hedge"), ("hedge", "one_way")])
@in_every_mode()
async def test_f14_a_row_of_the_other_mode_changes_nothing(world: World, first: str, then: str) -> None:
    """Its position was closed by hand and the account's mode changed while nobody looked: whatever is held by then is
    somebody else's, it stays as it is, and the row ends by its proof or is announced.
    """
    hedging(world)
    world.venue.set_position_mode(first)
    side = PositionSide.LONG if first == "hedge" else None
    journal = world.journal.reopened()
    async with world.library(journal=journal) as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    hands.clear_stop(world.venue, AVL, side)
    hands.close(world.venue, AVL, side)
    world.venue.set_position_mode(then)
    other = PositionSide.LONG if then == "hedge" else None
    world.venue.foreign_order(AVL, OrderSide.BUY, Decimal(7), position_side=other)
    before = world.accepted()
    async with world.library() as positions:
        await world.clock.sleep(180)
        found = await positions.get(row.id)
    assert world.venue.truth(AVL, other).quantity == 7
    assert world.accepted() == before  # a stop may be tried, bound to the mode of its row: the exchange takes none
    assert found.state is State.CLOSED or world.heard(EventKind.ALERT)


def hedging(world: World) -> ShadedExchange:
    """The world's exchange with hooks, as one on which positions can be held in hedge mode."""
    world.profile = replace(world.profile, hedge_mode=True)
    return shaded(world)


@in_every_mode()
async def test_f14_an_account_that_turns_to_hedge_mode_just_then_gets_no_position(world: World) -> None:
    """The mode changes between the look and the entry: the exchange refuses it, and the row ends by that refusal."""
    from_the_entry_on(shaded(world), lambda: world.venue.set_position_mode("hedge"))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryRefused)
    assert row is not None
    assert row.proof is not None
    assert (row.state, row.proof.kind) == (State.ROLLED_BACK, ProofKind.REFUSED)
    assert world.accepted(AVL) == ()
    assert_safe(world, row)
