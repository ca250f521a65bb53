"""What was learnt, one line a source, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..models import MICROSECONDS
from .histogram import Histogram, LagCount, histograms
from .learnt import learnt_us


@dataclass(frozen=True, slots=True)
class LagLine:
    """The lags of one source of one exchange, in seconds."""

    exchange: str
    environment: str
    source: str
    samples: int
    median_s: float
    p95_s: float
    p99_s: float
    p999_s: float
    longest_s: float
    floor_s: float | None
    """What the exchange's profile says; None for an exchange without one."""
    learnt_s: float
    """How late this source may be, by what was seen."""
    bound_s: float
    """What is waited for on this exchange: the profile's, or the latest of its sources. A caller's own
    ``visibility_s_max`` is not known here, and takes the profile's place in the bot."""


def report(counts: Iterable[LagCount], floors_s: Mapping[str, float]) -> tuple[LagLine, ...]:
    """One line a source, in order; ``floors_s``: the profile's bound of each exchange that has one."""
    found = histograms(counts)
    latest: dict[tuple[str, str], int] = {}
    for (exchange, environment, _), lags in found.items():
        place = exchange, environment
        latest[place] = max(latest.get(place, 0), learnt_us(lags))
    return tuple(
        _line(at, found[at], floors_s.get(at[0]), latest[at[0], at[1]]) for at in sorted(found)
    )


def _line(at: tuple[str, str, str], lags: Histogram, floor_s: float | None, latest_us: int) -> LagLine:
    median, p95, p99, p999 = (lags.quantile_us(per_mille) / MICROSECONDS for per_mille in (500, 950, 990, 999))
    return LagLine(
        *at, lags.samples, median, p95, p99, p999, lags.longest_us / MICROSECONDS, floor_s,
        learnt_us(lags) / MICROSECONDS, max(floor_s or 0.0, latest_us / MICROSECONDS),
    )
