"""What an exchange tells of the key that it is asked with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What the exchange said of the API key when it was opened. None: it does not say."""

    may_trade: bool | None = None
    """The key may place orders on contracts and change positions."""
    ip_bound: bool | None = None
    """The key is taken from listed addresses only."""
    expires_at_us: int | None = None
    """When the key ends (the exchange's clock); None as well when it does not end."""
