"""The seconds without a stop on each exchange: what is counted, what misses its bar, how it is shown. Nothing runs."""

from __future__ import annotations

import pytest

from atomicpos.cli.demo.scenarios import SCENARIOS
from atomicpos.exchanges.quirks import QUIRKS
from atomicpos.models import PositionMode, State
from exposure import PAGE
from on_exchanges import EACH, EXCHANGES, NAMES, Opened, Sample, cast, lines
from showing import columns, markdown, renewed_exchanges


def sample(exchange: str, weather: str, *exposures: float) -> Sample:
    opens = [Opened(weather, seconds, seconds, State.PROTECTED) for seconds in exposures]
    return Sample(exchange, PositionMode.HEDGE, weather, opens)


def test_a_percentile_is_by_nearest_rank() -> None:
    """The 99th of fewer than a hundred is the longest; of a thousand ten are longer."""
    assert sample("binanceusdm", "calm", 0.3, 0.1, 0.2).p99_s == 0.3
    assert sample("binanceusdm", "calm", 0.3, 0.1, 0.2).median_s == 0.2
    assert sample("binanceusdm", "calm", *(each / 1000 for each in range(1, 1001))).p99_s == 0.99


@pytest.mark.parametrize(("exchange", "weather", "allowed"), [
    ("bybit", "calm", False), ("bybit", "partial_fill", False), ("okx", "calm", False), ("okx", "reply_lost", False),
    ("okx", "partial_fill", True), ("binanceusdm", "calm", True),
])
def test_a_stop_that_travels_leaves_nothing_naked(exchange: str, weather: str, *, allowed: bool) -> None:
    """A millisecond is a miss where the stop travels and comes of that entry; elsewhere it is measured."""
    assert sample(exchange, weather, 0.0).misses == ()
    assert (sample(exchange, weather, 0.0, 0.001).misses == ()) is allowed


def test_what_ends_otherwise_or_is_understated_is_a_miss() -> None:
    """An open that is not protected, or without a row, and a row that says less than the venue counted, are named."""
    protected = State.PROTECTED
    for exposure_s, said_s, state in ((0.0, 0.0, State.VERIFYING), (0.0, 0.0, None), (0.2, 0.1, protected)):
        opened = Opened("calm", exposure_s, said_s, state)
        (miss,) = Sample("binanceusdm", PositionMode.ONE_WAY, "calm", [opened]).misses
        assert miss.startswith("binanceusdm one_way calm: ")


def test_each_symbol_is_opened_once_and_what_is_not_struck_is_calm() -> None:
    """Three opens under each weather that strikes, the others calm; every exchange that is measured has a profile."""
    weathers = [weather.name for _, weather in cast(SCENARIOS)]
    struck = [EACH] * (len(NAMES) - 1)
    assert [weathers.count(name) for name in NAMES] == [len(SCENARIOS) - sum(struck), *struck]
    assert set(EXCHANGES) <= set(QUIRKS)


def test_the_figures_are_shown_alike_in_both_places() -> None:
    """Median and 99th percentile in milliseconds, a bare 0 for none, one line for each exchange and mode."""
    measured = [("binanceusdm", (0.010, 0.0304)), ("bybit", (0.0,))]
    shown = lines(sample(exchange, name, *exposures) for exchange, exposures in measured for name in NAMES)
    assert shown[1:] == [
        ("binanceusdm", "hedge", "on acknowledgement", *["20 / 30"] * len(NAMES)),
        ("bybit", "hedge", "attached", *["0"] * len(NAMES)),
    ]
    assert markdown(shown) in renewed_exchanges(PAGE.read_text(), shown)
    assert "20 / 30" in columns(shown)
