"""Settings are read once, and a wrong one is named with its value and its limit."""

from __future__ import annotations

from typing import Any

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import MarginMode, TriggerBy
from atomicpos.settings import Settings


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"verifiers": "second-look"}, "verifiers is 'second-look'; it must be a list"),
        ({"verifiers": 5}, "verifiers is 5; it must be a list"),
        ({"listeners": "tell me"}, "listeners is 'tell me'; it must be a list"),
        ({"on_unprotectable": "pray"}, "on_unprotectable is 'pray'; it must be one of flatten, hold"),
        ({"on_foreign_stop": "fight"}, "on_foreign_stop is 'fight'; it must be one of restore, accept"),
        ({"max_slippage_percent": 0}, "max_slippage_percent is 0; it must lie above 0 and below 100"),
        ({"max_slippage_percent": 100}, "max_slippage_percent is 100; it must lie above 0 and below 100"),
        ({"max_slippage_percent": "1"}, "max_slippage_percent is '1'; it must lie above 0 and below 100"),
        ({"margin_mode": "portfolio"}, "margin_mode is 'portfolio'; it must be one of isolated, cross"),
        ({"trigger_by": "vibes"}, "trigger_by is 'vibes'; it must be one of mark, last, index"),
        ({"exposure_deadline_s": -1}, "exposure_deadline_s is -1; it must be a number of seconds above 0"),
        ({"patience": 1}, "unknown setting 'patience'"),
        ({"account": ""}, "account is ''; it must be a name of at least one character"),
    ],
)
def test_a_wrong_setting_is_named(knobs: dict[str, Any], said: str) -> None:
    """One sentence with the knob, the value and what is allowed."""
    with pytest.raises(InvalidRequest) as refused:
        Settings.read(knobs)
    assert said in str(refused.value)


def test_words_are_read_in_any_case() -> None:
    """Words of the lists may come as text or as themselves; None means the default."""
    read = Settings.read({"margin_mode": "Cross", "trigger_by": TriggerBy.LAST, "verifiers": None})
    assert (read.margin_mode, read.trigger_by, read.verifiers) == (MarginMode.CROSS, TriggerBy.LAST, ())
