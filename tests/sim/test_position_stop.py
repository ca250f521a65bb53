"""The stop that is kept on the position itself: from the first fill on, over the whole position, gone with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, HandClock, asked, newest, own_stop, refusal

from atomicpos.models import OrderStatus, TriggerBy
from atomicpos.sim.venue import RefusalReason, Venue

MARK, LAST = TriggerBy.MARK, TriggerBy.LAST


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def venue(clock: HandClock) -> Venue:
    return Venue(clock)


def opened(venue: Venue, stop: str | None = "1.33") -> None:
    venue.place(asked(BUY, "10", cid="entry", **({"stop_loss": stop} if stop else {})))


def test_an_attached_stop_is_there_in_the_microsecond_of_the_fill(venue: Venue, clock: HandClock) -> None:
    """The position is never without its stop: exposure is zero however long one waits."""
    opened(venue)
    clock.pass_s(100)
    stop, truth = own_stop(venue), venue.truth(AVL)
    assert stop is not None
    assert (stop.order_side, stop.quantity, stop.reduce_only, stop.client_order_id) == (SELL, 10, True, None)
    assert (stop.trigger_price, stop.trigger_by, stop.status) == (Decimal("1.33"), LAST, OrderStatus.UNTRIGGERED)
    assert (truth.stops, truth.stop_quantity, truth.exposure_s) == ((stop,), 10, 0)
    position = venue.position_as_of(AVL, venue.now_us())
    assert (position.stop_price, position.stop_by) == (Decimal("1.33"), LAST)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (asked(BUY, "10", stop_loss="1.3580"), RefusalReason.WOULD_TRIGGER),
        (asked(BUY, "10", stop_loss="1.4"), RefusalReason.WOULD_TRIGGER),
        (asked(SELL, "10", stop_loss="1.3"), RefusalReason.WOULD_TRIGGER),
        (asked(BUY, "10", stop_loss="1.33005"), RefusalReason.PRICE),
        (asked(BUY, "10", stop_loss="0"), RefusalReason.PRICE),
    ],
)
def test_an_impossible_attached_stop_refuses_the_whole_order(venue: Venue, request_: object, reason: str) -> None:
    """Nothing is opened when the stop that was to travel with it cannot be."""
    assert refusal(venue.place, request_) is reason
    assert (venue.truth(AVL).quantity, venue.truth(AVL).entries) == (0, 0)


def test_a_reduce_only_order_takes_no_attached_stop(venue: Venue) -> None:
    """An exit cannot bring a stop along."""
    opened(venue, None)
    assert refusal(venue.place, asked(SELL, "10", reduce_only=True, stop_loss="1.4")) is RefusalReason.PRICE


def test_amending_keeps_the_order_and_its_birth(venue: Venue, clock: HandClock) -> None:
    """The same order goes on with another trigger; the position's own time of change stays that of its quantity."""
    opened(venue)
    before, changed_us = own_stop(venue), venue.position_as_of(AVL, clock.us).updated_at_us
    clock.pass_s(2)
    venue.set_position_stop(AVL, Decimal("1.34"), MARK)
    after, position = own_stop(venue), venue.position_as_of(AVL, clock.us)
    assert before is not None
    assert after is not None
    assert (after.order_id, after.created_at_us) == (before.order_id, before.created_at_us)
    assert (after.trigger_price, after.trigger_by, after.updated_at_us) == (Decimal("1.34"), MARK, clock.us)
    assert (position.stop_price, position.stop_by, position.updated_at_us) == (Decimal("1.34"), MARK, changed_us)
    assert venue.position_stop_as_of(AVL, clock.us - 1) == before
    assert len(venue.orders_as_of(AVL, clock.us)) == 2


def test_a_stop_set_later_ends_the_exposure(venue: Venue, clock: HandClock) -> None:
    """What was open without a stop counts until it is set, and again once it is taken away."""
    opened(venue, None)
    clock.pass_s(3)
    venue.set_position_stop(AVL, Decimal("1.3"), MARK)
    clock.pass_s(60)
    assert venue.truth(AVL).exposure_s == 3
    venue.set_position_stop(AVL, None, MARK)
    clock.pass_s(1)
    assert (own_stop(venue), venue.truth(AVL).exposure_s) == (None, 4)
    assert newest(venue).status is OrderStatus.DEAD
    assert venue.position_as_of(AVL, clock.us).stop_price is None


