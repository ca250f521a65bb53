"""Reads on Binance over the wire: orders found where they are, absent only when both lookups say so, fills told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from asked import AVL, CLOSE, ENTRY, sent, stop

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, OrderStatus, PositionMode, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

HOUR_US = 3_600_000_000


def since() -> int:
    return sim.SystemClock().now_us() - HOUR_US


async def test_f25_a_stop_is_found_with_the_algo_service_only(venue: Server, exchange: CcxtExchange) -> None:
    """openOrders is empty and the plain lookup knows nothing; our reads show it waiting, by id and in the listing."""
    await exchange.write(ENTRY)
    await exchange.write(stop())
    (shown,) = (await exchange.reads.orders(AVL, ["ap-stop"])).orders
    assert (shown.status, shown.reduce_only, shown.trigger_price) == (OrderStatus.UNTRIGGERED, True, Decimal("1.33"))
    assert [row.view.client_order_id for row in await exchange.account.open_orders()] == ["ap-stop"]
    assert sent(venue, "/fapi/v1/order", "GET") == []


async def test_f25_another_process_finds_it_as_well(venue: Server, client: Any, exchange: CcxtExchange) -> None:
    """Who has not placed it looks among plain orders first, is told that there is none, and looks further."""
    await exchange.write(ENTRY)
    await exchange.write(stop())
    other = connect(client, sim.SystemClock())
    (shown,) = (await other.reads.orders(AVL, ["ap-stop"])).orders
    assert shown.status is OrderStatus.UNTRIGGERED
    await other.close()


@pytest.mark.parametrize("broken", ["/fapi/v1/order", "/fapi/v1/algoOrder"])
async def test_absent_only_when_both_lookups_say_so(venue: Server, exchange: CcxtExchange, broken: str) -> None:
    """With one of the two failing an id is in ``failures``; it is not absent, whatever the other says."""
    def breaks(request: Any, reply: Any) -> Any:
        if request.path == broken and request.method == "GET":
            reply.text = '{"code":-1001,"msg":"Internal error; unable to process your request."}'
        return reply

    venue.tampering.hand = breaks
    reading = await exchange.reads.orders(AVL, ["ap-none"])
    assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_a_stop_that_fired_reads_as_the_order_that_it_sent(venue: Server, exchange: CcxtExchange) -> None:
    """Filled, with what was paid, under our id and the number that its fills carry; its trigger stays its own."""
    await exchange.write(ENTRY)
    await exchange.write(stop())
    venue.venue.set_mark(AVL, Decimal("1.3200"))
    (shown,) = (await exchange.reads.orders(AVL, ["ap-stop"])).orders
    assert (shown.status, shown.filled, shown.trigger_price) == (OrderStatus.FILLED, Decimal(10), Decimal("1.33"))
    fills = (await exchange.reads.fills(AVL, since())).fills
    exits = [fill for fill in fills if fill.client_order_id == "ap-stop"]
    assert sum(fill.quantity for fill in exits) == 10
    assert {fill.exchange_order_id for fill in exits} == {shown.exchange_order_id}


async def test_a_stop_that_has_just_fired_is_triggered_and_no_more(venue: Server, exchange: CcxtExchange) -> None:
    """The algo service names an order that the lookup does not show yet: how much filled is not said."""
    def not_yet(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v1/order" and "orderId" in request.query:
            reply.set_status(400)
            reply.text = '{"code":-2013,"msg":"Order does not exist."}'
        return reply

    await exchange.write(ENTRY)
    await exchange.write(stop())
    venue.venue.set_mark(AVL, Decimal("1.3200"))
    venue.tampering.hand = not_yet
    (shown,) = (await exchange.reads.orders(AVL, ["ap-stop"])).orders
    assert (shown.status, shown.filled) == (OrderStatus.TRIGGERED, None)


async def test_a_fill_learns_whose_it_is_once(venue: Server, client: Any, exchange: CcxtExchange) -> None:
    """A trade carries a number; what the reply told is not asked for, and what was asked for is not asked again."""
    await exchange.write(ENTRY)
    await exchange.reads.fills(AVL, since())
    assert sent(venue, "/fapi/v1/order", "GET") == []
    other = connect(client, sim.SystemClock())
    for _ in range(2):
        fills = (await other.reads.fills(AVL, since())).fills
        assert {fill.client_order_id for fill in fills} == {"ap-entry"}
    assert len(sent(venue, "/fapi/v1/order", "GET")) == 1
    await other.close()


async def test_a_fill_whose_owner_cannot_be_read_fails_the_read(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """It is nobody's only when the exchange says so; an error says nothing."""
    await exchange.write(ENTRY)
    venue.venue.faults.add(sim.Fault("orders", AVL, "error"))
    other = connect(client, sim.SystemClock())
    with pytest.raises(ReadFailed):
        await other.reads.fills(AVL, since())
    await other.close()


