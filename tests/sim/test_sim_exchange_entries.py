"""How an entry fills under a fault, and what happens afterwards, through the in-process exchange."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from stage import AVL, ENTRY, STOP, attached, play

from atomicpos.models import FillKind, OrderStatus, TriggerBy
from atomicpos.ports import OutcomeKind, SetPositionStop
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault


def test_an_entry_that_never_fills_is_acknowledged_and_dead() -> None:
    """The entry is accepted, then read as dead with nothing filled."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
        (order,) = (await exchange.reads.orders(AVL, ["entry"])).orders
        assert (order.status, order.filled, order.average) == (OrderStatus.DEAD, 0, None)
        assert exchange.venue.truth(AVL).entries == 1

    play(scene, Fault("place_entry", AVL, "never_fill"))


@pytest.mark.parametrize(("seconds", "left"), [(None, 0), (0, 0), (2.0, 10)])
def test_a_liquidation_follows_the_fill(seconds: float | None, left: int) -> None:
    """The position is gone at once, or that many seconds after the fill."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
        assert exchange.venue.truth(AVL).quantity == left
        await asyncio.sleep(2)
        assert exchange.venue.truth(AVL).quantity == 0
        assert exchange.venue.truth(AVL).exposure_s == (seconds or 0)

    play(scene, Fault("place_entry", AVL, "liquidate", seconds=seconds))


def test_half_an_entry_fills_and_the_rest_is_cancelled() -> None:
    """The order is read as dead with half of it filled, and its attached stop covers that half."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(attached(ENTRY, "1.3"))).kind is OutcomeKind.ACKNOWLEDGED
        (order,) = (await exchange.reads.orders(AVL, ["entry"])).orders
        assert (order.status, order.quantity, order.filled) == (OrderStatus.DEAD, 10, 5)
        stop = (await exchange.reads.position_stop(AVL)).stop
        assert stop is not None
        assert stop.quantity == 5

    play(scene, Fault("place_entry", AVL, "partial_fill"))


@pytest.mark.parametrize(("seconds", "filled"), [(None, 10), (3, 5)])
def test_half_an_entry_fills_and_the_rest_later(seconds: float | None, filled: int) -> None:
    """The order is open with half of it filled, then filled, and covered all along by its attached stop."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))
        assert exchange.venue.truth(AVL).quantity == filled
        await asyncio.sleep(4)
        (order,) = (await exchange.reads.orders(AVL, ["entry"])).orders
        assert (order.status, order.filled) == (OrderStatus.FILLED, 10)
        assert (exchange.venue.truth(AVL).stop_quantity, exchange.venue.truth(AVL).exposure_s) == (10, 0)

    play(scene, Fault("place_entry", AVL, "partial_then_more", seconds=seconds))


def test_a_cancelled_remainder_never_fills() -> None:
    """What was to fill later is gone once the order was cancelled, and nothing breaks."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        exchange.venue.cancel(AVL, "entry")
        await asyncio.sleep(9)
        assert exchange.venue.truth(AVL).quantity == 5

    play(scene, Fault("place_entry", AVL, "partial_then_more", seconds=3))


def test_an_attached_stop_may_be_dropped_in_silence() -> None:
    """The entry is acknowledged and fills, and there is no stop."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(attached(ENTRY, "1.3"))).kind is OutcomeKind.ACKNOWLEDGED
        assert (exchange.venue.truth(AVL).quantity, exchange.venue.truth(AVL).stops) == (10, ())
        assert (await exchange.reads.position_stop(AVL)).stop is None

    play(scene, Fault("place_entry", AVL, "drop_attached"))


AFTERWARDS = {
    "gap": (0, FillKind.TRADE),
    "stop_out": (0, FillKind.TRADE),
    "liquidate": (0, FillKind.LIQUIDATION),
    "adl": (0, FillKind.ADL),
    "foreign_close": (0, FillKind.TRADE),
    "foreign_scale_in": (20, FillKind.TRADE),
    "foreign_reverse": (-10, FillKind.TRADE),
}
"""What each leaves of a long of ten with a stop two percent away, and the kind of its execution."""


@pytest.mark.parametrize("kind", AFTERWARDS)
@pytest.mark.parametrize("seconds", [None, 2])
def test_others_act_after_the_fill(kind: str, seconds: float | None) -> None:
    """At once, or that many seconds later, the market, the exchange or somebody else moves the position."""
    left, execution = AFTERWARDS[kind]

    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(attached(ENTRY, "1.33"))).kind is OutcomeKind.ACKNOWLEDGED
        assert exchange.venue.truth(AVL).quantity == (10 if seconds else left)
        await asyncio.sleep(2)
        assert exchange.venue.truth(AVL).quantity == left
        last = (await exchange.reads.fills(AVL, 0, all_kinds=True)).fills[-1]
        assert (last.kind, last.client_order_id) == (execution, None)

    play(scene, Fault("place_entry", AVL, kind, seconds=seconds))


@pytest.mark.parametrize(("kind", "trigger"), [("alter_stop", Decimal("1.3068")), ("clear_stop", None)])
@pytest.mark.parametrize("call", ["place_entry", "set_stop"])
def test_others_change_the_own_stop(kind: str, trigger: Decimal | None, call: str) -> None:
    """Two seconds after it was set the stop is another, or none."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.31"))
        await exchange.write(SetPositionStop(AVL, Decimal("1.32"), TriggerBy.MARK))
        assert (await exchange.reads.position(AVL)).position.stop_price == Decimal("1.32")
        await asyncio.sleep(2)
        assert (await exchange.reads.position(AVL)).position.stop_price == trigger

    play(scene, Fault(call, AVL, kind, seconds=1))


def test_a_stop_may_fire_right_after_a_separate_one_was_taken() -> None:
    """Set for the stop, the mark moves through it as soon as it is there."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        assert (await exchange.write(STOP)).kind is OutcomeKind.ACKNOWLEDGED
        (stop,) = (await exchange.reads.orders(AVL, ["stop"])).orders
        assert (stop.status, exchange.venue.truth(AVL).quantity) == (OrderStatus.FILLED, 0)

    play(scene, Fault("place_stop", AVL, "stop_out"))
