"""F41 and F43: two real processes with ccxt's own client, one venue on the wire, one real database."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from caller import Call

from atomicpos.sim.wire.process import VenueProcess

PROGRAM = Path(__file__).with_name("caller.py")
LIMIT_S = 60.0

pytestmark = [pytest.mark.process, pytest.mark.wire]


@pytest.fixture
def venue() -> Iterator[VenueProcess]:
    """A venue in a process of its own."""
    with VenueProcess(seed=11) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A file that is not there yet, and a database on PostgreSQL with this release's tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/positions.db"
    return str(request.getfixturevalue("postgres_url"))


class Caller:
    """One running process of callers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def says(self, fact: str) -> dict[str, Any]:
        """Its next line, which states that fact."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), LIMIT_S)
        stated: dict[str, Any] = json.loads(line)
        assert stated["fact"] == fact
        return stated

    def go_on(self) -> None:
        """Tell it so."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")

    async def ended(self) -> int:
        """Its exit code."""
        return await asyncio.wait_for(self._process.wait(), LIMIT_S)


@asynccontextmanager
async def calling(call: Call) -> AsyncIterator[Caller]:
    """A process of callers that does not outlive the block."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), call.as_json(), stdin=pipe, stdout=pipe
    )
    try:
        yield Caller(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def outcomes(venue: VenueProcess, database: str, *calls: tuple[int, str | None]) -> list[dict[str, Any]]:
    """So many callers with that key in each of the processes, all at once: what each of them was told."""
    async with AsyncExitStack() as stack:
        given = [Call(venue.url, venue.api_key, venue.secret, database, n, key=key) for n, key in calls]
        callers = [await stack.enter_async_context(calling(call)) for call in given]
        for caller in callers:
            await caller.says("ready")
        for caller in callers:
            caller.go_on()
        told = [one for caller in callers for one in (await caller.says("done"))["told"]]
        for caller in callers:
            caller.go_on()
        assert [await caller.ended() for caller in callers] == [0] * len(callers)
    return told


def created(venue: VenueProcess) -> list[dict[str, Any]]:
    """The entries that arrived."""
    bodies = [json.loads(r["body"]) for r in venue.requests() if r["path"] == "/v5/order/create"]
    return [body for body in bodies if not body.get("reduceOnly")]


async def test_f41_two_processes_with_two_signals_for_one_symbol_send_one_entry(
    venue: VenueProcess, database: str
) -> None:
    """Three callers in each: one is protected, five are told AlreadyOpen, one order/create arrives."""
    told = await outcomes(venue, database, (3, None), (3, None))
    assert sorted(one["outcome"] for one in told) == ["AlreadyOpen"] * 5 + ["protected"]
    (winner,) = (one["id"] for one in told if one["outcome"] == "protected")
    assert {one["id"] for one in told} <= {winner, None}
    assert len(created(venue)) == 1


async def test_f43_five_callers_in_two_processes_with_one_key_get_five_equal_outcomes(
    venue: VenueProcess, database: str
) -> None:
    """Three here and two there: the same row, the same prices, one order/create."""
    told = await outcomes(venue, database, (3, "signal-583"), (2, "signal-583"))
    assert len(told) == 5
    assert len({json.dumps(one) for one in told}) == 1
    assert told[0]["outcome"] == "protected"
    assert len(created(venue)) == 1
