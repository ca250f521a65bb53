"""What must be so once the faults have ended and everything rests, and how long that may take."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ...bounds import bounds
from ...ids import LIBRARY_PREFIX
from ...models import MICROSECONDS, State
from ...record import Record
from ...settings import Settings
from .stakes import alive, netted

if TYPE_CHECKING:
    from .mix import Mix
    from .oracle import Oracle

RETRIES_S = 60.0
"""Twice the longest pause between two tries of one write: what was refused fifty times is tried every 30 s."""
BETWEEN_LOOKS_US = MICROSECONDS // 2
EXPOSURE_TOLERANCE_US = MICROSECONDS // 20
"""How much smaller our exposure may be than the venue's: 0.05 s."""


def rest_within_s(mix: Mix) -> float:
    """How long after the faults end everything must rest, by the settings.

    A lease that must lapse and the turn that finds the row; the deadline, after which an entry may be proven never to
    have come, by two rounds of absence; a horizon for what was sent last; the exposure deadline; two looks that are
    answered by nobody; and the longest pauses between two tries.
    """
    settings = Settings()
    found = bounds(settings, mix.kind.profile)
    by_bounds_us = found.lease_us + found.verification_deadline_us + found.horizon_us + 2 * found.round_gap_us
    by_settings_s = settings.watch_s + settings.exposure_deadline_s + 2 * settings.look_timeout_s
    return by_bounds_us / MICROSECONDS + by_settings_s + RETRIES_S


def lawful(oracle: Oracle, record: Record) -> bool:
    """True where the row may stay as it is: settled, or protected and the venue agrees."""
    if record.state.settled:
        return True
    return record.state is State.PROTECTED and oracle.protected(record) and says_the_truth(oracle, record)


def said(record: Record) -> Decimal:
    """How much of it is open, by the row."""
    return max(record.filled_quantity - record.closed_quantity, Decimal(0))


def says_the_truth(oracle: Oracle, record: Record) -> bool:
    """True where the venue holds what the row says; less what its entry took from others, which opened nothing, and
    which no row can know of: the fills are its own, and no exit of them ever comes.
    """
    says, share = said(record), oracle.share(record)
    return says == share or says - netted(oracle.venue, record) == share


def needs_an_operator(oracle: Oracle, record: Record, told: list[str]) -> bool:
    """True for a suspected orphan which nobody but an operator can end, who was told of it and sees nothing left at the
    exchange: its entry has closed what others held, so no exits will ever add up to its fills, and an empty slot alone
    proves nothing (I1).
    """
    if record.state is not State.ORPHAN_SUSPECTED or not any(record.id in text for text in told):
        return False
    empty = oracle.venue.position_as_of(record.intent.symbol, oracle.venue.now_us()).quantity == 0
    return empty and netted(oracle.venue, record) > 0 and not alive(oracle.venue, record)


def at_rest(oracle: Oracle, told: list[str]) -> None:
    """Nothing moves any more: every row tells the truth, and nothing is naked and unknown."""
    for record in oracle.rows.values():
        oracle.hold(lawful(oracle, record), lambda row=record: f"I8: {row.id} rests {row.state.value}")  # type: ignore[misc]
        _agrees(oracle, record)
    for symbol in oracle.venue.symbols():
        _one_row(oracle, symbol)
        _known(oracle, symbol, told)


def _agrees(oracle: Oracle, record: Record) -> None:
    if record.state.settled:
        oracle.settled(record)
        return
    share, right = oracle.share(record), says_the_truth(oracle, record)
    oracle.hold(right, lambda: f"I3: {record.id} says {said(record)}, the venue holds {share} of it")
    oracle.hold(oracle.covered(record), lambda: f"I8: {record.id} rests with {share} and no stop for all of it")


def _one_row(oracle: Oracle, symbol: str) -> None:
    holding = [row.id for row in oracle.on(symbol) if row.holds_slot]
    oracle.hold(len(holding) <= 1, lambda: f"I7: {holding} hold the slot of {symbol}")


def _known(oracle: Oracle, symbol: str, told: list[str]) -> None:
    """Every living order of ours is in a row, or somebody was told of it."""
    truth = oracle.venue.truth(symbol)
    living = [order.client_order_id or "" for order in (*truth.stops, *truth.orders)]
    unknown = [one for one in living if one.startswith(LIBRARY_PREFIX) and not oracle.knows(one)]
    lost = [one for one in unknown if not any(one in text for text in told)]
    oracle.hold(not lost, lambda: f"I8: {lost} live on {symbol}, are in no row, and nobody was told")
