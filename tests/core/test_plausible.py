"""One garbled reply puts nothing into a row that no honest one takes out again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import AT, BOUGHT, BOUNDS, ENTRY_ID, FILLED_AT, TEN, S, a_fill, at_the_end, fills, sending, slot, told

from atomicpos.absorb import absorb
from atomicpos.evidence import Evidence, Kind, OrderView
from atomicpos.models import OrderSide, OrderStatus, PositionSide, Sending
from atomicpos.record import Record
from atomicpos.sightings import Sightings

AHEAD = AT + 3600 * S


def acknowledged() -> Record:
    return sending(Sending.ACKNOWLEDGED)


def seen(**shown: object) -> Record:
    """The row after one lookup of the entry that shows this."""
    view = replace(OrderView(ENTRY_ID, "x1", OrderStatus.FILLED, quantity=TEN, filled=TEN), **shown)
    found = Evidence(Kind.SEEN, source="order_status", asked_at_us=AT, answered_at_us=AT, orders=(view,))
    return absorb(acknowledged(), found, BOUNDS)


@pytest.mark.parametrize("shown", [{"order_side": OrderSide.SELL}, {"filled": Decimal(100)}], ids=["side", "filled"])
def test_a_reading_that_contradicts_what_was_sent_is_no_reading_of_our_order(shown: dict[str, object]) -> None:
    """The other side, or more filled than was asked for: nothing of it is kept."""
    assert seen(**shown).entry == acknowledged().entry


def test_a_time_that_lies_ahead_is_not_kept() -> None:
    """An hour from now nothing has happened yet; the rest of the reading stands."""
    entry = seen(updated_at_us=AHEAD, created_at_us=AT).entry
    assert (entry.status, entry.updated_at_us, entry.created_at_us) == (OrderStatus.FILLED, None, AT)


def test_a_look_at_the_slot_that_is_dated_ahead_counts_as_undated() -> None:
    """Dated, it would outrank every honest look until its time had come."""
    shown = replace(slot("10", AT, AHEAD, PositionSide.LONG), answered_at_us=AT)
    sightings = told(acknowledged(), shown).sightings
    assert sightings.dated is None
    assert sightings.undated is not None


def test_a_fill_is_what_the_last_reading_of_it_showed() -> None:
    """A first reading with the wrong side is corrected by the second, and counts as no exit any more."""
    wrong = a_fill("1", OrderSide.SELL, "10", FILLED_AT, "garbled")
    assert told(acknowledged(), fills(wrong)).sightings.fills == (wrong,)
    assert told(acknowledged(), fills(wrong), fills(BOUGHT)).sightings.fills == (BOUGHT,)


def test_a_fill_under_our_id_on_the_other_side_is_left_out() -> None:
    """Our entry buys: what sells under its id is no fill of it, and nobody's exit either."""
    assert told(acknowledged(), fills(a_fill("1", OrderSide.SELL, "10", FILLED_AT, ENTRY_ID))).sightings.fills == ()


def test_no_order_fills_beyond_its_quantity() -> None:
    """One fill that is shown under two ids fills the order once."""
    twice = a_fill("1 garbled", OrderSide.BUY, "10", FILLED_AT, ENTRY_ID)
    entry = told(acknowledged(), fills(BOUGHT, twice)).entry
    assert (entry.filled, entry.average) == (TEN, BOUGHT.price)


def test_what_was_counted_twice_for_a_while_is_counted_once_again() -> None:
    """A stored sum of exits binds only the drive that found it stored, not the one that makes it."""
    sold = a_fill("2", OrderSide.SELL, "5", FILLED_AT, "garbled")
    row = told(acknowledged(), fills(BOUGHT, sold), fills(replace(sold, order_side=OrderSide.BUY)))
    assert at_the_end(replace(row, closed_quantity=Decimal(5))).closed == 0
    known = replace(row, sightings=replace(row.sightings, closed_before=Decimal(5)))
    assert at_the_end(known).closed == 5
    assert Sightings().closed_before == 0
