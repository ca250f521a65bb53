"""What a fault sets off inside the engine, with timers that only the test lets ring."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from by_hand import AVL, BUY, HandClock, asked

from atomicpos.sim.fault_kinds import APPLIES_TO, Call, FaultKind
from atomicpos.sim.faults import Fault
from atomicpos.sim.mishaps import afterwards, placed, refusal_of
from atomicpos.sim.venue import RefusalReason, Venue


class Timers:
    """What was to happen later, and after how many seconds."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], object]]] = []

    def __call__(self, seconds: float, act: Callable[[], object]) -> None:
        self.waiting.append((seconds, act))

    def ring(self) -> None:
        for _, act in self.waiting:
            act()


@pytest.mark.parametrize("kind", sorted(kind for kind, calls in APPLIES_TO.items() if Call.PLACE_ENTRY in calls))
def test_what_comes_too_late_breaks_nothing(kind: FaultKind) -> None:
    """Whatever a fault lets happen later finds its order or its position gone, and nothing happens."""
    venue, timers = Venue(HandClock()), Timers()
    order = placed(venue, asked(BUY, "10", cid="entry", stop_loss="1.3"), Fault("place_entry", AVL, kind, None, 3),
                   timers)
    if order.live:
        venue.cancel(AVL, "entry")
    venue.liquidate(AVL)
    before = venue.orders_as_of(AVL, venue.now_us())
    timers.ring()
    assert venue.orders_as_of(AVL, venue.now_us()) == before
    assert venue.truth(AVL).quantity == 0


def test_what_others_do_waits_for_its_seconds() -> None:
    """Nothing happens before the timer rings, and at once where no seconds are given."""
    venue, timers = Venue(HandClock()), Timers()
    venue.place(asked(BUY, "10"))
    afterwards(venue, AVL, Fault("set_stop", AVL, "foreign_close", None, 2), timers)
    assert ([seconds for seconds, _ in timers.waiting], venue.truth(AVL).quantity) == ([2], 10)
    afterwards(venue, AVL, None, timers)
    afterwards(venue, AVL, Fault("set_stop", AVL, "foreign_scale_in"), timers)
    assert (len(timers.waiting), venue.truth(AVL).quantity) == (1, 20)
    timers.ring()
    assert venue.truth(AVL).quantity == 0


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        ("rate_limit", None, RefusalReason.RATE_LIMITED),
        ("refuse", "price_band", RefusalReason.PRICE_BAND),
        ("refuse", "110009", None),
        ("refuse", None, None),
    ],
)
def test_a_refusal_is_the_engines_own_where_it_knows_the_code(kind: str, code: str | None, reason: str | None) -> None:
    """A reason of the engine's becomes its refusal; any other code is left to the face."""
    refusal = refusal_of(Fault("place_stop", AVL, kind, code=code))
    assert (refusal.reason if refusal else None) is reason
