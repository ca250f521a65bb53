"""F15 and F50: a source that was seen to be later than the bounds say is waited for from then on, by everybody."""

from __future__ import annotations

from itertools import pairwise

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.errors import StoreUnavailable
from atomicpos.events import EventKind
from atomicpos.lag import Histogram, LagCount, histograms
from atomicpos.lag.histogram import bucket_of
from atomicpos.models import MICROSECONDS, Position
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import JournalOver
from modes import in_every_mode
from world import World, assert_safe

BEYOND = "lag_beyond_bounds"
SHORT = {"visibility_s_max": 20.0}
"""A bound that the slot will not keep: it shows the position after 24 s."""
LATE_SLOT = Fault("position", None, "empty", None, 24)
LATE_LIST = Fault("account_positions", None, "empty", None, 24)


async def learnt(world: World) -> dict[str, Histogram]:
    """What is stored, by source."""
    return {source: lags for (_, _, source), lags in histograms(await world.journal.reopened().lags()).items()}


def deadline_s(world: World, row: Position) -> float:
    """How long after it was asked for it would have been suspected."""
    (stored,) = (record for record in world.stored() if record.id == row.id)
    return (stored.deadline_us - row.created_at_us) / MICROSECONDS


async def late_once(world: World, positions: AtomicPositions) -> Position:
    """One position, whose slot stays empty for 24 s; then it is told, waited for and remembered."""
    row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    await world.clock.sleep(60)
    return row


@in_every_mode(LATE_SLOT, LATE_LIST)
async def test_f15_a_fill_that_shows_24_s_late_widens_the_bound_of_the_next_opens(world: World) -> None:
    """Twenty seconds were allowed for: it is told once, and the next position has some five seconds more."""
    async with world.library(**SHORT) as positions:
        first = await late_once(world, positions)
        assert deadline_s(world, first) == 31
        (told,) = world.heard(EventKind.ALERT, BEYOND)
        assert told.data == {"key": "position_poll"}
        assert f"position {first.id} 2" in told.text
        late_s = (await learnt(world))["position_poll"].longest_us / MICROSECONDS
        assert 24 <= late_s < 30
        row, _ = await world.tried(positions, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        assert row is not None
        assert deadline_s(world, row) == pytest.approx(31 + late_s - 20)
        assert_safe(world, await positions.get(first.id))
        assert len(world.heard(EventKind.RESOLVED, BEYOND)) == 1
    assert world.sent(Call.PLACE_CLOSE) == []


@in_every_mode(LATE_SLOT, LATE_LIST)
async def test_f15_a_lag_inside_the_bounds_is_counted_and_changes_nothing(world: World) -> None:
    """Thirty seconds are allowed for: nothing is told, and the next position has what the first had."""
    async with world.library() as positions:
        await late_once(world, positions)
        row, _ = await world.tried(positions, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        assert row is not None
        assert deadline_s(world, row) == 41
    assert world.heard(EventKind.ALERT, BEYOND) == []
    assert (await learnt(world))["position_poll"].longest_us > 24 * MICROSECONDS
    assert (await learnt(world))["order_status"].longest_us < MICROSECONDS


@in_every_mode(LATE_SLOT, LATE_LIST)
async def test_f50_what_was_learnt_is_in_force_from_the_first_moment_of_the_next_process(world: World) -> None:
    """It is read with the opening of the database: the first position of the next start has the wider bound."""
    async with world.library(**SHORT) as positions:
        await late_once(world, positions)
    late_s = (await learnt(world))["position_poll"].longest_us / MICROSECONDS
    later = world.beside()
    async with later.library(**SHORT) as positions:
        row, _ = await later.tried(positions, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        assert row is not None
        assert deadline_s(world, row) == pytest.approx(31 + late_s - 20)


@in_every_mode(LATE_SLOT, LATE_LIST)
async def test_two_processes_teach_each_other(world: World) -> None:
    """What one learnt the other has read within a minute or so, and the counts of both add up."""
    other = world.beside()
    async with world.library(**SHORT) as one, other.library(journal=other.journal, **SHORT) as two:
        await late_once(world, one)
        await world.clock.sleep(30)
        row, _ = await other.tried(two, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        assert row is not None
        assert deadline_s(world, row) > 35
    assert (await learnt(world))["order_status"].samples >= 2


class NeverLearns(JournalOver):
    """A journal whose counts of lags cannot be written for a while."""

    fails = True

    async def learn(self, counts: object) -> None:
        if self.fails:
            raise StoreUnavailable("disk I/O error")
        await super().learn(counts)  # type: ignore[arg-type]


@in_every_mode(LATE_SLOT, LATE_LIST)
async def test_f37_what_cannot_be_written_is_in_force_all_the_same(world: World) -> None:
    """The alert stands until it is remembered; no position is held up, and no count is lost or doubled."""
    journal = NeverLearns(world.journal)
    async with world.library(journal=journal, **SHORT) as positions:
        await late_once(world, positions)
        assert len(world.heard(EventKind.ALERT, BEYOND)) == 1
        assert world.heard(EventKind.RESOLVED, BEYOND) == []
        row, error = await world.tried(positions, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        assert (error, row is not None and deadline_s(world, row) > 35) == (None, True)
        journal.fails = False
        await world.clock.sleep(30)
        assert len(world.heard(EventKind.RESOLVED, BEYOND)) == 1
    assert (await learnt(world))["position_poll"].samples == 3  # two fills of the first and one of the second


BLIND = tuple(Fault(call, None, "empty", None, 70) for call in ("orders", "fills", "position", "position_stop"))


@pytest.mark.parametrize("late", [False, True], ids=["nothing learnt", "60 s learnt"])
@in_every_mode(*BLIND)
async def test_f15_the_quick_pace_lasts_until_what_was_learnt_has_passed(world: World, late: bool) -> None:
    """Nothing shows for 70 s: the order is asked for twice a second until the deadline, then every ten seconds.

    Where a source was 60 s late once the deadline lies as much later.
    """
    if late:
        longest = 60 * MICROSECONDS
        count = LagCount(world.exchange.name, world.exchange.environment, "fills", bucket_of(longest), 1, longest)
        await world.journal.learn([count])
    async with world.library(on_unprotectable="hold") as positions:
        await world.tried(positions)
        await world.clock.sleep(max(70 - world.elapsed_s, 0))
        asked = [at_us - world.began_us for at_us, call, _ in world.exchange.requests if call == "orders"]
    pauses = [(b - a) / MICROSECONDS for a, b in pairwise(asked) if 42 < a / MICROSECONDS < 64]
    assert (max(pauses) < 1) is late
