"""F61: a slip in a log line, a listener or a test's fake stops no open."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from atomicpos.announcer import Announcer, log
from atomicpos.events import Event, EventKind
from atomicpos.models import State
from channels import FakeChannel
from modes import in_every_mode
from world import World, assert_safe, play

TESTS = Path(__file__).parents[1]
KINDER_THAN_REALITY = frozenset({"Mock", "MagicMock", "AsyncMock"})


class Slips(logging.Handler):
    """A handler whose own code is wrong."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Raises what a misspelled name raises."""
        raise NameError("name 'positoin' is not defined")


@pytest.fixture
def slipping_log() -> Iterator[None]:
    """Every line of the library's log raises, whatever its level."""
    logger, handler = logging.getLogger("atomicpos"), Slips()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield
    logger.removeHandler(handler)
    logger.setLevel(before)


@pytest.mark.usefixtures("slipping_log")
def test_f61_no_line_of_the_log_can_raise() -> None:
    """Of any level, with arguments that do not fit as well."""
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        log.log(level, "%d of %s", "no number")


@pytest.mark.usefixtures("slipping_log")
@in_every_mode()
async def test_f61_an_open_survives_whoever_listens_to_it(world: World) -> None:
    """With a log and a listener that raise at every fact it is protected at once, as without them."""

    def slips(event: Event) -> None:
        raise UnboundLocalError("cannot access local variable 'sl_price'")

    async with world.library(listeners=[slips], alerts=slips) as positions:
        row, error = await world.tried(positions)
        assert (error, row is not None and row.state is State.PROTECTED) == (None, True)
        assert_safe(world, row)


def test_f61_one_listener_that_raises_silences_no_other() -> None:
    """Every other one hears the fact."""
    heard: list[Event] = []

    def slips(event: Event) -> None:
        raise TypeError("unsupported operand")

    announcer = Announcer([slips, heard.append])
    announcer.publish(Event(EventKind.ALERT, 1, "p1", "AVL/USDT:USDT", "said"))
    assert len(heard) == 1


def test_f61_a_hanging_channel_costs_an_open_nothing() -> None:
    """A channel that hangs for a minute over each message, flooded with alerts: the open sends the same requests at the
    same moments, and is protected at the same one, as with nobody to be told.
    """
    seen: list[object] = []

    async def scene(world: World, alerts: FakeChannel | None) -> None:
        async with world.library(alerts=alerts) as positions:
            if alerts is not None:
                alerts.takes_s = 60
                for n in range(500):
                    what = Event(EventKind.ALERT, world.clock.now_us(), f"p{n}", "B", "said", condition="close_refused")
                    positions._running.means.announcer.publish(what)
            row, error = await world.tried(positions)
            assert row is not None
            seen.append((error, row.state, world.elapsed_s, list(world.exchange.requests)))

    play(scene, alerts=None)
    play(scene, alerts=FakeChannel())
    assert seen[0] == seen[1]


def test_f61_no_test_rests_on_a_fake_that_agrees_to_everything() -> None:
    """An object that has every method hides the ones that do not exist: no test names one."""
    named = {
        f"{path.name}: {name}"
        for path in TESTS.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
        if (name := getattr(node, "id", getattr(node, "attr", None))) in KINDER_THAN_REALITY
    }  # fmt: skip
    assert named == set()
