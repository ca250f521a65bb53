"""What fills, or lives on, after its row was settled is found by its own id: the row is opened again and driven on."""

from __future__ import annotations

from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen, StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.externals import EXTERNAL_POSITION
from atomicpos.models import Leg, OrderSide, Position, ProofKind, State, TriggerBy
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.venue import PlaceRequest
from atomicpos.testing.journals import JournalOver
from modes import in_every_mode, moves_of
from world import AVL, TEN, World, assert_safe, in_world

WATCH_S = 5
TWICE_S = 2 * WATCH_S + 1
"""Two listings, and their answers."""
AUDIT_S = 31
"""Fills are searched for late ones every half minute."""


async def never_arrived(world: World, positions: AtomicPositions) -> Position:
    """A row that was rolled back because its entry was proven absent."""
    world.venue.faults.add(Fault("place_entry", None, "lose_request"))
    await world.tried(positions)
    row = await world.settle(positions)
    assert row is not None
    assert (row.state, row.proof and row.proof.kind) == (State.ROLLED_BACK, ProofKind.ABSENT)
    world.venue.faults.clear()
    return row


def arrives_late(world: World, row: Position) -> None:
    """The exchange carries the entry out after all, long past every bound."""
    entry = next(o for o in row.orders if o.leg is Leg.ENTRY)
    guard = next((o.trigger_price for o in row.orders if o.attached), None)
    world.venue.place(PlaceRequest(AVL, entry.client_order_id, OrderSide.BUY, TEN, stop_loss=guard,
                                   stop_loss_by=TriggerBy.MARK if guard else None))  # fmt: skip


ENDED = ["orphan_suspected", "rolled_back"]
REOPENED = ["orphan_suspected", "verifying", "protected"]


@pytest.mark.parametrize("positions_listed", [True, False], ids=["listed", "fills only"])
@in_every_mode()
async def test_a_late_fill_of_a_settled_row_reopens_it_and_is_protected(world: World, positions_listed: bool) -> None:
    """Found by its own id among the account's fills, or by the position: a suspected orphan again, then protected."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        await world.clock.sleep(600)
        if not positions_listed:
            world.venue.faults.add(Fault("account_positions", None, "omit"))
        arrives_late(world, row)
        await world.clock.sleep(AUDIT_S + TWICE_S)
        after = await positions.get(row.id)
        assert moves_of(after) == ENDED + REOPENED
        assert_safe(world, after)
    assert world.sent(Call.PLACE_ENTRY, Call.PLACE_CLOSE) == ["place_entry"]
    assert len(world.heard(EventKind.ALERT, "orphan_suspected")) == 2
    assert len(world.heard(EventKind.RESOLVED, "orphan_suspected")) == 2


@in_world()
async def test_a_reopened_row_is_named_as_the_one_that_holds_the_slot(world: World) -> None:
    """Another row of the symbol has come and gone since, and is the newer one: who opens there is told of the older."""
    async with world.library(watch_s=WATCH_S) as positions:
        late = await never_arrived(world, positions)
        newer, _ = await world.tried(positions)
        assert newer is not None
        await positions.close_position(newer.id)
        await world.clock.sleep(600)
        arrives_late(world, late)
        await world.clock.sleep(AUDIT_S + TWICE_S)
        occupant, error = await world.tried(positions)
        assert isinstance(error, AlreadyOpen)
        assert occupant is not None
        assert occupant.id == late.id


@in_every_mode()
async def test_a_late_fill_is_covered_within_seconds_where_the_position_is_listed(world: World) -> None:
    """Two turns and a look: it does not wait for the fills to be searched."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        await world.clock.sleep(600)
        arrives_late(world, row)
        await world.clock.sleep(TWICE_S + 2)
        assert world.truth().stop_quantity >= 10


@in_every_mode()
async def test_an_order_of_a_settled_row_that_lives_after_all_is_cancelled_by_its_row(world: World) -> None:
    """Listed as alive under the id of a row of ours: looked at again, cancelled, and ended once it is seen dead."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        await world.clock.sleep(600)
        entry = next(o for o in row.orders if o.leg is Leg.ENTRY)
        world.venue.place(PlaceRequest(AVL, entry.client_order_id, OrderSide.BUY, TEN), fill=False, rests=True)
        await world.clock.sleep(TWICE_S + 30)
        after = await positions.get(row.id)
        assert moves_of(after) == ENDED + ENDED
        assert after.proof is not None
        assert after.proof.kind is ProofKind.DEAD_UNFILLED
        assert_safe(world, after)
    assert world.sent(Call.CANCEL) == ["cancel"]


@in_world()
async def test_a_settled_row_without_late_evidence_is_not_touched_by_what_others_open_there(world: World) -> None:
    """Its symbol is bought by hand an hour later: looked at once, found to be none of ours, and left as it was."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        await world.clock.sleep(3600)
        sent = world.sent()
        world.venue.foreign_order(AVL, OrderSide.BUY, TEN)
        await world.clock.sleep(600)
        after = await positions.get(row.id)
        assert moves_of(after) == ENDED
        assert (after.state, after.proof) == (row.state, row.proof)
        assert [event.symbol for event in world.heard(EventKind.ALERT, EXTERNAL_POSITION)] == [AVL]
    assert world.truth().quantity == 10
    assert world.sent() == sent


class Keeping(JournalOver):
    """A database that is gone whenever a row is given back, three times."""

    failures = 3

    async def give_back(self, claimant: Any, position_id: str) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the network is gone")
        await super().give_back(claimant, position_id)


@in_world()
async def test_a_settled_row_that_was_looked_at_is_given_back_when_the_database_answers_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """No drive has failed then, and nothing is driven anew: only the lease waits."""
    world.journal = journal = Keeping(world.journal)
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        world.venue.foreign_order(AVL, OrderSide.BUY, TEN)
        await world.clock.sleep(60)
        assert journal.failures == 0
        assert moves_of(await positions.get(row.id)) == ENDED
    assert "cannot be given back yet" in caplog.text
    assert "failed and is started again" not in caplog.text


class Failing(JournalOver):
    """A database that cannot be read by the sweep, as long as it is told so."""

    down = False

    async def find_orders(self, scope: Any, client_order_ids: Any) -> dict[str, str]:
        if self.down:
            raise StoreUnavailable("the network is gone")
        return await super().find_orders(scope, client_order_ids)


@in_every_mode()
async def test_fills_that_were_listed_while_the_database_failed_are_looked_for_again(world: World) -> None:
    """Listed, and not a row could be asked for: they do not count as searched, however long that lasts."""
    world.journal = journal = Failing(world.journal)
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
        world.venue.faults.add(Fault("account_positions", None, "omit"))
        journal.down = True
        arrives_late(world, row)
        await world.clock.sleep(600)
        journal.down = False
        await world.clock.sleep(AUDIT_S + TWICE_S)
        assert (await positions.get(row.id)).state is State.PROTECTED


@pytest.mark.parametrize("age_s", [600, 20 * 3600])
@in_every_mode()
async def test_the_next_start_finds_what_filled_while_nobody_ran(world: World, age_s: int) -> None:
    """Everything back to ``audit_s`` is searched at once: a row that settled yesterday is reopened within seconds."""
    async with world.library(watch_s=WATCH_S) as positions:
        row = await never_arrived(world, positions)
    arrives_late(world, row)
    await world.clock.sleep(age_s)
    other = world.beside()
    async with other.library(watch_s=WATCH_S) as positions:
        await world.clock.sleep(TWICE_S)
        assert_safe(world, await positions.get(row.id))
        assert (await positions.get(row.id)).state is State.PROTECTED
