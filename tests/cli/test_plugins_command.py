"""What ``plugins`` lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stored_rows import Invoke

BUILT_IN = ["order_status", "trade_history", "position_poll"]


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package whose plug-in cannot be imported."""
    about = tmp_path / "left_behind-0.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: left-behind\nVersion: 0.3\n")
    (about / "entry_points.txt").write_text("[atomicpos.verifiers]\nleft-behind = left_behind:Verifier\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_built_in_verifiers_are_listed_as_such(invoke: Invoke) -> None:
    """The table has the three, marked as built in."""
    done = invoke("plugins")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in BUILT_IN)
    assert done.stdout.count("built in") >= 3


@pytest.mark.usefixtures("broken")
def test_a_plug_in_that_does_not_load_is_listed_with_its_reason(invoke: Invoke) -> None:
    """One broken package neither hides the others nor fails the command."""
    done = invoke("plugins", "--json")
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 0
    assert set(BUILT_IN) < set(rows)
    row = rows["left-behind"]
    assert (row["package"], row["version"], row["loads"], row["built_in"]) == ("left-behind", "0.3", False, False)
    assert "No module named 'left_behind'" in row["why"]
    assert "no: " in invoke("plugins").stdout
