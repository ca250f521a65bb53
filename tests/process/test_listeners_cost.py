"""What a bad listener costs an open, measured in real time and in one run."""

from __future__ import annotations

import statistics

import pytest

from listeners import BAR, CONDITIONS, measured, ratios

OPENS = 24
"""Of each condition, all conditions at the same time: what the machine does besides, it does to all of them."""


@pytest.mark.process
def test_a_listener_that_raises_hangs_or_floods_costs_an_open_nothing() -> None:
    """Each median lies within five percent of that without a listener; metrics are among the listeners."""
    took = measured(OPENS)
    for name, seconds in took.items():
        print(f"{name:10} {1000 * statistics.median(seconds):7.1f} ms")
    assert set(took) == set(CONDITIONS) >= {"none", "raises", "hangs", "floods", "metrics"}
    assert {len(seconds) for seconds in took.values()} == {OPENS}
    assert {name: ratio for name, ratio in ratios(took).items() if ratio > BAR} == {}
