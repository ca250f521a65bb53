"""The swarm: seeds whose worlds must keep every invariant, go alike twice, and find what is planted in them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from swarm_seeds import FOUND

from atomicpos.engine import drive
from atomicpos.policies import Pace
from atomicpos.sim.fault_words import FaultKind
from atomicpos.sim.loop import Escape
from atomicpos.testing.swarm.jobs import BRIEF
from atomicpos.testing.swarm.mix import LATEST_S, SKEW_S, draw
from atomicpos.testing.swarm.play import play, play_twice
from atomicpos.testing.swarm.rest import rest_within_s
from atomicpos.testing.swarm.running import Swarm, play_share
from atomicpos.testing.swarm.tripwires import tripwires

SHARE = 25
SEEDS = 200
FIRSTS = range(1, SEEDS, SHARE)


@pytest.mark.parametrize("first", FIRSTS)
def test_worlds_of_faults_come_to_rest(first: int) -> None:
    """Whatever mix of faults a seed draws, every invariant holds, all rests in time, and a second playing is alike."""
    found = play_share(Swarm(first, None), first, first + SHARE - 1)
    assert found.seeds == SHARE
    assert found.broken == []


def test_what_was_found_stays_found() -> None:
    """Seeds that once broke an invariant break none any more."""
    assert {seed: broken for seed in FOUND if (broken := play_twice(seed).broken)} == {}


def test_a_crowd_of_short_lives_comes_to_rest() -> None:
    """A brief world, with its many opens at once, keeps every invariant as the small ones do."""
    told = play(4, BRIEF)
    assert told.broken == ()
    assert play(21, BRIEF).broken == ()  # two rows of one symbol, one after the other, with stops at one trigger
    assert told.opens > draw(4).bots * draw(4).hosts


def test_some_of_the_lags_are_lags_of_the_mix() -> None:
    """A throng has about three in ten of its mixes' lags, each as it was drawn."""
    mixes = [draw(seed) for seed in range(1, 301)]
    kept = [mix.clearer(0.3).lags for mix in mixes]
    assert all(set(some) <= set(mix.lags) for some, mix in zip(kept, mixes, strict=True))
    assert 0.25 < sum(map(len, kept)) / sum(len(mix.lags) for mix in mixes) < 0.35


def test_rarer_troubles_are_the_same_troubles() -> None:
    """A crowd meets every kind of fault of its seed's mix, each on a smaller share of the calls; lags stay."""
    mix, rarer = draw(3), draw(3).rarer(10)
    assert [(s.call, s.kind) for s in rarer.strikes] == [(s.call, s.kind) for s in mix.strikes]
    assert all(10 * s.rate == pytest.approx(t.rate) for s, t in zip(rarer.strikes, mix.strikes, strict=True))
    assert rarer.lags == mix.lags
    assert mix.rarer(1) == mix


def test_another_process_plays_the_same_world() -> None:
    """With another hash seed, in another process, a seed is the same world to the byte."""
    code = "from atomicpos.testing.swarm.play import play; print([play(seed).digest for seed in (2, 14)])"
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": "4711"}, capture_output=True, text=True,
        check=True, timeout=120,
    )
    assert run.stdout.strip() == str([play(seed).digest for seed in (2, 14)])


def test_a_seed_draws_its_own_mix() -> None:
    """A seed's mix is always the same; every kind of fault is in some mixes and missing from others; bounds hold."""
    mixes = [draw(seed) for seed in range(1, 301)]
    assert mixes == [draw(seed) for seed in range(1, 301)]
    kinds = [{strike.kind for strike in mix.strikes} | {lag.kind for lag in mix.lags} for mix in mixes]
    for kind in FaultKind:
        assert 50 < sum(kind in drawn for drawn in kinds) < 250, kind
    assert any(not drawn for drawn in kinds)
    assert max(mix.looks_back_s for mix in mixes) <= LATEST_S < 30
    assert max(abs(skew) for mix in mixes for skew in mix.skews_s) <= SKEW_S < 1


def test_the_bound_is_made_of_the_settings() -> None:
    """Everything must rest within a lease, a deadline, a horizon, two rounds of absence and the longest pauses."""
    assert rest_within_s(draw(1)) == 24 + 41 + 36 + 15 + 5 + 10 + 20 + 60


# --- what is planted is found -------------------------------------------------------------------------------------


def _first_broken(seeds: int) -> tuple[str, ...]:
    return next((told.broken for seed in range(1, seeds + 1) if (told := play(seed)).broken), ())


def test_a_close_that_may_enlarge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose closes are ordinary orders is caught within twenty seeds."""
    intended = drive.intended

    def enlarging(*given: object) -> object:
        order = intended(*given)  # type: ignore[arg-type]
        return order if order.trigger_price is not None else type(order)(
            **{name: getattr(order, name) for name in order.__slots__} | {"reduce_only": False}
        )

    monkeypatch.setattr(drive, "intended", enlarging)
    assert any("I6" in sentence for sentence in _first_broken(20))


def test_chance_from_outside_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that waits by a chance of its own is not the same twice: one seed is enough."""
    own = random.Random()
    monkeypatch.setattr(Pace, "next_s", lambda self: own.uniform(0.1, 0.5))
    assert any("another world" in sentence for sentence in play_twice(5).broken)


def test_real_time_in_the_engine_is_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that looks at the machine's clock is stopped, and the line says who looked."""
    monkeypatch.setattr(Pace, "next_s", lambda self: 0.3 + 0 * time.time())
    assert any("test_swarm reaches for time.time" in sentence for sentence in play(3).broken)


# --- tripwires ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [
    lambda: time.time(), lambda: time.monotonic(), lambda: time.sleep(0), lambda: random.random(),
    lambda: os.urandom(1), lambda: threading.Thread(target=print).start(),
], ids=["time", "monotonic", "sleep", "random", "urandom", "thread"])  # fmt: skip
def test_nothing_comes_from_outside(reach: Callable[[], object]) -> None:
    """Time, chance and threads are out of reach while a world is played, and back afterwards."""
    with tripwires() as escapes, pytest.raises(Escape, match="no real time, no chance and no outside"):
        reach()
    assert len(escapes) == 1
    assert time.time() > 0


def test_other_threads_are_left_alone() -> None:
    """Only the thread that plays has lost the world outside."""
    stretched, heard = threading.Event(), list[float]()

    def tells() -> None:
        stretched.wait(10)
        heard.append(time.time())

    thread = threading.Thread(target=tells)
    thread.start()
    with tripwires() as escapes:
        stretched.set()
        thread.join()
    assert len(heard) == 1
    assert escapes == []
