"""A small share of ``make soak``, so that no change waits for the long run to be found out."""

from __future__ import annotations

import pytest

from soak import kill, stopped
from soak.ground import DATABASES
from soak.report import Report, table

pytestmark = pytest.mark.process

SEED = 1


@pytest.mark.parametrize("database", DATABASES)
async def test_twenty_kills_leave_nothing_naked(database: str) -> None:
    """Killed at named points and at any instant, what was begun comes to rest, with one entry, as the venue has it."""
    _green(await kill.run(database, SEED, kills=20, lanes=8, every_point=False))


@pytest.mark.parametrize("database", DATABASES)
async def test_an_owner_that_wakes_after_its_lease_hurts_nothing(database: str) -> None:
    """Stopped right before its entry, its close and its stop leave, it wakes when another has its row."""
    _green(await stopped.run(database, SEED, cases=3, lanes=3))


def _green(report: Report) -> None:
    print(table([report]))
    assert [f"{wrong.what}\n    {wrong.tape}" for wrong in report.wrong] == []
