"""The kinds of exchange that histories are played against: how each differs from the one of the shipped profile."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from ...profile import Profile, Protection
from ...sim import SIM_PROFILE


class Kind(StrEnum):
    """Which kind of exchange is played against."""

    ATTACHED = "attached"
    """The stop travels with the entry: Bybit's profile."""
    ON_ACKNOWLEDGEMENT = "on_acknowledgement"
    """A separate stop may go as soon as the entry is acknowledged."""
    AFTER_FILL = "after_fill"
    """No stop may go before a fill was seen."""
    ATTACHED_ORDER = "attached_order"
    """The stop travels with the entry under an id of ours, an order once that has filled fully: OKX's profile."""
    ATTACHED_UNNAMED = "attached_unnamed"
    """The stop travels with the entry and has an id of the exchange's only: Bitget's profile."""
    ROWS_NOT_WHOLE = "rows_not_whole"
    """An order read as dead may still show fewer fills than it has."""
    IDS_NOT_REFUSED = "ids_not_refused"
    """Separate stops, and the profile does not rely on duplicate ids being refused."""
    STOP_TAKEN_WHEN_FLAT = "stop_taken_when_flat"
    """A separate reduce-only stop is taken although there is nothing to reduce."""

    @property
    def profile(self) -> Profile:
        """What the library is told about it."""
        return _PROFILES[self]


MODES = (Kind.ATTACHED, Kind.ON_ACKNOWLEDGEMENT, Kind.AFTER_FILL, Kind.ATTACHED_ORDER)
"""The ways to have a stop, the one with the most of its own last."""

_ACKNOWLEDGED = replace(SIM_PROFILE, protection=Protection.ON_ACKNOWLEDGEMENT)

_PROFILES = {
    Kind.ATTACHED: SIM_PROFILE,
    Kind.ON_ACKNOWLEDGEMENT: _ACKNOWLEDGED,
    Kind.AFTER_FILL: replace(SIM_PROFILE, protection=Protection.AFTER_FILL),
    Kind.ATTACHED_ORDER: replace(SIM_PROFILE, protection=Protection.ATTACHED_ORDER),
    Kind.ATTACHED_UNNAMED: replace(SIM_PROFILE, protection=Protection.ATTACHED_UNNAMED),
    Kind.ROWS_NOT_WHOLE: replace(SIM_PROFILE, final_rows_are_whole=False),
    Kind.IDS_NOT_REFUSED: replace(_ACKNOWLEDGED, duplicate_ids_refused=False),
    Kind.STOP_TAKEN_WHEN_FLAT: _ACKNOWLEDGED,
}
