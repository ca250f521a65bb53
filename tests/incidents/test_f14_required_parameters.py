"""F14: each request carries what the exchange requires, and an account in hedge mode is refused first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from atomicpos.errors import EntryRefused
from atomicpos.models import ProofKind, State
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, shaded
from shades import from_the_entry_on
from wired import bybit_client, library
from world import AVL, World, assert_safe

CREATE, OWN_STOP = "/v5/order/create", "/v5/position/trading-stop"


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
async def test_f14_an_account_in_hedge_mode_gets_no_order(bybit: Server) -> None:
    """EntryRefused with the reason, no row, and not one write arrived."""
    bybit.venue.set_position_mode("hedge")
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(EntryRefused, match="hedge mode is not supported yet") as refused:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        assert await positions.list() == ()
    assert refused.value.position is None
    assert posted(bybit) == []


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
