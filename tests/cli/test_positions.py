"""What ``positions`` prints."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from stored_rows import PENDING, PROTECTED, ROLLED_BACK, Invoke

from atomicpos.cli.exits import Exit
from atomicpos.models import OrderStatus, Position, Sending, State
from atomicpos.ports import Change
from atomicpos.store import open_journal
from atomicpos.testing.samples import CREATED_AT_US, StillClock, a_record

TEN = Decimal(10)


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


# --- where money is at risk ---------------------------------------------------------------------------------------


def naked_and_lost(path: Path) -> None:
    """Beside the three rows: one whose stop is dead, and a suspected orphan."""

    async def filled() -> None:
        journal = await open_journal(f"sqlite:///{path}", StillClock(), rng=random.Random(1))
        for position_id, symbol in (("naked", "SOL/USDT:USDT"), ("lost", "XRP/USDT:USDT")):
            asked = a_record(position_id, symbol=symbol, created_at_us=CREATED_AT_US + 5)
            await journal.admit(Change(asked), 0)
            entry = replace(asked.entry, sending=Sending.ACKNOWLEDGED, sends=1, status=OrderStatus.FILLED, filled=TEN)
            after = asked.with_order(entry) if position_id == "naked" else asked
            state = State.VERIFYING if position_id == "naked" else State.ORPHAN_SUSPECTED
            known = TEN if position_id == "naked" else Decimal(0)
            await journal.commit(Change(replace(after, version=2, state=state, filled_quantity=known)))
        await journal.close()

    asyncio.run(filled())


def test_exposed_lists_where_money_is_at_risk_and_exits_with_3(invoke: Invoke, database: Path) -> None:
    """A fill without a live stop, and every suspected orphan; with none of them the exit code is 0."""
    well = invoke("positions", "--exposed", "--database", database)
    assert (well.exit_code, well.stdout) == (Exit.DONE, "")
    assert "no money is at risk, as far as this database knows" in well.stderr
    naked_and_lost(database)
    done = invoke("positions", "--exposed", "--database", database, "--json")
    assert done.exit_code == Exit.AT_RISK
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == {"naked", "lost"}
    told = invoke("positions", "--exposed", "--database", database)
    assert told.exit_code == Exit.AT_RISK
    assert told.stderr.startswith("MONEY IS AT RISK at 2 positions; 'atomicpos show ID' tells")
    assert invoke("positions", "--database", database).exit_code == Exit.DONE
    health = invoke("health", "--database", database)
    assert health.exit_code == Exit.AT_RISK
    assert health.stderr.startswith("MONEY IS AT RISK: 1 without a live stop, 1 suspected orphans; see ")


def test_a_limit_leaves_the_oldest_out_and_says_so(invoke: Invoke, database: Path) -> None:
    """The newest are shown; what was left out still counts for the exit code."""
    done = invoke("positions", "--limit", "1", "--database", database)
    assert PENDING in done.stdout
    assert PROTECTED not in done.stdout
    assert "1 of 3 are shown: --limit says how many" in done.stderr
    naked_and_lost(database)
    risky = invoke("positions", "--exposed", "--limit", "1", "--database", database, "--json")
    assert (risky.exit_code, len(risky.stdout.splitlines())) == (Exit.AT_RISK, 1)
    assert invoke("positions", "--limit", "0", "--database", database).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("since", "ids"),
    [
        ("2025-10-09T08:53:20.000002", [PENDING]), ("2025-10-09T10:53:20.000002+02:00", [PENDING]),
        ("2025-10-09", [PENDING, ROLLED_BACK, PROTECTED]), ("90m", []),
    ],
)  # fmt: skip
def test_since_is_a_time_or_how_long_ago(invoke: Invoke, database: Path, since: str, ids: list[str]) -> None:
    """UTC unless it says otherwise, by when the position was asked for."""
    done = invoke("positions", "--since", since, "--database", database, "--json")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids


@pytest.mark.parametrize("since", ["yesterday", "", "5", "-3h", "3 h 5", "1e3s"])
def test_a_time_that_is_none_is_bad_usage(invoke: Invoke, database: Path, since: str) -> None:
    """The sentence names the value and the forms."""
    done = invoke("positions", "--since", since, "--database", database)
    assert done.exit_code == Exit.USAGE
    assert "such as" in done.stderr
