"""Recovery costs what there is to watch, not what there was: settled rows cost nothing, and calls count pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from atomicpos.sim.fault_words import Call
from atomicpos.store import schema
from atomicpos.testing.postgres import Databases
from scale import FEW, beside_settled, taken_over

MANY = 20_000
EVERY = 50
"""So many steps of SQLite's machine are counted as one."""


class Steps:
    """Counts what SQLite's machine does, on every connection that is made from now on."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self, connection: Any, _: Any) -> None:
        connection.set_progress_handler(self._step, EVERY)

    def _step(self) -> int:
        self.count += 1
        return 0


@pytest.fixture
def steps() -> Iterator[Steps]:
    counting = Steps()
    event.listen(Engine, "connect", counting.watch)
    yield counting
    event.remove(Engine, "connect", counting.watch)


class Handed:
    """Counts the statements that PostgreSQL is asked, and the rows that it hands over."""

    def __init__(self) -> None:
        self.count = 0

    def hear(self, _: Any, cursor: Any, *__: Any) -> None:
        self.count += 1 + max(cursor.rowcount, 0)


@pytest.fixture
def handed() -> Iterator[Handed]:
    counting = Handed()
    event.listen(Engine, "after_cursor_execute", counting.hear)
    yield counting
    event.remove(Engine, "after_cursor_execute", counting.hear)


def files(folder: Path, count: int) -> list[str]:
    """So many fresh SQLite files."""
    urls = [f"sqlite:///{folder}/{number}.db" for number in range(count)]
    for url in urls:
        schema.upgrade(url)
    return urls


def test_a_start_and_a_turn_cost_sqlite_the_same_beside_twenty_times_the_settled_rows(
    tmp_path: Path, steps: Steps
) -> None:
    """Start-up, a turn, and a turn that finds a stranger's position where many rows have settled: steps counted."""
    few, many = files(tmp_path, 2)
    compared = beside_settled("SQLite", few, many, MANY, 1, lambda: steps.count)
    assert [(row.what, row.ratio) for row in compared if not row.holds] == []
    assert all(row.few_s > 10 for row in compared)


def test_a_start_and_a_turn_read_the_same_rows_from_postgresql_beside_twenty_times_the_settled_rows(
    postgres: Databases, migrated_postgres_url: str, handed: Handed
) -> None:
    """Statements and rows counted; that each statement finds its rows by an index is said elsewhere."""
    few, many = (postgres.new_database(like=migrated_postgres_url) for _ in range(2))
    compared = beside_settled("PostgreSQL", few, many, MANY, 1, lambda: handed.count)
    for url in (few, many):
        postgres.drop_database(url)
    assert [(row.what, row.ratio) for row in compared if not row.holds] == []
    assert all(row.few_s > 10 for row in compared)


@pytest.mark.parametrize("rows", [60, 300])
def test_lapsed_rows_are_taken_over_with_calls_that_count_pages(tmp_path: Path, rows: int) -> None:
    """Every row is claimed, looked at and still protected; nothing but pages of the account was asked for."""
    (url,) = files(tmp_path, 1)
    taken = taken_over("SQLite", url, rows)
    assert taken.safe == rows
    assert set(taken.calls) == {Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS, Call.ACCOUNT_FILLS}
    assert taken.holds, taken.called
    assert taken.work.commits < 20


def test_a_listing_of_many_pages_is_waited_for(tmp_path: Path) -> None:
    """Twelve pages at a third of a second each take longer than a look may wait: no position is read by itself."""
    (url,) = files(tmp_path, 1)
    taken = taken_over("SQLite", url, 600, round_trip_s=0.3)
    assert taken.holds, taken.called


def test_few_and_many_are_far_apart() -> None:
    """The comparison is one."""
    assert MANY == 20 * FEW
