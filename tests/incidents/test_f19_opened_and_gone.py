"""F19: it opened, and was gone before anybody looked: an end like any other, with its label and its proof."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atomicpos.errors import ClosedImmediately
from atomicpos.events import EventKind
from atomicpos.models import FillKind, OrderSide, Position, ProofKind, State
from atomicpos.sim import Fault, Venue, hands
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe

AT_ONCE = 0
LATE_READS = tuple(Fault(call, None, "lag", None, 4) for call in ("orders", "fills", "position"))
ENDS = {
    "liquidated": (Fault("place_entry", None, "liquidate", 1, AT_ONCE),),
    "deleveraged": (Fault("place_entry", None, "adl", 1, AT_ONCE),),
    "closed by hand": (Fault("place_entry", None, "foreign_close", 1, AT_ONCE),),
    "stopped out": stop_faults("stop_out", nth=1, seconds=AT_ONCE),
    "liquidated a moment later": (Fault("place_entry", None, "liquidate", 1, 0.2),),
    "closed by hand a moment later": (Fault("place_entry", None, "foreign_close", 1, 0.2),),
}
"""Every way to be gone before it was protected."""


def assert_ended(world: World, row: Position | None, state: State) -> None:
    """Flat, with that label and the proof that it was closed; nothing was sent to close it, nobody was alarmed."""
    assert row is not None
    assert_safe(world, row)
    assert row.proof is not None
    assert (row.state, row.proof.kind) == (state, ProofKind.EXITED)
    assert world.sent(Call.PLACE_CLOSE) == []
    assert world.heard(EventKind.ALERT) == []


@pytest.mark.parametrize("late", [(), LATE_READS], ids=["seen at once", "seen late"])
@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS.keys())
@in_every_mode()
async def test_f19_what_opened_and_was_gone_before_it_was_protected_is_closed_immediately(
    world: World, ends: tuple[Fault, ...], side: str, late: tuple[Fault, ...]
) -> None:
    """The fills of both sides sum to nothing and the slot is empty: that is the end, whoever brought it about."""
    world.venue.faults.add(*ends, *late)
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side)
        assert isinstance(error, ClosedImmediately)
        assert_ended(world, row, State.CLOSED_IMMEDIATELY)
        assert row is not None
        assert row.filled_quantity == 10
        world.venue.faults.clear()
        _, error = await world.tried(positions, side=side)
        assert error is None, "the slot is free again"


def by_hand(venue: Venue, symbol: str) -> None:
    hands.close(venue, symbol)


LATER: dict[str, Callable[[Venue, str], object]] = {
    "liquidated": Venue.liquidate, "deleveraged": Venue.adl, "closed by hand": by_hand, "stopped out": hands.stop_out,
}  # fmt: skip


@pytest.mark.parametrize("ends", LATER.values(), ids=LATER.keys())
@in_every_mode()
async def test_f19_what_had_been_protected_and_is_gone_is_closed(
    world: World, ends: Callable[[Venue, str], object]
) -> None:
    """The same exits after it was protected are its ordinary end: closed, with the same proof."""
    async with world.library(watch_s=5) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None
        await world.clock.sleep(30)
        ends(world.venue, AVL)
        await world.clock.sleep(20)
        assert_ended(world, await positions.get(row.id), State.CLOSED)


@in_every_mode(Fault("place_entry", None, "liquidate", 1, AT_ONCE))
async def test_f19_the_exit_of_a_liquidation_is_found_though_trades_do_not_show_it(world: World) -> None:
    """It is asked for by its own name, and stored with the row's evidence."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    exits = {fill.kind for found in row.evidence for fill in found.fills if fill.order_side is OrderSide.SELL}
    assert exits == {FillKind.LIQUIDATION}


@pytest.mark.wire
@pytest.mark.parametrize("kind", ["liquidate", "adl", "foreign_close"])
async def test_f19_on_the_wire_it_is_closed_immediately_without_an_order(bybit: Server, kind: str) -> None:
    """The execution types of the real client's exchange lead to the same end, and nothing was sent but the entry.

    That is so where fills are read; a stream tells of the fill before the end of it, and a stop is tried in between.
    """
    bybit.venue.faults.add(Fault("place_entry", None, kind, 1, AT_ONCE))
    async with library(bybit_client(bybit), streams="off") as positions:
        with pytest.raises(ClosedImmediately) as gone:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    row = gone.value.position
    assert row is not None
    assert (row.state, row.filled_quantity) == (State.CLOSED_IMMEDIATELY, 10)
    writes = [a.path for a in bybit.arrivals.entries if a.method == "POST"]
    assert writes.count("/v5/order/create") == 1
    assert bybit.venue.truth(AVL).quantity == 0
