"""Exposure is interval arithmetic, checked against counting the microseconds one by one (I10)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exposure import (
    Stretch,
    cover,
    covers,
    exposure_us,
    filled_since_us,
    known_until_us,
    naked_since_us,
    uncovered_us,
)
from atomicpos.models import Fill, Leg, Order, OrderSide, OrderStatus
from atomicpos.record import Record
from atomicpos.sightings import Sightings
from atomicpos.testing.samples import a_record, sent

TEN = Decimal(10)
moments = st.integers(0, 40)
stretches = st.builds(
    lambda start, length: Stretch(start, None if length is None else start + length),
    moments, st.none() | st.integers(0, 15),
)


def counted(start: int, end: int, covered: list[Stretch]) -> int:
    """The microseconds of [start, end) in which no stretch is at work, one by one."""
    def at_work(moment: int) -> bool:
        return any(s.start_us <= moment and (s.end_us is None or moment < s.end_us) for s in covered)

    return sum(not at_work(moment) for moment in range(start, end))


@given(moments, moments, st.lists(stretches, max_size=6))
def test_what_is_uncovered_is_what_counting_finds(start: int, end: int, covered: list[Stretch]) -> None:
    """For any stretches, overlapping, nested, empty or endless, the sum equals the count."""
    ordered = tuple(sorted(covered, key=lambda s: s.start_us))
    assert uncovered_us(start, end, ordered) == counted(start, end, covered)


def a_stop(status: OrderStatus | None, *, quantity: Decimal = TEN, created: int | None = 100, updated: int | None = 200,
           seen: int | None = 150) -> Order:
    return Order(Leg.STOP, 1, "stop", OrderSide.SELL, quantity, True, trigger_price=Decimal(1), status=status,
                 created_at_us=created, updated_at_us=updated, seen_at_us=seen, read_back=True)


@pytest.mark.parametrize(
    ("stop", "stretch"),
    [
        (a_stop(OrderStatus.UNTRIGGERED), Stretch(100, None)),
        (a_stop(OrderStatus.UNTRIGGERED, created=None), Stretch(150, None)),
        (a_stop(OrderStatus.FILLED), Stretch(100, 200)),
        (a_stop(OrderStatus.DEAD), Stretch(100, 200)),
        (a_stop(OrderStatus.DEAD, updated=None), Stretch(100, 100)),
        (a_stop(OrderStatus.UNKNOWN), None),
        (a_stop(None), None),
        (a_stop(OrderStatus.UNTRIGGERED, quantity=Decimal(9)), None),
        (a_stop(OrderStatus.UNTRIGGERED, created=None, seen=None), None),
        (replace(a_stop(OrderStatus.UNTRIGGERED), read_back=False), None),
        (replace(a_stop(OrderStatus.FILLED), read_back=False), None),
    ],
)
def test_a_stop_covers_as_far_as_it_was_read(stop: Order, stretch: Stretch | None) -> None:
    """From its creation at the exchange until it died; nothing when it was never read back, or was too small."""
    assert covers(filled(10).with_order(stop), TEN) == (() if stretch is None else (stretch,))


def test_an_entry_never_covers() -> None:
    """Only a stop covers."""
    close = replace(a_stop(OrderStatus.UNTRIGGERED), leg=Leg.CLOSE)
    assert cover(filled(10), close) is None


def attached(attempt: int, status: OrderStatus, *, seen: int | None = 150, updated: int | None = 200) -> Order:
    stop = a_stop(status, created=None, updated=updated, seen=seen)
    return replace(stop, attempt=attempt, attached=True, read_back=False)


def test_a_guard_stop_covers_from_the_first_fill_on_once_it_was_seen_on_the_position() -> None:
    """It binds with the first fill; asked for and never seen, it covers nothing; set later, from when it was seen."""
    record = filled(10)
    assert covers(record.with_order(attached(1, OrderStatus.UNTRIGGERED)), TEN) == (Stretch(50, None),)
    assert covers(record.with_order(attached(1, OrderStatus.DEAD)), TEN) == (Stretch(50, 200),)
    assert covers(record.with_order(attached(1, OrderStatus.UNTRIGGERED, seen=None)), TEN) == ()
    assert covers(record.with_order(attached(2, OrderStatus.UNTRIGGERED)), TEN) == (Stretch(150, None),)


def test_several_smaller_stops_cover_while_they_sum_to_what_is_needed() -> None:
    """Four and six cover ten only where both are at work."""
    four = a_stop(OrderStatus.DEAD, quantity=Decimal(4), created=100, updated=300)
    six = replace(a_stop(OrderStatus.UNTRIGGERED, quantity=Decimal(6), created=180), attempt=2)
    assert covers(filled(10).with_order(four).with_order(six), TEN) == (Stretch(180, 300),)
    assert covers(filled(10).with_order(four).with_order(six), Decimal(4)) == (Stretch(100, 300), Stretch(180, None))


def filled(at_us: int, *, fills: tuple[Fill, ...] = (), created: int | None = 50) -> Record:
    record = sent(a_record(), at_us)
    entry = replace(record.entry, filled=TEN, status=OrderStatus.FILLED, created_at_us=created)
    return replace(record.with_order(entry), sightings=Sightings(fills=fills))


def a_fill(quantity: int, time_us: int) -> Fill:
    ours = filled(1).entry.client_order_id
    return Fill(f"f{time_us}", OrderSide.BUY, Decimal(quantity), Decimal(1), time_us, client_order_id=ours)


def test_the_fill_dates_the_exposure_once_fills_explain_the_order() -> None:
    """Exact by the fills' times; by the order's creation, or our send, while they do not add up."""
    assert filled_since_us(filled(10, fills=(a_fill(4, 70), a_fill(6, 80)))) == 70
    assert filled_since_us(filled(10, fills=(a_fill(4, 70),))) == 50
    assert filled_since_us(filled(10)) == 50
    assert filled_since_us(filled(10, created=None)) == 10
    assert filled_since_us(sent(a_record(), 10)) is None


def test_the_present_stretch_begins_where_the_last_cover_ended() -> None:
    """Naked since the fill, since the death of the last stop, or not at all."""
    record = filled(10)
    assert naked_since_us(record, TEN) == 50
    assert naked_since_us(record.with_order(a_stop(OrderStatus.DEAD)), TEN) == 200
    assert naked_since_us(record.with_order(a_stop(OrderStatus.UNTRIGGERED)), TEN) is None
    assert naked_since_us(sent(a_record(), 10), TEN) is None
    two = record.with_order(a_stop(OrderStatus.DEAD)).with_order(
        replace(a_stop(OrderStatus.UNTRIGGERED, created=180), attempt=2)
    )
    assert covers(two, TEN) == (Stretch(100, 200), Stretch(180, None))
    assert naked_since_us(two, TEN) is None


def test_the_positions_own_stop_goes_with_the_position() -> None:
    """Half filled and was closed by others, then the rest filled: the first half's guard covers none of that."""
    ours = filled(1).entry.client_order_id
    buy, sell = OrderSide.BUY, OrderSide.SELL
    fills = (
        Fill("a", buy, Decimal(5), Decimal(1), 70, client_order_id=ours), Fill("b", sell, Decimal(5), Decimal(1), 90),
        Fill("c", buy, Decimal(5), Decimal(1), 120, client_order_id=ours),
    )
    record = filled(10, fills=fills)
    assert covers(record.with_order(attached(1, OrderStatus.UNTRIGGERED)), TEN) == (Stretch(70, 90),)
    assert covers(record.with_order(attached(2, OrderStatus.UNTRIGGERED)), TEN) == (Stretch(150, None),)


def test_exposure_is_whole_by_a_clock_that_is_behind() -> None:
    """A stop that the exchange dates later than our own now ends a stretch that has passed: none of it is left out."""
    row, bounds_us = sent(a_record(), 0), 10
    entry = replace(row.entry, status=OrderStatus.FILLED, filled=TEN, created_at_us=1_000, updated_at_us=1_000)
    row = row.with_order(entry).with_order(a_stop(OrderStatus.UNTRIGGERED, created=1_150, updated=1_150))
    assert known_until_us(row, bounds_us) == 1_150
    assert exposure_us(row, TEN, TEN, known_until_us(row, bounds_us)) == 150
    assert known_until_us(row, 2_000) == 2_000
