"""What others do to the account: the market, the exchange, and somebody else with the same key."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, HandClock, asked, newest, own_stop, refusal

from atomicpos.models import FillKind, OrderSide, OrderStatus
from atomicpos.sim import hands
from atomicpos.sim.venue import RefusalReason, Venue

ACTS = (hands.gap, hands.stop_out, hands.scale_in, hands.close, hands.reverse, hands.alter_stop, hands.clear_stop)


@pytest.fixture
def venue() -> Venue:
    return Venue(HandClock())


def test_a_foreign_order_is_no_entry_of_ours(venue: Venue) -> None:
    """It has no client order id, is marked foreign, is not counted, and is held to the same rules."""
    order = venue.foreign_order(AVL, BUY, Decimal(10))
    assert (order.foreign, order.client_order_id, order.filled) == (True, None, 10)
    assert (venue.truth(AVL).quantity, venue.truth(AVL).entries) == (10, 0)
    stop = venue.foreign_order(AVL, SELL, Decimal(4), reduce_only=True, trigger_price=Decimal("1.3"))
    assert (stop.live, stop.conditional, venue.truth(AVL).stop_quantity) == (True, True, 4)
    assert refusal(venue.foreign_order, AVL, BUY, Decimal(0)) is RefusalReason.QUANTITY


@pytest.mark.parametrize(("quantity", "left"), [(None, 0), (Decimal(4), 6), (Decimal(40), 0)])
def test_deleveraging_takes_the_whole_or_a_part(venue: Venue, quantity: Decimal | None, left: int) -> None:
    """Its executions are of their own kind and carry no client order id; the own stop keeps covering what is left."""
    venue.place(asked(BUY, "10", cid="entry", stop_loss="1.3"))
    venue.adl(AVL, quantity)
    last = venue.executions_as_of(AVL, venue.now_us())[-1]
    assert (last.kind, last.client_order_id, venue.truth(AVL).quantity) == (FillKind.ADL, None, left)
    assert venue.truth(AVL).stop_quantity == left


def test_deleveraging_nothing_is_nothing(venue: Venue) -> None:
    """A flat symbol has nothing to deleverage and pays no funding."""
    assert venue.adl(AVL) is None
    assert venue.funding(AVL) is None
    assert venue.orders_as_of(AVL, venue.now_us()) == ()


def test_funding_is_no_fill() -> None:
    """A payment is its own row in the history: no execution, no order, and no change of the position."""
    clock = HandClock()
    venue = Venue(clock)
    venue.place(asked(BUY, "10"))
    before = venue.position_as_of(AVL, clock.us), venue.executions_as_of(AVL, clock.us)
    clock.pass_s(8 * 3600)
    paid = venue.funding(AVL)
    assert paid is not None
    assert (paid.quantity, paid.order_side, paid.price, paid.at_us) == (10, BUY, venue.mark(AVL), clock.us)
    assert venue.funding_as_of(AVL, clock.us) == (paid,)
    assert venue.funding_as_of(AVL, clock.us - 1) == ()
    assert before == (venue.position_as_of(AVL, clock.us), venue.executions_as_of(AVL, clock.us))


@pytest.mark.parametrize("act", ACTS)
def test_nothing_happens_to_a_flat_symbol(venue: Venue, act: Callable[[Venue, str], None]) -> None:
    """Without a position no hand moves a price, an order or a stop."""
    mark = venue.mark(AVL)
    act(venue, AVL)
    assert (venue.mark(AVL), venue.orders_as_of(AVL, venue.now_us())) == (mark, ())


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize(
    ("act", "times"), [(hands.scale_in, 2), (hands.close, 0), (hands.reverse, -1)]
)
def test_somebody_elses_order_moves_the_position(
    venue: Venue, side: OrderSide, act: Callable[[Venue, str], None], times: int
) -> None:
    """It is doubled, closed or turned over, by an order that is not ours."""
    venue.place(asked(side, "10", cid="entry"))
    before = venue.truth(AVL).quantity
    act(venue, AVL)
    assert venue.truth(AVL).quantity == before * times
    assert (newest(venue).foreign, venue.truth(AVL).entries) == (True, 1)


@pytest.mark.parametrize(("side", "stop", "passed"), [(BUY, "1.33", "1.3240"), (SELL, "1.38", "1.3920")])
def test_a_gap_passes_a_two_percent_stop(venue: Venue, side: OrderSide, stop: str, passed: str) -> None:
    """The mark jumps to the position's loss: an attached stop fires, and a later one would fire at once."""
    venue.place(asked(side, "10", stop_loss=stop))
    hands.gap(venue, AVL)
    assert (venue.truth(AVL).quantity, newest(venue).position_stop) == (0, True)
    assert abs(venue.mark(AVL) - Decimal(passed)) <= Decimal("0.0001")
    naked = Venue(HandClock())
    naked.place(asked(side, "10"))
    hands.gap(naked, AVL)
    assert refusal(naked.set_position_stop, AVL, Decimal(stop)) is RefusalReason.WOULD_TRIGGER


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_stop_out_goes_to_the_nearest_stop(venue: Venue, side: OrderSide) -> None:
    """The stop nearest to the mark fires, and no further one."""
    venue.place(asked(side, "10", stop_loss="1.30" if side is BUY else "1.42"))
    closing = SELL if side is BUY else BUY
    near = "1.34" if side is BUY else "1.37"
    venue.place(asked(closing, "4", cid="near", reduce_only=True, trigger_price=near))
    hands.stop_out(venue, AVL)
    assert venue.mark(AVL) == Decimal(near)
    assert abs(venue.truth(AVL).quantity) == 6
    assert own_stop(venue) is not None


