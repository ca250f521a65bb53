"""The engine's accounting: averages, netting, cover and exposure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, HandClock, refusal

from atomicpos.models import FillKind, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.sim.markets import MARKETS, SPOT_TWINS, perpetual
from atomicpos.sim.venue import PlaceRequest, Venue, VenueOrder


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def venue(clock: HandClock) -> Venue:
    return Venue(clock)


def market(venue: Venue, side: OrderSide, quantity: str, **rest: object) -> VenueOrder:
    return venue.place(PlaceRequest(AVL, None, side, Decimal(quantity), **rest))  # type: ignore[arg-type]


def stop(venue: Venue, side: OrderSide, quantity: str, trigger: str) -> VenueOrder:
    return market(venue, side, quantity, reduce_only=True, trigger_price=Decimal(trigger), trigger_by=TriggerBy.MARK)


def test_a_market_buy_fills_above_the_mark_and_a_sell_below(venue: Venue) -> None:
    """A market order fills whole at once, and always worse than the mark."""
    bought, sold = market(venue, BUY, "10"), market(venue, SELL, "10")
    assert bought.status is OrderStatus.FILLED
    assert bought.filled == sold.filled == 10
    assert sold.average is not None
    assert bought.average is not None
    assert sold.average < venue.mark(AVL) < bought.average


def test_the_average_is_that_of_the_executions(venue: Venue) -> None:
    """An order's average and the position's are the executions' weighted price, to a ten-thousandth of a tick."""
    order = market(venue, BUY, "43")
    executions = venue.executions_as_of(AVL, venue.now_us())
    value = sum(e.quantity * e.price for e in executions)
    assert len(executions) == 2
    assert order.average is not None
    assert abs(value / 43 - order.average) < Decimal("0.00000001")
    assert venue.truth(AVL).average == order.average


def test_reducing_keeps_the_average_and_turning_over_takes_the_new_price(venue: Venue) -> None:
    """A reduction leaves the average alone; the far side of a turn starts at its own price."""
    opened = market(venue, BUY, "10")
    market(venue, SELL, "4")
    assert venue.truth(AVL).average == opened.average
    market(venue, SELL, "10")
    truth = venue.truth(AVL)
    assert truth.quantity == -4
    assert truth.average is not None
    assert truth.average < venue.mark(AVL)


def test_exposure_runs_while_the_position_is_larger_than_its_cover(venue: Venue, clock: HandClock) -> None:
    """Exposure adds the stretches without full cover, and nothing else."""
    clock.pass_s(5)
    market(venue, BUY, "10")
    clock.pass_s(0.3)
    stop(venue, SELL, "6", "1.3")
    clock.pass_s(0.2)
    second = stop(venue, SELL, "4", "1.29")
    clock.pass_s(60)
    assert venue.truth(AVL).exposure_s == 0.5
    assert venue.truth(AVL).stop_quantity == 10
    venue.cancel(AVL, order_id=second.order_id)
    clock.pass_s(1)
    assert venue.truth(AVL).exposure_s == 1.5
    market(venue, SELL, "10", reduce_only=True)
    clock.pass_s(100)
    assert venue.truth(AVL).exposure_s == 1.5


def test_a_stop_that_is_not_reduce_only_covers_nothing(venue: Venue, clock: HandClock) -> None:
    """Only a reduce-only stop counts as cover."""
    market(venue, BUY, "10")
    market(venue, SELL, "10", trigger_price=Decimal("1.3"))
    clock.pass_s(2)
    assert venue.truth(AVL).stop_quantity == 0
    assert venue.truth(AVL).exposure_s == 2


