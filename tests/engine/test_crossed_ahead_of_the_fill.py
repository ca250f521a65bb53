"""A stop that goes ahead of the fill and has been crossed already: what it would have closed is closed at once."""

from __future__ import annotations

import pytest

from atomicpos.errors import EntryNeverFilled, RolledBack
from atomicpos.models import Proof, ProofKind, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from world import World, assert_safe, closes_of, in_world

AHEAD = Protection.ON_ACKNOWLEDGEMENT
GAP = Fault("place_entry", None, "gap")
ORDERS_LATE = tuple(Fault(call, None, "lag", seconds=5) for call in ("orders", "fills"))
CROSSED = Fault("place_stop", None, "refuse", code="would_trigger")


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_world(GAP, *ORDERS_LATE, protection=AHEAD)
async def test_f23_a_crossed_stop_is_not_looked_up_first(world: World, side: str) -> None:
    """One refused stop, one close for what was asked, reduce-only, two round trips after the fill: no look shows it."""
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
    assert isinstance(error, RolledBack)
    assert row is not None
    assert world.sent(Call.PLACE_STOP, Call.PLACE_CLOSE) == ["place_stop", "place_close"]
    (close,) = closes_of(row)
    assert (close.quantity, close.reduce_only) == (10, True)
    assert world.truth().exposure_s == pytest.approx(0.30)
    assert_safe(world, row)


@in_world(Fault("place_entry", None, "never_fill"), *ORDERS_LATE, CROSSED, protection=AHEAD)
async def test_f23_an_entry_that_never_fills_is_closed_once_at_most(world: World) -> None:
    """Where nothing filled the close is refused, opens nothing and is not tried again; the end is proven."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryNeverFilled)
    assert row is not None
    assert (row.state, world.sent(Call.PLACE_CLOSE)) == (State.ROLLED_BACK, ["place_close"])
    assert isinstance(row.proof, Proof)
    assert row.proof.kind is ProofKind.DEAD_UNFILLED
    assert_safe(world, row)


@in_world(Fault("place_entry", None, "lose_reply"), *ORDERS_LATE, CROSSED, protection=AHEAD)
async def test_f23_without_an_acknowledgement_nothing_is_closed_unseen(world: World) -> None:
    """An entry of unknown outcome may not exist: its stop is refused as crossed, and a fill is waited for."""
    async with world.library() as positions:
        await world.tried(positions)
    closes = [at for at, call, _ in world.exchange.requests if call == Call.PLACE_CLOSE]
    assert closes
    assert closes[0] - world.began_us > 5_000_000
