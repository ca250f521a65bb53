"""The plug-in as a bot's author meets it: in a directory of its own, beside whatever other plug-ins there are."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

THREE_LINES = """
async def test_my_bot(positions, venue):
    venue.lags(position_s=8)
    position = await positions.open_position_atomic("AVL/USDT:USDT", "buy", "10", stop_loss_percent="2")
    assert position.state == "protected"
"""

NAIVE = """
import random
from decimal import Decimal
from atomicpos.models import PositionSide, State
from atomicpos.sim.original import Asked, OriginalBot

async def test_naive(venue, virtual_clock):
    venue.lags(position_s=8)
    bot = OriginalBot(venue.exchange, virtual_clock, random.Random(1), lambda *told: None)
    belief = await bot.open(Asked("AVLUSDT", PositionSide.LONG, Decimal(10), Decimal(2)))
    assert belief.state is State.ROLLED_BACK
"""

FIXTURES = """
import asyncio
import pytest

@pytest.fixture
async def opened(positions):
    yield await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    await positions.flatten_all()

@pytest.fixture
async def a_minute(virtual_clock):
    await asyncio.sleep(60)
    return virtual_clock.elapsed_s

class TestInAClass:
    async def test_fixtures(self, opened, venue, a_minute):
        assert (venue.truth("AVLUSDT").stop_quantity, a_minute >= 60) == (10, True)

def test_in_no_coroutine(virtual_clock, positions):
    assert virtual_clock.run(positions.list()) == ()
"""

ANYIO = "import pytest\npytestmark = pytest.mark.anyio\n"
STRICT = "import pytest\npytestmark = pytest.mark.asyncio\n"



@pytest.fixture(autouse=True)
def of_an_author(pytester: pytest.Pytester) -> None:
    """What an author's own suite would say, where pytest-asyncio is installed."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")


OTHER_PLUGINS = {
    "none": (["-p", "no:asyncio", "-p", "no:anyio"], ""),
    "asyncio in auto mode": (["-o", "asyncio_mode=auto"], ""),
    "asyncio in strict mode": (["-o", "asyncio_mode=strict"], ""),
    "asyncio in strict mode, marked": (["-o", "asyncio_mode=strict"], STRICT),
    "anyio, marked": (["-p", "no:asyncio"], ANYIO),
}


@pytest.mark.parametrize("others", OTHER_PLUGINS)
def test_three_lines_are_a_test_whatever_else_is_installed(pytester: pytest.Pytester, others: str) -> None:
    """Tests and fixtures, async or not, in a class or not, run in virtual time with or without other plug-ins."""
    options, head = OTHER_PLUGINS[others]
    pytester.makepyfile(test_an_authors_bot=head + THREE_LINES, test_an_authors_own=FIXTURES)
    in_process(pytester, *options).assert_outcomes(passed=3)