@pytest.mark.parametrize(("act", "kind"), [("liquidate", FillKind.LIQUIDATION), ("adl", FillKind.ADL)])
@pytest.mark.parametrize("hidden", [False, True])
async def test_the_exchanges_own_orders_are_told_by_their_client_ids(
    venue: Server, exchange: CcxtExchange, act: str, kind: FillKind, hidden: bool
) -> None:
    """By the lookup of their number, or by forceOrders where that lookup shows none of them."""
    def hides(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v1/order":
            reply.set_status(400)
            reply.text = '{"code":-2013,"msg":"Order does not exist."}'
        return reply

    await exchange.write(ENTRY)
    getattr(venue.venue, act)(AVL)
    venue.tampering.hand = hides if hidden else None
    fills = (await exchange.reads.fills(AVL, since(), all_kinds=True)).fills
    taken = [fill for fill in fills if fill.kind is kind]
    assert (sum(fill.quantity for fill in taken), {fill.client_order_id for fill in taken}) == (10, {None})


async def test_many_strange_orders_are_listed_and_not_asked_one_by_one(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """Twenty of somebody else's, known after one listing."""
    for number in range(20):
        await exchange.write(replace(ENTRY, client_order_id=f"web-{number}"))
    other = connect(client, sim.SystemClock())
    fills = (await other.reads.fills(AVL, since())).fills
    assert {fill.client_order_id for fill in fills} == {f"web-{number}" for number in range(20)}
    assert sent(venue, "/fapi/v1/order", "GET") == []
    assert len(sent(venue, "/fapi/v1/allOrders", "GET")) == 1
    await other.close()


async def test_more_trades_than_a_page_are_read_from_the_last_number_on(
    monkeypatch: pytest.MonkeyPatch, exchange: CcxtExchange
) -> None:
    """With pages of three, all seven are there once, and the second page is asked for by a trade's number."""
    monkeypatch.setattr("atomicpos.exchanges.binance.queries.TRADES_PAGE", 3)
    for number in range(4):
        await exchange.write(replace(ENTRY, client_order_id=f"ap-{number}"))
    fills = (await exchange.reads.fills(AVL, since())).fills
    assert (len(fills), sum(fill.quantity for fill in fills)) == (8, 40)
    listed = await exchange.account.fills(since())
    assert len(listed) == 8


async def test_a_flat_symbol_has_no_row_and_no_time(exchange: CcxtExchange) -> None:
    """Quantity zero without a time of its own, before and after; leverage and margin mode come from the settings."""
    before = (await exchange.reads.position(AVL)).position
    await exchange.write(ENTRY)
    held = (await exchange.reads.position(AVL)).position
    await exchange.write(CLOSE)
    after = (await exchange.reads.position(AVL)).position
    assert (before.quantity, before.updated_at_us, before.leverage) == (0, None, Decimal(10))
    assert (held.side, held.quantity, held.updated_at_us is not None) == (PositionSide.LONG, 10, True)
    assert (after.quantity, after.side, after.updated_at_us) == (0, None, None)


async def test_settings_that_cannot_be_read_are_unknown_and_the_position_is_there(
    venue: Server, exchange: CcxtExchange
) -> None:
    """No position waits for them."""
    venue.tampering.hand = lambda request, reply: (
        _garbled(reply) if request.path == "/fapi/v1/symbolConfig" else reply
    )
    await exchange.write(ENTRY)
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.leverage, view.margin_mode) == (10, None, None)


@pytest.mark.parametrize("body", ["{}", "[1]", "null", '{"code":0}', "<html>", '[{"symbol":"XRPUSDT"}]'])
async def test_f51_what_is_no_list_of_positions_is_no_flat_account(
    venue: Server, exchange: CcxtExchange, body: str
) -> None:
    """Whatever else a reply may be, it is not «flat»."""
    def other(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v3/positionRisk":
            reply.text = body
        return reply

    venue.tampering.hand = other
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_the_position_mode_is_read_and_hedge_rows_are_no_one_way_position(
    venue: Server, exchange: CcxtExchange
) -> None:
    """One-way, then hedge: positionSide/dual says so, and rows of the two sides raise."""
    assert await exchange.reads.position_mode(AVL) is PositionMode.ONE_WAY  # type: ignore[attr-defined]

    def hedged(request: Any, reply: Any) -> Any:
        reply.text = reply.text.replace('"dualSidePosition":false', '"dualSidePosition":true')
        if request.path == "/fapi/v3/positionRisk":
            reply.text = reply.text.replace('"positionSide":"BOTH"', '"positionSide":"LONG"')
        return reply

    await exchange.write(ENTRY)
    venue.tampering.hand = hedged
    assert await exchange.reads.position_mode(AVL) is PositionMode.HEDGE  # type: ignore[attr-defined]
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)


def _garbled(reply: Any) -> Any:
    reply.text = "<html>"
    return reply
