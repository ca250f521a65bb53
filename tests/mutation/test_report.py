"""The mutation run says what is so: a survivor that nobody explained, and an explanation of what no longer survives."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from mutation import report as reports
from mutation.covering import Covering
from mutation.memory import Memory, digest
from mutation.mutant import Mutant
from mutation.report import PAGE, Report, listed
from mutation.session import Result

SOURCE = Path(__file__).parents[2] / "src" / "atomicpos"


def a_mutant(number: int) -> Mutant:
    """One of the table's."""
    return Mutant("states.py", "next_state", (1, 1), f"`{number}` -> `{number + 1}`", "")


def ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, killed: int, survived: int, page: str = "", red: int = 0
) -> tuple[int, str]:
    """The exit and the table after so many were killed, and those of the next numbers survived."""
    (tmp_path / "mutants.md").write_text(page)
    monkeypatch.setattr(reports, "PAGE", tmp_path / "mutants.md")
    out = io.StringIO()
    report = Report(killed + survived, Memory(None, "tree"), out, whole=True)
    for number in range(killed + survived):
        report.heard(Result(a_mutant(number), "tests/core/a_test" if number < killed else None))
    return report.end(["a_test"] * red, 1.0), out.getvalue()


def listing(*numbers: int) -> str:
    """A page that explains those."""
    return "\n".join(f"* {a_mutant(number).name} — it makes no difference" for number in numbers)


def test_all_killed_is_all_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And so are survivors that the page explains, while they are few."""
    assert ended(monkeypatch, tmp_path, killed=100, survived=0)[0] == 0
    assert ended(monkeypatch, tmp_path, killed=95, survived=5, page=listing(95, 96, 97, 98, 99))[0] == 0


def test_too_many_survivors_are_a_miss_however_well_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fewer than 95 of 100 killed."""
    failed, table = ended(monkeypatch, tmp_path, killed=94, survived=6, page=listing(*range(94, 100)))
    assert failed == 1
    assert "MISSED" in table


def test_a_survivor_that_nobody_explained_is_a_miss(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is named."""
    failed, table = ended(monkeypatch, tmp_path, killed=99, survived=1)
    assert failed == 1
    assert f"survived, NOT LISTED: {a_mutant(99).name}" in table


@pytest.mark.parametrize("gone", [0, 1000], ids=["killed", "no longer there"])
def test_an_explanation_of_what_does_not_survive_is_a_miss(
    gone: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is named: a list that is longer than it must be hides the next survivor."""
    failed, table = ended(monkeypatch, tmp_path, killed=99, survived=1, page=listing(99, gone))
    assert failed == 1
    assert f"LISTED, AND KILLED OR GONE: {a_mutant(gone).name}" in table


def test_a_test_that_is_red_by_itself_is_a_miss(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it kills then is nothing."""
    assert ended(monkeypatch, tmp_path, killed=100, survived=0, red=1)[0] == 1


def test_what_was_killed_in_another_tree_is_tried_again(tmp_path: Path) -> None:
    """What is known of one tree is a hint in the next, and no more."""
    known = Memory(tmp_path / "memory.json", "tree", killed={"a": "a_test"}, covering=Covering())
    known.write()
    assert Memory.read(known.path, "tree").killed == {"a": "a_test"}
    other = Memory.read(known.path, "another")
    assert (other.killed, other.hints, other.covering) == ({}, {"a": "a_test"}, None)


def test_a_tree_is_another_when_a_line_of_it_is(tmp_path: Path) -> None:
    """Of the library or of a test."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "one.py").write_text("ONE = 1\n")
    before = digest(tmp_path)
    assert digest(tmp_path) == before
    (tmp_path / "src" / "one.py").write_text("ONE = 2\n")
    assert digest(tmp_path) != before


CHANGE = re.compile(r"(?P<file>\S+) (?P<where>\S+): (?:(?P<target>\w+): )?`(?P<old>.*)` -> `(?P<new>.*)`(?: \(\d+\))?")


@pytest.mark.parametrize("name", sorted(listed(PAGE.read_text())))
def test_what_the_page_explains_stands_in_the_source(name: str) -> None:
    """Its file, its function, and the text that is changed: what has gone is explained no longer."""
    change = CHANGE.fullmatch(name)
    assert change is not None
    source = (SOURCE / change["file"]).read_text()
    assert change["where"].rpartition(".")[2] in (*re.findall(r"def (\w+)", source), "-")
    assert change["old"].replace(" ", "") in re.sub(r"\s", "", source)
