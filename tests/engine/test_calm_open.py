"""What a calm open costs, in requests and in transactions."""

from __future__ import annotations

from typing import Any

from atomicpos.models import State
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import MemoryJournal
from world import WRITES, World, in_world


class Counting(MemoryJournal):
    """Counts the transactions."""

    transactions = 0

    async def admit(self, change: Any, lease_us: int) -> None:
        self.transactions += 1
        await super().admit(change, lease_us)

    async def commit(self, change: Any) -> None:
        self.transactions += 1
        await super().commit(change)


LISTINGS = (Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS, Call.ACCOUNT_FILLS)
"""What the sweep asks of the account, for all positions on it and beside every open."""


@in_world()
async def test_a_calm_open_costs_one_entry_one_amendment_six_reads_and_three_transactions(world: World) -> None:
    """Two reads come before the entry, side by side; the position is never without a stop."""
    world.journal = journal = Counting()
    async with world.library() as positions:
        started, before = len(world.exchange.requests), journal.transactions
        row, error = await world.tried(positions)
        asked = [ask for ask in world.exchange.requests[started:] if ask[1] not in LISTINGS]
        spent = journal.transactions - before
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED
    assert world.sent() == [Call.PLACE_ENTRY, Call.SET_STOP]
    entry_at = [call for _, call, _ in asked].index(Call.PLACE_ENTRY)
    first = {(at_us, call) for at_us, call, _ in asked[:entry_at]}
    assert first == {(asked[0][0], Call.MARK), (asked[0][0], Call.POSITION)}
    assert len([call for _, call, _ in asked if call not in WRITES]) <= 6
    assert spent <= 3
    assert row.exposure_s == world.truth().exposure_s == 0
