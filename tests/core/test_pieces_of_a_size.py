"""What is too large for one order goes in pieces of one size, however little is left of it by then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.plan.pauses import STOP_HALVINGS_MAX, in_pieces

STEP = Decimal(100)


@pytest.mark.parametrize(
    ("left", "refused", "size"),
    [
        ("242000", [], "242000"),
        ("242000", ["242000"], "121000"),
        ("121000", ["242000"], "121000"),
        ("100", ["242000"], "100"),
        ("242000", ["242000", "121000"], "60500"),
        ("60500", ["121000", "242000"], "60500"),
    ],
)
def test_the_pieces_stay_as_large(left: str, refused: list[str], size: str) -> None:
    """Halved once for each refusal, of what was refused first, and never of what is left."""
    assert in_pieces(Decimal(left), STEP, [Decimal(one) for one in refused]) == Decimal(size)


def test_two_halves_are_all() -> None:
    """One refusal, two orders: halving what is left would take as many as the quantity has binary digits."""
    left, orders = Decimal(242000), 0
    while left > 0:
        left -= in_pieces(left, STEP, [Decimal(242000)])
        orders += 1
    assert orders == 2


def test_the_pieces_of_a_stop_have_room_beside_one_that_stands() -> None:
    """However often the whole was refused, at most eight pieces wait at once: ten may, and one stands already."""
    left, pieces, refused = Decimal(242000), 0, [Decimal(242000)] * 60
    while left > 0:
        left -= in_pieces(left, STEP, refused, STOP_HALVINGS_MAX)
        pieces += 1
    assert pieces == 8
