"""F01, F07, F10 and F12: what the real client does with money on the wire, and what comes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.errors import EntryNeverFilled, InvalidRequest
from atomicpos.models import PositionSide, ProofKind, State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library
from world import closes_of

pytestmark = pytest.mark.wire

MNT = "MNT/USDT:USDT"
AVL = "AVL/USDT:USDT"
CREATE = "/v5/order/create"
SHORT_BOUNDS = {"visibility_s_max": 0.4, "recv_window_s": 0.5, "clock_skew_s_max": 0.1}


def created(server: Server, *, reduce_only: bool) -> list[dict[str, Any]]:
    """The bodies of the create requests that arrived."""
    bodies = [json.loads(a.body) for a in server.arrivals.entries if a.path == CREATE]
    return [body for body in bodies if bool(body.get("reduceOnly")) is reduce_only]


async def test_f01_an_acknowledgement_of_nothing_but_an_id_is_no_failure(bybit: Server) -> None:
    """The reply has an id and no status: the order is asked for by our id, and the short is protected."""
    bybit.venue.faults.add(Fault("orders", None, "lag", None, 0.4))
    client = bybit_client(bybit)
    async with library(client) as positions:
        row = await positions.open_position_atomic("MNTUSDT", "SELL", "94", stop_loss_percent="2")
    (entry,) = created(bybit, reduce_only=False)
    assert (entry["side"], entry["qty"]) == ("Sell", "94")
    assert (row.state, row.side, row.filled_quantity) == (State.PROTECTED, PositionSide.SHORT, Decimal(94))
    assert closes_of(row) == []
    truth = bybit.venue.truth(MNT)
    assert (truth.quantity, truth.stop_quantity) == (-94, 94)
    assert [stop.trigger_price for stop in truth.stops] == [row.stop_price]


class FiveHundredGuard(ccxt.bybit):  # type: ignore[misc]
    """A client whose order lookup by id is refused by the client itself, before any request."""

    asked = 0

    async def fetch_order(self, id: str, symbol: str | None = None, params: Any = None) -> Any:
        type(self).asked += 1
        raise ccxt.ArgumentsRequired("can only access an order if it is in last 500 orders")


async def test_f07_a_lookup_that_the_client_refuses_is_not_the_one_we_rest_on(bybit: Server) -> None:
    """Though fetch_order raises before any request, the order is looked up and the position verified."""
    client = bybit_client(bybit, FiveHundredGuard)
    with pytest.raises(ccxt.ArgumentsRequired):
        await client.fetch_order("anything", AVL)
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED
    assert {e.source for e in row.evidence if e.kind == "seen"} >= {"order_status"}


@pytest.mark.parametrize("kind", ["http_502_executed", "lose_reply"])
async def test_f10_an_entry_of_unknown_outcome_is_looked_up_and_never_sent_again(bybit: Server, kind: str) -> None:
    """The exchange executed it and the reply was lost: exactly one create, the quantity as asked, protected."""
    bybit.venue.faults.add(Fault("place_entry", None, kind, 1, 0.3 if kind == "lose_reply" else None))
    client = bybit_client(bybit)
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    (entry,) = created(bybit, reduce_only=False)
    assert [entry["orderLinkId"]] == [order.client_order_id for order in row.orders if not order.reduce_only]
    assert row.state is State.PROTECTED
    truth = bybit.venue.truth(AVL)
    assert (truth.quantity, truth.stop_quantity, truth.entries) == (10, 10, 1)


@pytest.mark.parametrize("kind", ["http_502_not_executed", "lose_request"])
async def test_f10_twin_an_entry_that_never_arrived_is_proven_absent_and_not_sent_again(
    bybit: Server, kind: str
) -> None:
    """Not executed: no second create even after proof of absence, which comes only past the horizon."""
    bybit.venue.faults.add(Fault("place_entry", None, kind))
    client = bybit_client(bybit)
    async with library(client, **SHORT_BOUNDS) as positions:
        with pytest.raises(EntryNeverFilled) as caught:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    row = caught.value.position
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert row.proof is not None
    assert row.proof.kind is ProofKind.ABSENT
    sent_at_us = next(order.sent_at_us for order in row.orders if not order.reduce_only)
    assert sent_at_us is not None
    assert row.proof.at_us >= sent_at_us + 1_000_000
    assert len(created(bybit, reduce_only=False)) == 1
    assert bybit.venue.truth(AVL).entries == 0


@pytest.mark.parametrize("default_type", [None, "spot", "future", "swap", "linear"])
async def test_f12_a_raw_id_with_a_spot_twin_trades_and_polls_the_perpetual_only(
    bybit: Server, default_type: str | None
) -> None:
    """Whatever defaultType says, AVLUSDT is the perpetual in every request, and the client's option stays as it was."""
    options = {} if default_type is None else {"defaultType": default_type}
    client = bybit_client(bybit, **options)
    before = dict(client.options)
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert (row.symbol, row.state) == (AVL, State.PROTECTED)
    assert row.entry_price is not None
    assert abs(row.entry_price - Decimal("1.358")) < Decimal("0.01")
    assert client.options.get("defaultType") == before.get("defaultType")
    private = [a for a in bybit.arrivals.entries if a.timestamp and ("symbol" in a.query or a.body)]
    assert private != []
    assert all("linear" in (a.query + a.body) for a in private)


@pytest.mark.parametrize("default_type", ["spot", "future", "swap"])
async def test_f12_the_spot_twin_itself_is_refused_before_any_send(bybit: Server, default_type: str) -> None:
    """A unified spot symbol raises InvalidRequest and no write leaves."""
    client = bybit_client(bybit, defaultType=default_type)
    async with library(client) as positions:
        with pytest.raises(InvalidRequest, match="AVL/USDT"):
            await positions.open_position_atomic("AVL/USDT", "buy", "10", stop_loss_percent="2")
        assert await positions.list() == ()
    assert [a for a in bybit.arrivals.entries if a.method == "POST"] == []
