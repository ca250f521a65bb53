"""``venue``: the announcement, the end, and the list of faults."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from stored_rows import Invoke

from atomicpos.sim import KINDS


@pytest.mark.wire
def test_it_announces_itself_and_ends_on_sigterm() -> None:
    """One JSON line when it accepts connections, and exit code 0 after SIGTERM."""
    words = [sys.executable, "-m", "atomicpos", "venue", "--dialect", "bybit", "--port", "0", "--seed", "5"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        announced = json.loads(process.stdout.readline())
        process.terminate()
        rest, _ = process.communicate(timeout=10)
    assert set(announced) == {"url", "api_key", "secret", "symbols"}
    assert (process.returncode, rest) == (0, "")


def test_an_unknown_dialect_is_bad_usage(invoke: Invoke) -> None:
    """A dialect that does not exist ends with exit code 2."""
    assert invoke("venue", "--dialect", "klingon").exit_code == 2


def test_faults_are_listed_as_objects(invoke: Invoke) -> None:
    """One object for each kind, with what it does, the calls it can strike and the fact or incident it comes from."""
    rows = [json.loads(line) for line in invoke("venue", "--faults", "--json").stdout.splitlines()]
    assert [row["kind"] for row in rows] == list(KINDS)
    assert all(row["calls"] and row["meaning"] and row["origin"] for row in rows)


def test_faults_are_listed_as_a_table(invoke: Invoke) -> None:
    """Every kind is in the table."""
    shown = invoke("venue", "--faults").stdout
    assert all(kind in shown for kind in KINDS)