def test_setting_a_stop_is_refused_for_its_own_reason(venue: Venue) -> None:
    """Flat, beyond the mark, off the tick and unchanged are told apart, and change nothing."""
    assert refusal(venue.set_position_stop, AVL, Decimal("1.3"), MARK) is RefusalReason.NO_POSITION
    assert refusal(venue.set_position_stop, AVL, None, MARK) is RefusalReason.NO_POSITION
    opened(venue)
    before = own_stop(venue)
    assert refusal(venue.set_position_stop, AVL, Decimal("1.3580"), MARK) is RefusalReason.WOULD_TRIGGER
    assert refusal(venue.set_position_stop, AVL, Decimal("1.30005"), MARK) is RefusalReason.PRICE
    assert refusal(venue.set_position_stop, AVL, Decimal("1.33"), LAST) is RefusalReason.STOP_UNCHANGED
    assert own_stop(venue) == before
    venue.set_position_stop(AVL, Decimal("1.33"), MARK)
    venue.set_position_stop(AVL, None, MARK)
    assert refusal(venue.set_position_stop, AVL, None, MARK) is RefusalReason.STOP_UNCHANGED


def test_it_follows_the_size_of_the_position(venue: Venue, clock: HandClock) -> None:
    """Scaling in and out leaves the whole position covered, by the same order."""
    opened(venue)
    for side, quantity, whole in ((BUY, "7", 17), (SELL, "12", 5)):
        clock.pass_s(5)
        venue.place(asked(side, quantity))
        stop = own_stop(venue)
        assert stop is not None
        assert stop.quantity == whole
    assert venue.truth(AVL).exposure_s == 0
    assert len(venue.orders_as_of(AVL, clock.us)) == 4


def test_a_second_attached_stop_replaces_the_trigger(venue: Venue) -> None:
    """There is one slot: the later entry's stop takes it over."""
    opened(venue)
    venue.place(asked(BUY, "5", stop_loss="1.32"))
    stop = own_stop(venue)
    assert stop is not None
    assert (stop.trigger_price, stop.quantity, len(venue.truth(AVL).stops)) == (Decimal("1.32"), 15, 1)


@pytest.mark.parametrize("closing", ["10", "25"])
def test_it_dies_with_the_position(venue: Venue, closing: str) -> None:
    """Flat or turned over, the old stop is dead, and the new side has none."""
    opened(venue)
    venue.place(asked(SELL, closing))
    assert own_stop(venue) is None
    assert [o.status for o in venue.orders_as_of(AVL, venue.now_us()) if o.position_stop] == [OrderStatus.DEAD]
    assert venue.position_as_of(AVL, venue.now_us()).stop_price is None


def test_an_entry_that_turns_the_position_over_brings_its_own(venue: Venue) -> None:
    """The old side's stop dies and the new side's is born in the same microsecond."""
    opened(venue)
    venue.place(asked(SELL, "25", stop_loss="1.4"))
    stop = own_stop(venue)
    assert stop is not None
    assert (stop.order_side, stop.quantity, stop.trigger_price) == (BUY, 15, Decimal("1.4"))
    assert venue.truth(AVL).exposure_s == 0


def test_an_attached_stop_of_an_order_that_only_reduces_binds_to_nothing(venue: Venue) -> None:
    """A smaller opposite order leaves the position its own stop."""
    opened(venue)
    venue.place(asked(SELL, "4", stop_loss="1.4"))
    stop = own_stop(venue)
    assert stop is not None
    assert (stop.order_side, stop.trigger_price, stop.quantity) == (SELL, Decimal("1.33"), 6)


def test_it_closes_the_whole_position_when_the_mark_reaches_it(venue: Venue) -> None:
    """A fired stop is filled under its own order id, without a client id, and says that it was the position's own."""
    opened(venue)
    stop = own_stop(venue)
    venue.set_mark(AVL, Decimal("1.32"))
    fired, execution = newest(venue), venue.executions_as_of(AVL, venue.now_us())[-1]
    assert stop is not None
    assert (fired.order_id, fired.status, fired.filled, fired.position_stop) == (
        stop.order_id, OrderStatus.FILLED, 10, True,
    )  # fmt: skip
    assert (execution.order_id, execution.client_order_id, execution.position_stop) == (stop.order_id, None, True)
    assert (venue.truth(AVL).quantity, venue.truth(AVL).stops) == (0, ())


def test_of_two_stops_that_are_reached_one_closes_and_the_other_dies(venue: Venue) -> None:
    """A separate stop beside the position's own never opens anything."""
    opened(venue)
    venue.place(asked(SELL, "10", cid="separate", reduce_only=True, trigger_price="1.34"))
    venue.set_mark(AVL, Decimal("1.3"))
    assert venue.truth(AVL).quantity == 0
    own, separate = venue.orders_as_of(AVL, venue.now_us())[1:]
    assert {own.status, separate.status} == {OrderStatus.FILLED, OrderStatus.DEAD}


def test_somebody_may_cancel_it_like_any_order(venue: Venue) -> None:
    """Cancelled by its order id it is gone, and the position shows none."""
    opened(venue)
    stop = own_stop(venue)
    assert stop is not None
    venue.cancel(AVL, order_id=stop.order_id)
    assert (own_stop(venue), venue.position_as_of(AVL, venue.now_us()).stop_price) == (None, None)
