"""The acts' manners: what they ask, whom they ask, what they refuse; nothing here reaches an exchange."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stored_rows import PENDING, PROTECTED, Invoke

from atomicpos.cli import acts
from atomicpos.cli.exits import Exit

NOWHERE = "http://127.0.0.1:1"
ACTS = {
    "close": ("close", PROTECTED),
    "part": ("close", PROTECTED, "--quantity", "4"),
    "flatten": ("flatten", PROTECTED),
    "all": ("flatten", "--all"),
    "move": ("move-stop", PROTECTED, "--price", "0.1230"),
    "resolve": ("resolve", PENDING, "--as", "rolled_back", "--reason", "support says so"),
}


@pytest.fixture
def there(database: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Options that lead to the rows, and to an exchange that nothing may be sent to."""
    monkeypatch.setenv("ATOMICPOS_API_KEY", "the-key")
    monkeypatch.setenv("ATOMICPOS_SECRET", "the-secret")
    return ("--database", str(database), "--venue", NOWHERE)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts that a block was about to be opened for; none is."""
    found: list[str] = []

    async def within(opening: Any, there: acts.There, account: str, work: Any) -> Any:
        found.append(account)
        raise acts.NotReady("it would have been done")

    monkeypatch.setattr(acts, "within", within)
    monkeypatch.setattr("atomicpos.cli.closing.within", within)
    return found


# --- asking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ACTS.values(), ids=ACTS)
def test_without_a_terminal_and_without_yes_nothing_is_done(
    invoke: Invoke, there: tuple[str, ...], reached: list[str], words: tuple[str, ...]
) -> None:
    """One sentence says so, exit code 1; what would have been done is said before it."""
    done = invoke(*words, *there)
    assert (done.exit_code, reached) == (Exit.NOT_DONE, [])
    assert done.stderr.splitlines()[-1] == (
        "NotReady: there is no terminal to ask at: add --yes to do this without being asked; nothing was done"
    )


@pytest.mark.parametrize("words", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(("answer", "opened"), [("y\n", 1), ("n\n", 0), ("\n", 0), ("", 0)])
def test_at_a_terminal_only_a_yes_does_it(
    monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], reached: list[str], words: tuple[str, ...], answer: str,
    opened: int,
) -> None:
    """Whoever only presses return, says no, or goes away has done nothing."""
    from typer.testing import CliRunner

    from atomicpos.cli import app

    monkeypatch.setattr(acts, "on_a_terminal", lambda: True)
    done = CliRunner().invoke(app, [*words, *there, "--by", "ada"], input=answer)
    assert len(reached) == opened
    assert done.exit_code == Exit.NOT_DONE
    assert "As ada: do it? [y/N]" in done.stderr


@pytest.mark.parametrize("words", ACTS.values(), ids=ACTS)
def test_yes_does_it_without_a_question(
    invoke: Invoke, there: tuple[str, ...], reached: list[str], words: tuple[str, ...]
) -> None:
    """A script is not asked; account and exchange are the position's own."""
    done = invoke(*words, *there, "--yes")
    assert (reached, "do it?" in done.output) == (["default"], False)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("close", "close all of it: sell 10, reduce-only; the stop stays up until nothing is left"),
        ("part", "close a part: sell 4, reduce-only; 6 stay under the stop"),
        ("move", "move its stop from 0.1226 to 0.1230; the old one stands until the new one does"),
    ],
)
def test_the_question_names_the_position_and_what_is_sent(
    invoke: Invoke, there: tuple[str, ...], act: str, said: str
) -> None:
    """Side, quantity, symbol, account and stop stand before the question."""
    lines = invoke(*ACTS[act], *there).stderr.splitlines()
    assert lines[:2] == [
        f"{PROTECTED}: long 10 AVL/USDT:USDT on bybit live, account default: protected, 10 open as far as known, "
        "stop at 0.1226",
        said,
    ]


def test_all_lists_every_position_that_would_be_closed(invoke: Invoke, there: tuple[str, ...]) -> None:
    """Two are not settled: both are named, the settled one is not."""
    told = invoke("flatten", "--all", *there).stderr
    assert told.startswith("close 2 on bybit live, account default:\n")
    assert PROTECTED in told
    assert f"{PENDING}: long 10 ETH/USDT:USDT on bybit live, account default: pending_entry, no fill known" in told


