"""How lag and exposure are spread on each exchange, in the same few buckets. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

from ..lag import LagCount, report
from ..lag.histogram import EDGES_US, histograms
from ..models import MICROSECONDS
from ..ports import Exposures
from ..story.plain import plain

EDGES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)
"""The upper edges of the buckets, in seconds; a last one holds what is longer."""
BUCKET_EDGES_US = tuple(round(edge * MICROSECONDS) for edge in EDGES_S)


def lag_page(counts: Iterable[LagCount], floors_s: Mapping[str, float]) -> list[dict[str, Any]]:
    """One entry for each source of each exchange: its quantiles, and its spread."""
    known = tuple(counts)
    spreads = histograms(known)
    found = []
    for line in report(known, floors_s):
        bars = [0] * (len(EDGES_S) + 1)
        for bucket, samples in spreads[line.exchange, line.environment, line.source].counts.items():
            edge_us = EDGES_US[bucket] if bucket < len(EDGES_US) else BUCKET_EDGES_US[-1] + 1
            bars[bisect_left(BUCKET_EDGES_US, edge_us)] += samples
        found.append({**_rounded(plain(line)), "bars": bars})
    return found


def _rounded(line: dict[str, Any]) -> dict[str, Any]:
    """Seconds as strings, to the millisecond."""
    told = {name: f"{value:.3f}" for name, value in line.items() if name.endswith("_s") and value is not None}
    return {**line, **told}


def exposure_page(exposures: Iterable[Exposures]) -> list[dict[str, Any]]:
    """One entry for each exchange: how many positions were never exposed, and the spread of the others."""
    return [
        {
            "exchange": each.exchange, "environment": each.environment,
            "positions": sum(each.counts.values()), "never": each.counts.get(0, 0),
            "longest_s": f"{each.longest_us / MICROSECONDS:.3f}",
            "bars": [each.counts.get(edge, 0) for edge in (0, *BUCKET_EDGES_US, -1)],
        }
        for each in exposures
    ]
