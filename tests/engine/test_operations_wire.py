"""What moving a stop and closing a part send through the real client, to the byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from atomicpos.errors import CloseRefused, StopRefused
from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library
from world import closes_of

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
CREATE, SET_STOP = "/v5/order/create", "/v5/position/trading-stop"


def posted(server: Server, since: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Every write that arrived after the first so many: its path and its body."""
    return [(a.path, json.loads(a.body)) for a in server.arrivals.entries if a.method == "POST"][since:]


async def test_a_part_is_one_reduce_only_order_and_a_move_one_amendment(bybit: Server) -> None:
    """Four of ten are sold at market, unable to open; the stop over the whole position is set to its new trigger."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        before = len(posted(bybit))
        row = await positions.close_position(row.id, 4)
        row = await positions.move_stop(row.id, price="1.34")
        assert row.state is State.PROTECTED
    (close,) = closes_of(row)
    assert posted(bybit, before) == [
        (CREATE, {
            "category": "linear", "symbol": "AVLUSDT", "side": "Sell", "orderType": "Market", "qty": "4",
            "positionIdx": 0, "orderLinkId": close.client_order_id, "reduceOnly": True,
        }),
        (SET_STOP, {
            "category": "linear", "symbol": "AVLUSDT", "positionIdx": 0, "tpslMode": "Full", "stopLoss": "1.34",
            "slTriggerBy": "MarkPrice",
        }),
    ]  # fmt: skip
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity, [str(stop.trigger_price) for stop in truth.stops]) == (6, 6, ["1.34"])


@pytest.mark.parametrize("code", ["10001", "110061"])
async def test_a_move_that_the_exchange_refuses_keeps_the_old_stop(bybit: Server, code: str) -> None:
    """StopRefused after one request; the old stop is the one on the position, and in the row."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        before = len(posted(bybit))
        bybit.venue.faults.add(Fault("set_stop", None, "refuse", 1, None, code))
        with pytest.raises(StopRefused) as refused:
            await positions.move_stop(row.id, price="1.34")
        assert refused.value.position is not None
        assert (refused.value.position.state, refused.value.position.stop_price) == (State.PROTECTED, row.stop_price)
    assert [path for path, _ in posted(bybit, before)] == [SET_STOP]
    assert [stop.trigger_price for stop in bybit.venue.truth(AVL).stops] == [row.stop_price]


@pytest.mark.parametrize("code", ["110066", "30209", "110017"])
async def test_a_part_that_the_exchange_refuses_stays_open(bybit: Server, code: str) -> None:
    """CloseRefused with the exchange's code in the journal; ten under their stop, and one create for it."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        before = len(posted(bybit))
        bybit.venue.faults.add(Fault("place_close", None, "refuse", 1, None, code))
        with pytest.raises(CloseRefused):
            await positions.close_position(row.id, 4)
        after = await positions.get(row.id)
        assert after.state is State.PROTECTED
        assert code in [entry.data.get("code") for entry in after.journal]
    assert [path for path, _ in posted(bybit, before)] == [CREATE]
    assert (bybit.venue.truth(AVL).quantity, bybit.venue.truth(AVL).stop_quantity) == (10, 10)
