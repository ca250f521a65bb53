"""What ``lag`` prints."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import fields
from pathlib import Path

from stored_rows import Invoke

from atomicpos.lag import LagCount, LagLine
from atomicpos.lag.histogram import bucket_of
from atomicpos.store import open_journal
from atomicpos.testing.samples import StillClock

LEARNT = (("bybit", "order_status", 120_000, 999), ("bybit", "order_status", 41_000_000, 2),
          ("bybit", "trade_history", 700_000, 3), ("elsewhere", "order_status", 1, 1))


def taught(database: Path) -> None:
    """The database after its bots have seen some fills."""

    async def learn() -> None:
        journal = await open_journal(f"sqlite:///{database}", StillClock(), rng=random.Random(1))
        try:
            counts = [LagCount(name, "live", source, bucket_of(us), n, us) for name, source, us, n in LEARNT]
            await journal.learn(counts)
        finally:
            await journal.close()

    asyncio.run(learn())


def test_json_has_one_object_a_source(invoke: Invoke, database: Path) -> None:
    """With samples, percentiles and the longest in seconds, the profile's bound, and the one that is in force."""
    taught(database)
    done = invoke("lag", "--database", database, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert all(list(row) == [field.name for field in fields(LagLine)] for row in rows)
    orders, trades, elsewhere = rows
    assert (orders["exchange"], orders["source"], orders["samples"]) == ("bybit", "order_status", 1001)
    assert 0.12 <= orders["median_s"] == orders["p99_s"] <= 0.1224
    assert (orders["p999_s"], orders["longest_s"], orders["learnt_s"]) == (41.0, 41.0, 41.0)
    assert (orders["floor_s"], orders["bound_s"]) == (30.0, 41.0)
    assert (trades["longest_s"], trades["bound_s"]) == (0.7, 41.0)
    assert elsewhere["floor_s"] is None


def test_a_table_for_people(invoke: Invoke, database: Path) -> None:
    """The same figures, one line a source; where nothing was learnt it says so."""
    empty = invoke("lag", "--database", database)
    assert (empty.exit_code, "nothing was learnt yet" in empty.stdout) == (0, True)
    taught(database)
    done = invoke("lag", "--database", database)
    assert done.exit_code == 0
    assert "order_status" in done.stdout
    assert "trade_history" in done.stdout


def test_without_a_database_it_says_so(invoke: Invoke, tmp_path: Path) -> None:
    """Reading creates no file."""
    done = invoke("lag", "--database", tmp_path / "none.db", "--json")
    assert done.exit_code == 1
    assert not (tmp_path / "none.db").exists()
