"""Markets of any precision: ticks, steps, least and most of a quantity, as descriptions that the venue takes."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from hypothesis import strategies as st

from ...sim import Market
from .prices import prices, ticks

PRICE_TICKS = (1_000, 10**7)
"""A market's mark price, in ticks: a stop of a percent lies ten ticks away at the least."""
NOTIONALS = tuple(Decimal(least) for least in ("0", "1", "5", "100"))
LEVERAGES = tuple(Decimal(most) for most in (5, 25, 100))
WORTH_MAX = Decimal(100_000)
"""What a drawn quantity is worth at the most, in the quote asset, where the limits of the market leave a choice."""

_steps = st.builds(
    lambda digit, exponent: Decimal(digit).scaleb(exponent), st.sampled_from((1, 5, 2)), st.integers(-6, 3)
)


@st.composite
def steps(draw: st.DrawFn, symbol: str = "AVL/USDT:USDT") -> Market:
    """A perpetual of that unified symbol: any tick, any step, a mark price on the tick, limits that can be kept.

    ``Venue(markets=(market,))`` has it; ``sizes(market)`` draws quantities that it takes.
    """
    base, _, quote = symbol.partition(":")[0].partition("/")
    tick, step = draw(ticks), draw(_steps)
    least_ticks, most_ticks = PRICE_TICKS
    price = draw(prices(tick, on_tick=True, least_ticks=least_ticks, most_ticks=most_ticks))
    notional, low = draw(st.sampled_from(NOTIONALS)), step * draw(st.integers(1, 50))
    least = max(low, _rounded(notional / price, step, ROUND_CEILING))
    return Market(
        symbol=symbol,
        market_id=f"{base}{quote}",
        base=base,
        quote=quote,
        price=price,
        tick=tick,
        step=step,
        min_quantity=low,
        max_quantity=least * 4 + step * draw(st.integers(0, 100_000)),
        min_notional=notional,
        max_leverage=draw(st.sampled_from(LEVERAGES)),
    )


def sizes(market: Market) -> st.SearchStrategy[Decimal]:
    """Quantities that one order on that market may have at its mark price: whole steps within all its limits.

    The least is twice what the limits ask for, so that it still is enough when the mark falls.
    """
    least = 2 * max(market.min_quantity, _rounded(market.min_notional / market.price, market.step, ROUND_CEILING))
    affordable = _rounded(WORTH_MAX / market.price, market.step, ROUND_FLOOR)
    most = min(market.max_quantity, max(least, affordable))
    low, high = int(least / market.step), int(most / market.step)
    return st.integers(low, high).map(lambda count: market.step * count)


def _rounded(quantity: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (quantity / step).to_integral_value(rounding) * step
