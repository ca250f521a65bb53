"""The engine's limits: the price band, waiting stops, one order's quantity, and the account's modes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from by_hand import AVL, BUY, SELL, asked, own_stop, refusal

from atomicpos.models import MarginMode, OrderSide
from atomicpos.sim.rules import MAX_SEPARATE_STOPS
from atomicpos.sim.venue import RefusalReason, Venue


@pytest.fixture
def venue() -> Venue:
    return Venue(lambda: 1_000_000)


@pytest.mark.parametrize(("side", "inside", "outside"), [(BUY, "1.4259", "1.4260"), (SELL, "1.2901", "1.2900")])
def test_a_limit_beyond_the_band_is_refused(venue: Venue, side: OrderSide, inside: str, outside: str) -> None:
    """Five percent beyond the mark is the last limit price that is taken, on either side."""
    assert refusal(venue.place, asked(side, "10", limit_price=outside)) is RefusalReason.PRICE_BAND
    assert venue.place(asked(side, "10", limit_price=inside)).filled == 10


def test_the_band_binds_limit_prices_only(venue: Venue) -> None:
    """Stops may lie as far away as they like."""
    venue.place(asked(BUY, "10", stop_loss="0.5"))
    venue.place(asked(SELL, "10", reduce_only=True, trigger_price="0.4"))
    venue.set_position_stop(AVL, Decimal("0.3"))
    assert len(venue.truth(AVL).stops) == 2


def test_a_limit_off_the_tick_is_refused(venue: Venue) -> None:
    """A worst price is a price like any other."""
    assert refusal(venue.place, asked(BUY, "10", limit_price="1.36005")) is RefusalReason.PRICE


def test_only_so_many_separate_stops_wait_on_a_symbol(venue: Venue) -> None:
    """The one after the last is refused; the position's own needs no room, and a cancel makes some."""
    venue.place(asked(BUY, "10"))
    for number in range(MAX_SEPARATE_STOPS):
        venue.place(asked(SELL, "1", cid=f"s{number}", reduce_only=True, trigger_price="1.3"))
    one_more = asked(SELL, "1", cid="more", reduce_only=True, trigger_price="1.3")
    assert refusal(venue.place, one_more) is RefusalReason.TOO_MANY_STOPS
    venue.set_position_stop(AVL, Decimal("1.2"))
    assert own_stop(venue) is not None
    assert refusal(venue.place, one_more) is RefusalReason.TOO_MANY_STOPS
    venue.cancel(AVL, "s0")
    assert venue.place(one_more).live


def test_a_separate_stop_has_a_largest_quantity_and_the_own_stop_none(venue: Venue) -> None:
    """A position of two largest orders needs two separate stops, or one of its own."""
    venue.place(asked(BUY, "200000"))
    venue.place(asked(BUY, "200000"))
    whole = asked(SELL, "400000", reduce_only=True, trigger_price="1.3")
    assert refusal(venue.place, whole) is RefusalReason.QUANTITY
    venue.set_position_stop(AVL, Decimal("1.3"))
    assert venue.truth(AVL).stop_quantity == 400000


def test_the_margin_mode_is_the_accounts(venue: Venue) -> None:
    """It starts isolated, changes while flat only, and says when it is so already."""
    assert venue.margin_mode() is MarginMode.ISOLATED
    assert refusal(venue.set_margin_mode, MarginMode.ISOLATED) is RefusalReason.MARGIN_MODE_UNCHANGED
    venue.place(asked(BUY, "10"))
    assert refusal(venue.set_margin_mode, MarginMode.CROSS) is RefusalReason.MARGIN_MODE
    venue.place(asked(SELL, "10", reduce_only=True))
    venue.set_margin_mode(MarginMode.CROSS)
    assert (venue.margin_mode(), venue.margin_mode(999_999)) == (MarginMode.CROSS, MarginMode.ISOLATED)


def test_a_request_of_the_other_position_mode_is_refused(venue: Venue) -> None:
    """In hedge mode one-way orders and stops are refused, until the account is one-way again."""
    venue.set_position_mode("hedge")
    assert refusal(venue.place, asked(BUY, "10")) is RefusalReason.POSITION_MODE
    assert refusal(venue.set_position_stop, AVL, Decimal("1.3")) is RefusalReason.POSITION_MODE
    venue.set_position_mode("one_way")
    assert venue.place(asked(BUY, "10")).filled == 10
    with pytest.raises(ValueError, match="both"):
        venue.set_position_mode("both")
