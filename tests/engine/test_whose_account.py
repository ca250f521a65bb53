"""An account name in a database stands for one account at the exchange: its rows are weighed by no other's answers."""

from __future__ import annotations

import pytest

from atomicpos.errors import NotReady
from atomicpos.models import State
from world import World, assert_safe, in_world


@in_world()
async def test_other_keys_under_the_same_name_are_refused_and_touch_nothing(world: World) -> None:
    """Looked at with another account's keys every position would seem to be gone: nothing is claimed, read or sent."""
    world.exchange.account_id = "4711"
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    world.journal, asked = world.journal.reopened(), len(world.exchange.requests)
    world.exchange.account_id = "0815"
    with pytest.raises(NotReady, match="is the sim account 4711, and these keys belong to 0815"):
        await world.library().__aenter__()
    assert len(world.exchange.requests) == asked
    world.journal = world.journal.reopened()
    async with world.library(account="second") as positions:
        assert [found.state for found in await positions.list()] == [State.PROTECTED]
    world.journal = world.journal.reopened()
    world.exchange.account_id = "4711"
    async with world.library() as positions:
        assert_safe(world, await positions.get(row.id if row is not None else ""))


@in_world()
async def test_an_exchange_that_does_not_say_is_believed(world: World) -> None:
    """Where the exchange has no name for the account, the name that the caller gave is all there is."""
    async with world.library() as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert_safe(world, row)
