"""The ways to open a position besides the plain one: with a target, in hedge mode, where a stream tells."""

from __future__ import annotations

from enum import StrEnum

from ...models import PositionSide

TARGET_PERCENT = "3"
"""How far the target is from the average fill, where there is one."""


class Way(StrEnum):
    """What a history has besides the open itself."""

    PLAIN = "plain"
    TARGET = "target"
    """A target is asked for with the stop."""
    HEDGE = "hedge mode"
    """The account is in hedge mode."""
    STREAM = "stream"
    """The exchange also tells orders, fills and positions by itself."""
    ALL = "all of them"

    @property
    def target(self) -> bool:
        """True where a target is asked for."""
        return self in (Way.TARGET, Way.ALL)

    @property
    def hedge(self) -> bool:
        """True where the account is in hedge mode."""
        return self in (Way.HEDGE, Way.ALL)

    @property
    def stream(self) -> bool:
        """True where the exchange tells by itself."""
        return self in (Way.STREAM, Way.ALL)

    @property
    def slot(self) -> PositionSide | None:
        """What the venue calls the slot of a long: its side in hedge mode, nothing in one-way mode."""
        return PositionSide.LONG if self.hedge else None


WAYS = (Way.TARGET, Way.HEDGE, Way.STREAM, Way.ALL)
"""All but the plain one, which every other space has."""
