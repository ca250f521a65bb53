"""The slot of the position's own stop, whatever happens to the position."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from by_hand import AVL, HandClock, own_stop
from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.sim import hands
from atomicpos.sim.venue import PlaceRequest, Refused, Venue

prices = st.sampled_from([None, "1.25", "1.3", "1.34", "1.37", "1.41", "1.5"])
acts = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(OrderSide), st.integers(1, 40), st.booleans(), prices),
    st.tuples(st.just("set"), prices, st.sampled_from(TriggerBy)),
    st.tuples(st.just("mark"), st.sampled_from(["1.28", "1.33", "1.358", "1.39", "1.45"])),
    st.tuples(st.just("hand"), st.sampled_from([hands.reverse, hands.close, hands.scale_in, hands.clear_stop,
                                                hands.alter_stop, hands.stop_out, Venue.liquidate, Venue.adl])),
)


def price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def carry_out(venue: Venue, act: tuple) -> None:
    match act:
        case ("place", side, quantity, reduce_only, stop):
            attached = None if reduce_only else price(stop)
            request = PlaceRequest(AVL, None, side, Decimal(quantity), reduce_only, stop_loss=attached)
            venue.place(request, fraction=Decimal("0.5"), rests=quantity % 2 == 0)
        case ("set", trigger, by):
            venue.set_position_stop(AVL, price(trigger), by)
        case ("mark", mark):
            venue.set_mark(AVL, Decimal(mark))
        case ("hand", hand):
            hand(venue, AVL)


@settings(deadline=None)
@given(st.lists(acts, max_size=25))
def test_the_slot_always_tells_the_truth(steps: list[tuple]) -> None:
    """At any moment there is one own stop at most, over the whole position, and order and position agree on it."""
    clock = HandClock()
    venue = Venue(clock)
    for step in steps:
        clock.pass_s(1)
        with suppress(Refused):
            carry_out(venue, step)
        position, stop = venue.position_as_of(AVL, clock.us), own_stop(venue)
        live = [order for order in venue.truth(AVL).stops if order.position_stop]
        assert live == ([] if stop is None else [stop])
        assert position.stop_price == (stop.trigger_price if stop else None)
        assert position.stop_by == (stop.trigger_by if stop else None)
        if stop is not None:
            assert position.side is not None
            assert (stop.quantity, stop.order_side) == (position.quantity, position.side.closing)
            assert (stop.reduce_only, stop.client_order_id) == (True, None)


@settings(deadline=None)
@given(st.lists(acts, max_size=25))
def test_the_past_does_not_change(steps: list[tuple]) -> None:
    """What was shown of a moment is shown of it for ever."""
    clock = HandClock()
    venue = Venue(clock)
    shown = {}
    for step in steps:
        clock.pass_s(1)
        with suppress(Refused):
            carry_out(venue, step)
        at_us = clock.us
        shown[at_us] = (venue.position_as_of(AVL, at_us), venue.position_stop_as_of(AVL, at_us))
    for at_us, (position, stop) in shown.items():
        assert (venue.position_as_of(AVL, at_us), venue.position_stop_as_of(AVL, at_us)) == (position, stop)
