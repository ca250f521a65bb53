"""What the histories of two processes have found: each tape goes red when its guard is taken out."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.engine.requests import only_protects
from atomicpos.models import Leg, OrderSide, State, TriggerBy
from atomicpos.ports import PlaceOrder, SetPositionStop
from atomicpos.testing.interleavings.fates import AfterTakeover
from atomicpos.testing.interleavings.kinds import MODES, Kind
from atomicpos.testing.interleavings.paused import Paused, play_paused
from atomicpos.testing.interleavings.scenes import Scene
from atomicpos.testing.interleavings.stage import Filling

SYMBOL = "AVL/USDT:USDT"


def test_an_act_on_a_row_that_was_lost_meanwhile_is_not_done_under_the_new_owner_s_fence() -> None:
    """Woken before it was told that the row is another's, a process reads it, and does not take it for its own."""
    told = play_paused(Paused(Scene.MOVE, at=0.05, seconds=AfterTakeover(5.9), clocks=(1, 1), timers_first=True))
    assert told.takeovers == ("protected",)
    assert told.broken == ()


def test_a_successor_looks_before_it_calls_a_position_unprotectable() -> None:
    """However long nobody looked, what the last owner put up may stand: then the position is kept."""
    for kind in MODES:
        instant = "position stop has left" if kind is Kind.ATTACHED else "stop has left"
        told = play_paused(Paused(at=instant, seconds=40.0, kind=kind))
        assert len(told.takeovers) == 1
        assert told.broken == ()
        assert told.end is State.PROTECTED, kind


def test_a_late_stop_of_a_fenced_out_owner_never_takes_the_place_of_its_successor_s() -> None:
    """The position's own stop is set by who holds the row; a separate one only adds, and may be put up by anybody."""
    half = Filling(half=True, rest_after_s=3)
    told = play_paused(
        Paused(Scene.FILLED, "after commit of order_filled", AfterTakeover(6.2), (1, -1), Kind.ATTACHED, half, 8, True)
    )
    assert told.takeovers == ("order_filled",)
    assert told.broken == ()
    assert not only_protects(SetPositionStop(SYMBOL, Decimal("1.3310"), TriggerBy.MARK))
    stop = PlaceOrder(SYMBOL, Leg.STOP, "s", OrderSide.SELL, Decimal(10), True, Decimal("1.3310"), TriggerBy.MARK)
    assert only_protects(stop)