def test_a_stop_fires_when_the_mark_reaches_it(venue: Venue, clock: HandClock) -> None:
    """A stop closes the position at the mark that reached it, cut to what is there."""
    market(venue, BUY, "10")
    order = stop(venue, SELL, "25", "1.3")
    venue.set_mark(AVL, Decimal("1.3001"))
    assert venue.truth(AVL).quantity == 10
    clock.pass_s(1)
    venue.set_mark(AVL, Decimal("1.3"))
    fired = venue.orders_as_of(AVL, venue.now_us())[-1]
    assert (fired.order_id, fired.status, fired.filled) == (order.order_id, OrderStatus.FILLED, 10)
    assert venue.truth(AVL).quantity == 0
    assert venue.position_as_of(AVL, venue.now_us()).updated_at_us == clock.us


def test_a_stop_without_a_position_dies_when_it_fires(venue: Venue) -> None:
    """A reduce-only stop left behind never opens anything."""
    market(venue, BUY, "10")
    stop(venue, SELL, "10", "1.3")
    market(venue, SELL, "10", reduce_only=True)
    venue.set_mark(AVL, Decimal("1.2"))
    assert venue.orders_as_of(AVL, venue.now_us())[1].status is OrderStatus.DEAD
    assert venue.truth(AVL).quantity == 0


@pytest.mark.parametrize(("side", "crash"), [(BUY, "1.1"), (SELL, "1.6")])
def test_a_mark_beyond_the_margin_liquidates(venue: Venue, side: OrderSide, crash: str) -> None:
    """Crossing the liquidation price ends the position with an execution of kind liquidation and no client id."""
    venue.set_leverage(AVL, Decimal(20))
    market(venue, side, "10")
    position = venue.position_as_of(AVL, venue.now_us())
    assert position.liquidation_price is not None
    assert (position.liquidation_price < position.mark) is (position.side is PositionSide.LONG)
    venue.set_mark(AVL, Decimal(crash))
    last = venue.executions_as_of(AVL, venue.now_us())[-1]
    assert venue.truth(AVL).quantity == 0
    assert (last.kind, last.client_order_id) == (FillKind.LIQUIDATION, None)


def test_a_liquidation_of_nothing_is_nothing(venue: Venue) -> None:
    """Liquidating a flat symbol leaves no trace."""
    assert venue.liquidate(AVL) is None
    assert venue.orders_as_of(AVL, venue.now_us()) == ()


def test_entries_counts_our_accepted_opening_orders(venue: Venue) -> None:
    """Entries count accepted openings of ours, the unfilled included; foreign and reduce-only orders never."""
    market(venue, BUY, "10")
    venue.place(PlaceRequest(AVL, "never", BUY, Decimal(10)), fill=False)
    venue.place(PlaceRequest(AVL, "theirs", BUY, Decimal(5)), foreign=True)
    market(venue, SELL, "15", reduce_only=True)
    refusal(market, venue, BUY, "0.5")
    assert venue.truth(AVL).entries == 2


def test_an_entry_that_never_fills_is_dead_and_empty(venue: Venue) -> None:
    """Accepted and cancelled unfilled shows as dead with nothing filled, and no execution."""
    order = venue.place(PlaceRequest(AVL, "never", BUY, Decimal(10)), fill=False)
    assert (order.status, order.filled) == (OrderStatus.DEAD, 0)
    assert venue.executions_as_of(AVL, venue.now_us()) == ()


def test_spot_twins_share_the_id_at_another_price() -> None:
    """A raw id alone does not tell the perpetual from its spot twin, and their prices are far apart."""
    for twin in SPOT_TWINS:
        assert twin.spot
        assert not perpetual(twin.market_id).spot
        assert abs(twin.price / perpetual(twin.market_id).price - 1) > Decimal("0.5")


def test_there_are_fifteen_perpetuals_with_prices_on_their_ticks() -> None:
    """Twelve perpetuals exist, each with a price on its tick and its minimum on its step."""
    assert len({m.symbol for m in MARKETS}) == len({m.market_id for m in MARKETS}) == 15
    assert all(m.price % m.tick == 0 and m.min_quantity % m.step == 0 for m in MARKETS)
