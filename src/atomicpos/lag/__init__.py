"""How late each source shows our fills: measured, kept as running quantiles, and waited for. No clock, no I/O."""

from .histogram import ENOUGH, Histogram, LagCount, histograms
from .learnt import LAG_MOST_US, Lags, Late, learnt_us
from .report import LagLine, report
from .showing import LOOKS_APART_US, Lag, Showing

__all__ = [
    "ENOUGH", "LAG_MOST_US", "LOOKS_APART_US", "Histogram", "Lag", "LagCount", "LagLine", "Lags", "Late", "Showing",
    "histograms", "learnt_us", "report",
]
