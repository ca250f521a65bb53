"""Entries that fill by parts, remainders, and worst prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, HandClock, asked, newest, own_stop, refusal

from atomicpos.models import OrderStatus
from atomicpos.sim.venue import RefusalReason, Venue

HALF = Decimal("0.5")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def venue(clock: HandClock) -> Venue:
    return Venue(clock)


@pytest.mark.parametrize(("quantity", "filled"), [("10", 5), ("7", 3), ("2", 1)])
def test_a_remainder_is_cancelled_at_once(venue: Venue, quantity: str, filled: int) -> None:
    """Half of it fills, rounded down to the step, and the order is dead with what it filled."""
    order = venue.place(asked(BUY, quantity), fraction=HALF)
    assert (order.status, order.quantity, order.filled) == (OrderStatus.DEAD, Decimal(quantity), filled)
    assert venue.truth(AVL).quantity == filled
    assert order.average == venue.truth(AVL).average


def test_a_single_step_cannot_be_halved(venue: Venue) -> None:
    """One step at least is filled, and that is all of it."""
    assert venue.place(asked(BUY, "1"), fraction=HALF).status is OrderStatus.FILLED


def test_an_order_left_open_fills_the_rest_later(venue: Venue, clock: HandClock) -> None:
    """It is partial until it grows, then filled, and its stop covers each size as it comes."""
    order = venue.place(asked(BUY, "10", stop_loss="1.3"), fraction=HALF, rests=True)
    assert (order.status, order.filled, venue.truth(AVL).orders) == (OrderStatus.PARTIAL, 5, (order,))
    clock.pass_s(2)
    grown, stop = venue.grow(AVL, order.order_id), own_stop(venue)
    assert (grown.status, grown.filled, grown.order_id) == (OrderStatus.FILLED, 10, order.order_id)
    assert stop is not None
    assert (stop.quantity, venue.truth(AVL).exposure_s) == (10, 0)
    assert refusal(venue.grow, AVL, order.order_id) is RefusalReason.UNKNOWN_ORDER


def test_an_order_left_open_can_be_cancelled(venue: Venue) -> None:
    """The remainder is gone for good, and what was filled stays."""
    order = venue.place(asked(BUY, "10", cid="entry"), fraction=HALF, rests=True)
    dead = venue.cancel(AVL, "entry")
    assert (dead.status, dead.filled) == (OrderStatus.DEAD, 5)
    assert refusal(venue.grow, AVL, order.order_id) is RefusalReason.UNKNOWN_ORDER


def test_an_order_may_rest_before_its_first_fill(venue: Venue) -> None:
    """Without a fill it is open and binds no stop; its first fill does."""
    order = venue.place(asked(BUY, "10", stop_loss="1.3"), fill=False, rests=True)
    assert (order.status, own_stop(venue), venue.truth(AVL).quantity) == (OrderStatus.OPEN, None, 0)
    venue.grow(AVL, order.order_id)
    assert own_stop(venue) is not None


def test_a_stop_taken_away_does_not_come_back_with_the_rest(venue: Venue) -> None:
    """Only the first fill binds the attached stop."""
    order = venue.place(asked(BUY, "10", stop_loss="1.3"), fraction=HALF, rests=True)
    venue.set_position_stop(AVL, None)
    venue.grow(AVL, order.order_id)
    assert own_stop(venue) is None


@pytest.mark.parametrize(("side", "worse"), [(BUY, Decimal("0.0010")), (SELL, Decimal("-0.0010"))])
def test_within_its_worst_price_an_order_fills_whole(venue: Venue, side: object, worse: Decimal) -> None:
    """A limit that the slippage does not reach changes nothing."""
    limit = str(venue.mark(AVL) + worse)
    order = venue.place(asked(side, "10", limit_price=limit))  # type: ignore[arg-type]
    assert (order.status, order.filled, order.limit_price) == (OrderStatus.FILLED, 10, Decimal(limit))


@pytest.mark.parametrize("side", [BUY, SELL])
def test_beyond_its_worst_price_nothing_fills(venue: Venue, side: object) -> None:
    """At a limit on the mark itself nothing is to be had: accepted, counted, and cancelled unfilled."""
    order = venue.place(asked(side, "10", limit_price="1.3580"))  # type: ignore[arg-type]
    assert (order.status, order.filled, order.average) == (OrderStatus.DEAD, 0, None)
    assert (venue.truth(AVL).quantity, venue.truth(AVL).entries) == (0, 1)


def test_between_the_prices_a_part_fills() -> None:
    """For some limit the first execution is within it and the second is not: the rest is cancelled."""
    ends = set()
    for ticks in range(1, 7):
        venue = Venue(lambda: 1, seed=3)
        venue.place(asked(BUY, "10", limit_price=str(venue.mark(AVL) + ticks * Decimal("0.0001"))))
        ends.add((newest(venue).status, newest(venue).filled))
    assert ends == {(OrderStatus.DEAD, 0), (OrderStatus.DEAD, 5), (OrderStatus.FILLED, 10)}
