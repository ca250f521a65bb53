"""The one key that a venue on the wire knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client signs with; ``passphrase`` only where the exchange's keys have one."""

    api_key: str
    secret: str
    passphrase: str = ""
