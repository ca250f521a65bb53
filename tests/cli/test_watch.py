"""``watch``: a process that opens nothing, drives and watches what is there, and leaves in order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pytest
from stored_rows import Invoke

from atomicpos.cli.watch import told
from atomicpos.events import Event, EventKind
from atomicpos.record import Record
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.store import read_only

LIMIT_S = 30
READY = "positions that are not settled: "


@pytest.fixture(scope="module")
def venue() -> Iterator[VenueProcess]:
    with VenueProcess(seed=4) as running:
        yield running


@pytest.fixture
def there(venue: VenueProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The options that lead to the venue and to a database of the test's own, with the keys in the environment."""
    monkeypatch.setenv("ATOMICPOS_API_KEY", venue.api_key)
    monkeypatch.setenv("ATOMICPOS_SECRET", venue.secret)
    return ["--venue", venue.url, "--database", str(tmp_path / "bot.db")]


@contextmanager
def watching(*options: str) -> Iterator[subprocess.Popen[str]]:
    """A watchdog that is ready; it does not outlive the block."""
    words = [sys.executable, "-m", "atomicpos", "watch", *options]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert READY in until(process.stderr, READY)
        yield process
    finally:
        process.kill()
        process.communicate()


def until(stream: IO[str] | None, word: str) -> str:
    """The first line with that word; empty when the stream ended before."""
    return next((line for line in cast("IO[str]", stream) if word in line), "")


def rows_of(tmp_path: Path) -> tuple[Record, ...]:
    async def listed() -> tuple[Record, ...]:
        journal = await read_only(f"sqlite:///{tmp_path / 'bot.db'}")
        try:
            return await journal.list()
        finally:
            await journal.close()

    return asyncio.run(listed())


# --- what it does ---------------------------------------------------------------------------------------------


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watchdog_takes_the_rows_and_gives_them_back(
    invoke: Invoke, there: list[str], tmp_path: Path, venue: VenueProcess, number: signal.Signals
) -> None:
    """While it runs health is well; asked to end it exits with 0, its rows belong to nobody, and health says so."""
    symbol = {signal.SIGTERM: "AVLUSDT", signal.SIGINT: "XRPUSDT"}[number]
    assert invoke("open", symbol, "buy", "20", "--stop-loss-percent", "2", *there).exit_code == 0
    with watching(*there) as process:
        well = invoke("health", "--database", tmp_path / "bot.db")
        assert (well.exit_code, well.stderr) == (0, "")
        assert rows_of(tmp_path)[0].owner is not None
        process.send_signal(number)
        process.send_signal(number)
        assert process.wait(LIMIT_S) == 0
    assert rows_of(tmp_path)[0].owner is None
    left = invoke("health", "--database", tmp_path / "bot.db")
    assert left.exit_code == 1
    assert "(none was heard of)" in left.stderr
    assert venue.truth()[symbol]["entries"] == 1


@pytest.mark.process
def test_a_stop_that_triggers_is_one_line(
    invoke: Invoke, there: list[str], tmp_path: Path, venue: VenueProcess
) -> None:
    """What ends a position is seen, proven and told, on a line of its own, by a process that did not open it."""
    assert invoke("open", "HNTUSDT", "buy", "20", "--stop-loss-percent", "2", *there).exit_code == 0
    (row,) = rows_of(tmp_path)
    with watching(*there, "--set", "watch_s=0.5") as process:
        venue.mark("HNTUSDT", "1")
        line = until(process.stdout, "to closed")
        assert row.id in line
        assert "transition" in line


@pytest.mark.process
def test_with_json_every_event_is_an_object(
    invoke: Invoke, there: list[str], tmp_path: Path, venue: VenueProcess
) -> None:
    """What is beside our rows is an alert, told as an object, and is not touched."""
    venue.act("orders", {"symbol": "MNTUSDT", "side": "buy", "quantity": "20"})
    with watching(*there, "--set", "watch_s=0.5", "--json") as process:
        event = json.loads(until(process.stdout, "external_position"))
    assert (event["kind"], event["condition"], event["position_id"]) == ("alert", "external_position", "")
    assert venue.truth()["MNTUSDT"]["quantity"] == "20"


