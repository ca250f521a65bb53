"""The module-level call, and one process a database, with the real client and a real file."""

from __future__ import annotations

from pathlib import Path

import pytest

import atomicpos
from atomicpos.errors import AlreadyOpen, StoreUnavailable
from atomicpos.models import State
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"


async def test_the_function_opens_protects_and_lets_go(bybit: Server, tmp_path: Path) -> None:
    """It returns a protected position, keeps one instance for the next call, and frees the file on aclose."""
    database = f"sqlite:///{tmp_path}/positions.db"
    client = bybit_client(bybit)
    try:
        row = await atomicpos.open_position_atomic(
            client, "AVLUSDT", "buy", "10", stop_loss_percent="2", database=database
        )
        assert row.state is State.PROTECTED
        with pytest.raises(AlreadyOpen) as taken:
            await atomicpos.open_position_atomic(
                client, "AVLUSDT", "buy", "10", stop_loss_percent="2", database=database
            )
        assert taken.value.position is not None
        assert taken.value.position.id == row.id
    finally:
        await atomicpos.aclose()
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity, truth.entries) == (10, 10, 1)
    async with library(client, database=database) as positions:
        assert [(p.id, p.state) for p in await positions.list()] == [(row.id, State.PROTECTED)]


async def test_the_callers_client_is_still_its_own(bybit: Server, tmp_path: Path) -> None:
    """After aclose the bot's client works as before and was not closed."""
    client = bybit_client(bybit)
    try:
        await atomicpos.open_position_atomic(
            client, "AVLUSDT", "buy", "10", stop_loss_percent="2", database=f"sqlite:///{tmp_path}/a.db"
        )
        await atomicpos.aclose()
        (shown,) = await client.fetch_positions([AVL])
        assert shown["contracts"] == 10.0
    finally:
        await client.close()


@pytest.mark.process
async def test_a_second_one_is_welcome_on_the_same_file(bybit: Server, tmp_path: Path) -> None:
    """It sees the row, opens nothing beside it, and closes it when asked to: the first hands it over."""
    database = f"sqlite:///{tmp_path}/positions.db"
    async with library(bybit_client(bybit), database=database) as first, library(
        bybit_client(bybit), database=database
    ) as second:
        row = await first.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (await second.wait(row.id)).state is State.PROTECTED
        with pytest.raises(AlreadyOpen):
            await second.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert (await second.close_position(row.id)).state is State.CLOSED
        assert (await first.get(row.id)).state is State.CLOSED
    assert bybit.venue.truth(AVL).entries == 1


async def test_an_unusable_database_means_nothing_was_sent(bybit: Server, tmp_path: Path) -> None:
    """A path that cannot be: StoreUnavailable, and no order on the exchange."""
    client = bybit_client(bybit)
    try:
        with pytest.raises(StoreUnavailable):
            await atomicpos.open_position_atomic(
                client, "AVLUSDT", "buy", "10", stop_loss_percent="2",
                database=f"sqlite:///{tmp_path}/no/such/directory/a.db",
            )
    finally:
        await client.close()
    assert bybit.venue.truth(AVL).entries == 0
