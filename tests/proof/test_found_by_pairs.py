"""What two faults in one history have found: each history goes red when its guard is taken out."""

from __future__ import annotations

from atomicpos.models import State
from atomicpos.sim import Fault
from atomicpos.testing.interleavings.histories import play
from atomicpos.testing.interleavings.worlds import History


def test_a_late_send_of_the_position_s_own_stop_is_not_left_on_what_others_hold() -> None:
    """The stop is sent again after no answer, others buy, ours is closed and the stop taken away; then the first send
    arrives after all. The row waits for it, sees it, and takes it away once more before it ends."""
    late = Fault("set_stop", None, "late_request", 1, 4)
    others = Fault("place_entry", None, "foreign_scale_in", 1, 0.3)
    told = play(History(faults=(late, others), closes=True, careful=True))
    assert told.broken == ()
    assert (told.answer, told.end) == ("protected", State.CLOSED)
