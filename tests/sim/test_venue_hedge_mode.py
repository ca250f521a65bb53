"""Hedge mode at the engine: a symbol holds a long and a short side by side, and neither touches the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, asked, refusal

from atomicpos.models import OrderSide, OrderStatus, PositionSide
from atomicpos.sim import hands
from atomicpos.sim.orders import PlaceRequest, VenueOrder
from atomicpos.sim.venue import RefusalReason, Venue

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


@pytest.fixture
def venue() -> Venue:
    venue = Venue(lambda: 1_000_000)
    venue.set_position_mode("hedge")
    return venue


def on(side: PositionSide, order_side: OrderSide, quantity: str, **rest: object) -> PlaceRequest:
    return replace(asked(order_side, quantity, **rest), position_side=side)


def held(venue: Venue) -> tuple[Decimal, Decimal]:
    return venue.truth(AVL, LONG).quantity, venue.truth(AVL, SHORT).quantity


def both(venue: Venue) -> tuple[VenueOrder, VenueOrder]:
    """A long of 10 and a short of 4, each with a stop of its own."""
    return (venue.place(on(LONG, BUY, "10", cid="l", stop_loss="1.3")),
            venue.place(on(SHORT, SELL, "4", cid="s", stop_loss="1.42")))


def test_a_long_and_a_short_stand_side_by_side(venue: Venue) -> None:
    """Each has its quantity, its average and its own stop; together they are told as their net."""
    long, short = both(venue)
    assert held(venue) == (10, -4)
    assert (long.position_side, short.position_side) == (LONG, SHORT)
    assert [stop.trigger_price for stop in venue.truth(AVL, LONG).stops] == [Decimal("1.3")]
    assert [stop.trigger_price for stop in venue.truth(AVL, SHORT).stops] == [Decimal("1.42")]
    whole = venue.truth(AVL)
    assert (whole.quantity, whole.average, whole.entries, len(whole.stops), whole.stop_quantity) == (6, None, 2, 2, 14)
    assert [fill.position_side for fill in venue.executions_as_of(AVL, 1_000_000)] == [LONG, LONG, SHORT, SHORT]
    assert [order.client_order_id for order in venue.orders_as_of(AVL, 1_000_000, SHORT)] == ["s", None]


@pytest.mark.parametrize("says_so", [True, False])
def test_a_closing_order_is_cut_to_its_side_and_opens_nothing(venue: Venue, says_so: bool) -> None:
    """Whether it says reduce-only or not: it closes what its side holds, and the other side stays."""
    both(venue)
    closed = venue.place(on(LONG, SELL, "25", reduce_only=says_so))
    assert (closed.filled, closed.reduce_only, held(venue)) == (10, True, (0, -4))
    assert [fill.closed == fill.quantity for fill in venue.executions_as_of(AVL, 1_000_000, LONG)] == [
        False, False, True, True,
    ]
    again = on(LONG, SELL, "1", reduce_only=says_so)
    assert refusal(venue.place, again) is RefusalReason.NO_POSITION
    assert held(venue) == (0, -4)


def test_a_reduce_only_order_on_the_opening_side_is_refused(venue: Venue) -> None:
    """It could reduce nothing, whatever the other side holds."""
    both(venue)
    assert refusal(venue.place, on(LONG, BUY, "1", reduce_only=True)) is RefusalReason.NO_POSITION


def test_a_stop_out_of_one_side_leaves_the_other(venue: Venue) -> None:
    """The mark reaches the long's stop: the short, and its stop, are as before."""
    both(venue)
    venue.set_mark(AVL, Decimal("1.3"))
    assert held(venue) == (0, -4)
    assert [stop.position_side for stop in venue.truth(AVL).stops] == [SHORT]


def test_each_side_is_liquidated_by_itself(venue: Venue) -> None:
    """A fall beyond the long's margin takes the long over and leaves the short."""
    venue.place(on(LONG, BUY, "10"))
    venue.place(on(SHORT, SELL, "4"))
    venue.set_mark(AVL, Decimal("1.1"))
    assert held(venue) == (0, -4)


def test_a_separate_stop_guards_its_side_only(venue: Venue) -> None:
    """A stop of the long is no cover of the short, and dies without a position to close."""
    both(venue)
    venue.place(on(LONG, SELL, "10", cid="stop", trigger_price="1.31"))
    venue.set_mark(AVL, Decimal("1.305"))
    assert held(venue) == (0, -4)
    fired = next(order for order in venue.orders_as_of(AVL, 1_000_000) if order.client_order_id == "stop")
    assert fired.status is OrderStatus.FILLED


def test_the_own_stop_is_set_and_taken_away_by_side(venue: Venue) -> None:
    """Amending the short's leaves the long's; a side without a position has none to set."""
    both(venue)
    venue.set_position_stop(AVL, Decimal("1.41"), side=SHORT)
    venue.set_position_stop(AVL, None, side=LONG)
    assert [stop.trigger_price for stop in venue.truth(AVL).stops] == [Decimal("1.41")]
    venue.place(on(SHORT, BUY, "4"))
    assert refusal(venue.set_position_stop, AVL, Decimal("1.41"), side=SHORT) is RefusalReason.NO_POSITION


def test_leverage_is_a_sides_or_the_symbols(venue: Venue) -> None:
    """One side alone, or both at once; unchanged is refused as in one-way mode."""
    venue.set_leverage(AVL, Decimal(5), LONG)
    assert [venue.position_as_of(AVL, 1_000_000, side).leverage for side in PositionSide] == [5, 10]
    venue.set_leverage(AVL, Decimal(5))
    assert [venue.position_as_of(AVL, 1_000_000, side).leverage for side in PositionSide] == [5, 5]
    assert refusal(venue.set_leverage, AVL, Decimal(5), SHORT) is RefusalReason.LEVERAGE_UNCHANGED


@pytest.mark.parametrize(("act", "after"), [
    (hands.close, (0, -4)), (hands.scale_in, (20, -4)), (hands.reverse, (0, -14)), (hands.stop_out, (0, -4)),
    (Venue.liquidate, (0, -4)), (lambda venue, symbol, side: venue.adl(symbol, Decimal(3), side), (7, -4)),
])  # fmt: skip
def test_other_hands_act_on_one_side(venue: Venue, act: object, after: tuple[int, int]) -> None:
    """What they do to the long they do not do to the short; turning it over takes two orders."""
    both(venue)
    act(venue, AVL, LONG)  # type: ignore[operator]
    assert held(venue) == after


def test_the_mode_changes_while_nothing_is_held(venue: Venue) -> None:
    """A position or a waiting order keeps the account in its mode; a request of the other mode is refused."""
    both(venue)
    assert refusal(venue.set_position_mode, "one_way") is RefusalReason.POSITION_MODE_IN_USE
    venue.place(on(LONG, SELL, "10"))
    venue.place(on(SHORT, BUY, "4"))
    venue.set_position_mode("one_way")
    assert refusal(venue.place, on(LONG, BUY, "10")) is RefusalReason.POSITION_MODE
    assert venue.place(asked(BUY, "10")).filled == 10
    assert refusal(venue.set_position_mode, "hedge") is RefusalReason.POSITION_MODE_IN_USE


def test_ids_are_the_accounts(venue: Venue) -> None:
    """An id that one side has is taken for the other; a cancel finds its order on either."""
    both(venue)
    assert refusal(venue.place, on(SHORT, SELL, "4", cid="l")) is RefusalReason.DUPLICATE_ID
    venue.place(on(SHORT, BUY, "4", cid="stop", trigger_price="1.41"))
    assert venue.cancel(AVL, "stop").status is OrderStatus.DEAD
