"""The stop that travels with an entry under an id of its own: an order, once the entry has filled whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, HandClock, asked, own_stop, refusal
from stage import ENTRY, attached, play

from atomicpos.models import OrderStatus, TriggerBy
from atomicpos.ports import AttachedStop
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.faults import Fault
from atomicpos.sim.venue import PlaceRequest, RefusalReason, Venue

HALF = Decimal("0.5")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def venue(clock: HandClock) -> Venue:
    return Venue(clock)


def riding(quantity: str = "10", cid: str = "entry", stop_id: str = "guard") -> PlaceRequest:
    return replace(asked(BUY, quantity, cid=cid, stop_loss="1.3"), stop_loss_by=TriggerBy.MARK, attached_id=stop_id)


def test_a_whole_fill_puts_the_stop_up_at_once(venue: Venue) -> None:
    """A separate reduce-only stop under its id, on the closing side, as large as the entry; no time naked."""
    venue.place(riding())
    (stop,) = venue.truth(AVL).stops
    assert (stop.client_order_id, stop.order_side, stop.quantity, stop.reduce_only) == ("guard", SELL, 10, True)
    assert (stop.trigger_price, stop.trigger_by) == (Decimal("1.3"), TriggerBy.MARK)
    assert stop.status is OrderStatus.UNTRIGGERED
    assert (stop.position_stop, own_stop(venue), venue.truth(AVL).exposure_s) == (False, None, 0)


def test_a_partial_fill_leaves_none(venue: Venue) -> None:
    """An entry that ended with a part of it filled brings no stop, whatever it carried."""
    venue.place(riding(), fraction=HALF)
    assert (venue.truth(AVL).quantity, venue.truth(AVL).stops) == (5, ())


def test_it_comes_with_the_last_of_the_fills(venue: Venue, clock: HandClock) -> None:
    """While the entry rests with a part filled there is none; it is there with the rest, for all of it."""
    order = venue.place(riding(), fraction=HALF, rests=True)
    assert venue.truth(AVL).stops == ()
    clock.pass_s(2)
    venue.grow(AVL, order.order_id)
    (stop,) = venue.truth(AVL).stops
    assert (stop.quantity, venue.truth(AVL).exposure_s) == (10, 2)


def test_it_stays_when_the_position_goes(venue: Venue) -> None:
    """Closing leaves it behind, and a cancel by its id takes it away."""
    venue.place(riding())
    venue.place(replace(asked(SELL, "10"), reduce_only=True))
    assert [stop.client_order_id for stop in venue.truth(AVL).stops] == ["guard"]
    venue.cancel(AVL, "guard")
    assert venue.truth(AVL).stops == ()


def test_it_fires_like_any_stop(venue: Venue) -> None:
    """The mark reaches its trigger, and the position is gone."""
    venue.place(riding())
    venue.set_mark(AVL, Decimal("1.3"))
    assert (venue.truth(AVL).quantity, venue.truth(AVL).stops) == (0, ())


def test_its_id_is_refused_where_it_is_taken(venue: Venue) -> None:
    """An entry whose stop could not be called by its name is refused whole."""
    venue.place(riding())
    assert refusal(venue.place, riding(cid="second")) is RefusalReason.DUPLICATE_ID
    assert venue.truth(AVL).quantity == 10


def test_an_id_taken_meanwhile_brings_no_stop(venue: Venue) -> None:
    """The entry was accepted before somebody took the id: it fills, and nothing is generated."""
    order = venue.place(riding(), fraction=HALF, rests=True)
    venue.place(asked(BUY, "1", cid="guard"))
    venue.grow(AVL, order.order_id)
    assert venue.truth(AVL).stops == ()


def test_the_ports_hand_the_id_on_and_a_dropped_one_brings_nothing() -> None:
    """In process the attached stop with an id is that order; a fault that drops it leaves the position bare."""

    async def scene(exchange: SimExchange) -> None:
        stop = AttachedStop(Decimal("1.3"), TriggerBy.MARK, "guard")
        await exchange.write(replace(ENTRY, attached_stop=stop))

    assert [stop.client_order_id for stop in play(scene).venue.truth(AVL).stops] == ["guard"]
    assert play(scene, Fault("place_entry", AVL, "drop_attached", nth=1)).venue.truth(AVL).stops == ()


def test_without_an_id_it_is_the_positions_own_as_before() -> None:
    """No id, no order of its own."""

    async def scene(exchange: SimExchange) -> None:
        await exchange.write(attached(ENTRY, "1.3"))

    assert [stop.position_stop for stop in play(scene).venue.truth(AVL).stops] == [True]


def test_without_an_id_it_comes_with_the_first_fill_and_once(venue: Venue, clock: HandClock) -> None:
    """Of the entry's whole size, and not again with the fills that follow; it is the exchange's id that cancels it."""
    apart = replace(riding(), attached_id=None, attached_apart=True)
    order = venue.place(apart, fraction=HALF, rests=True)
    clock.pass_s(2)
    venue.grow(AVL, order.order_id)
    (stop,) = venue.truth(AVL).stops
    assert (stop.client_order_id, stop.order_side, stop.quantity, stop.reduce_only) == (None, SELL, 10, True)
    assert (stop.position_stop, own_stop(venue), venue.truth(AVL).exposure_s) == (False, None, 0)
    venue.cancel(AVL, order_id=stop.order_id)
    assert venue.truth(AVL).stops == ()


def test_without_a_fill_none_comes(venue: Venue) -> None:
    """What an entry that fills nothing brought along never becomes an order."""
    venue.place(replace(riding(), attached_id=None, attached_apart=True), fill=False)
    assert venue.truth(AVL).stops == ()
