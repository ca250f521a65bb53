"""How wide the windows of time are that histories are played with: as shipped, or with nothing to spare.

A bound that is wider than what happens hides its own mistakes: where reads lag by 2 s and 30 s are allowed for, a
horizon that forgets what may still be on its way breaks nothing. So the large spaces narrow every window to what their
domains need; it is also the quicker proof, since a history is as long as its windows.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from ...profile import Profile
from .odometer import Domain


class Windows(StrEnum):
    """Of reads, of requests, of clocks, and of what may be without a stop."""

    SHIPPED = "as shipped"
    """The profile's and the settings' own: reads lag up to 30 s, requests are taken for 5 s, clocks differ by 1 s, and
    a fill may be without a stop for 10 s."""
    NARROW = "narrow"
    """Reads lag up to 2 s, requests are taken for 2 s, clocks differ by half a second, and a fill may be without a stop
    for 3 s: exactly as long as the lags, the late requests and the clocks of the spaces go. What is not shown 5 s after
    its entry, half a second past the horizon, is suspected."""

    @property
    def knobs(self) -> dict[str, Any]:
        """What a caller sets to have them, beside what the exchange's profile says."""
        return {} if self is Windows.SHIPPED else {"exposure_deadline_s": 3.0, "verification_deadline_s": 5.0}

    @property
    def faults_last_s(self) -> float:
        """How long a fault may last, well past the verification deadline (41 s, or 5 s); what cannot be shown until
        then must be shown once it is lifted."""
        return 75.0 if self is Windows.SHIPPED else 20.0

    @property
    def longest_pause_s(self) -> float:
        """How long a pause lasts that was to end with a takeover which does not come: well past every lease."""
        return 70.0 if self is Windows.SHIPPED else 30.0

    @property
    def blind_s(self) -> float:
        """How long a suspected position cannot be looked at yet."""
        return 20.0 if self is Windows.SHIPPED else 8.0

    def of(self, profile: Profile) -> Profile:
        """That profile with these windows."""
        if self is Windows.SHIPPED:
            return profile
        return replace(profile, visibility_s_max=2.0, recv_window_s=2.0, clock_skew_s_max=0.5)


NARROW = Domain("windows", (Windows.NARROW,))
"""The one choice of the large spaces, whose lags, late requests and clocks go exactly so far."""
