"""F03 and F04: an order that was accepted and never filled is neither a position nor an alarm."""

from __future__ import annotations

from atomicpos.errors import EntryNeverFilled
from atomicpos.events import EventKind
from atomicpos.models import OrderStatus, ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from world import World, closes_of, in_world

NEVER_FILLED = Fault("place_entry", None, "never_fill")


@in_world(NEVER_FILLED)
async def test_f03_an_acknowledged_order_that_died_unfilled_is_rolled_back_without_a_close(world: World) -> None:
    """The acknowledgement proves no fill: the dead order does the opposite, and nothing is closed or alarmed."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryNeverFilled)
    assert row is not None
    assert (row.state, row.filled_quantity, row.entry_price) == (State.ROLLED_BACK, 0, None)
    assert row.proof is not None
    assert row.proof.kind is ProofKind.DEAD_UNFILLED
    assert closes_of(row) == []
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.heard(EventKind.ALERT) == []
    assert (world.truth().quantity, world.truth().stops) == (0, ())


@in_world(NEVER_FILLED)
async def test_f03_no_order_row_says_filled_without_a_fill(world: World) -> None:
    """The stored entry is dead with filled 0, whatever was asked for and acknowledged."""
    async with world.library() as positions:
        await world.tried(positions)
        (row,) = world.stored()
    assert (row.entry.status, row.entry.filled, row.entry.average) == (OrderStatus.DEAD, 0, None)


@in_world(NEVER_FILLED, Fault("orders", None, "lag", None, 3))
async def test_f04_a_late_order_lookup_decides_at_once_and_closes_nothing(world: World) -> None:
    """When the lookup shows the dead order only after three seconds, it is over with the next poll."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert world.elapsed_s < 4.5
    assert isinstance(error, EntryNeverFilled)
    assert row is not None
    assert row.proof is not None
    assert row.proof.kind is ProofKind.DEAD_UNFILLED
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.heard(EventKind.ALERT) == []


@in_world(NEVER_FILLED)
async def test_f04_the_slot_is_free_for_the_next_request(world: World) -> None:
    """An entry that never filled blocks nothing: the next open on the symbol succeeds."""
    async with world.library() as positions:
        await world.tried(positions)
        world.venue.faults.clear()
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        assert row.state is State.PROTECTED
