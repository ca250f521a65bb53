"""Requests over all numbers: what fits is taken exactly as given, what does not is refused with the way out."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.errors import InvalidRequest
from atomicpos.limits import fits
from atomicpos.models import Instrument, PositionSide
from atomicpos.request import Request, number, read_request, read_side

EXPONENTS = st.integers(min_value=-8, max_value=2)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Steps like 0.001 or 5, a minimum and a maximum that are multiples of the step."""
    step = Decimal(draw(st.sampled_from([1, 2, 5]))).scaleb(draw(EXPONENTS))
    low = step * draw(st.integers(min_value=1, max_value=50))
    high = low + step * draw(st.integers(min_value=0, max_value=10_000))
    return Instrument("AVL/USDT:USDT", "AVLUSDT", Decimal("0.0001"), step, low, high)


def asked(quantity: Decimal, percent: str = "2") -> Request:
    return read_request("AVLUSDT", "buy", quantity, stop_loss_percent=percent)


@given(instruments(), st.integers(min_value=1, max_value=20_000), st.integers(min_value=0, max_value=9))
def test_a_quantity_fits_exactly_when_it_is_a_multiple_within_the_limits(
    instrument: Instrument, steps: int, tenths: int
) -> None:
    """Every multiple of the step between minimum and maximum is taken; every other number is refused."""
    quantity = instrument.step * steps + instrument.step * tenths / 10
    within = instrument.min_quantity <= quantity <= (instrument.max_quantity or quantity)
    if within and tenths == 0:
        fits(asked(quantity), instrument, Decimal("1.358"))
        return
    with pytest.raises(InvalidRequest, match=re.escape(str(quantity))):
        fits(asked(quantity), instrument, Decimal("1.358"))


@given(instruments(), st.integers(min_value=2, max_value=49), st.integers(min_value=1, max_value=9))
def test_a_quantity_between_two_steps_is_told_the_nearest(instrument: Instrument, steps: int, tenths: int) -> None:
    """The message names a multiple of the step that lies at most half a step away."""
    base = instrument.min_quantity
    wide = Instrument("AVL/USDT:USDT", "AVLUSDT", instrument.tick, instrument.step, base, base + instrument.step * 100)
    quantity = base + instrument.step * steps + instrument.step * tenths / 10
    with pytest.raises(InvalidRequest) as refused:
        fits(asked(quantity), wide, Decimal("1.358"))
    nearest = Decimal(str(refused.value).rpartition(" ")[2])
    assert nearest % instrument.step == 0
    assert abs(nearest - quantity) <= instrument.step / 2


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_counts_by_its_repr(value: float) -> None:
    """0.1 is a tenth, not the binary number nearest to it."""
    assert number("quantity", value) == Decimal(repr(value))


@given(st.one_of(st.text(), st.none(), st.integers(), st.booleans()))
def test_only_four_words_name_a_side(value: object) -> None:
    """Anything but buy, sell, long and short, in any case, is refused: there is no default side."""
    known = isinstance(value, str) and value.strip().lower() in {"buy", "sell", "long", "short"}
    if known:
        assert read_side(value) in PositionSide
        return
    with pytest.raises(InvalidRequest, match="must be one of buy, sell, long, short"):
        read_side(value)


@given(st.sampled_from(["buy", "sell", "long", "short"]), st.lists(st.booleans(), min_size=5, max_size=5))
def test_the_case_of_a_side_does_not_matter(word: str, upper: list[bool]) -> None:
    """However it is written, a word names the same side."""
    written = "".join(c.upper() if up else c for c, up in zip(word, [*upper, False], strict=False))
    assert read_side(f" {written} ") is read_side(word)


def test_one_request_has_one_hash_however_its_numbers_are_written() -> None:
    """10, 10.0, "10.00" and 1E+1 are the same quantity."""
    hashes = {read_request("AVLUSDT", "BUY", q, stop_loss_percent="2.0").hash for q in (10, 10.0, "10.00", "1E+1")}
    assert len(hashes) == 1
