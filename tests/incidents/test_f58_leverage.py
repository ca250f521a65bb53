"""F58: leverage is set and read back before the entry; where the two differ the entry is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import EntryRefused
from atomicpos.models import ProofKind, State
from atomicpos.ports import Outcome, SetLeverage
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.server import Server
from modes import in_every_mode
from wired import bybit_client, library
from world import AVL, World, assert_safe, in_world

CREATE, SET, LIST = "/v5/order/create", "/v5/position/set-leverage", "/v5/position/list"


@pytest.mark.parametrize("error", [RuntimeError("lost in a refactor"), OSError("connection reset"), KeyError("data")])
@in_every_mode()
async def test_f58_a_setting_that_raises_means_no_order(world: World, error: Exception) -> None:
    """Whatever the call raises, the outcome is not known: EntryRefused, no entry, and the slot is free."""
    real = world.exchange.write

    async def write(request: Any, permit: Any) -> Outcome:
        if isinstance(request, SetLeverage):
            raise error
        return await real(request, permit)

    world.exchange.write = write
    async with world.library() as positions:
        row, raised = await world.tried(positions, leverage=5)
        assert isinstance(raised, EntryRefused)
        assert row is not None
        assert row.proof is not None
        assert (row.reason, row.proof.kind) == ("leverage_refused", ProofKind.NOT_SENT)
        assert_safe(world, row)
        _, raised = await world.tried(positions)
        assert raised is None
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]


@pytest.mark.parametrize("code", ["110013", "110090", "10001", "110044", "10006"])
@pytest.mark.wire
async def test_f58_a_refused_setting_means_no_order(bybit: Server, code: str) -> None:
    """Above the risk limit, too large a position, a rate limit: EntryRefused, the code in the journal, no create."""
    bybit.venue.faults.add(Fault("set_leverage", None, "refuse", None, None, code))
    row = await refused_on(bybit)
    assert code in [entry.data.get("code") for entry in row.journal]


@pytest.mark.parametrize("kind", ["lose_request", "http_502_executed", "http_502_not_executed", "html_200_executed",
                                  "cut_body"])
@pytest.mark.wire
async def test_f58_a_setting_of_unknown_outcome_means_no_order(bybit: Server, kind: str) -> None:
    """Perhaps it was set, perhaps not: that is not enough to open on."""
    bybit.venue.faults.add(Fault("set_leverage", None, kind))
    await refused_on(bybit)


async def refused_on(bybit: Server) -> Any:
    """The row of an open that was refused for its leverage; no create arrived, and the next open without one works."""
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(EntryRefused, match="leverage 5 could not be had") as refused:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
        row = refused.value.position
        assert row is not None
        assert (row.state, row.reason) == (State.ROLLED_BACK, "leverage_refused")
        assert [a for a in bybit.arrivals.entries if a.path == CREATE] == []
        found = await positions.get(row.id)
        bybit.venue.faults.clear()
        again = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert again.state is State.PROTECTED
    return found


@pytest.mark.wire
async def test_f58_a_leverage_that_reads_twenty_means_no_order(bybit: Server) -> None:
    """Set to five with return code 0, read back as twenty, set again and still twenty: EntryRefused, no create."""
    bybit.venue.set_leverage(AVL, Decimal(20))
    bybit.venue.set_leverage = lambda symbol, leverage: None  # type: ignore[method-assign]
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(EntryRefused, match="leverage 5 could not be had: leverage 20 was read back"):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
    assert [a for a in bybit.arrivals.entries if a.path == CREATE] == []


@pytest.mark.wire
async def test_f58_a_leverage_that_is_so_already_is_had(bybit: Server) -> None:
    """110043, leverage not modified, is a success: it is read back, and the entry follows."""
    bybit.venue.set_leverage(AVL, Decimal(5))
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
    assert (row.state, row.leverage) == (State.PROTECTED, 5)
    paths = [a.path for a in bybit.arrivals.entries if a.path in (CREATE, SET)]
    assert paths == [SET, CREATE]


@pytest.mark.wire
async def test_f58_a_reading_that_lags_is_settled_by_the_engine(bybit: Server) -> None:
    """The list still shows ten: set again, the engine says not modified, and that is the better witness."""
    bybit.venue.faults.add(Fault("position", None, "lag", None, 0.4))
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
    assert row.state is State.PROTECTED
    assert bybit.venue.position_as_of(AVL, bybit.venue.now_us()).leverage == 5
    bodies = [json.loads(a.body) for a in bybit.arrivals.entries if a.path == SET]
    assert bodies == [{"category": "linear", "symbol": "AVLUSDT", "buyLeverage": "5", "sellLeverage": "5"}] * 2


@in_every_mode()
async def test_f58_without_a_wish_the_account_s_leverage_is_left_as_it_is(world: World) -> None:
    """Nothing is set, and the row says that none was asked for."""
    before = world.venue.position_as_of(AVL, world.venue.now_us()).leverage
    async with world.library() as positions:
        row, _ = await world.tried(positions)
    assert row is not None
    assert (row.leverage, world.sent(Call.SET_LEVERAGE)) == (None, [])
    assert world.venue.position_as_of(AVL, world.venue.now_us()).leverage == before


@in_world(Fault("set_leverage", None, "late_reply", 1, 100))
async def test_f58_what_is_not_answered_in_time_was_not_had(world: World) -> None:
    """The reply to the setting hangs: EntryRefused after the client's own timeout, and no entry leaves ever."""
    async with world.library() as positions:
        row, error = await world.tried(positions, leverage=5)
        assert isinstance(error, EntryRefused)
        assert world.elapsed_s < 11
        await world.clock.sleep(200)
        assert_safe(world, row)
    assert world.sent(Call.PLACE_ENTRY) == []
