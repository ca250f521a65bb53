"""Listeners hear off the loop, in order, bounded; what goes wrong with one is told, and touches nothing else."""

from __future__ import annotations

import asyncio
import threading
import time

from atomicpos.announcer import Announcer
from atomicpos.ears.in_a_thread import BATCH_MAX, WAITING_MAX
from atomicpos.ears.on_the_loop import AT_ONCE_MAX
from atomicpos.events import Event, EventKind
from atomicpos.sim.loop import run
from atomicpos.testing.swarm.tripwires import tripwires
from hearers import Keen

LAG_S = 0.5
"""How long a thread may take to hear what it is told, on a busy machine."""


def fact(number: int = 1, kind: EventKind = EventKind.SENT) -> Event:
    return Event(kind, number, "p1", "AVL/USDT:USDT", str(number))


async def until(true: object) -> None:
    """Until it is so, for as long as a busy machine may take."""
    ends_s = time.monotonic() + 20 * LAG_S
    while not true():  # type: ignore[operator]
        assert time.monotonic() < ends_s
        await asyncio.sleep(0.01)


async def test_a_plain_function_hears_in_a_thread_of_its_own_and_in_order() -> None:
    """Two listeners, two threads, neither the loop's; every fact in the order in which it was told."""
    heard: dict[str, list[tuple[int, int]]] = {"a": [], "b": []}

    def a(event: Event) -> None:
        heard["a"].append((event.at_us, threading.get_ident()))

    def b(event: Event) -> None:
        heard["b"].append((event.at_us, threading.get_ident()))

    announcer = Announcer([a, b], "bybit", "main")
    for number in range(5 * BATCH_MAX):
        announcer.publish(fact(number))
    await announcer.close()
    threads = {name: {thread for _, thread in told} for name, told in heard.items()}
    assert [number for number, _ in heard["a"]] == [number for number, _ in heard["b"]] == list(range(5 * BATCH_MAX))
    assert [len(found) for found in threads.values()] == [1, 1]
    assert len(threads["a"] | threads["b"] | {threading.get_ident()}) == 3


def test_on_a_virtual_loop_it_hears_at_the_very_moment() -> None:
    """No thread and no real time there: what the simulation plays is the same with and without listeners."""
    heard: list[Event] = []

    async def told() -> None:
        announcer = Announcer([heard.append])
        announcer.publish(fact(1))
        assert [event.at_us for event in heard] == [1]
        announcer.publish(fact(2))
        assert [event.at_us for event in heard] == [1, 2]
        await announcer.close()

    with tripwires() as escapes:
        run(told)
    assert escapes == []


async def test_every_fact_names_exchange_and_account() -> None:
    """They are written on it by the announcer, whoever made it."""
    heard: list[Event] = []
    announcer = Announcer([heard.append], "bybit", "main")
    announcer.publish(fact())
    await announcer.close()
    assert [(event.exchange, event.account) for event in heard] == [("bybit", "main")]


async def test_measures_are_told_to_those_who_ask_for_them() -> None:
    """An ordinary listener hears what happens to positions, and nothing of calls and commits."""
    keen, plain, book = Keen(), [], []
    announcer = Announcer([keen, plain.append])
    announcer.add(book.append)
    announcer.publish(fact(kind=EventKind.CALL))
    announcer.publish(fact(kind=EventKind.ALERT))
    await announcer.close()
    assert [event.kind for event in keen.heard] == [EventKind.CALL, EventKind.ALERT]
    assert [event.kind for event in plain] == [event.kind for event in book] == [EventKind.ALERT]


async def test_a_listener_may_name_the_kinds_that_it_hears() -> None:
    """It is called for nothing else, measures included where it names them."""

    class Picky(Keen):
        hears_only = frozenset({EventKind.ALERT, EventKind.COMMIT})

    picky = Picky()
    announcer = Announcer([picky])
    for kind in EventKind:
        announcer.publish(fact(kind=kind))
    await announcer.close()
    assert [event.kind for event in picky.heard] == [EventKind.ALERT, EventKind.COMMIT]


