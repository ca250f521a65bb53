"""The demo for real: a venue process, ccxt's own client, every weather at once; the canary in our engine's place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stored_rows import Invoke

from atomicpos.sim.weathers import WEATHERS

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
