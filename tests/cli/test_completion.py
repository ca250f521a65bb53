"""What the shell is offered: commands, states, and the ids of the database that is named on the line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stored_rows import PENDING, PROTECTED, ROLLED_BACK, Invoke


def offered(database: Path, *words: str, directory: Path | None = None) -> list[str]:
    """What bash would be offered for the last word."""
    line = " ".join(("atomicpos", *words))
    asked = {"_ATOMICPOS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    program = "from atomicpos.cli import app; app(prog_name='atomicpos')"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **asked}, cwd=directory or database.parent,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_ids_come_from_the_database_on_the_line(database: Path) -> None:
    """Acts are offered what is not settled, ``show`` and ``look`` everything, by what was typed so far."""
    where = ("--database", str(database))
    assert offered(database, "close", *where, "") == [PENDING, PROTECTED]
    assert offered(database, "flatten", *where, "aaaa") == [PROTECTED]
    assert offered(database, "show", *where, "aaaa") == [ROLLED_BACK, PROTECTED]
    assert offered(database, "look", *where, "zzz") == []


def test_without_a_database_nothing_is_offered_and_nothing_is_made(database: Path, tmp_path: Path) -> None:
    """A line that is being typed raises no error and creates no file."""
    assert offered(database, "show", "--database", str(tmp_path / "none.db"), "") == []
    assert not (tmp_path / "none.db").exists()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert offered(database, "show", "", directory=empty) == []
    assert list(empty.iterdir()) == []


def test_states_and_commands_are_offered(database: Path) -> None:
    """Every state under --state, every act by its name."""
    assert "orphan_suspected" in offered(database, "positions", "--state", "o")
    assert offered(database, "move") == ["move-stop"]


def test_completion_can_be_shown_and_installed(invoke: Invoke) -> None:
    """The two options that install it, or show it for a shell of one's own making, are there."""
    told = invoke("--help").stdout
    assert "--install-completion" in told
    assert "--show-completion" in told
