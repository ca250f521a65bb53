"""A small share of ``make soak``, so that no change waits for the long run to be found out."""

from __future__ import annotations

import pytest

from soak import cut, hosts, kill, stopped
from soak.ground import DATABASES, POSTGRESQL
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


async def test_a_database_that_is_cut_off_in_the_middle_of_opens_loses_nothing() -> None:
    """Restarted, connections cut, COMMITs lost and carried out unanswered: every open has its true end."""
    _green(await cut.run(POSTGRESQL, SEED, opens=20))


async def test_four_processes_on_one_account_hold_each_slot_once() -> None:
    """On the same symbols and with the same keys, one of them killed: one entry each, and all of it comes to rest."""
    _green(await hosts.run(POSTGRESQL, SEED, positions=40, kills=1))


def _green(report: Report) -> None:
    print(table([report]))
    assert [f"{wrong.what}\n    {wrong.tape}" for wrong in report.wrong] == []
