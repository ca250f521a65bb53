"""The bounds that follow from others, in seconds: every proof of the core waits for one of them."""

from __future__ import annotations

import pytest

from atomicpos.bounds import Bounds, bounds
from atomicpos.errors import InvalidRequest
from atomicpos.models import TriggerBy
from atomicpos.profile import Profile
from atomicpos.settings import Settings

S = 1_000_000
GIVEN = Bounds(30 * S, 5 * S, 1 * S, 41 * S, 10 * S, 2 * S)


@pytest.mark.parametrize(
    ("name", "us"),
    [("horizon_us", 36 * S), ("last_word_us", 6 * S), ("lease_needed_us", 8 * S), ("round_gap_us", 7 * S + S // 2)],
)
def test_a_bound_is_what_it_is_made_of(name: str, us: int) -> None:
    """Visibility 30, receive window 5, skew 1, margin of the lease 3: whoever shortens one shortens a proof."""
    assert getattr(GIVEN, name) == us


def test_a_trigger_that_the_exchange_does_not_have_is_refused_at_once() -> None:
    """Otherwise an entry would be filled for which no stop can be."""
    profile = Profile("somewhere", 30.0, triggers=frozenset({TriggerBy.MARK}))
    assert bounds(Settings.read({"trigger_by": "mark"}), profile).horizon_us == 36 * S
    with pytest.raises(InvalidRequest, match="trigger_by is 'last'; somewhere compares stops with: mark"):
        bounds(Settings.read({"trigger_by": "last"}), profile)
