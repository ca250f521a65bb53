"""The demo for real: a venue process, ccxt's own client, every weather at once; the canary in our engine's place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stored_rows import Invoke

from atomicpos.cli.demo.scenarios import chosen
from atomicpos.sim.weathers import WEATHERS
from atomicpos.sim.wire.server import DIALECTS

KEYS = {
    "scenario", "id", "state", "error", "exposure_s", "entries_sent", "venue_quantity", "venue_stop_quantity",
    "venue_exposure_s", "agrees",
}  # fmt: skip
LIMIT_S = 60


def performed(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    """The demo's exit code, its rows, and the last line that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "atomicpos", "demo", "--json", *words],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.splitlines()[-1]


@pytest.mark.wire
def test_every_weather_ends_as_it_must(invoke: Invoke, tmp_path: Path) -> None:
    """All rows agree with the venue, exit code 0, and the command it names shows the incident's story."""
    path = tmp_path / "demo.db"
    code, rows, last = performed("--database", str(path))
    assert [(row["scenario"], row["agrees"], row["state"]) for row in rows] == [
        (weather.name, True, weather.end and weather.end.value) for weather in WEATHERS
    ]
    assert code == 0
    assert [row["scenario"] for row in rows if row["error"] == "AlreadyOpen"] == ["foreign_position"]
    travelled = [row for row in rows if row["state"] == "protected"]
    assert all(row["exposure_s"] == row["venue_exposure_s"] == 0 for row in travelled)
    assert all(set(row) == KEYS for row in rows)
    incident = next(row for row in rows if row["scenario"] == "original_incident")
    assert last == f"atomicpos show {incident['id']} --database {path}"
    assert "stop_read_back" in invoke(*last.split()[1:]).stdout


@pytest.mark.wire
@pytest.mark.parametrize(("exchange", "travels"), [("binanceusdm", False), ("okx", True)])
def test_it_speaks_like_the_exchange_that_is_asked_for(exchange: str, *, travels: bool) -> None:
    """A lost reply and a position that is not shown end protected on each, in the order of the table; the exposure is
    zero exactly where the stop travels with the entry. Two weathers, so that it takes seconds."""
    code, rows, _ = performed("--exchange", exchange, "--only", "original_incident", "--only", "reply_lost")
    assert [(row["scenario"], row["state"], row["agrees"]) for row in rows] == [
        ("reply_lost", "protected", True), ("original_incident", "protected", True),
    ]
    assert [row["venue_exposure_s"] == 0 for row in rows] == [travels, travels]
    assert code == 0


@pytest.mark.wire
def test_the_original_algorithm_is_found_out() -> None:
    """In our engine's place it ends with exit code 1: the incident's row says rolled back, the venue holds it naked."""
    code, rows, _ = performed("--canary", "original")
    wrong = {row["scenario"]: row for row in rows if not row["agrees"]}
    incident = wrong["original_incident"]
    assert code == 1
    assert incident["state"] == "rolled_back"
    assert (incident["venue_quantity"], incident["venue_stop_quantity"]) == ("10", "0")
    assert {"reads_lag_8s", "reply_lost", "http_502_executed"} < set(wrong)
    assert "calm" not in wrong


def test_an_unknown_canary_is_bad_usage(invoke: Invoke) -> None:
    """Only algorithms that exist can take our engine's place."""
    assert invoke("demo", "--canary", "goose").exit_code == 2


@pytest.mark.parametrize(("words", "named"), [
    (("--exchange", "kraken"), "binanceusdm, bybit, okx"), (("--only", "sunshine"), "calm, positions_lag_3s"),
])
def test_what_the_demo_does_not_have_is_bad_usage(invoke: Invoke, words: tuple[str, str], named: str) -> None:
    """An exchange or a weather that does not exist is answered with those that do, and nothing is started."""
    told = invoke("demo", *words)
    assert told.exit_code == 2
    assert named in " ".join(told.stderr.replace("│", " ").split())


def test_each_exchange_shows_what_fits_into_a_minute() -> None:
    """Bybit shows every weather; whatever else is left out is asked for by name, and the incident is always shown."""
    shown = {name: {each.weather.name for each in chosen(name, ())} for name in DIALECTS}
    assert shown["bybit"] == {weather.name for weather in WEATHERS}
    assert all("original_incident" in names for names in shown.values())
    assert [each.weather.name for each in chosen("binanceusdm", ["refused"])] == ["refused"]
