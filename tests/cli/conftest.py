"""What the command line's tests share: a way to call it, and a database with three rows."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from stored_rows import Invoke, changes
from typer.testing import CliRunner

from atomicpos.cli import app
from atomicpos.store import open_journal
from atomicpos.testing.samples import StillClock


@pytest.fixture
def invoke() -> Invoke:
    """Call ``atomicpos`` with these words."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a protected, a rolled back and a pending row, the protected one the oldest."""
    path = tmp_path / "rows.db"
    asyncio.run(_fill(path))
    return path


async def _fill(path: Path) -> None:
    journal = await open_journal(f"sqlite:///{path}", StillClock(), rng=random.Random(1))
    for change in changes():
        await (journal.admit(change, 0) if change.record.version == 1 else journal.commit(change))
    await journal.close()
