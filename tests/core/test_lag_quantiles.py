"""Running quantiles of lags: within the stated error, monotone, and the same whoever counted what."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from atomicpos.lag import ENOUGH, LAG_MOST_US, Histogram, LagCount, histograms, learnt_us, report
from atomicpos.lag.histogram import EDGES_US, LEAST_US, MOST_US, RELATIVE_ERROR, bucket_of

PER_MILLE = (1, 500, 950, 990, 999, 1000)
lags = st.lists(st.integers(0, MOST_US) | st.integers(0, 100_000) | st.integers(0, 2 * MOST_US), min_size=1)


def counted(samples: list[int]) -> Histogram:
    found = Histogram()
    for lag_us in samples:
        found.add(bucket_of(lag_us), 1, lag_us)
    return found


def exact(samples: list[int], per_mille: int) -> int:
    return sorted(samples)[-(-len(samples) * per_mille // 1000) - 1]


@given(lags)
def test_a_quantile_is_never_below_the_exact_one_and_within_the_stated_error(samples: list[int]) -> None:
    """Two percent above at the most, from a millisecond to an hour; the last one is the longest itself."""
    found = counted(samples)
    for per_mille in PER_MILLE:
        true, told = exact(samples, per_mille), found.quantile_us(per_mille)
        assert told >= true
        if LEAST_US <= true <= MOST_US:
            assert told <= true * (1 + RELATIVE_ERROR)
    assert found.quantile_us(1000) == max(samples)


@given(lags)
def test_quantiles_are_monotone(samples: list[int]) -> None:
    """A higher one is never shorter, and none is longer than the longest."""
    told = [counted(samples).quantile_us(per_mille) for per_mille in range(1, 1001, 37)]
    assert told == sorted(told)
    assert told[-1] <= max(samples)


@given(lags, lags)
def test_it_does_not_matter_who_counted(one: list[int], two: list[int]) -> None:
    """The counts of two processes, added, are those of one that saw everything."""

    def told(samples: list[int]) -> list[LagCount]:
        return [LagCount("bybit", "live", "fills", bucket_of(lag), 1, lag) for lag in samples]

    (both,) = histograms([*told(one), *told(two)]).values()
    assert both == counted([*one, *two])


@given(lags, st.integers(0, 2 * MOST_US))
def test_one_more_lag_never_shortens_what_is_longest(samples: list[int], more: int) -> None:
    """With fewer samples than are needed for a percentile the longest decides, up to what is ever waited for."""
    found = counted(samples)
    before = learnt_us(found)
    found.add(bucket_of(more), 1, more)
    assert learnt_us(found) == min(max(before, more), LAG_MOST_US) if found.samples < ENOUGH else True


def test_the_buckets_are_bounded_memory() -> None:
    """Fewer than 800, each at most two percent wide."""
    assert len(EDGES_US) < 800
    assert (EDGES_US[0], EDGES_US[-1]) == (LEAST_US, MOST_US)
    assert all(low < high <= low * (1 + RELATIVE_ERROR) for low, high in pairwise(EDGES_US))


def test_one_in_a_thousand_does_not_decide_once_there_are_enough() -> None:
    """The 1,000th sample ends the rule of the longest: one of 24 s among 999 of 0.2 s is then no bound any more."""
    few = counted([200_000] * (ENOUGH - 2) + [24_000_000])
    assert learnt_us(few) == 24_000_000
    few.add(bucket_of(200_000), 1, 200_000)
    assert 200_000 <= learnt_us(few) <= 204_000


def test_a_report_has_a_line_for_each_source_and_the_bound_of_the_latest() -> None:
    """A source that is quick is waited for as long as the slowest: a bound is the exchange's."""
    counts = [
        LagCount("bybit", "live", "order_status", bucket_of(120_000), 3, 120_000),
        LagCount("bybit", "live", "position_poll", bucket_of(41_000_000), 1, 41_000_000),
        LagCount("sim", "live", "order_status", bucket_of(1), 1, 1),
    ]
    quick, slow, sim = report(counts, {"bybit": 30.0})
    assert (quick.samples, quick.median_s, quick.longest_s, quick.learnt_s) == (3, 0.12, 0.12, 0.12)
    assert (quick.floor_s, quick.bound_s, slow.bound_s, slow.p999_s) == (30.0, 41.0, 41.0, 41.0)
    assert (sim.floor_s, sim.bound_s) == (None, 1e-06)
