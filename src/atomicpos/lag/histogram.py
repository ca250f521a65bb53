"""Counts in buckets that grow by a fixed factor: any number of lags in bounded memory, and two processes' counts add.

The buckets are the same everywhere and for ever, so counts of several processes, or of several days, are merged by
adding them. A quantile is told as the upper edge of its bucket: never less than it was, and at the most
``RELATIVE_ERROR`` more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

LEAST_US = 1_000
"""Lags up to a millisecond are not told apart."""
MOST_US = 3_600_000_000
"""Lags over an hour are not told apart either, but for the longest."""
GROWTH_PERCENT = 2
RELATIVE_ERROR = GROWTH_PERCENT / 100
"""By how much a quantile may be told as longer than it was, in the worst case."""
ENOUGH = 1_000
"""So many samples are needed for a 99.9th percentile that is not simply the longest of them."""


def _edges() -> Iterator[int]:
    edge = LEAST_US
    while edge < MOST_US:
        yield edge
        edge = edge * (100 + GROWTH_PERCENT) // 100  # rounded down: the error stays within what is stated
    yield MOST_US


EDGES_US = tuple(_edges())
"""The upper edge of each bucket, included in it; a last bucket, without an edge, holds what is longer."""


@dataclass(frozen=True, slots=True)
class LagCount:
    """How many lags of one source fell into one bucket, and the longest of them."""

    exchange: str
    environment: str
    source: str
    bucket: int
    samples: int
    longest_us: int


@dataclass(slots=True)
class Histogram:
    """The lags of one source; grows in place."""

    counts: dict[int, int] = field(default_factory=dict)
    samples: int = 0
    longest_us: int = 0

    def add(self, bucket: int, samples: int, longest_us: int) -> None:
        """Count so many more in that bucket."""
        self.counts[bucket] = self.counts.get(bucket, 0) + samples
        self.samples += samples
        self.longest_us = max(self.longest_us, longest_us)

    def quantile_us(self, per_mille: int) -> int:
        """The smallest lag that so many of a thousand do not exceed, rounded up to the edge of its bucket; 0 of none.

        Never below the exact one, and never above the longest.
        """
        rank = -(-self.samples * per_mille // 1000)
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return min(EDGES_US[bucket], self.longest_us) if bucket < len(EDGES_US) else self.longest_us
        return self.longest_us


def bucket_of(lag_us: int) -> int:
    """The bucket that the lag falls into."""
    return bisect_left(EDGES_US, lag_us)


def histograms(counts: Iterable[LagCount]) -> dict[tuple[str, str, str], Histogram]:
    """By exchange, environment and source, the counts added up."""
    found: dict[tuple[str, str, str], Histogram] = {}
    for count in counts:
        one = found.setdefault((count.exchange, count.environment, count.source), Histogram())
        one.add(count.bucket, count.samples, count.longest_us)
    return found