@pytest.mark.process
def test_a_reader_that_does_not_read_holds_nothing_up(
    invoke: Invoke, there: list[str], tmp_path: Path, venue: VenueProcess
) -> None:
    """With nobody at the other end of the pipe the watchdog goes on, and still ends in order."""
    assert invoke("open", "ETHUSDT", "buy", "1", "--stop-loss-percent", "2", *there).exit_code == 0
    with watching(*there, "--set", "watch_s=0.5", "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert invoke("health", "--database", tmp_path / "bot.db").exit_code == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0


# --- what it refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("--sandbox", "--venue", "http://127.0.0.1:1"),
        ("--keys-file", "/nowhere/keys"),
        ("--set", "watch_s"),
        ("--set", "alerts=mail"),
        ("--venue", "localhost"),
    ],
)
def test_bad_usage_is_exit_code_2(invoke: Invoke, there: list[str], words: tuple[str, ...]) -> None:
    """Options that exclude each other, no keys file, no setting, or a setting that no word can be."""
    options = there[2:] if "--venue" in words else there
    assert invoke("watch", *options, *words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("--set", "lease_s=1"), "InvalidRequest", "lease_s is 1.0"),
        (("--set", "colour=red"), "InvalidRequest", "unknown setting 'colour'"),
        (("--exchange", "kraken"), "ExchangeUnsupported", "kraken has no profile"),
        (("--database", "mysql://host/db"), "StoreUnavailable", "of no kind we know"),
        (("--database", "postgresql://u:hunter2@127.0.0.1:1/db"), "StoreUnavailable", "no server listens there"),
    ],
)
def test_what_cannot_be_begun_is_one_sentence(
    invoke: Invoke, there: list[str], venue: VenueProcess, words: tuple[str, ...], error: str, said: str
) -> None:
    """Exit code 1, the error's name and its reason on stderr, no password, and nothing was sent."""
    before = len(venue.requests())
    done = invoke("watch", *there, *words, "--json")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{error}: ")
    assert said in done.stderr
    assert json.loads(done.stdout)["error"] == error
    assert "hunter2" not in done.output
    assert len(venue.requests()) == before


@pytest.mark.wire
def test_keys_that_the_exchange_refuses_end_it(
    invoke: Invoke, there: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit code 1 and one sentence; no heartbeat is left behind that somebody would miss."""
    monkeypatch.setenv("ATOMICPOS_SECRET", "wrong")
    done = invoke("watch", *there)
    assert done.exit_code == 1
    assert done.stderr.startswith("NotReady: ")
    assert invoke("health", "--database", tmp_path / "bot.db").exit_code == 0


def test_without_keys_nothing_is_tried(invoke: Invoke, there: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing keys end with exit code 1, name the variables, and create no database."""
    monkeypatch.delenv("ATOMICPOS_API_KEY")
    done = invoke("watch", *there)
    assert (done.exit_code, "ATOMICPOS_API_KEY" in done.stderr) == (1, True)
    assert not os.path.exists(there[-1])


# --- its lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (EventKind.TRANSITION, "2026-01-01 00:00:00  transition  AVL p1: what happened"),
        (EventKind.ALERT, "2026-01-01 00:00:00  alert exposed  AVL p1: what happened"),
        (EventKind.RESOLVED, "2026-01-01 00:00:00  resolved exposed  AVL p1: what happened"),
        (EventKind.EVIDENCE, None),
        (EventKind.SENT, None),
    ],
)
def test_a_line_says_when_what_and_of_which_position(kind: EventKind, line: str | None) -> None:
    """Transitions, alerts and their ends are lines; the rest is told with --json only."""
    assert told(Event(kind, 1_767_225_600_000_000, "p1", "AVL", "what\nhappened", condition="exposed")) == line


def test_what_is_about_the_whole_account_names_no_position() -> None:
    """A line stays one line without symbol and position too."""
    event = Event(EventKind.ALERT, 1_767_225_600_000_000, "", "", "the database", condition="watchdog_hindered")
    assert told(event) == "2026-01-01 00:00:00  alert watchdog_hindered  the database"
