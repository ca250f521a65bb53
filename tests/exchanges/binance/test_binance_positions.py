"""Whole positions on Binance, with the real client over HTTP: opened, protected, moved, closed, stopped, refused."""

from __future__ import annotations

from typing import Any

import pytest
from asked import ALGO, AVL, ORDER, QUICK, sent

from atomicpos import sim
from atomicpos.errors import EntryNeverFilled, EntryRefused
from atomicpos.models import State
from atomicpos.sim.wire.server import Server
from wired import library

pytestmark = pytest.mark.wire


def protected(venue: Server, quantity: int = 10) -> bool:
    truth = venue.venue.truth(AVL)
    return (truth.quantity, truth.stop_quantity, len(truth.stops)) == (quantity, quantity, 1)


async def test_a_calm_open_is_protected_by_one_separate_stop(venue: Server, client: Any) -> None:
    """One entry, one conditional order by the mark price that can only reduce, read back before the call returns."""
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2, leverage=5)
        assert (row.state, row.filled_quantity, row.leverage) == (State.PROTECTED, 10, 5)
        assert row.entry_price == venue.venue.truth(AVL).average
        assert protected(venue)
    (entry,), (stop,) = sent(venue, ORDER, "POST"), sent(venue, ALGO, "POST")
    assert "reduceOnly" not in entry
    assert (stop["reduceOnly"], stop["workingType"], stop["quantity"]) == ("true", "MARK_PRICE", "10")


async def test_a_short_is_protected_by_a_buy_stop(venue: Server, client: Any) -> None:
    """The other direction."""
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "sell", 10, stop_loss_percent=2)
        assert row.state is State.PROTECTED
        assert venue.venue.truth(AVL).quantity == -10
        assert [stop["side"] for stop in sent(venue, ALGO, "POST")] == ["BUY"]


@pytest.mark.parametrize("kind", ["http_502_executed", "lose_reply", "html_200_executed"])
async def test_f10_an_entry_whose_reply_is_lost_is_found_and_protected(
    venue: Server, client: Any, kind: str
) -> None:
    """Executed, and not heard of: looked up by our id, sent once, protected."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, kind, seconds=0.2 if kind == "lose_reply" else None))
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        assert row.state is State.PROTECTED
        assert protected(venue)
    assert len(sent(venue, ORDER, "POST")) == 1


async def test_f10_an_entry_that_was_lost_on_its_way_is_never_sent_again(venue: Server, client: Any) -> None:
    """Not executed: both lookups say so twice past the horizon, it is rolled back, and one request left."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "http_502_not_executed"))
    async with library(client, **QUICK) as positions:
        with pytest.raises(EntryNeverFilled):
            await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        (row,) = await positions.list()
        assert row.state is State.ROLLED_BACK
    assert len(sent(venue, ORDER, "POST")) == 1
    assert (venue.venue.truth(AVL).entries, venue.venue.truth(AVL).stops) == (0, ())


async def test_a_stop_whose_reply_is_lost_is_looked_up_before_another_one_is_sent(venue: Server, client: Any) -> None:
    """Placed, and not heard of: found by its id with the algo service, and there is one of them."""
    venue.venue.faults.add(sim.Fault("place_stop", AVL, "http_502_executed", nth=1))
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        assert row.state is State.PROTECTED
        assert protected(venue)
    assert len(sent(venue, ALGO, "POST")) == 1


async def test_a_refused_entry_leaves_nothing(venue: Server, client: Any) -> None:
    """-2019: rolled back by the exchange's word, nothing of ours lives."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "refuse", code="-2019"))
    async with library(client, **QUICK) as positions:
        with pytest.raises(EntryRefused, match="Margin is insufficient"):
            await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
    truth = venue.venue.truth(AVL)
    assert (truth.quantity, truth.stops, truth.orders) == (0, (), ())


async def test_f11_a_partial_fill_is_protected_at_its_size(venue: Server, client: Any) -> None:
    """Five of ten, the rest expired: the stop that stands covers five."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "partial_fill"))
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 5)
        truth = venue.venue.truth(AVL)
        assert truth.quantity == 5
        assert truth.stop_quantity >= 5


async def test_a_stop_that_fires_ends_the_position(venue: Server, client: Any) -> None:
    """Closed by its stop, proven by the stop's own fills, and nothing is left."""
    async with library(client, **QUICK) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        assert row.stop_price is not None
        facts = positions.events()
        venue.venue.set_mark(AVL, row.stop_price)
        async for _ in facts:
            ended = await positions.get(row.id)
            if ended.state is State.CLOSED:
                break
        assert (ended.state, ended.filled_quantity) == (State.CLOSED, 10)
    truth = venue.venue.truth(AVL)
    assert (truth.quantity, truth.stops) == (0, ())


async def test_a_close_is_proven_and_takes_the_stop_away(venue: Server, client: Any) -> None:
    """Closed with a reduce-only order, flat, and no stop is left behind."""
    async with library(client, **QUICK) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        closed = await positions.close_position(row.id)
        assert closed.state is State.CLOSED
        truth = venue.venue.truth(AVL)
        assert (truth.quantity, truth.stops) == (0, ())
    assert sent(venue, ORDER, "POST")[-1]["reduceOnly"] == "true"
    assert sent(venue, ALGO, "DELETE")


async def test_a_stop_is_moved_by_a_new_one_before_the_old_one_goes(venue: Server, client: Any) -> None:
    """The new one is there first; in the end one stands, at the new price."""
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        moved = await positions.move_stop(row.id, percent=1)
        assert moved.stop_price > row.stop_price
        assert protected(venue)
        assert venue.venue.truth(AVL).stops[0].trigger_price == moved.stop_price
    order = [entry.method for entry in venue.arrivals.entries if entry.path == ALGO and entry.method != "GET"]
    assert order == ["POST", "POST", "DELETE"]
