"""Preflight on the wire: what is asked and sent before an entry, to the byte, and in which order."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import AlreadyOpen, EntryRefused, InvalidRequest
from atomicpos.models import MarginMode, OrderSide, PositionSide, State
from atomicpos.sim import Fault
from atomicpos.sim.venue import PlaceRequest
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
CREATE, LEVERAGE, MODE = "/v5/order/create", "/v5/position/set-leverage", "/v5/account/set-margin-mode"


def posted(server: Server) -> list[tuple[str, dict[str, Any]]]:
    """Every write that arrived: its path and its body."""
    return [(a.path, json.loads(a.body)) for a in server.arrivals.entries if a.method == "POST"]


async def test_mode_leverage_and_entry_arrive_in_this_order_with_these_bodies(bybit: Server) -> None:
    """A limit entry, immediate or cancel, with its guard stop; the settings before it, nothing else between."""
    async with library(bybit_client(bybit), margin_mode="cross", max_slippage_percent=0.5) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
    assert row.state is State.PROTECTED
    (mode, leverage, entry), rest = posted(bybit)[:3], posted(bybit)[3:]
    assert mode == (MODE, {"setMarginMode": "REGULAR_MARGIN"})
    assert leverage == (LEVERAGE, {"category": "linear", "symbol": "AVLUSDT", "buyLeverage": "5", "sellLeverage": "5"})
    own_id = next(order.client_order_id for order in row.orders if not order.reduce_only)
    assert entry == (CREATE, {
        "category": "linear", "symbol": "AVLUSDT", "side": "Buy", "orderType": "Limit", "qty": "10", "price": "1.3647",
        "timeInForce": "IOC", "positionIdx": 0, "orderLinkId": own_id, "reduceOnly": False, "stopLoss": "1.3309",
        "slTriggerBy": "MarkPrice", "tpslMode": "Full", "slOrderType": "Market",
    })  # fmt: skip
    assert [path for path, _ in rest] == ["/v5/position/trading-stop"]
    read_back = [a for a in bybit.arrivals.entries if a.path == "/v5/position/list" and "symbol=" in a.query]
    assert len([a for a in read_back if _at(bybit, LEVERAGE) < a.at_us < _at(bybit, CREATE)]) == 1


def _at(server: Server, path: str) -> int:
    return next(a.at_us for a in server.arrivals.entries if a.path == path)


async def test_leverage_not_modified_is_had(bybit: Server) -> None:
    """110043 is the answer to what is so already: the entry follows (F58)."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=10)
    assert row.state is State.PROTECTED
    assert [path for path, _ in posted(bybit)][:2] == [LEVERAGE, CREATE]


async def test_nothing_is_written_on_a_slot_that_holds_a_position(bybit: Server) -> None:
    """Somebody holds five: AlreadyOpen after two reads, and not one POST."""
    bybit.venue.place(PlaceRequest(AVL, None, OrderSide.BUY, bybit.venue.market(AVL).min_quantity * 5), foreign=True)
    async with library(bybit_client(bybit), margin_mode="cross") as positions:
        with pytest.raises(AlreadyOpen, match="already holds 5 long, claimed by no position of ours"):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
        assert await positions.list() == ()
    assert posted(bybit) == []


async def test_a_side_of_hedge_mode_that_is_held_is_taken(bybit: Server) -> None:
    """Somebody holds a long: AlreadyOpen for another one and not one POST; the short beside it is opened."""
    bybit.venue.set_position_mode("hedge")
    long = PlaceRequest(AVL, None, OrderSide.BUY, Decimal(5), position_side=PositionSide.LONG)
    bybit.venue.place(long, foreign=True)
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(AlreadyOpen, match="already holds 5 long, claimed by no position of ours"):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
        assert posted(bybit) == []
        row = await positions.open_position_atomic("AVLUSDT", "sell", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED
    assert bybit.venue.truth(AVL, PositionSide.LONG).quantity == 5


@pytest.mark.parametrize(("call", "code"), [("set_leverage", "110013"), ("set_margin_mode", "3400045")])
async def test_a_setting_that_is_refused_is_the_last_write(bybit: Server, call: str, code: str) -> None:
    """EntryRefused with the row rolled back; its journal has the exchange's code."""
    bybit.venue.faults.add(Fault(call, None, "refuse", None, None, code))
    async with library(bybit_client(bybit), margin_mode="cross") as positions:
        with pytest.raises(EntryRefused) as refused:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2", leverage=5)
    row = refused.value.position
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert code in [entry.data.get("code") for entry in row.journal]
    assert CREATE not in [path for path, _ in posted(bybit)]


async def test_what_does_not_fit_is_refused_before_any_write(bybit: Server) -> None:
    """Quantity, notional, leverage, slippage and liquidation: InvalidRequest each, and not one POST."""
    assert bybit.venue.margin_mode() is MarginMode.ISOLATED
    requests: list[tuple[dict[str, Any], str]] = [
        ({"quantity": "0.5"}, "the least for AVL/USDT:USDT is 1"),
        ({"quantity": "10.5"}, "trades in steps of 1"),
        ({"quantity": "200001"}, "the most for one market order"),
        ({"symbol": "XRPUSDT", "quantity": "2"}, "the least is 5"),
        ({"leverage": 26}, "allows up to 25"),
        ({"leverage": 25, "stop_loss_percent": "3"}, "beyond the estimated liquidation price"),
        ({"stop_loss_percent": None, "stop_loss_price": "1.4"}, "must lie below the mark price"),
    ]
    async with library(bybit_client(bybit)) as positions:
        for request, sentence in requests:
            words = {"symbol": "AVLUSDT", "quantity": "10", "stop_loss_percent": "2", **request}
            with pytest.raises(InvalidRequest, match=sentence):
                await positions.open_position_atomic(words.pop("symbol"), "buy", words.pop("quantity"), **words)
        assert await positions.list() == ()
    assert posted(bybit) == []
