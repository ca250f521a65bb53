"""Reading many rows holds no transaction open for longer than the database needs."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import Connection

from atomicpos.store import open_journal, reading
from atomicpos.testing.samples import SCOPE, StillClock, admitted


def test_the_transaction_has_ended_when_records_are_made(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long ten thousand of them take: a server that ends idle transactions has nothing to end."""
    open_then: list[bool] = []
    connections: list[Connection] = []
    grouped, made = reading._grouped, reading.record_of

    def watched(row: Any, orders: Any) -> Any:
        open_then.append(connections[-1].in_transaction())
        return made(row, orders)

    def seen(rows: Any) -> Any:
        connections.append(rows._real_result.connection)
        return grouped(rows)

    monkeypatch.setattr(reading, "record_of", watched)
    monkeypatch.setattr(reading, "_grouped", seen)

    async def life() -> None:
        journal = await open_journal(url, StillClock(), rng=random.Random(1))
        await admitted(journal, None, None)
        open_then.clear()
        assert len(await journal.holding(SCOPE)) == 2
        await journal.close()

    asyncio.run(life())
    assert open_then == [False, False]
