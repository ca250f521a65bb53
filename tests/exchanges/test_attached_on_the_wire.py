"""The position's own stop, a worst price and the margin mode against the venue, through the real client."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos import sim
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, OutcomeKind, PlaceOrder, SetMarginMode, SetPositionStop
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
GUARD, EXACT = Decimal("1.32"), Decimal("1.33")
PLAIN = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
ENTRY = replace(PLAIN, attached_stop=AttachedStop(GUARD, TriggerBy.MARK))


def amend(trigger: Decimal | None = EXACT) -> SetPositionStop:
    return SetPositionStop(AVL, trigger, TriggerBy.MARK)


async def test_an_attached_stop_is_read_back_from_position_and_orders_and_amended(exchange: CcxtExchange) -> None:
    """It is there with the entry; amending it moves trigger and order alike, and amending it again is no refusal."""
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.reads.position(AVL)).position.stop_price == GUARD
    for _ in range(2):
        assert (await exchange.write(amend())).kind is OutcomeKind.ACKNOWLEDGED
    stop = (await exchange.reads.position_stop(AVL)).stop
    assert stop is not None
    assert (stop.client_order_id, stop.order_side, stop.reduce_only) == (None, OrderSide.SELL, True)
    assert (stop.trigger_price, stop.trigger_by, stop.status) == (EXACT, TriggerBy.MARK, OrderStatus.UNTRIGGERED)
    assert (await exchange.reads.position(AVL)).position.stop_price == EXACT


async def test_the_position_stop_is_told_from_a_stop_of_ours_and_taken_away(exchange: CcxtExchange) -> None:
    """Beside a separate stop only the position's own one is found, until it is set to nothing."""
    await exchange.write(ENTRY)
    await exchange.write(PlaceOrder(AVL, Leg.STOP, "ap-stop", OrderSide.SELL, Decimal(10), True, EXACT))
    stop = (await exchange.reads.position_stop(AVL)).stop
    assert stop is not None
    assert stop.trigger_price == GUARD
    assert (await exchange.write(amend(None))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.reads.position_stop(AVL)).stop is None
    assert (await exchange.reads.position(AVL)).position.stop_price is None


async def test_f26_f23_a_refused_position_stop_says_which_of_both(exchange: CcxtExchange) -> None:
    """Nothing there yet, and the price beyond the stop, come under one code and are told apart."""
    early = await exchange.write(amend())
    assert (early.kind, early.refusal, early.code) == (OutcomeKind.REFUSED, Refusal.NO_POSITION, "10001")
    await exchange.write(PLAIN)
    late = await exchange.write(amend(Decimal(99)))
    assert (late.kind, late.refusal, late.code) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER, "10001")
    assert (await exchange.reads.position_stop(AVL)).stop is None


async def test_an_entry_whose_stop_is_already_crossed_is_refused_whole(venue: Server, exchange: CcxtExchange) -> None:
    """The attached stop is part of the entry: with the price beyond it nothing is opened."""
    outcome = await exchange.write(replace(ENTRY, attached_stop=AttachedStop(Decimal(99), TriggerBy.MARK)))
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER)
    assert venue.venue.truth(AVL).quantity == 0


async def test_an_entry_that_cannot_be_had_at_its_worst_price_is_dead_and_empty(exchange: CcxtExchange) -> None:
    """Immediate or cancel: far from the market nothing is filled and nothing rests."""
    mark = await exchange.reads.mark_price(AVL)
    assert (await exchange.write(replace(PLAIN, limit_price=mark - Decimal("0.02")))).kind is OutcomeKind.ACKNOWLEDGED
    (entry,) = (await exchange.reads.orders(AVL, ["ap-entry"])).orders
    assert (entry.status, entry.filled) == (OrderStatus.DEAD, Decimal(0))


async def test_an_entry_with_room_to_its_worst_price_is_filled(exchange: CcxtExchange) -> None:
    """A limit beyond the market takes what is there, and its attached stop binds."""
    mark = await exchange.reads.mark_price(AVL)
    assert (await exchange.write(replace(ENTRY, limit_price=mark + Decimal("0.02")))).kind is OutcomeKind.ACKNOWLEDGED
    position = (await exchange.reads.position(AVL)).position
    assert (position.quantity, position.stop_price) == (Decimal(10), GUARD)


async def test_the_margin_mode_is_read_at_the_opening_and_after_it_was_set(exchange: CcxtExchange) -> None:
    """Set twice it is acknowledged twice, and every position reading shows it."""
    before = (await exchange.reads.position(AVL)).position.margin_mode
    assert before is not None
    other = MarginMode.CROSS if before is MarginMode.ISOLATED else MarginMode.ISOLATED
    for _ in range(2):
        assert (await exchange.write(SetMarginMode(AVL, other))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.reads.position(AVL)).position.margin_mode is other


@pytest.mark.parametrize("kind", ["http_502_executed", "lose_request"])
async def test_f10_a_position_stop_whose_answer_is_lost_is_unknown(
    venue: Server, exchange: CcxtExchange, kind: str
) -> None:
    """Whether it was set is for the reading to show; it was sent once."""
    await exchange.write(PLAIN)
    venue.venue.faults.add(sim.Fault("set_stop", AVL, kind, nth=1))
    assert (await exchange.write(amend())).kind is OutcomeKind.UNKNOWN
    shown = (await exchange.reads.position(AVL)).position.stop_price
    assert shown == (EXACT if kind == "http_502_executed" else None)
    assert sum(entry.path == "/v5/position/trading-stop" for entry in venue.arrivals.entries) == 1


async def test_limits_of_the_instrument_come_with_it(exchange: CcxtExchange) -> None:
    """What preflight needs is there: leverage, the estimated maintenance rate, the largest market order."""
    found = await exchange.instrument("AVLUSDT")
    assert found.max_leverage is not None
    assert found.maintenance_rate == 1 / (2 * found.max_leverage)
    assert found.max_quantity is not None
