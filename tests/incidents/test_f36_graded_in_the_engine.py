"""F36: the same refusal leads to different next steps on the entry, on the stop and on the close."""

from __future__ import annotations

import pytest

from atomicpos.errors import EntryRefused, RolledBack
from atomicpos.models import ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, naked, stop_faults
from wired import bybit_client, library
from world import AVL, TEN, World, assert_safe, closes_of, stops_of

CODES = ("quantity", "notional", "price", "funds", "10001", "110066", None)
SAME = "10001"


@pytest.mark.parametrize("code", CODES, ids=str)
@in_every_mode()
async def test_f36_on_the_entry_it_ends_the_row_without_a_close(world: World, code: str | None) -> None:
    """The only send was refused: EntryRefused, rolled back with that proof, and neither stop nor close ever leaves."""
    world.venue.faults.add(Fault("place_entry", None, "refuse", code=code))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, EntryRefused)
    assert row is not None
    assert (row.state, row.proof.kind if row.proof else None) == (State.ROLLED_BACK, ProofKind.REFUSED)
    assert world.sent() == ["place_entry"]
    assert_safe(world, row)


@pytest.mark.parametrize("code", CODES, ids=str)
@in_every_mode()
async def test_f36_on_the_stop_it_is_retried_and_then_the_position_is_closed(world: World, code: str | None) -> None:
    """A refused stop is never taken for a refused entry: tried again, then closed by an order of ours, and flat."""
    naked(world)
    world.venue.faults.add(*stop_faults("refuse", code=code))
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert isinstance(error, RolledBack)
    assert not isinstance(error, EntryRefused)
    assert row is not None
    assert row.reason == "exposure_deadline"
    assert sum(order.sends for order in stops_of(row)) >= 3
    assert sum(order.filled for order in closes_of(row)) == TEN
    assert_safe(world, row)


@pytest.mark.parametrize("code", CODES, ids=str)
@in_every_mode()
async def test_f36_on_the_first_stop_only_it_is_protected_after_all(world: World, code: str | None) -> None:
    """Refused once: the second try stands, nothing is closed, and the position is protected."""
    naked(world)
    world.venue.faults.add(*stop_faults("refuse", nth=1, code=code))
    async with world.library() as positions:
        row, error = await world.tried(positions)
        assert error is None
        await world.clock.sleep(1)
        assert row is not None
        assert row.state is State.PROTECTED
        assert world.truth().stop_quantity >= TEN
    assert world.sent(Call.PLACE_CLOSE) == []


@pytest.mark.parametrize("code", CODES, ids=str)
@in_every_mode()
async def test_f36_on_the_close_it_does_not_end_the_closing(world: World, code: str | None) -> None:
    """A close that is refused is followed by another until it is flat: the row is not canceled, it is closed."""
    async with world.library() as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(5)
        world.venue.faults.add(Fault("place_close", None, "refuse", 1, code=code))
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert_safe(world, closed)


@pytest.mark.wire
async def test_f36_on_the_wire_10001_on_the_entry_is_refused_and_nothing_else_is_sent(bybit: Server) -> None:
    """"Qty invalid" under 10001 answers the entry: EntryRefused, and the venue never saw a second write."""
    bybit.venue.faults.add(Fault("place_entry", None, "refuse", code=SAME))
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(EntryRefused) as caught:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert caught.value.position is not None
    assert caught.value.position.state is State.ROLLED_BACK
    assert [arrival.path for arrival in bybit.arrivals.entries if arrival.method == "POST"] == ["/v5/order/create"]
    assert bybit.venue.truth(AVL).entries == 0


@pytest.mark.wire
async def test_f36_on_the_wire_10001_on_the_stop_does_not_leave_the_position_behind(bybit: Server) -> None:
    """The same number on every stop: the live position is closed at the exposure deadline, not written off."""
    bybit.venue.faults.add(
        Fault("place_entry", None, "drop_attached", 1),
        Fault("set_stop", None, "refuse", code=SAME),
        Fault("place_stop", None, "refuse", code=SAME),
    )
    async with library(bybit_client(bybit), exposure_deadline_s=0.4) as positions:
        with pytest.raises(RolledBack) as caught:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    row = caught.value.position
    assert row is not None
    assert row.reason == "exposure_deadline"
    assert sum(order.filled for order in closes_of(row)) == TEN
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stops, truth.entries) == (0, (), 1)
