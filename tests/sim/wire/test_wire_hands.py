"""What happens to an order and a position after the request was answered: the book, the market, other hands."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from atomicpos.sim.faults import Fault
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ENTRY = {"orderLinkId": "entry-1", "stopLoss": {"triggerPrice": "1.3308"}, "slTriggerBy": "MarkPrice"}


def plant(server: Server, kind: str, seconds: float | None = None, call: str = "place_entry") -> None:
    server.venue.faults.add(Fault(call, "AVLUSDT", kind, None, seconds))


async def enter(client: Any) -> Any:
    return await client.create_order(AVL, "market", "buy", 10, None, ENTRY)


async def entry_row(client: Any) -> dict[str, Any]:
    (row,) = await client.fetch_open_orders(AVL, None, None, {"orderLinkId": "entry-1"})
    return dict(row["info"])


async def test_half_of_an_entry_fills_and_the_rest_is_cancelled(client: Any, server: Server) -> None:
    """The row is final with what it filled; the attached stop covers what there is (F11)."""
    plant(server, "partial_fill")
    await enter(client)
    row = await entry_row(client)
    assert (row["orderStatus"], row["cumExecQty"], row["leavesQty"]) == ("PartiallyFilledCanceled", "5", "0")
    truth = server.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity, truth.exposure_s) == (5, 5, 0)


async def test_half_of_an_entry_fills_now_and_the_rest_later(client: Any, server: Server) -> None:
    """Meanwhile the order is open; the own stop grows with the position."""
    plant(server, "partial_then_more", seconds=0.1)
    await enter(client)
    row = await entry_row(client)
    assert (row["orderStatus"], row["cumExecQty"], row["leavesQty"]) == ("PartiallyFilled", "5", "5")
    await asyncio.sleep(0.15)
    assert (await entry_row(client))["orderStatus"] == "Filled"
    assert server.venue.truth(AVL).stop_quantity == 10


async def test_an_attached_stop_can_be_dropped_without_a_word(client: Any, server: Server) -> None:
    """The acknowledgement is as any other; neither the order nor the position shows a stop."""
    plant(server, "drop_attached")
    assert (await enter(client))["id"]
    assert (await entry_row(client))["stopLoss"] == ""
    assert server.venue.truth(AVL).stops == ()


ENDS = [("stop_out", 0), ("gap", 0), ("adl", 0), ("foreign_close", 0), ("foreign_scale_in", 20)]


@pytest.mark.parametrize(("kind", "quantity"), [*ENDS, ("foreign_reverse", -10), ("liquidate", 0)])
@pytest.mark.parametrize("seconds", [0, 0.05])
async def test_other_hands_act_when_they_are_told_to(
    client: Any, server: Server, kind: str, quantity: int, seconds: float
) -> None:
    """At once or after the named time, the position is what they make of it."""
    plant(server, kind, seconds)
    await enter(client)
    await asyncio.sleep(seconds and seconds + 0.05)
    assert server.venue.truth(AVL).quantity == quantity


async def test_a_deleveraging_is_told_by_its_type(client: Any, server: Server) -> None:
    """Its executions are listed when asked for by name, and its order says who created it."""
    plant(server, "adl", 0)
    await enter(client)
    taken = await client.fetch_my_trades(AVL, None, None, {"execType": "AdlTrade"})
    assert sum(fill["amount"] for fill in taken) == 10.0
    assert {(fill["info"]["createType"], fill["info"]["orderLinkId"]) for fill in taken} == {
        ("CreateByAdl_PassThrough", "")
    }
    (order,) = await client.fetch_canceled_and_closed_orders(AVL, None, None, {"orderId": taken[0]["order"]})
    assert order["info"]["createType"] == "CreateByAdl_PassThrough"


async def test_somebody_else_moves_the_stop_or_takes_it_away(client: Any, server: Server) -> None:
    """The position shows it; the stop is looser, and then none (F29)."""
    plant(server, "alter_stop", 0)
    await enter(client)
    (altered,) = await client.fetch_positions([AVL])
    assert 1.3 < float(altered["info"]["stopLoss"]) < 1.3308
    server.venue.faults.clear()
    plant(server, "clear_stop", 0, "set_stop")
    body = {"category": "linear", "symbol": "AVLUSDT", "stopLoss": "1.3308", "slTriggerBy": "MarkPrice"}
    await client.privatePostV5PositionTradingStop(body)
    (cleared,) = await client.fetch_positions([AVL])
    assert (cleared["info"]["stopLoss"], server.venue.truth(AVL).stops) == ("", ())
