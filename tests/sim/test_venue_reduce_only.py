"""Reduce-only never opens, enlarges or turns a position over, whatever came before (F34)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.models import OrderSide
from atomicpos.sim.venue import PlaceRequest, Refused, Venue

AVL = "AVL/USDT:USDT"

orders = st.lists(
    st.tuples(
        st.sampled_from(OrderSide),
        st.integers(1, 60),
        st.booleans(),
        st.sampled_from([None, "1.2", "1.3", "1.45", "1.6"]),
    ),
    max_size=25,
)
marks = st.lists(st.sampled_from(["1.25", "1.31", "1.358", "1.4", "1.5"]), min_size=25, max_size=25)


def placed(venue: Venue, side: OrderSide, quantity: int, reduce_only: bool, trigger: str | None) -> None:
    price = None if trigger is None else Decimal(trigger)
    try:
        venue.place(PlaceRequest(AVL, None, side, Decimal(quantity), reduce_only, price))
    except Refused:
        return


@settings(deadline=None)
@given(orders, marks)
def test_f34_a_reduce_only_order_only_shrinks(steps: list[tuple[OrderSide, int, bool, str | None]], moves: list[str]):
    """After any sequence, a reduce-only order leaves the position smaller or as it was, on the same side or flat."""
    venue = Venue(lambda: 0)
    for (side, quantity, reduce_only, trigger), mark in zip(steps, moves, strict=False):
        venue.set_mark(AVL, Decimal(mark))
        before = venue.truth(AVL).quantity
        placed(venue, side, quantity, reduce_only, trigger)
        after = venue.truth(AVL).quantity
        if reduce_only:
            assert abs(after) <= abs(before)
            assert after * before >= 0


@settings(deadline=None)
@given(orders, marks)
def test_f34_firing_reduce_only_stops_only_shrink(
    steps: list[tuple[OrderSide, int, bool, str | None]], moves: list[str]
):
    """When every stop is reduce-only, moving the mark never opens, enlarges or turns a position."""
    venue = Venue(lambda: 0)
    for (side, quantity, reduce_only, trigger), mark in zip(steps, moves, strict=False):
        placed(venue, side, quantity, reduce_only or trigger is not None, trigger)
        before = venue.truth(AVL).quantity
        venue.set_mark(AVL, Decimal(mark))
        after = venue.truth(AVL).quantity
        assert abs(after) <= abs(before)
        assert after * before >= 0


@given(st.sampled_from(OrderSide), st.integers(2, 60), st.integers(1, 50))
def test_f34_without_reduce_only_the_phantom_appears(side: OrderSide, quantity: int, more: int) -> None:
    """A close that is too large and not reduce-only opens a position on the other side."""
    other = OrderSide.SELL if side is OrderSide.BUY else OrderSide.BUY
    venue = Venue(lambda: 0)
    placed(venue, side, quantity, False, None)
    placed(venue, other, quantity + more, False, None)
    sign = 1 if other is OrderSide.BUY else -1
    assert venue.truth(AVL).quantity == sign * more


@settings(deadline=None)
@given(orders, marks)
def test_the_position_is_the_sum_of_its_executions(
    steps: list[tuple[OrderSide, int, bool, str | None]], moves: list[str]
):
    """Position, executions and orders never disagree."""
    venue = Venue(lambda: 0)
    for (side, quantity, reduce_only, trigger), mark in zip(steps, moves, strict=False):
        venue.set_mark(AVL, Decimal(mark))
        placed(venue, side, quantity, reduce_only, trigger)
    executions = venue.executions_as_of(AVL, 0)
    signed = sum((e.quantity if e.order_side is OrderSide.BUY else -e.quantity for e in executions), Decimal(0))
    assert venue.truth(AVL).quantity == signed
    for order in venue.orders_as_of(AVL, 0):
        assert order.filled == sum((e.quantity for e in executions if e.order_id == order.order_id), Decimal(0))
