"""The acts for real: a venue over HTTP, ccxt's own client, and a bot in another process that has the position."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from stored_rows import Invoke

from atomicpos.cli.exits import Exit
from atomicpos.sim.wire.process import VenueProcess

READY = "positions that are not settled: "
SOON = ("--set", "recv_window_s=2", "--set", "clock_skew_s_max=0.3")
"""What another process has sent is over sooner: nothing here takes longer on the way."""


@pytest.fixture(scope="module")
def venue() -> Iterator[VenueProcess]:
    with VenueProcess(seed=8) as running:
        yield running


@pytest.fixture
def there(venue: VenueProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead to the venue and to a database of the test's own, with the keys in the environment."""
    monkeypatch.setenv("ATOMICPOS_API_KEY", venue.api_key)
    monkeypatch.setenv("ATOMICPOS_SECRET", venue.secret)
    return ("--venue", venue.url, "--database", str(tmp_path / "bot.db"))


def opened(invoke: Invoke, there: tuple[str, ...], symbol: str, quantity: int = 20) -> str:
    """The id of a new long behind its stop."""
    done = invoke("open", symbol, "buy", quantity, "--stop-loss-percent", "2", *there, "--json")
    assert done.exit_code == Exit.DONE, done.output
    return str(json.loads(done.stdout)["id"])


@contextmanager
def watching(there: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    """A watchdog in a process of its own, which has every row; it does not outlive the block."""
    words = [sys.executable, "-m", "atomicpos", "watch", *there, *SOON, "--set", "watch_s=0.5"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert READY in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def acts_of(invoke: Invoke, there: tuple[str, ...], position_id: str) -> list[tuple[str, str]]:
    """(cause, name) of every act of a person in the journal."""
    row = json.loads(invoke("show", position_id, "--database", there[-1], "--json").stdout)
    return [(entry["cause"], entry["data"]["by"]) for entry in row["journal"] if "by" in entry["data"]]


@pytest.mark.process
def test_a_position_that_another_process_has_is_acted_on_from_the_command_line(
    invoke: Invoke, there: tuple[str, ...], venue: VenueProcess
) -> None:
    """Looked at, its stop moved, then closed: each by name, and the other process lives on."""
    symbol, position_id = "AVLUSDT", opened(invoke, there, "AVLUSDT")

    def act(*words: object) -> dict[str, Any]:
        done = invoke(*words, *there, *SOON, "--by", "ada", "--json")
        assert done.exit_code == Exit.DONE, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    with watching(there) as process:
        looked = invoke("look", position_id[:6], *there, *SOON, "--by", "ada")
        assert looked.exit_code == Exit.DONE
        assert "another process has it" in looked.stderr
        assert "position_poll: long 20 at " in looked.stderr
        assert f"{position_id}: No money is at risk beyond the stop: 20 long " in looked.stderr

        moved = act("move-stop", position_id, "--price", "1.34", "--yes")
        assert (moved["state"], moved["stop_price"]) == ("protected", "1.34")
        assert [stop["trigger_price"] for stop in venue.truth()[symbol]["stops"]] == ["1.34"]

        assert act("flatten", position_id, "--yes")["state"] == "closed"
        assert (venue.truth()[symbol]["quantity"], venue.truth()[symbol]["stops"]) == ("0", [])
        assert process.poll() is None
        assert invoke("health", "--database", there[-1]).exit_code == Exit.DONE
    assert acts_of(invoke, there, position_id) == [
        ("look", "ada"), ("move_stop", "ada"), ("close_position", "ada")
    ]


@pytest.mark.wire
def test_all_positions_of_the_account_are_flattened(
    invoke: Invoke, there: tuple[str, ...], venue: VenueProcess
) -> None:
    """Two are open, one of them in part: both end proven, and a second time there is nothing to do."""
    first, second = (opened(invoke, there, symbol) for symbol in ("XRPUSDT", "HNTUSDT"))
    ids = {first, second}
    part = invoke("close", first, "--quantity", "5", *there, *SOON, "--yes", "--json")
    assert (part.exit_code, json.loads(part.stdout)["state"]) == (Exit.DONE, "protected"), part.output
    assert venue.truth()["XRPUSDT"]["quantity"] == "15"
    done = invoke("flatten", "--all", *there, *SOON, "--yes", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == Exit.DONE
    assert {(row["id"], row["state"]) for row in rows} == {(position_id, "closed") for position_id in ids}
    assert {venue.truth()[symbol]["quantity"] for symbol in ("XRPUSDT", "HNTUSDT")} == {"0"}
    assert [cause for cause, _ in acts_of(invoke, there, first)] == ["close_part", "flatten_all"]
    again = invoke("flatten", "--all", *there, "--yes")
    assert (again.exit_code, again.stdout) == (Exit.DONE, "")
    assert "no position is open there" in again.stderr


@pytest.mark.wire
def test_a_stop_that_cannot_be_moved_stays_and_says_why(
    invoke: Invoke, there: tuple[str, ...], venue: VenueProcess
) -> None:
    """A price on the wrong side is named with the mark price; one that the exchange refuses leaves the old stop."""
    position_id = opened(invoke, there, "SOLUSDT", 1)
    (before,) = venue.truth()["SOLUSDT"]["stops"]
    wrong = invoke("move-stop", position_id, "--price", "9999", *there, "--yes")
    assert wrong.exit_code == Exit.NOT_DONE
    assert "InvalidRequest: price is 9999" in wrong.stderr
    venue.faults([{"call": "set_stop", "symbol": "SOLUSDT", "kind": "refuse", "nth": 1}])
    refused = invoke("move-stop", position_id, "--percent", "1", *there, "--yes", "--json")
    assert refused.exit_code == Exit.NOT_DONE
    assert json.loads(refused.stdout)["error"] == "StopRefused"
    (after,) = venue.truth()["SOLUSDT"]["stops"]
    assert after["trigger_price"] == before["trigger_price"]


@pytest.mark.wire
def test_only_a_suspected_orphan_is_resolved(invoke: Invoke, there: tuple[str, ...], venue: VenueProcess) -> None:
    """A word about a protected position is refused by its state, and the position stays as it is."""
    position_id = opened(invoke, there, "DOGEUSDT", 100)
    said = ("--as", "closed", "--reason", "I saw it")
    done = invoke("resolve", position_id, *said, *there, "--yes")
    assert done.exit_code == Exit.NOT_DONE
    assert f"position {position_id} is protected; only a suspected orphan is resolved" in done.stderr
    assert venue.truth()["DOGEUSDT"]["quantity"] == "100"


@pytest.mark.wire
def test_watch_once_looks_and_ends_with_how_all_stand(
    invoke: Invoke, there: tuple[str, ...], venue: VenueProcess
) -> None:
    """What ended meanwhile is found and proven, what stands is listed, and nobody has the rows afterwards."""
    gone, stays = opened(invoke, there, "MNTUSDT"), opened(invoke, there, "TAOUSDT", 1)
    venue.mark("MNTUSDT", "0.1")  # far beyond the stop
    done = subprocess.run(
        [sys.executable, "-m", "atomicpos", "watch", "--once", "--json", *there, *SOON],
        env={**os.environ}, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == Exit.DONE, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in told if "exposure_s" in row and "goal" in row] == [stays]
    assert json.loads(invoke("show", gone, "--database", there[-1], "--json").stdout)["state"] == "closed"
