"""Prices of any size, on the tick or off it, always Decimal."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

TICKS_MAX = 10**9
"""The highest price that is drawn, in ticks."""

ticks: st.SearchStrategy[Decimal] = st.builds(
    lambda digit, exponent: Decimal(digit).scaleb(exponent), st.sampled_from((1, 5, 2)), st.integers(-10, 2)
)
"""Tick sizes from 0.0000000001 to 500, those among them that are no power of ten, such as 0.05 and 0.0002."""

_TENTHS = st.integers(1, 9).map(lambda tenths: Decimal(tenths) / 10)


def prices(
    tick: Decimal | None = None, *, on_tick: bool | None = None, least_ticks: int = 1, most_ticks: int = TICKS_MAX
) -> st.SearchStrategy[Decimal]:
    """Prices above zero: 0.00002480, 104250.0, one tick, a thousand million ticks.

    ``tick``: of that tick size, of any without one; ``on_tick``: multiples of it, prices that are none, or, without
    the word, both; ``least_ticks`` and ``most_ticks`` bound them. Raises ValueError where those leave no price.
    """
    if not 1 <= least_ticks < most_ticks:
        raise ValueError(f"least_ticks is {least_ticks}, most_ticks {most_ticks}; 1 <= least < most is needed")
    if tick is None:
        return ticks.flatmap(lambda one: prices(one, on_tick=on_tick, least_ticks=least_ticks, most_ticks=most_ticks))
    counts = st.sampled_from((least_ticks, most_ticks)) | st.integers(least_ticks, most_ticks)
    on = counts.map(lambda count: tick * count)
    off = st.builds(lambda count, part: tick * (count + part), st.integers(least_ticks, most_ticks - 1), _TENTHS)
    if on_tick is None:
        return on | off
    return on if on_tick else off