def test_a_naive_bot_is_found_out_by_the_truth(pytester: pytest.Pytester) -> None:
    """It believes that it has rolled back; the exchange holds ten without a stop, and no row knows."""
    pytester.makepyfile(NAIVE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*naked, and nobody knows (I1): AVL/USDT:USDT: 10 long, stops for 0*"])


def test_who_means_it_says_so(pytester: pytest.Pytester) -> None:
    """A test about a naked position may leave it behind."""
    pytester.makepyfile(NAIVE + "    venue.may_be_naked()\n")
    in_process(pytester).assert_outcomes(passed=1)


def test_what_arrives_late_is_found_as_well(pytester: pytest.Pytester) -> None:
    """A lost entry that reaches the exchange when the test is over already is a naked position all the same."""
    pytester.makepyfile("""
        from decimal import Decimal
        from atomicpos.models import Leg, OrderSide
        from atomicpos.ports import PlaceOrder

        async def test_lost(venue):
            venue.fails("place_entry", "late_request", seconds=4)
            await venue.exchange.write(PlaceOrder("AVL/USDT:USDT", Leg.ENTRY, "e", OrderSide.BUY, Decimal(10), False))
            assert venue.truth("AVLUSDT").quantity == 0
    """)
    in_process(pytester).assert_outcomes(passed=1, errors=1)


def test_knobs_of_the_library_are_a_fixture(pytester: pytest.Pytester) -> None:
    """The test's own keyword arguments reach the library, and what they forbid is refused."""
    pytester.makepyfile("""
        import pytest

        @pytest.fixture
        def atomicpos_knobs():
            return {"verification_deadline_s": 1}

        def test_never(positions):
            raise AssertionError("it was never built")
    """)
    result = in_process(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*InvalidRequest*verification_deadline_s*"])


def test_a_suite_may_have_fixtures_of_the_same_names(pytester: pytest.Pytester) -> None:
    """Its own come first; ours go by their long names then, and do not mix with them."""
    pytester.makeconftest("""
        import pytest

        @pytest.fixture
        def venue():
            return "a concert hall"
    """)
    pytester.makepyfile("""
        async def test_both(venue, atomicpos_venue, positions):
            assert venue == "a concert hall"
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            assert atomicpos_venue.truth("AVLUSDT").quantity == 10
    """)
    in_process(pytester).assert_outcomes(passed=1)


def test_it_can_be_turned_off(pytester: pytest.Pytester) -> None:
    """Without it there is no such fixture, and nothing else is missing."""
    pytester.makepyfile("def test_one(): ...\n\ndef test_two(positions): ...\n")
    result = pytester.runpytest_subprocess("-p", "no:atomicpos", "-p", "no:cacheprovider", "-p", "no:asyncio")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'positions' not found*"])


def test_a_coroutine_on_another_loop_is_told_so(pytester: pytest.Pytester) -> None:
    """Real time and virtual time do not mix: what awaits our clock elsewhere hears what to do instead."""
    pytester.makepyfile("""
        import asyncio

        def test_elsewhere(positions):
            asyncio.run(positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2"))
    """)
    result = in_process(pytester)
    assert result.parseoutcomes().get("failed") == 1


def test_a_test_that_waits_for_ever_is_told_so(pytester: pytest.Pytester) -> None:
    """With nothing to wait for it fails at once; with a watchdog that runs on, when the time of the test is over."""
    pytester.makepyfile("""
        import asyncio
        import pytest
        from atomicpos.testing.fixtures import VirtualTime

        @pytest.fixture
        def atomicpos_clock():
            clock = VirtualTime(limit_s=120)
            yield clock
            clock.close()

        async def test_for_nothing(venue):
            await asyncio.Event().wait()

        async def test_for_ever(positions):
            await asyncio.Event().wait()
    """)
    result = in_process(pytester)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*Deadlock: nothing is ready*test_for_nothing*", "*still running after 120 virtual*"])


def test_the_fixtures_are_listed_with_what_they_are(pytester: pytest.Pytester) -> None:
    """pytest --fixtures shows each name with its sentence."""
    listed = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    for name in ("venue", "wire_venue", "virtual_clock", "positions"):
        assert f"\n{name} -- " in listed
        assert f"\natomicpos_{name.replace('virtual_clock', 'clock')} -- " in listed
    assert "Virtual time: an async test that has it runs on its loop" in listed


HEAVY = ("ccxt", "sqlalchemy", "alembic", "aiohttp", "asyncio", "atomicpos.app", "atomicpos.sim", "decimal")


def test_importing_it_costs_nothing() -> None:
    """Whoever has the library installed imports the plug-in in every run: three modules of ours and nothing else."""
    told = "import sys, pytest; before = set(sys.modules); import atomicpos.testing.plugin; "
    told += "print(*sorted(set(sys.modules) - before))"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    new = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert new.stdout.split() == ["atomicpos", "atomicpos.testing", "atomicpos.testing.plugin"]
    assert not set(new.stdout.split()) & set(HEAVY)


def in_process(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run pytest in this process on what was written, unimpressed by this suite's own configuration."""
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)
