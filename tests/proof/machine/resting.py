"""The end of an example: nothing goes wrong any more, and everything must come to rest and be told as it is."""

from __future__ import annotations

from atomicpos.models import MICROSECONDS, State
from atomicpos.record import Record
from atomicpos.sim.hands import close
from atomicpos.testing.swarm.rest import at_rest, lawful

from .ground import Ground

REST_WITHIN_S = 300.0
"""How long after the last fault was lifted everything must be at rest: beyond any horizon, deadline and pause."""
AFTERWARDS_S = 60.0
"""How long it is watched once everything rests: longer than any horizon."""
ASKS_EVERY_S = 0.5
EXPOSURE_TOLERANCE_US = MICROSECONDS // 20
"""How much smaller our exposure may be than the venue's: 0.05 s."""


async def come_to_rest(ground: Ground) -> None:
    """Faults off: every row must rest, still does a while later, and tells the truth. Raises AssertionError."""
    ground.clears_up()
    await _rests(ground)
    await ground.clock.sleep(AFTERWARDS_S)
    await _rests(ground)
    at_rest(ground.oracle, ground.alerts)
    for row in ground.rows.values():
        _measured(ground, row)


async def _rests(ground: Ground) -> None:
    ends_us = ground.clock.now_us() + round(REST_WITHIN_S * MICROSECONDS)
    while not all(lawful(ground.oracle, row) for row in ground.rows.values()):
        found = ", ".join(f"{row.id} {row.state.value}" for row in ground.rows.values())
        assert ground.clock.now_us() < ends_us, f"I8: {found} and no rest within {REST_WITHIN_S:g} s"
        _turn_back(ground)
        await ground.clock.sleep(ASKS_EVERY_S)


def _turn_back(ground: Ground) -> None:
    """What others hold in the place of a row goes away: on the other side at once, on ours once the row is suspected.

    As long as it is there nobody can show whose it is, and that is all that a row may wait for.
    """
    for row in ground.rows.values():
        position = ground.venue.position_as_of(row.intent.symbol, ground.venue.now_us())
        if row.state.settled or not position.quantity:
            continue
        turned = position.side is not row.intent.side
        suspected = row.state is State.ORPHAN_SUSPECTED and ground.oracle.share(row) == 0
        if turned or suspected:
            close(ground.venue, row.intent.symbol)


def _measured(ground: Ground, row: Record) -> None:
    """I10, where nobody else acts and the symbol had one position only: the venue measures the whole of it."""
    alone = sum(other.intent.symbol == row.intent.symbol for other in ground.rows.values()) == 1
    if alone and not ground.hands:
        theirs_us = round(ground.venue.truth(row.intent.symbol).exposure_s * MICROSECONDS)
        enough = theirs_us - row.exposure_us <= EXPOSURE_TOLERANCE_US
        ground.oracle.hold(enough, lambda: f"I10: exposed {theirs_us} us, {row.id} says {row.exposure_us}")
