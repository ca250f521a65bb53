"""The in-process exchange: the ports on the venue, lag, and requests that outlive their caller."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from stage import AVL, CANCEL, CLOSE, ENTRY, STOP, play

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, Refusal
from atomicpos.ports import CancelOrder, OutcomeKind, PlaceOrder, SetLeverage
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault


def test_a_life_from_entry_to_flat() -> None:
    """Entry, stop, reading back, cancel and close all show as they happened."""
    async def scene(exchange: SimExchange) -> None:
        leverage = await exchange.write(SetLeverage(AVL, Decimal(5)))
        assert leverage.kind is OutcomeKind.ACKNOWLEDGED
        assert (await exchange.write(SetLeverage(AVL, Decimal(5)))).kind is OutcomeKind.ACKNOWLEDGED
        entry, stop = await exchange.write(ENTRY), await exchange.write(STOP)
        assert entry.answered_at_us - entry.asked_at_us == 150_000
        shown = await exchange.reads.orders(AVL, ["entry", "stop", "other"])
        assert [o.status for o in shown.orders] == [OrderStatus.FILLED, OrderStatus.UNTRIGGERED]
        assert [o.exchange_order_id for o in shown.orders] == [entry.exchange_order_id, stop.exchange_order_id]
        assert (shown.absent_ids, shown.orders[1].trigger_price) == (("other",), Decimal("1.3"))
        view = (await exchange.reads.position(AVL)).position
        assert (view.side, view.quantity, view.leverage) == (PositionSide.LONG, 10, 5)
        fills = (await exchange.reads.fills(AVL, 0)).fills
        assert sum(f.quantity for f in fills) == 10
        assert {f.client_order_id for f in fills} == {"entry"}
        assert await exchange.reads.mark_price(AVL) == Decimal("1.3580")
        assert (await exchange.write(CANCEL)).kind is OutcomeKind.ACKNOWLEDGED
        assert (await exchange.write(CLOSE)).kind is OutcomeKind.ACKNOWLEDGED
        assert (await exchange.reads.position(AVL)).position.quantity == 0

    calls = [call for _, call, _ in play(scene).requests]
    assert calls == [
        "set_leverage", "set_leverage", "place_entry", "place_stop", "orders", "position", "fills", "mark", "cancel",
        "place_close", "position",
    ]  # fmt: skip


def test_refusals_are_translated() -> None:
    """What the engine refuses arrives as a definite refusal with its reason; a duplicate id stays unknown."""
    async def scene(exchange: SimExchange) -> None:
        async def write(request: PlaceOrder | CancelOrder | SetLeverage) -> tuple[OutcomeKind, Refusal | None]:
            outcome = await exchange.write(request)
            return outcome.kind, outcome.refusal

        refused, unknown = OutcomeKind.REFUSED, OutcomeKind.UNKNOWN
        assert await write(STOP) == (refused, Refusal.NO_POSITION)
        assert await write(CLOSE) == (refused, Refusal.NO_POSITION)
        assert await write(CANCEL) == (refused, Refusal.UNKNOWN_ORDER)
        assert await write(SetLeverage(AVL, Decimal(500))) == (refused, Refusal.OTHER)
        assert await write(SetLeverage("NONE", Decimal(5))) == (refused, Refusal.OTHER)
        await exchange.write(ENTRY)
        assert await write(ENTRY) == (unknown, Refusal.DUPLICATE_ID)
        exchange.venue.set_mark(AVL, Decimal("1.29"))
        assert await write(STOP) == (refused, Refusal.WOULD_TRIGGER)

    play(scene)


def test_a_request_that_has_left_outlives_its_caller() -> None:
    """Cancelling the caller cancels only the waiting: the order reaches the engine all the same."""
    async def scene(exchange: SimExchange) -> None:
        caller = asyncio.create_task(exchange.write(ENTRY))
        await asyncio.sleep(0.01)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert exchange.venue.truth(AVL).quantity == 0
        await asyncio.sleep(0.1)
        assert exchange.venue.truth(AVL).quantity == 10

    play(scene)


def test_a_lagging_read_shows_exactly_what_was_so_then() -> None:
    """With a lag of 24 s orders, fills and position all show up 24 s after they happened, and not before."""
    lags = [Fault(call, AVL, "lag", seconds=24) for call in ("orders", "fills", "position", "mark")]

    async def scene(exchange: SimExchange) -> None:
        reads = exchange.reads

        async def seen() -> tuple[int, int, int]:
            orders, fills, position = await asyncio.gather(
                reads.orders(AVL, ["entry"]), reads.fills(AVL, 0), reads.position(AVL)
            )
            return len(orders.orders), len(fills.fills), int(position.position.quantity)

        await exchange.write(ENTRY)  # reaches the engine at 0.075 s
        exchange.venue.set_mark(AVL, Decimal("1.4"))
        await asyncio.sleep(23.8)  # 23.95 s: a read reaches the engine at 24.025 s
        assert await seen() == (0, 0, 0)
        assert await seen() == (1, 2, 10)
        assert await reads.mark_price(AVL) == Decimal("1.4")

    play(scene, *lags)


def test_liquidations_show_only_when_asked_for_by_name() -> None:
    """Fills without all_kinds are ordinary trades only."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        exchange.venue.liquidate(AVL)
        ordinary = (await exchange.reads.fills(AVL, 0)).fills
        every = (await exchange.reads.fills(AVL, 0, all_kinds=True)).fills
        assert {f.kind for f in ordinary} == {FillKind.TRADE}
        assert {f.kind for f in every} == {FillKind.TRADE, FillKind.LIQUIDATION}
        last = every[-1]
        assert (last.order_side, last.client_order_id) == (OrderSide.SELL, None)
        assert (await exchange.reads.fills(AVL, last.time_us + 1, all_kinds=True)).fills == ()

    play(scene)