async def test_one_that_hangs_holds_up_nobody_and_loses_the_oldest() -> None:
    """What waits for it is bounded; what it lost is counted and told; leaving takes a second, not a minute."""
    keen, released, heard = Keen(), threading.Event(), []

    def hangs(event: Event) -> None:
        released.wait(60)
        heard.append(event.at_us)

    announcer = Announcer([hangs, keen])
    announcer.publish(fact(0))
    await asyncio.sleep(0)
    told_s = 0.0
    for number in range(1, WAITING_MAX + 101):
        began_s = time.monotonic()
        announcer.publish(fact(number))
        told_s += time.monotonic() - began_s
        if number % BATCH_MAX == 0:  # no faster than a keen one hears on a busy machine: its line has an end as well
            await until(lambda half=number // 2: len(keen.heard) > half)
    assert told_s < 20 * LAG_S
    await until(lambda: len(keen.of(EventKind.SENT)) == WAITING_MAX + 101)
    released.set()
    await until(lambda: WAITING_MAX + 100 in heard)
    assert sorted(heard) == heard
    lost = set(range(WAITING_MAX + 101)) - set(heard)
    assert lost == set(range(min(lost), max(lost) + 1))
    await until(lambda: sum(int(told.data["count"]) for told in keen.of(EventKind.FACTS_DROPPED)) == len(lost) > 0)
    await announcer.close()


async def test_one_that_never_returns_is_left_behind() -> None:
    """Closing waits for its last words for a second, and says what it did not hear."""
    held = threading.Event()
    announcer = Announcer([lambda event: held.wait(60)])
    announcer.publish(fact(1))
    announcer.publish(fact(2))
    began_s = time.monotonic()
    await announcer.close()
    assert 0.9 <= time.monotonic() - began_s <= 1 + 2 * LAG_S
    announcer.publish(fact(3))
    held.set()


async def test_one_that_raises_is_told_of_as_often_as_it_doubles() -> None:
    """A thousand failures are told ten times, all of them counted, and every fact is heard all the same (F60)."""
    keen, heard = Keen(), []

    def raises(event: Event) -> None:
        heard.append(event.at_us)
        raise SystemExit(f"a slip at {event.at_us}")

    announcer = Announcer([raises, keen])
    for number in range(1000):
        announcer.publish(fact(number))
    await until(lambda: len(heard) == 1000)
    await until(lambda: len(keen.of(EventKind.LISTENER_FAILED)) == 10)
    told = keen.of(EventKind.LISTENER_FAILED)
    assert sum(int(event.data["count"]) for event in told) == 512
    assert {event.data["error"] for event in told} == {"SystemExit"}
    assert told[0].data["listener"].endswith("raises")
    await announcer.close()


async def test_two_bad_listeners_do_not_talk_about_each_other_for_ever() -> None:
    """A failure over the news of a failure is only logged."""
    first, second = Keen(), Keen()

    def bad(keen: Keen) -> type:
        class Bad(Keen):
            def __call__(self, event: Event) -> None:
                keen(event)
                raise ValueError("bad")

        return Bad

    announcer = Announcer([bad(first)(), bad(second)()])
    announcer.publish(fact())
    await asyncio.sleep(LAG_S)
    await announcer.close()
    assert len(first.heard) <= 3
    assert len(second.heard) <= 3


async def test_an_asynchronous_one_that_hangs_is_bounded_too() -> None:
    """It is busy with so many facts at once; of more it does not hear, and that is told."""
    keen, began = Keen(), []

    async def hangs(event: Event) -> None:
        began.append(event)
        await asyncio.sleep(60)

    announcer = Announcer([hangs, keen])
    for number in range(AT_ONCE_MAX + 3):
        announcer.publish(fact(number))
    await asyncio.sleep(0)
    assert len(began) == AT_ONCE_MAX
    await until(lambda: len(keen.of(EventKind.FACTS_DROPPED)) == 2)
    await announcer.close()


async def test_what_a_plain_function_answers_is_awaited_on_the_loop() -> None:
    """A function that returns something to be awaited hears in its thread, and is awaited where the loop is."""
    threads: list[int] = []

    async def later() -> None:
        threads.append(threading.get_ident())

    announcer = Announcer([lambda event: later()])
    announcer.publish(fact())
    await until(lambda: threads == [threading.get_ident()])
    await announcer.close()


def test_a_listener_outlives_its_loop() -> None:
    """An announcer that goes on on another loop, as the module-level call may, tells there."""
    heard: list[int] = []
    announcer = Announcer([lambda event: heard.append(event.at_us)])

    async def tell(number: int) -> None:
        announcer.publish(fact(number))
        await until(lambda: number in heard)

    asyncio.run(tell(1))
    asyncio.run(tell(2))
    assert heard == [1, 2]


async def test_one_that_computes_without_end_is_let_rest() -> None:
    """It has a twentieth of the time, so that whoever waits for the interpreter's lock seldom waits for it."""
    computed_s = 0.0

    def computes(event: Event) -> None:
        nonlocal computed_s
        began_s = time.thread_time()
        while time.thread_time() - began_s < 0.02:
            pass
        computed_s += time.thread_time() - began_s

    announcer = Announcer([computes])
    began_s = time.monotonic()
    while time.monotonic() - began_s < 3:
        announcer.publish(fact())
        await asyncio.sleep(0.05)
    assert computed_s <= 0.12 * (time.monotonic() - began_s)
    await asyncio.wait_for(announcer.close(), 5)
