"""The pytest plug-in: fixtures with which a bot is tested against an exchange that lags and lies.

pytest imports this module in every run of whoever has installed the library, so it imports nothing that costs
anything; what a fixture needs is loaded when the fixture is asked for. Each fixture goes by two names: the short one,
and ``atomicpos_...`` for a suite that has another fixture of the short name. ``-p no:atomicpos`` turns all of it off.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from atomicpos import AtomicPositions

    from .fixtures import BotVenue, VirtualTime, WireVenue

CLOCK = "atomicpos_clock"

pytest.register_assert_rewrite("atomicpos.testing.contracts")

# --- the fixtures -----------------------------------------------------------------------------------------------------


@pytest.fixture
def atomicpos_clock() -> Iterator[VirtualTime]:
    """Virtual time: an async test that has it runs on its loop, and waits for nothing."""
    from .fixtures.virtual_time import VirtualTime

    clock = VirtualTime()
    yield clock
    clock.close()


@pytest.fixture
def atomicpos_venue(atomicpos_clock: VirtualTime) -> Iterator[BotVenue]:
    """An exchange in process and in virtual time, with words for what goes wrong there."""
    from .fixtures.venue import BotVenue

    venue = BotVenue(atomicpos_clock)
    yield venue
    found = atomicpos_clock.run(venue.found_naked())
    if found:
        told = f"naked, and nobody knows (I1): {'; '.join(found)}; venue.may_be_naked() if the test means it"
        pytest.fail(told, pytrace=False)


@pytest.fixture
def atomicpos_knobs() -> dict[str, Any]:
    """Keyword arguments for the library of the fixture ``positions``; override it to change them."""
    return {}


@pytest.fixture
def atomicpos_positions(
    atomicpos_venue: BotVenue, atomicpos_clock: VirtualTime, atomicpos_knobs: dict[str, Any]
) -> Iterator[AtomicPositions]:
    """The library over ``venue``, inside its block until the test is over."""
    positions = atomicpos_venue.library(**atomicpos_knobs)
    atomicpos_clock.run(positions.__aenter__())
    yield positions
    atomicpos_clock.run(positions.__aexit__(None, None, None))


@pytest.fixture
def atomicpos_dialect() -> str:
    """The exchange that the fixture ``wire_venue`` speaks like, by its ccxt id; override it to have another one."""
    return "bybit"


@pytest.fixture
def atomicpos_wire_venue(atomicpos_dialect: str) -> Iterator[WireVenue]:
    """An exchange on 127.0.0.1 for real ccxt clients, in real time, until the test is over."""
    from .fixtures.on_the_wire import WireVenue

    venue = WireVenue(atomicpos_dialect)
    yield venue
    venue.stop()


@pytest.fixture
def virtual_clock(atomicpos_clock: VirtualTime) -> VirtualTime:
    """Virtual time: an async test that has it runs on its loop, and waits for nothing."""
    return atomicpos_clock


@pytest.fixture
def venue(atomicpos_venue: BotVenue) -> BotVenue:
    """An exchange in process and in virtual time, with words for what goes wrong there."""
    return atomicpos_venue


@pytest.fixture
def positions(atomicpos_positions: AtomicPositions) -> AtomicPositions:
    """The library over ``venue``, inside its block until the test is over."""
    return atomicpos_positions


@pytest.fixture
def wire_venue(atomicpos_wire_venue: WireVenue) -> WireVenue:
    """An exchange on 127.0.0.1 for real ccxt clients, in real time, until the test is over."""
    return atomicpos_wire_venue


# --- async tests and fixtures in virtual time -------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """An async test that has the clock runs on its loop, whatever other plug-ins there are."""
    clock: Any = pyfuncitem.funcargs.get(CLOCK)
    test = _as_written(pyfuncitem)
    if clock is None or not inspect.iscoroutinefunction(test):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyfuncitem, "obj", _run_by(clock, test))
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """An async fixture of a test that has the clock runs on the same loop as the test."""
    make = fixturedef.func
    is_async = inspect.iscoroutinefunction(make) or inspect.isasyncgenfunction(make)
    if not is_async or fixturedef.scope != "function" or CLOCK not in request.fixturenames:
        return (yield)
    clock: VirtualTime = request.getfixturevalue(CLOCK)
    made = _run_by(clock, make) if inspect.iscoroutinefunction(make) else _generated_by(clock, make)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fixturedef, "func", made)
        return (yield)


def _as_written(item: pytest.Function) -> Any:
    """The test as its author wrote it: other plug-ins put their own function in the place of an async one."""
    home = item.module if item.instance is None else item.instance
    return getattr(home, item.originalname, None)


def _run_by(clock: VirtualTime, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return clock.run(function(*args, **kwargs))

    return run


def _generated_by(clock: VirtualTime, function: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    @functools.wraps(function)
    def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
        made = function(*args, **kwargs)
        yield clock.run(anext(made))
        clock.run(_finish(made))

    return generate


async def _finish(made: Any) -> None:
    async for _ in made:
        raise RuntimeError("an async fixture yields once")
