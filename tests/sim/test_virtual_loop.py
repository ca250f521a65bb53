"""The virtual loop: time costs nothing, nothing escapes, and being stuck is an error."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine

import pytest

from atomicpos.sim.clock import EPOCH_US, SystemClock, VirtualClock
from atomicpos.sim.loop import Deadlock, Escape, Livelock, VirtualLoop, run
from atomicpos.sim.schedule import LANE, Seeded


def now_s() -> float:
    return asyncio.get_running_loop().time()


def test_sleeping_costs_no_real_time() -> None:
    """A virtual day passes in a moment, and the clock shows it to the microsecond."""
    async def main() -> tuple[int, int]:
        clock = VirtualClock(asyncio.get_running_loop())
        start = clock.now_us()
        for _ in range(24):
            await clock.sleep(3600)
        return start, clock.now_us()

    began = time.monotonic()
    assert run(main) == (EPOCH_US, EPOCH_US + 86_400 * 1_000_000)
    assert time.monotonic() - began < 1


def test_timers_fire_in_order_and_at_their_time() -> None:
    """Sleepers wake in the order of their times, those of one time in the order they went to sleep."""
    async def main() -> list[tuple[str, float]]:
        woken: list[tuple[str, float]] = []

        async def sleeper(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append((name, now_s()))

        await asyncio.gather(sleeper("c", 3), sleeper("a", 1), sleeper("b", 1))
        return woken

    assert run(main) == [("a", 1.0), ("b", 1.0), ("c", 3.0)]


def test_timeouts_run_on_virtual_time() -> None:
    """asyncio.timeout and wait_for end exactly when virtual time says so."""
    async def main() -> list[float]:
        ends = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(100)
        ends.append(now_s())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 2.5)
        return [*ends, now_s()]

    assert run(main) == [5.0, 7.5]


def test_a_wait_without_an_end_is_a_deadlock() -> None:
    """When nothing can ever wake the program, it is told who waits."""
    async def waits_for_godot() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match="waits_for_godot"):
        run(waits_for_godot)


def test_spinning_without_time_is_a_livelock() -> None:
    """A program that spins while time stands still is stopped."""
    async def spins() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    with pytest.raises(Livelock, match="without time moving on"):
        run(spins)


def test_polling_for_ever_is_a_livelock() -> None:
    """A program that lets time pass without an end is stopped at the limit."""
    async def polls() -> None:
        for _ in itertools.count():
            await asyncio.sleep(1)

    with pytest.raises(Livelock, match="after 1000 virtual seconds"):
        run(polls, limit_s=1000)


def test_an_executor_runs_inline_on_the_same_thread() -> None:
    """Executors and to_thread call at once, on this thread, and deliver results and errors."""
    async def main() -> tuple[int, int, float]:
        loop = asyncio.get_running_loop()
        inline = await loop.run_in_executor(None, threading.get_ident)
        threaded = await asyncio.to_thread(threading.get_ident)
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)
        return inline, threaded, now_s()

    assert run(main) == (threading.get_ident(), threading.get_ident(), 0.0)


async def _connects() -> None:
    await asyncio.open_connection("127.0.0.1", 9)


async def _serves() -> None:
    await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)


async def _resolves() -> None:
    await asyncio.get_running_loop().getaddrinfo("localhost", 9)


async def _reads_a_socket() -> None:
    with socket.socket() as unused:
        await asyncio.get_running_loop().sock_recv(unused, 1)


async def _starts_a_process() -> None:
    await asyncio.create_subprocess_exec("true")


@pytest.mark.parametrize("escape", [_connects, _serves, _resolves, _reads_a_socket, _starts_a_process])
def test_the_network_is_out_of_reach(escape: Callable[[], Awaitable[None]]) -> None:
    """Sockets, servers, names and processes are refused by name."""
    with pytest.raises(Escape, match="not available in virtual time"):
        run(escape)  # type: ignore[arg-type]


def test_another_thread_is_refused() -> None:
    """A call from another thread would bring real time back in, and fails there."""
    caught: list[BaseException] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def intrude() -> None:
            try:
                loop.call_soon_threadsafe(lambda: None)
            except Escape as error:
                caught.append(error)

        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()

    run(main)
    assert len(caught) == 1


def test_what_is_left_behind_is_cancelled() -> None:
    """Tasks that outlive the program are cancelled before the loop closes."""
    ended: list[str] = []

    async def lingers() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append("cancelled")

    async def main() -> None:
        task = asyncio.create_task(lingers())
        await asyncio.sleep(1)
        assert not task.done()

    run(main)
    assert ended == ["cancelled"]


def test_the_system_clock_is_the_wall_clock() -> None:
    """The system clock counts microseconds since the epoch."""
    assert abs(SystemClock().now_us() / 1e6 - time.time()) < 1


def test_a_loop_starts_at_zero() -> None:
    """Every loop has its own time."""
    loop = VirtualLoop()
    assert loop.time() == 0.0
    loop.close()


# --- orders that are drawn ----------------------------------------------------------------------------------------


def _seeded(seed: int, main: Callable[[], Coroutine[object, object, list[str]]]) -> list[str]:
    rng = random.Random(seed)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(schedule=Seeded(rng, lambda: 0.001))) as runner:
        return runner.run(main())


async def _two_lanes() -> list[str]:
    """Two processes that each do three things as soon as they can."""
    done: list[str] = []

    async def process(name: str) -> None:
        LANE.set(name)
        loop, last = asyncio.get_running_loop(), asyncio.Event()
        for number in range(3):
            loop.call_soon(done.append, f"{name}{number}")
        loop.call_soon(last.set)
        await last.wait()

    await asyncio.gather(process("a"), process("b"))
    return done


async def _same_instant() -> list[str]:
    """Timers of one instant, and one that is due before them."""
    done: list[str] = []
    loop = asyncio.get_running_loop()
    for name in "abc":
        loop.call_later(1, done.append, name)
    loop.call_later(0.999, done.append, "first")
    await asyncio.sleep(2)
    return done


def test_a_seed_mixes_processes_and_keeps_the_order_of_each() -> None:
    """What one process made ready comes in its order; how two fall together depends on the seed, and on it alone."""
    orders = {tuple(_seeded(seed, _two_lanes)) for seed in range(40)}
    assert len(orders) > 5
    for order in orders:
        assert [step for step in order if step[0] == "a"] == ["a0", "a1", "a2"]
        assert [step for step in order if step[0] == "b"] == ["b0", "b1", "b2"]
    assert _seeded(7, _two_lanes) == _seeded(7, _two_lanes)
    assert run(_two_lanes) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_a_seed_mixes_timers_of_one_instant_only() -> None:
    """Timers of the same nanosecond come in any order, one that is due earlier before them."""
    orders = {tuple(_seeded(seed, _same_instant)) for seed in range(40)}
    assert len(orders) == 6
    assert {order[0] for order in orders} == {"first"}


def test_an_executor_takes_the_time_that_was_drawn() -> None:
    """Its function is called at once, and its result is there when the seed says."""
    async def main() -> list[str]:
        loop, called = asyncio.get_running_loop(), list[str]()
        await loop.run_in_executor(None, lambda: called.append(f"{now_s():g}"))
        return [*called, f"{now_s():g}"]

    assert _seeded(1, main) == ["0", "0.001"]
