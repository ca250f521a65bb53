"""What the machine of rules has found, kept as plain steps: each is played as it was shrunk, down to its rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from machine.machine import Machine

from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.sim.hands import clear_stop
from atomicpos.testing.interleavings.kinds import Kind

AVL, SHIB = "AVL/USDT:USDT", "SHIB/USDT:USDT"
UNREADABLE = tuple(Fault(call, None, "error") for call in ("orders", "fills", "position"))


@contextmanager
def account(kind: Kind, **given: Any) -> Iterator[Machine]:
    """A new account; in the end everything must rest and be told as it is."""
    played = Machine()
    try:
        played.account(kind, **given)
        yield played
    finally:
        played.teardown()


def opens(played: Machine, symbol: str = AVL, side: str = "buy", patience_s: float = 60.0) -> None:
    """A first position of the smallest kind."""
    played.opens_one(
        symbol=symbol, side=side, quote=6, percent=Decimal(2), leverage=None, patience_s=patience_s
    )


def liquidated_while_nobody_watched() -> None:
    """Liquidated right after it was protected, its process killed meanwhile; the next one is asked at once to move the
    stop, and hears of its orders before it hears of the position.
    """
    with account(Kind.AFTER_FILL, hands=True) as played:
        played.ground.goes_wrong(Fault("place_entry", None, "liquidate", 1, 0.4))
        opens(played)
        played.is_killed(after_s=6.0, dies_at=None)
        played.moves_the_stop(which=0, percent="0.9", patience_s=60.0)


def stop_cleared_and_nothing_can_be_read() -> None:
    """Somebody takes the stop away in the moment in which orders cannot be read any more: the position is still seen,
    and the row stays as it was last known until its stop is seen to be gone.
    """
    with account(Kind.ON_ACKNOWLEDGEMENT, hands=True) as played:
        opens(played)
        clear_stop(played.ground.venue, AVL)
        played.breaks_down(faults=UNREADABLE, seconds=6.0)


def second_stop_refused_for_its_quantity() -> None:
    """The guard stop stands, and the exact one is refused once for its quantity."""
    with account(Kind.ON_ACKNOWLEDGEMENT) as played:
        played.ground.goes_wrong(Fault("place_stop", None, "refuse", 2, None, "quantity"))
        opens(played, SHIB)


def ended_by_an_operator_while_a_stop_leaves() -> None:
    """A successor puts a stop up ahead of the fill in the moment in which an operator says that nothing is there; reads
    do not show young orders.
    """
    with account(Kind.STOP_TAKEN_WHEN_FLAT, looks_back_s=2.0) as played:
        played.ground.goes_wrong(Fault("orders", None, "empty", None, 2.0))
        played.opens_one(symbol=AVL, side="buy", quote=6, percent=Decimal(2), leverage=5, patience_s=0.3)
        played.is_killed(after_s=45.0, dies_at=None)
        played.resolves(which=0, end=State.ROLLED_BACK)


FOUND: tuple[Callable[[], None], ...] = (
    liquidated_while_nobody_watched, stop_cleared_and_nothing_can_be_read, second_stop_refused_for_its_quantity,
    ended_by_an_operator_while_a_stop_leaves,
)
"""All of them."""
