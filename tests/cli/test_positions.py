"""What ``positions`` prints."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path

import pytest
from stored_rows import PENDING, PROTECTED, ROLLED_BACK, Invoke

from atomicpos.models import Position
from atomicpos.store import open_journal
from atomicpos.testing.samples import StillClock


def test_json_has_one_object_a_line_newest_first(invoke: Invoke, database: Path) -> None:
    """Every line is one position with exactly the attributes of Position, the newest first."""
    done = invoke("positions", "--database", database, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [row["id"] for row in rows] == [PENDING, ROLLED_BACK, PROTECTED]
    assert all(set(row) == {field.name for field in fields(Position)} for row in rows)


def test_json_keeps_amounts_exact(invoke: Invoke, database: Path) -> None:
    """Quantities and prices are strings, the exposure is a number of seconds."""
    done = invoke("positions", "--database", database, "--json", "--state", "protected")
    row = json.loads(done.stdout)
    assert (row["filled_quantity"], row["entry_price"], row["stop_price"]) == ("10", "0.1251", "0.1226")
    assert (row["exposure_s"], row["side"], row["proof"]["kind"]) == (0.312, "long", "stop_read_back")


@pytest.mark.parametrize("symbol", ["BTC/USDT:USDT", "BTCUSDT", "btcusdt"])
def test_a_symbol_may_be_given_either_way(invoke: Invoke, database: Path, symbol: str) -> None:
    """The unified symbol and the exchange's id find the same rows, in any case."""
    done = invoke("positions", "--database", database, "--json", "--symbol", symbol)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [ROLLED_BACK]


def test_the_table_shows_every_row_uncut(invoke: Invoke, database: Path) -> None:
    """The table names id, state and amounts of each row, in a pipe too."""
    shown = invoke("positions", "--database", f"sqlite:///{database}").stdout
    assert all(word in shown for word in (PROTECTED, ROLLED_BACK, PENDING, "rolled_back", "0.1226", "0.312"))


def test_an_unknown_state_is_bad_usage(invoke: Invoke, database: Path) -> None:
    """A state that is none ends with exit code 2 and names those that exist."""
    done = invoke("positions", "--database", database, "--state", "open")
    assert done.exit_code == 2
    assert "protected" in done.stderr


def test_no_database_is_one_sentence_and_creates_none(invoke: Invoke, tmp_path: Path) -> None:
    """A database that is not there ends with exit code 1, is named, and still is not there afterwards."""
    done = invoke("positions", "--database", tmp_path / "none.db")
    assert done.exit_code == 1
    assert "there is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_a_bot_may_have_it_open(invoke: Invoke, database: Path) -> None:
    """Listing takes no lock: it works while a bot's journal is open."""
    journal = await open_journal(f"sqlite:///{database}", StillClock(), rng=random.Random(1))
    try:
        listed = await _in_a_thread(invoke, database)
    finally:
        await journal.close()
    assert len(listed.splitlines()) == 3


async def _in_a_thread(invoke: Invoke, database: Path) -> str:
    import asyncio

    return (await asyncio.to_thread(invoke, "positions", "--database", database, "--json")).stdout
