"""``health``: what the database alone tells of the watchdogs and of the rows that nobody looks after."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from stored_rows import PENDING, PROTECTED, Invoke

from atomicpos.clock import SystemClock
from atomicpos.health import LEASE_S, TURNS_MISSED, WATCH_S, Health, Outside, Vitals, judge, judge_from_outside
from atomicpos.models import Scope, State
from atomicpos.ports import Heard, Heartbeat
from atomicpos.record import Record
from atomicpos.store import open_journal
from atomicpos.testing.samples import CREATED_AT_US, SCOPE, a_record, admitted

NOW_US = CREATED_AT_US + 3_600_000_000
LEASE_US = round(LEASE_S * 1_000_000)
LATE_US = LEASE_US + round(TURNS_MISSED * WATCH_S * 1_000_000)
ELSEWHERE = replace(SCOPE, account="second")


def heard(owner: str = "one", *, age_us: int = 0, behind_us: int = 0, waits: str = "", scope: Scope = SCOPE) -> Heard:
    return Heard(Heartbeat(scope, owner, 1, 1, behind_us, waits), age_us)


def row(owner: str | None = "one", **changes: object) -> Record:
    return replace(a_record(), owner=owner, wake_at_us=NOW_US, state=State.PROTECTED, **changes)


def seen(rows: list[Record], *heartbeats: Heard, gone: tuple[str, ...] = ()) -> Health:
    return judge_from_outside(rows, Outside(NOW_US, heartbeats, frozenset(gone)))


# --- the judgement --------------------------------------------------------------------------------------------


def test_nothing_stored_and_nobody_there_is_well() -> None:
    """A database at rest needs no watchdog."""
    assert (seen([]).ok, seen([]).watchdog_s, seen([]).alerts_told) == (True, None, None)


@pytest.mark.parametrize(("age_us", "lives"), [(0, True), (LEASE_US, True), (LEASE_US + 1, False)])
def test_who_says_nothing_for_a_lease_is_silent(age_us: int, lives: bool) -> None:
    """Three renewals may be missed to the microsecond; then its rows need a person."""
    health = seen([row()], heard(age_us=age_us))
    assert (health.ok, health.watchdogs[0].lives, health.unattended) == (lives, lives, 0 if lives else 1)
    assert health.watchdog_s == (age_us / 1e6 if lives else None)


def test_rows_without_any_watchdog_are_one_sentence_an_account() -> None:
    """It names the account, what is left there by state, and what to do."""
    second = replace(a_record("p2", scope=ELSEWHERE), wake_at_us=NOW_US)
    health = seen([row(None), second])
    assert health.problems == (
        "no watchdog looks after bybit live, account default (none was heard of); positions there that are not "
        "settled: 1 protected. Start the bot, or 'atomicpos watch'",
        "no watchdog looks after bybit live, account second (none was heard of); positions there that are not "
        "settled: 1 pending_entry. Start the bot, or 'atomicpos watch'",
    )
    assert (health.unattended, health.positions) == (2, {"protected": 1, "pending_entry": 1})


def test_a_watchdog_that_died_with_nothing_left_is_told_too() -> None:
    """Whoever did not leave in order is missed: nobody watches that account."""
    (problem,) = seen([], heard(age_us=LEASE_US + 6_000_000)).problems
    assert "(the last one, heard 30 s ago, did not leave in order)" in problem
    assert "not settled: none" in problem


def test_a_process_that_is_no_more_is_silent_at_once() -> None:
    """On this host nobody waits for its last heartbeat to grow old."""
    health = seen([row()], heard(age_us=1), gone=("one",))
    assert (health.ok, health.watchdogs[0].lives) == (False, False)


def test_another_watchdog_of_the_account_is_enough() -> None:
    """One that died beside a living one is listed, and no problem: its rows are taken over."""
    health = seen([row("dead")], heard("alive"), heard("dead", age_us=LEASE_US + 1))
    assert (health.ok, [w.lives for w in health.watchdogs]) == (True, [True, False])


def test_a_watchdog_of_another_account_does_not_count() -> None:
    """Each account needs one of its own."""
    assert not seen([row()], heard(scope=ELSEWHERE)).ok


@pytest.mark.parametrize(("due_us", "ok"), [(NOW_US - LATE_US + 1, True), (NOW_US - LATE_US, False), (None, False)])
@pytest.mark.parametrize("owner", [None, "nobody heard of it"])
def test_a_row_that_a_living_watchdog_should_have_by_now_is_overdue(
    owner: str | None, due_us: int | None, ok: bool
) -> None:
    """It is due for a lease and three turns, and still not in living hands."""
    health = seen([replace(row(owner), wake_at_us=due_us)], heard())
    assert (health.ok, health.unattended) == (ok, 0 if ok else 1)
    assert ok or "position p1 (AVL/USDT:USDT) is protected, overdue, and belongs to " in health.problems[0]


def test_a_row_in_living_hands_is_not_overdue() -> None:
    """However long ago it was due: its owner says how far behind it is."""
    assert seen([replace(row(), wake_at_us=0)], heard()).ok


def test_a_watchdog_that_is_behind_or_waits_is_a_problem() -> None:
    """Three turns may be missed; what keeps it from its work is told in its own words."""
    limit_us = round(TURNS_MISSED * WATCH_S * 1_000_000)
    assert seen([], heard(behind_us=limit_us)).ok
    late = seen([], heard(behind_us=limit_us + 100_000, waits="no listing"))
    assert late.problems == ("the watchdog one is 15.1 s behind", "the watchdog one waits: no listing")


def test_suspected_and_exposed_rows_are_told_whoever_has_them() -> None:
    """A living watchdog does not make them well."""
    suspected = replace(row(), state=State.ORPHAN_SUSPECTED)
    exposed = replace(row(), id="p2", state=State.VERIFYING, filled_quantity=Decimal(10))
    health = seen([suspected, exposed], heard())
    assert health.problems == (
        "position p1 (AVL/USDT:USDT) is an orphan suspected", "position p2 (AVL/USDT:USDT) is exposed",
    )  # fmt: skip
    assert (health.suspected, health.exposed, health.oldest_unsettled_s) == (1, 1, 3600)


def test_an_instance_tells_what_the_account_shows_beside_its_rows() -> None:
    """External positions and orders are problems, and so is an account that cannot be listed."""
    vitals = Vitals(NOW_US, NOW_US, 5, 0, True, me="me", standing=("XRP: not ours",), hindered="cannot be listed")
    health = judge([row("me")], vitals)
    assert (health.ok, health.external) == (False, ("XRP: not ours",))
    assert health.problems == ("the watchdog waits: cannot be listed", "XRP: not ours")


def test_an_instance_counts_what_is_its_own_as_attended() -> None:
    """Its own rows are, and those of another one that lives; one that nobody has for long is a problem."""
    vitals = Vitals(NOW_US, NOW_US, 5, 0, True, heard=(heard("other"),), me="me")
    rows = [replace(row(owner), wake_at_us=0) for owner in ("me", "other")]
    assert judge(rows, vitals).ok
    assert judge([*rows, replace(row(None), wake_at_us=0)], vitals).unattended == 1


# --- the command ----------------------------------------------------------------------------------------------


def test_unsettled_rows_without_a_watchdog_end_with_exit_code_1(invoke: Invoke, database: Path) -> None:
    """The sentence is on stderr and says what to do."""
    done = invoke("health", "--database", database)
    assert done.exit_code == 1
    assert "no watchdog looks after bybit live, account default (none was heard of)" in done.stderr
    assert "1 protected, 1 pending_entry. Start the bot, or 'atomicpos watch'" in done.stderr


def test_a_living_watchdog_is_exit_code_0(invoke: Invoke, tmp_path: Path) -> None:
    """It has the rows and spoke a moment ago; of one on another host nothing else can be known."""
    asyncio.run(_watched(tmp_path / "rows.db", "another-host:1:1:aaaa"))
    well = invoke("health", "--database", tmp_path / "rows.db", "--json")
    found = json.loads(well.stdout)
    assert (well.exit_code, found["ok"], found["problems"], found["unattended"]) == (0, True, [], 0)
    assert found["watchdogs"][0]["scope"] == {"exchange": "bybit", "environment": "live", "account": "default"}
    assert "another-host:1:1:aaaa" in invoke("health", "--database", tmp_path / "rows.db").stdout
    assert invoke("health", "--database", tmp_path / "rows.db", "--lease-s", "0.5").exit_code == 2


def test_a_watchdog_of_this_host_that_was_killed_is_noticed_at_once(invoke: Invoke, tmp_path: Path) -> None:
    """Its heartbeat is a moment old, and its process is no more: exit code 1."""
    born = "import asyncio, random; from atomicpos.owner import ThisProcess as P\n"
    program = f"{born}async def main(): print(P(random.Random(1)).me)\nasyncio.run(main())"
    named = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    asyncio.run(_watched(tmp_path / "rows.db", named.stdout.strip()))
    done = invoke("health", "--database", tmp_path / "rows.db")
    assert done.exit_code == 1
    assert "heard 0 s ago, did not leave in order" in done.stderr


def test_a_database_that_cannot_be_read_is_unwell(invoke: Invoke, tmp_path: Path) -> None:
    """Exit code 1, one sentence, and with --json the same object as ever; no database is created."""
    path = tmp_path / "none.db"
    done = invoke("health", "--database", path, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["ok"], found["database"]) == (1, False, False)
    assert "there is no database" in found["problems"][0]
    assert "there is no database" in invoke("health", "--database", path).stderr
    assert not path.exists()


def test_health_reads_postgresql_too(invoke: Invoke, postgres_url: str) -> None:
    """A database that was only made is well, and an empty one is told to be upgraded."""
    assert invoke("health", "--database", postgres_url).exit_code == 0


def test_the_rows_are_those_of_the_database(invoke: Invoke, database: Path) -> None:
    """Every unsettled row is counted, none of the settled."""
    found = json.loads(invoke("health", "--database", database, "--json").stdout)
    listed = [json.loads(line) for line in invoke("positions", "--database", database, "--json").stdout.splitlines()]
    assert found["positions"] == {"protected": 1, "pending_entry": 1}
    assert {r["id"] for r in listed if r["state"] in found["positions"]} == {PROTECTED, PENDING}


async def _watched(path: Path, owner: str) -> None:
    """A new database with one row that this owner has, and its heartbeat."""
    journal = await open_journal(f"sqlite:///{path}", SystemClock(), rng=random.Random(1))
    await admitted(journal, owner)
    await journal.beat(Heartbeat(SCOPE, owner, 1, 0, 0))
    await journal.close()
