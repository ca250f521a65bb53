"""Whole positions over the wire in OKX's dialect, with the library as a bot has it."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import EntryNeverFilled
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server
from wired import library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
SHIB = "SHIB/USDT:USDT"
ORDER, ALGO = "/api/v5/trade/order", "/api/v5/trade/order-algo"
SHORT_BOUNDS = {"visibility_s_max": 0.4, "recv_window_s": 0.5, "clock_skew_s_max": 0.1}


def posted(server: Server, path: str) -> list[dict[str, Any]]:
    """The bodies that were posted there."""
    return [json.loads(a.body) for a in server.arrivals.entries if a.path == path and a.method == "POST"]


async def opened(positions: Any, **asked: Any) -> Any:
    wanted = {"symbol": "AVL-USDT-SWAP", "side": "buy", "quantity": "100", "stop_loss_percent": "2", **asked}
    return await positions.open_position_atomic(**wanted)


async def test_a_calm_open_is_protected(okx: Server, okx_bot: Any) -> None:
    """One entry of ten contracts, and a stop over all of it, reduce-only, at the price that the row tells."""
    async with library(okx_bot) as positions:
        row = await opened(positions)
    assert (row.state, row.filled_quantity) == (State.PROTECTED, Decimal(100))
    truth = okx.venue.truth(AVL)
    assert (truth.quantity, truth.entries) == (100, 1)
    assert truth.stop_quantity >= 100
    assert {stop.reduce_only for stop in truth.stops} == {True}
    assert row.stop_price in {stop.trigger_price for stop in truth.stops}
    assert [body["sz"] for body in posted(okx, ORDER)] == ["10"]


@pytest.mark.parametrize("kind", ["lose_reply", "http_502_executed", "html_200_executed", "cut_body"])
async def test_f10_an_entry_whose_answer_is_lost_is_found_and_never_sent_again(
    okx: Server, okx_bot: Any, kind: str
) -> None:
    """Looked up by our id, among orders and algo orders; one entry at the exchange, and it is protected."""
    okx.venue.faults.add(Fault("place_entry", AVL, kind, nth=1, seconds=0.2 if kind == "lose_reply" else None))
    async with library(okx_bot) as positions:
        row = await opened(positions)
    assert (row.state, row.filled_quantity) == (State.PROTECTED, Decimal(100))
    assert (okx.venue.truth(AVL).quantity, okx.venue.truth(AVL).entries) == (100, 1)
    assert len(posted(okx, ORDER)) == 1


async def test_a_partial_fill_is_protected_by_a_stop_of_its_own(okx: Server, okx_bot: Any) -> None:
    """No attached stop comes into being then: a separate one covers what filled."""
    okx.venue.faults.add(Fault("place_entry", AVL, "partial_fill", nth=1))
    async with library(okx_bot) as positions:
        row = await opened(positions)
    truth = okx.venue.truth(AVL)
    assert (row.state, row.filled_quantity, truth.quantity) == (State.PROTECTED, Decimal(50), 50)
    assert truth.stop_quantity >= 50
    assert all(stop.client_order_id and stop.reduce_only for stop in truth.stops)
    assert posted(okx, ALGO)


async def test_an_entry_that_never_fills_is_rolled_back(okx: Server, okx_bot: Any) -> None:
    """Nothing is held and nothing is left waiting."""
    okx.venue.faults.add(Fault("place_entry", AVL, "never_fill", nth=1))
    async with library(okx_bot, **SHORT_BOUNDS) as positions:
        with pytest.raises(EntryNeverFilled):
            await opened(positions)
    truth = okx.venue.truth(AVL)
    assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def test_a_stop_that_fires_ends_the_position(okx: Server, okx_bot: Any) -> None:
    """The order that the algo order became proves the exit: its fills are ours, and what is left over is cancelled."""
    async with library(okx_bot, **SHORT_BOUNDS) as positions:
        row = await opened(positions)
        events = positions.events()
        okx.venue.set_mark(AVL, row.stop_price)
        async with asyncio.timeout(20):
            while (await anext(events)).state is not State.CLOSED:
                pass
        assert (await positions.get(row.id)).state is State.CLOSED
    assert (okx.venue.truth(AVL).quantity, okx.venue.truth(AVL).stops) == (0, ())


async def test_a_close_leaves_nothing_behind(okx: Server, okx_bot: Any) -> None:
    """The position is closed, and the stops that OKX would leave are cancelled by their ids."""
    async with library(okx_bot, **SHORT_BOUNDS) as positions:
        row = await opened(positions)
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    truth = okx.venue.truth(AVL)
    assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def test_a_stop_is_moved_new_before_old(okx: Server, okx_bot: Any) -> None:
    """At no moment is the position without a stop, and only the new one is left."""
    async with library(okx_bot, **SHORT_BOUNDS) as positions:
        row = await opened(positions)
        naked_s = okx.venue.truth(AVL).exposure_s
        moved = await positions.move_stop(row.id, price="1.35")
        truth = okx.venue.truth(AVL)
    assert (moved.state, moved.stop_price) == (State.PROTECTED, Decimal("1.35"))
    assert Decimal("1.35") in {stop.trigger_price for stop in truth.stops}
    assert truth.exposure_s == naked_s


async def test_f57_prices_and_sizes_of_a_small_coin_are_exact_both_ways(okx: Server, okx_bot: Any) -> None:
    """A million of the coin to the contract, a price of 0.00002480: nothing is rounded, in requests or in rows."""
    async with library(okx_bot) as positions:
        row = await opened(positions, symbol="SHIB-USDT-SWAP", quantity="1234500", stop_loss_percent=None,
                           stop_loss_price="0.00002400")  # fmt: skip
    assert (row.filled_quantity, row.stop_price) == (Decimal(1234500), Decimal("0.00002400"))
    assert posted(okx, ORDER)[0]["sz"] == "1.2345"
    stops = [*posted(okx, ALGO), *posted(okx, ORDER)[0].get("attachAlgoOrds", [])]
    assert {body["slTriggerPx"] for body in stops} == {"0.000024"}
    truth = okx.venue.truth(SHIB)
    assert (truth.quantity, row.entry_price) == (1234500, truth.average)


@pytest.mark.parametrize("mode", ["isolated", "cross"])
async def test_every_order_of_a_position_is_in_its_margin_mode(okx: Server, okx_bot: Any, mode: str) -> None:
    """Entry, stop and close name the same mode, and the leverage is that mode's."""
    async with library(okx_bot, margin_mode=mode, **SHORT_BOUNDS) as positions:
        row = await opened(positions, leverage=5)
        await positions.close_position(row.id)
    sent = [*posted(okx, ORDER), *posted(okx, ALGO)]
    assert {body["tdMode"] for body in sent} == {mode}
    assert [body["mgnMode"] for body in posted(okx, "/api/v5/account/set-leverage")] == [mode]
    assert okx.venue.truth(AVL).quantity == 0
