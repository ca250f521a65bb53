"""Client order ids that can be computed again from the row alone, and position ids.

An id is the installation's prefix and a base32 hash of (position, leg, attempt): after a crash, or without a
database, the same order has the same id, so it can be looked up and never doubles.
"""

from __future__ import annotations

import base64
import hashlib
import random

from .models import Leg

LIBRARY_PREFIX = "ap"
"""Every id of ours starts with it; orders of another installation are told by the four characters that follow."""

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
INSTALLATION_LENGTH = 4
HASH_LENGTH = 20
CLIENT_ORDER_ID_LENGTH = len(LIBRARY_PREFIX) + INSTALLATION_LENGTH + HASH_LENGTH
"""26 lower-case letters and digits: inside Bybit's 36, OKX's 32 and Gate's 28 without its ``t-``."""


def new_installation(rng: random.Random) -> str:
    """Four characters, drawn once per database."""
    return "".join(rng.choice(ALPHABET) for _ in range(INSTALLATION_LENGTH))


def new_position_id(rng: random.Random) -> str:
    """A position's id: 16 characters of 80 random bits."""
    return "".join(rng.choice(ALPHABET) for _ in range(16))


def client_order_id(installation: str, position_id: str, leg: Leg, attempt: int) -> str:
    """The id of the order (position, leg, attempt): always the same for the same arguments."""
    digest = hashlib.sha256(f"{position_id}/{leg.value}/{attempt}".encode()).digest()
    return LIBRARY_PREFIX + installation + base64.b32encode(digest).decode().lower()[:HASH_LENGTH]


CANARY = "canary"
"""What the ids of stop canaries have behind the installation; an order of a row has it by chance once in 2**30."""


def canary_id(installation: str, symbol: str, at_us: int) -> str:
    """The id of a stop canary: told as ours, and as no row's, by itself."""
    digest = hashlib.sha256(f"{symbol}/{at_us}".encode()).digest()
    drawn = base64.b32encode(digest).decode().lower()[: HASH_LENGTH - len(CANARY)]
    return LIBRARY_PREFIX + installation + CANARY + drawn


def is_canary(own_id: str | None, installation: str) -> bool:
    """Whether it is the id of a stop canary of that installation."""
    return installation_of(own_id) == installation and str(own_id).startswith(LIBRARY_PREFIX + installation + CANARY)


def installation_of(own_id: str | None) -> str | None:
    """The installation that gave this client order id; None for one that is not in the library's form."""
    if own_id is None or len(own_id) != CLIENT_ORDER_ID_LENGTH or not own_id.startswith(LIBRARY_PREFIX):
        return None
    code = own_id[len(LIBRARY_PREFIX):]
    return code[:INSTALLATION_LENGTH] if set(code) <= set(ALPHABET) else None
