"""How long to wait before a write is tried again, and how much of it to try: named bounds, all in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal

from ..doubling import doubled_us
from ..models import Order

RETRY_FIRST_US = 250_000
RETRY_MOST_US = 5_000_000
MANY_TRIES = 50
RETRY_RARELY_US = 30_000_000
"""What was refused so often is not cured by haste; each try is an order of its own in the row."""
HURRY_US = 1_000_000
TRIES_IN_A_HURRY = 12
"""Refused stops of a position without one are tried again every second for so long, some eleven seconds in all."""
CANCEL_FIRST_US = 2_000_000
CANCEL_UNKNOWN_US = 10_000_000
"""After a cancel was refused as unknown the order is probably dead already: reading it so comes first."""
CANCEL_MOST_US = 30_000_000
REMAINDER_US = 5_000_000
"""How long an entry may go on waiting for the rest of its fill; then what is left of it is cancelled."""
HALVINGS_MAX = 5
"""How often a quantity that is too large for one order is halved: 32 pieces, one after the other."""
STOP_HALVINGS_MAX = 3
"""The same for stops, which wait all at once: 8 pieces leave room where ten may wait on a symbol, for one that stands
already."""


def retry_us(tries: int) -> int:
    """How long to wait after that many tries: 0.25 s, doubling, at most 5 s; after fifty tries 30 s."""
    if tries > MANY_TRIES:
        return RETRY_RARELY_US
    return doubled_us(RETRY_FIRST_US, tries, RETRY_MOST_US)


def stop_retry_us(tries: int) -> int:
    """How long a refused stop waits: as any write, but a second at most while the exposure deadline is near."""
    pause = retry_us(tries)
    return pause if tries > TRIES_IN_A_HURRY else min(pause, HURRY_US)


def last_sent_us(orders: Iterable[Order]) -> int:
    """When the last of them left, by our clock; 0, which is long ago, when none did."""
    return max((o.sent_at_us for o in orders if o.sent_at_us is not None), default=0)


def piece(quantity: Decimal, step: Decimal, refusals: int) -> Decimal:
    """What one order takes of that quantity after so many refusals as too large: halved each time, in whole steps."""
    part = quantity / Decimal(2) ** min(refusals, HALVINGS_MAX)
    return min((part / step).to_integral_value(rounding=ROUND_CEILING) * step, quantity)


def in_pieces(
    quantity: Decimal, step: Decimal, refused: Sequence[Decimal], halvings_max: int = HALVINGS_MAX
) -> Decimal:
    """What one order takes of that quantity where so large ones were refused as too large: a piece of the largest.

    However little is left by then, the pieces stay as large: halving what is left each time would never come to an end.
    """
    return min(quantity, piece(max(refused), step, min(len(refused), halvings_max))) if refused else quantity