def test_a_stop_out_passes_over_orders_that_close_nothing(venue: Venue) -> None:
    """A stop on the opening side is no stop of the position: the mark moves to its loss."""
    venue.place(asked(BUY, "10", stop_loss="1.3"))
    venue.place(asked(BUY, "5", trigger_price="1.4"))
    hands.stop_out(venue, AVL)
    assert (venue.mark(AVL), venue.truth(AVL).quantity) == (Decimal("1.3"), 0)


def test_a_stop_out_without_a_stop_moves_the_mark_all_the_same(venue: Venue) -> None:
    """A naked position sees the mark three percent away, and stays open."""
    venue.place(asked(BUY, "10"))
    hands.stop_out(venue, AVL)
    assert (venue.mark(AVL), venue.truth(AVL).quantity) == (Decimal("1.3172"), 10)


def test_somebody_moves_the_own_stop_away(venue: Venue) -> None:
    """One percent looser, on the tick, by the same type of price; without a stop nothing is set."""
    venue.place(asked(BUY, "10"))
    hands.alter_stop(venue, AVL)
    assert own_stop(venue) is None
    venue.set_position_stop(AVL, Decimal("1.33"))
    hands.alter_stop(venue, AVL)
    stop = own_stop(venue)
    assert stop is not None
    assert stop.trigger_price == Decimal("1.3167")


def test_somebody_clears_our_stops_and_leaves_their_own(venue: Venue) -> None:
    """The position's own stop and our separate ones are cancelled; a foreign stop stays."""
    venue.place(asked(BUY, "10", stop_loss="1.3"))
    venue.place(asked(SELL, "10", cid="ours", reduce_only=True, trigger_price="1.29"))
    theirs = venue.foreign_order(AVL, SELL, Decimal(3), reduce_only=True, trigger_price=Decimal("1.28"))
    hands.clear_stop(venue, AVL)
    assert venue.truth(AVL).stops == (theirs,)
    statuses = [o.status for o in venue.orders_as_of(AVL, venue.now_us())[1:3]]
    assert statuses == [OrderStatus.DEAD, OrderStatus.DEAD]
