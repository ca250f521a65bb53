"""The example plug-in is a package like any other: installed for real, listed, and at work where it is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
EXAMPLE = TESTS.parent / "examples" / "example-verifier"
LIMIT_S = 120

OPENS = """
from atomicpos.sim import Fault
from world import assert_safe, play

async def opens(world):
    async with world.library(verifiers=["second-look"]) as positions:
        row, error = await world.tried(positions)
        assert error is None, error
        assert_safe(world, row)
        row = await positions.close_position(row.id)
    assert_safe(world, row)
    found = {found.kind.value for found in row.evidence if found.source == "second-look"}
    print(row.state.value, *sorted(found))

play(opens, Fault("orders", None, "lag", None, 3))  # so that there is something to look for
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which pip has built and installed the example."""
    directory = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    ran(["-m", "pip", "install", *options, "--target", str(directory), str(EXAMPLE)], site=None)
    return directory


def ran(words: list[str], site: Path | None) -> str:
    """What a new Python process wrote to stdout, with the plug-in within its reach or not."""
    within_reach = [str(TESTS), *sys.path, *([str(site)] if site is not None else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in within_reach if path)}
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def listed(site: Path | None) -> dict[str, dict[str, object]]:
    lines = ran(["-m", "atomicpos", "plugins", "--json"], site).splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}


def test_the_installed_example_is_listed_with_its_package(site: Path) -> None:
    """Beside the three built in there is one more, with package, version and entry point, and it loads."""
    rows = listed(site)
    assert rows["second-look"] == {
        "name": "second-look", "package": "atomicpos-second-look", "version": "0.1.0",
        "entry_point": "second_look:SecondLook", "built_in": False, "loads": True, "why": None,
    }
    assert {name for name, row in rows.items() if row["built_in"]} == {"order_status", "trade_history", "position_poll"}


def test_without_the_package_there_is_no_such_plug_in() -> None:
    """What is not installed is not listed."""
    assert "second-look" not in listed(None)


def test_named_it_looks_along_until_the_position_is_closed(site: Path) -> None:
    """An open and a close with it: it saw the position, saw it gone, and the row agrees with the exchange."""
    state, *found = ran(["-c", OPENS], site).split()
    assert state == "closed"
    assert {"seen", "absent"} <= set(found)
