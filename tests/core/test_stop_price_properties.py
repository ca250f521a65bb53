"""Where the stop belongs: never on the wrong side, never looser than asked, always on the tick (F20 to F22, F27)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.models import PositionSide, StopRule
from atomicpos.stop_price import adjusted, beyond, trigger_price
from atomicpos.testing.samples import a_record

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
ticks = st.sampled_from([Decimal(t) for t in ("1", "0.5", "0.1", "0.05", "0.001", "0.0002", "0.00000001")])
fills = st.decimals(min_value="0.00000001", max_value=10**6, places=10, allow_nan=False)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Decimal, Decimal, Decimal]:
    """Tick, fill and percent with more than a tick between fill and stop."""
    tick = draw(ticks)
    in_ticks = draw(st.decimals(min_value=2, max_value=10**6, places=4, allow_nan=False))
    least = 101 / in_ticks
    percent = draw(st.decimals(min_value=least, max_value=max(least, Decimal("99.99")), places=4, allow_nan=False))
    return tick, in_ticks * tick, percent


def exact(side: PositionSide, fill: Decimal, percent: Decimal) -> Decimal:
    return fill * (100 - percent if side is LONG else 100 + percent) / 100


@given(cases(), st.sampled_from(PositionSide))
def test_the_trigger_is_a_tick_multiple_within_a_tick_and_never_looser(
    case: tuple[Decimal, Decimal, Decimal], side: PositionSide
) -> None:
    """Rounded to the market: at least the exact price for a long, at most it for a short, less than a tick away."""
    tick, fill, percent = case
    wanted = exact(side, fill, percent)
    trigger = trigger_price(StopRule(percent=percent), side, fill, tick)
    assert trigger % tick == 0
    assert trigger > 0
    assert abs(trigger - wanted) < tick
    assert trigger >= wanted if side is LONG else trigger <= wanted


@given(cases(), st.sampled_from(PositionSide))
def test_a_stop_farther_than_a_tick_lies_on_the_losing_side(
    case: tuple[Decimal, Decimal, Decimal], side: PositionSide
) -> None:
    """Below the fill for a long, above it for a short, and not yet beyond (F22)."""
    tick, fill, percent = case
    trigger = trigger_price(StopRule(percent=percent), side, fill, tick)
    assert (trigger < fill) is (side is LONG)
    assert (trigger > fill) is (side is SHORT)
    assert not beyond(trigger, side, fill)


@given(cases(), st.sampled_from(PositionSide), st.integers(0, 3), st.integers(0, 3))
def test_however_often_it_is_adjusted_a_stop_stays_on_the_losing_side(
    case: tuple[Decimal, Decimal, Decimal], side: PositionSide, coarser: int, nearer: int
) -> None:
    """Refused again and again it comes nearer, never looser than asked, and never to the price itself (F22, F27)."""
    tick, fill, percent = case
    trigger = trigger_price(StopRule(percent=percent), side, fill, tick)
    after = adjusted(trigger, a_record(side=side, tick=tick).intent, fill, coarser=coarser, nearer=nearer)
    assert not beyond(after, side, fill)
    assert after >= trigger if side is LONG else after <= trigger


def test_a_coarser_tick_stops_short_of_the_price() -> None:
    """1.3310 of 1.3582 becomes 1.34 and never 1.4, which lies beyond the market."""
    intent = a_record(tick=Decimal("0.0001")).intent
    after = [adjusted(Decimal("1.3310"), intent, Decimal("1.3582"), coarser=n, nearer=0) for n in range(4)]
    assert after == [Decimal(t) for t in ("1.3310", "1.331", "1.34", "1.34")]


@given(fills, ticks, st.sampled_from(PositionSide), fills)
def test_an_absolute_price_is_only_rounded(price: Decimal, tick: Decimal, side: PositionSide, fill: Decimal) -> None:
    """The fill has no part in it: the given price, rounded toward the market, and never zero."""
    trigger = trigger_price(StopRule(price=price), side, fill, tick)
    assert trigger >= tick
    assert trigger % tick == 0
    assert abs(trigger - price) < tick or trigger == tick


@pytest.mark.parametrize(
    ("side", "fill", "percent", "tick", "trigger"),
    [
        (LONG, "1.616", "2", "0.001", "1.584"),
        (SHORT, "1.616", "2", "0.001", "1.648"),
        (LONG, "100", "2", "1", "98"),
        (SHORT, "100", "2", "1", "102"),
        (LONG, "0.1358", "2", "0.0001", "0.1331"),
        (LONG, "0.00000002", "50", "0.00000001", "0.00000001"),
    ],
)
def test_examples_by_hand(side: PositionSide, fill: str, percent: str, tick: str, trigger: str) -> None:
    """Figures worked out on paper."""
    assert trigger_price(StopRule(percent=Decimal(percent)), side, Decimal(fill), Decimal(tick)) == Decimal(trigger)


@pytest.mark.parametrize(("side", "price", "is_beyond"), [
    (LONG, "98.1", False), (LONG, "98", True), (LONG, "97", True),
    (SHORT, "97.9", False), (SHORT, "98", True), (SHORT, "99", True),
])
def test_a_price_at_the_trigger_is_beyond_it(side: PositionSide, price: str, is_beyond: bool) -> None:
    """Reached counts as happened (F23)."""
    assert beyond(Decimal(98), side, Decimal(price)) is is_beyond


def test_a_rule_without_percent_and_price_is_an_error() -> None:
    """There is no default stop."""
    with pytest.raises(ValueError, match="percent or a price"):
        trigger_price(StopRule(), LONG, Decimal(100), Decimal(1))
