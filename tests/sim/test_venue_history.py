"""Reads are pure views of history; the same seed and calls make the same history."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.models import OrderSide, OrderStatus
from atomicpos.sim.history import Log
from atomicpos.sim.venue import PlaceRequest, Venue

AVL = "AVL/USDT:USDT"


def lived(seed: int) -> Venue:
    """A venue on which a long was opened at 1 s, given a stop at 2 s and stopped out at 3 s."""
    now = [1_000_000]
    venue = Venue(lambda: now[0], seed=seed)
    venue.place(PlaceRequest(AVL, "entry", OrderSide.BUY, Decimal(10)))
    now[0] = 2_000_000
    venue.place(PlaceRequest(AVL, "stop", OrderSide.SELL, Decimal(10), True, Decimal("1.3")))
    now[0] = 3_000_000
    venue.set_mark(AVL, Decimal("1.2999"))
    return venue


def seen(venue: Venue, at_us: int) -> tuple[list[OrderStatus], int, Decimal, int | None, Decimal]:
    position = venue.position_as_of(AVL, at_us)
    statuses = [order.status for order in venue.orders_as_of(AVL, at_us)]
    executions = len(venue.executions_as_of(AVL, at_us))
    return statuses, executions, position.quantity, position.updated_at_us, position.mark


def test_each_moment_shows_what_was_so_then() -> None:
    """A view shows every order in the version it had, the executions so far, and the position of that moment."""
    venue, first, later = lived(0), Decimal("1.3580"), Decimal("1.2999")
    filled, waiting = OrderStatus.FILLED, OrderStatus.UNTRIGGERED
    assert seen(venue, 999_999) == ([], 0, 0, None, first)
    assert seen(venue, 1_000_000) == ([filled], 2, 10, 1_000_000, first)
    assert seen(venue, 2_999_999) == ([filled, waiting], 2, 10, 1_000_000, first)
    assert seen(venue, 3_000_000) == ([filled, filled], 4, 0, 3_000_000, later)


def test_looking_changes_nothing() -> None:
    """Reading any moment in any order leaves every other view as it was."""
    venue = lived(0)
    before = seen(venue, 3_000_000)
    for at_us in (0, 5_000_000, 1_500_000):
        seen(venue, at_us)
    assert seen(venue, 3_000_000) == before


def test_the_same_seed_gives_the_same_history_and_another_one_does_not() -> None:
    """Ids, prices and times repeat for a seed."""
    def trace(venue: Venue) -> object:
        return venue.orders_as_of(AVL, 3_000_000), venue.executions_as_of(AVL, 3_000_000), venue.truth(AVL)

    assert trace(lived(7)) == trace(lived(7))
    assert trace(lived(7)) != trace(lived(8))


def test_the_engine_s_time_never_runs_backwards() -> None:
    """A clock that jumps back does not reorder history."""
    times = iter([5_000_000, 1_000_000, 2_000_000])
    venue = Venue(lambda: next(times))
    assert [venue.now_us(), venue.now_us(), venue.now_us()] == [5_000_000] * 3


def test_a_log_refuses_to_be_written_backwards() -> None:
    """Appending before the last item is an error."""
    log: Log[str] = Log()
    log.append(2, "b")
    with pytest.raises(ValueError, match="1 lies before 2"):
        log.append(1, "a")
    assert (log.last(1), log.last(2), log.until(1)) == (None, "b", ())