@pytest.mark.process
def test_a_real_terminal_is_asked_at(there: tuple[str, ...]) -> None:
    """On a pseudo-terminal the question appears, and a no ends it with exit code 1."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "atomicpos", "close", PROTECTED, *there, "--by", "ada"]
    process = subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        os.write(ours, b"n\n")
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
        os.close(ours)
        os.close(theirs)
    assert process.returncode == Exit.NOT_DONE
    assert "As ada: do it? [y/N]" in told
    assert told.rstrip().endswith("NotReady: you did not say yes; nothing was done")


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("flatten",), ("flatten", PROTECTED, "--all"), ("move-stop", PROTECTED),
        ("move-stop", PROTECTED, "--price", "1", "--percent", "2"), ("resolve", PENDING, "--reason", "x"),
        ("resolve", PENDING, "--as", "gone", "--reason", "x"), ("resolve", PENDING, "--as", "closed"), ("close",),
        ("look",), ("close", PROTECTED, "--set", "watch_s"), ("close", PROTECTED, "--keys-file", "/nowhere/keys"),
        ("close", PROTECTED, "--api-key", "x"),
    ],
)  # fmt: skip
def test_bad_usage_is_exit_code_2(invoke: Invoke, there: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Too much, too little, or a value that cannot be."""
    assert invoke(*words, *there).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("close", "zzz"), "UnknownPosition: no position has an id that begins with 'zzz'"),
        (("close", "aaaa"), "UnknownPosition: 2 positions have an id that begins with 'aaaa'; give more of it"),
        (("close", PROTECTED, "--quantity", "ten"), "InvalidRequest: quantity is 'ten'; it must be a number"),
        (("close", PROTECTED, "--quantity", "-1"), "InvalidRequest: quantity is '-1'; it must be above 0"),
        (("move-stop", PROTECTED, "--price", "0"), "InvalidRequest: price is '0'; it must be above 0"),
        (("close", PROTECTED, "--by", " "), "InvalidRequest: by is ' '; it must be a name of 1 to 100 printable"),
        (("close", PROTECTED, "--exchange", "okx"), f"--exchange is 'okx'; position {PROTECTED} is on bybit"),
        (("close", PROTECTED, "--account", "two"), f"--account is 'two'; position {PROTECTED} is in account 'default'"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    invoke: Invoke, there: tuple[str, ...], reached: list[str], words: tuple[str, ...], said: str
) -> None:
    """Exit code 1 before anybody is asked; with --json the object says the same."""
    done = invoke(*words, *there, "--yes", "--json")
    assert (done.exit_code, reached) == (Exit.NOT_DONE, [])
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)["message"] in done.stderr


def test_a_position_of_the_other_environment_is_refused_before_the_keys_leave(
    invoke: Invoke, database: Path, reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A live row is not looked for in the sandbox."""
    monkeypatch.setenv("ATOMICPOS_API_KEY", "the-key")
    monkeypatch.setenv("ATOMICPOS_SECRET", "the-secret")
    done = invoke("close", PROTECTED, "--sandbox", "--yes", "--database", database)
    assert (done.exit_code, reached) == (Exit.NOT_DONE, [])
    assert f"position {PROTECTED} is on bybit live: leave --sandbox away" in done.stderr


@pytest.mark.parametrize("words", ACTS.values(), ids=ACTS)
def test_without_keys_nothing_is_asked(
    invoke: Invoke, there: tuple[str, ...], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing keys are said at once, by the names of the variables."""
    monkeypatch.delenv("ATOMICPOS_SECRET")
    done = invoke(*words, *there, "--yes")
    assert done.exit_code == Exit.NOT_DONE
    assert "ATOMICPOS_SECRET must be set in the environment" in done.stderr


def test_a_database_that_is_not_there_is_not_made(invoke: Invoke, there: tuple[str, ...], tmp_path: Path) -> None:
    """One sentence, and no file."""
    done = invoke("flatten", "--all", *there, "--database", tmp_path / "none.db", "--yes")
    assert (done.exit_code, (tmp_path / "none.db").exists()) == (Exit.NOT_DONE, False)
    assert "there is no database" in done.stderr


def test_who_has_no_login_name_must_say_who_acts(
    invoke: Invoke, there: tuple[str, ...], reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container without users the sentence names the option."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    done = invoke("close", PROTECTED, *there, "--yes")
    assert (done.exit_code, reached) == (Exit.NOT_DONE, [])
    assert "this user has no login name: say with --by who does it" in done.stderr
