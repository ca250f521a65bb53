"""What was learnt about the lag of one exchange's sources, by this process and by all that share its database.

``Bounds.visibility_us`` is what the exchange's profile, or the caller, says about how late a read may lag. What was
seen to be later widens it, and nothing narrows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..bounds import Bounds
from ..evidence import Evidence
from ..models import MICROSECONDS
from ..record import Record
from .histogram import ENOUGH, Histogram, LagCount, bucket_of, histograms
from .showing import Lag, Showing

LAG_MOST_US = 600 * MICROSECONDS
"""The longest that is waited for because it was learnt: beyond it something else is wrong, and a person must know."""
FOLLOWED_MOST = 10_000
"""How many positions are followed at once; of more, the oldest is measured no further."""
PER_MILLE = 999


def learnt_us(lags: Histogram) -> int:
    """How late a source may be, by what was seen: the 99.9th percentile of enough samples, of fewer the longest."""
    seen = lags.quantile_us(PER_MILLE) if lags.samples >= ENOUGH else lags.longest_us
    return min(seen, LAG_MOST_US)


@dataclass(frozen=True, slots=True)
class Late:
    """A source was later than the bound that was in force."""

    source: str
    lag_us: int
    bound_us: int
    """The bound that is in force from now on."""


class Lags:
    """The lags of one exchange and environment: measured, counted, and not written anywhere yet."""

    def __init__(self, exchange: str, environment: str) -> None:
        self._place = exchange, environment
        self._followed: dict[str, Showing] = {}
        self._all: dict[str, Histogram] = {}
        self._unstored: dict[tuple[str, int], LagCount] = {}
        self._learnt_us: int | None = 0
        self.late: dict[str, int] = {}
        """By source, the longest lag beyond the bounds that was told and is not remembered yet."""

    # --- measuring --------------------------------------------------------------------------------------------

    def begin(self, record: Record) -> None:
        """A drive of the row begins in this process."""
        if record.id not in self._followed:
            while len(self._followed) >= FOLLOWED_MOST:
                del self._followed[next(iter(self._followed))]
            self._followed[record.id] = Showing()
        self._followed[record.id].begin(record)

    def forget(self, position_id: str) -> None:
        """The row is settled: nothing more is to be measured."""
        self._followed.pop(position_id, None)

    def hear(self, record: Record, evidence: Evidence, bounds: Bounds) -> list[Late]:
        """Measure one finding; what was later than these bounds say, each source once until that is remembered.

        ``record``: as it was before the finding.
        """
        if (showing := self._followed.get(record.id)) is None:
            return []
        beyond = [lag for lag in showing.hear(record, evidence) if self.add(lag, bounds)]
        if not beyond:
            return []
        standing = set(self.late)
        for lag in beyond:
            self.late[lag.source] = max(lag.lag_us, self.late.get(lag.source, 0))
        bound_us = self.widened(bounds).visibility_us
        new = sorted(self.late.keys() - standing)
        return [Late(source, self.late[source], bound_us) for source in new]

    def add(self, lag: Lag, bounds: Bounds) -> bool:
        """Count one lag; True when it lies beyond the bounds."""
        bucket, (exchange, environment) = bucket_of(lag.lag_us), self._place
        self._all.setdefault(lag.source, Histogram()).add(bucket, 1, lag.lag_us)
        before = self._unstored.get((lag.source, bucket))
        samples, longest = (before.samples, before.longest_us) if before is not None else (0, 0)
        self._unstored[lag.source, bucket] = LagCount(
            exchange, environment, lag.source, bucket, samples + 1, max(longest, lag.lag_us)
        )
        self._learnt_us = None
        return lag.lag_us > bounds.visibility_us

    # --- storing ----------------------------------------------------------------------------------------------

    def unstored(self) -> tuple[LagCount, ...]:
        """What was counted and is not in the database yet, in one order for all processes."""
        return tuple(self._unstored[at] for at in sorted(self._unstored))

    def was_stored(self, counts: Iterable[LagCount]) -> None:
        """These are in the database now; what came since is not."""
        for count in counts:
            at = count.source, count.bucket
            left = self._unstored[at].samples - count.samples
            if left > 0:
                now = self._unstored[at]
                self._unstored[at] = LagCount(*self._place, count.source, count.bucket, left, now.longest_us)
            else:
                del self._unstored[at]

    def recall(self, counts: Iterable[LagCount]) -> None:
        """What the database has, of all processes, takes the place of what it had; the unstored is added to it."""
        ours = [count for count in counts if (count.exchange, count.environment) == self._place]
        found = histograms((*ours, *self._unstored.values()))
        self._all = {source: lags for (_, _, source), lags in found.items()}
        self._learnt_us = None

    # --- using ------------------------------------------------------------------------------------------------

    @property
    def learnt_us(self) -> int:
        """How late the latest of the sources may be, by what was seen; 0 when nothing was."""
        if self._learnt_us is None:
            self._learnt_us = max(map(learnt_us, self._all.values()), default=0)
        return self._learnt_us

    def widened(self, bounds: Bounds) -> Bounds:
        """The bounds, with what was learnt: these very ones when it is no later than they say."""
        return bounds.widened(self.learnt_us)
