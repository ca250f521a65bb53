"""How long a write waits before it is tried again, how much of it is tried, and at what price: number by number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.models import Leg, Order, OrderSide, Refusal, Sending
from atomicpos.plan.exits import _limit
from atomicpos.plan.pauses import last_sent_us, piece, retry_us, stop_retry_us
from atomicpos.record import Record
from atomicpos.testing.samples import a_record

S = 1_000_000
STEP = Decimal("0.1")


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(0, 0.25), (1, 0.25), (2, 0.5), (3, 1), (4, 2), (5, 4), (6, 5), (12, 5), (50, 5), (51, 30), (500, 30)],
)
def test_a_write_is_tried_again_after(tries: int, seconds: float) -> None:
    """A quarter of a second, doubling, at most five; from the fifty-first try on thirty."""
    assert retry_us(tries) == int(seconds * S)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 0.25), (3, 1), (4, 1), (12, 1), (13, 5), (51, 30)])
def test_a_refused_stop_hurries_twelve_times(tries: int, seconds: float) -> None:
    """A position without a stop waits a second at most while its exposure deadline is near."""
    assert stop_retry_us(tries) == int(seconds * S)


@pytest.mark.parametrize(
    ("refusals", "size"),
    [(-1, "10"), (0, "10"), (1, "5.0"), (2, "2.5"), (3, "1.3"), (4, "0.7"), (5, "0.4"), (6, "0.4"), (60, "0.4")],
)
def test_a_quantity_too_large_is_halved_in_whole_steps(refusals: int, size: str) -> None:
    """Each refusal halves it, rounded up to a step, down to a thirty-second of it."""
    assert piece(Decimal(10), STEP, refusals) == Decimal(size)


def test_a_piece_is_never_more_than_all() -> None:
    """Half of less than a step is no whole step."""
    assert piece(Decimal("0.05"), STEP, 1) == Decimal("0.05")


def refused(*whys: Refusal, limit: bool = False) -> list[Order]:
    """Closes refused for these reasons, the last of them a limit if so asked."""
    closes = [
        Order(Leg.CLOSE, n, f"c{n}", OrderSide.SELL, Decimal(1), True, sending=Sending.REFUSED, refusal=why)
        for n, why in enumerate(whys, start=1)
    ]
    return [*closes[:-1], replace(closes[-1], limit_price=Decimal(1))] if limit else closes


def marked(mark: str | None) -> Record:
    """A long whose mark price was seen there."""
    row = a_record()
    return replace(row, sightings=replace(row.sightings, mark_price=None if mark is None else Decimal(mark)))


OTHER, BAND = Refusal.OTHER, Refusal.PRICE_BAND


@pytest.mark.parametrize(
    ("whys", "limited"),
    [
        ((OTHER,), False), ((OTHER, OTHER), False), ((OTHER, OTHER, OTHER), True), ((OTHER,) * 4, True),
        ((BAND,), True), ((BAND, OTHER), True),
        *((((OTHER, OTHER, why)), False) for why in (Refusal.QUANTITY, Refusal.NO_POSITION, Refusal.RATE_LIMITED)),
    ],
)
def test_from_the_third_refusal_on_a_close_is_a_limit(whys: tuple[Refusal, ...], limited: bool) -> None:
    """At once where the band was the reason; too large, too often and nothing there are no reasons at all."""
    assert (_limit(marked("0.1250"), refused(*whys)) is not None) is limited


def test_the_limit_lies_within_the_band() -> None:
    """A sell reaches 1.6 % below the mark: eight tenths of the two percent that are taken for the band."""
    assert _limit(marked("0.1250"), refused(BAND)) == Decimal("0.1230")


def test_every_other_close_is_a_market_again() -> None:
    """After a refused limit; and without a mark there is no limit to be set."""
    assert _limit(marked("0.1250"), refused(BAND, BAND, limit=True)) is None
    assert _limit(marked(None), refused(BAND)) is None


def test_the_last_that_left_is_counted_from() -> None:
    """Whichever of them it was; where none has left, that is as long ago as can be."""
    one, other = refused(OTHER, OTHER)
    assert last_sent_us([replace(one, sent_at_us=9), replace(other, sent_at_us=5)]) == 9
    assert last_sent_us([replace(one, sent_at_us=None), replace(other, sent_at_us=5)]) == 5
    assert last_sent_us([]) == last_sent_us([one]) == 0
