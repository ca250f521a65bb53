"""``export``: stable columns, exact values, nothing that a spreadsheet would run, and a few rows in memory at once."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stored_rows import PENDING, PROTECTED, ROLLED_BACK, Invoke

from atomicpos.cli import export as exporting
from atomicpos.cli.columns import COLUMNS, What
from atomicpos.cli.exits import Exit
from atomicpos.cli.spreadsheet import FORMULA_STARTS, cell, line
from atomicpos.models import JournalEntry, State
from atomicpos.ports import Change
from atomicpos.store import open_journal
from atomicpos.testing.samples import CREATED_AT_US, StillClock, a_record

IN_ORDER = [PROTECTED, ROLLED_BACK, PENDING]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("what", What)
def test_csv_has_the_documented_columns_and_json_the_same_keys(invoke: Invoke, database: Path, what: What) -> None:
    """In their order; both forms have the same rows."""
    written = invoke("export", what, "--database", database)
    lines = invoke("export", what, "--format", "json", "--database", database).stdout.splitlines()
    assert written.exit_code == Exit.DONE
    assert tuple(written.stdout.splitlines()[0].split(",")) == COLUMNS[what]
    assert {tuple(json.loads(row)) for row in lines} == {COLUMNS[what]}
    assert len(table(written.stdout)) == len(lines) > 0


def test_positions_come_oldest_first_with_exact_numbers(invoke: Invoke, database: Path) -> None:
    """Decimals as they are stored, an absent value is an empty cell, and null in JSON."""
    rows = table(invoke("export", "positions", "--database", database).stdout)
    assert [row["id"] for row in rows] == IN_ORDER
    assert (rows[0]["entry_price"], rows[0]["stop_price"], rows[0]["exposure_s"]) == ("0.1251", "0.1226", "0.312")
    assert (rows[0]["proof_kind"], rows[0]["leverage"], rows[2]["proof_kind"]) == ("stop_read_back", "", "")
    first = json.loads(invoke("export", "positions", "--format", "json", "--database", database).stdout.splitlines()[0])
    assert (first["entry_price"], first["leverage"], first["exposure_s"]) == ("0.1251", None, 0.312)


def test_the_journal_and_the_evidence_are_numbered_in_each_position(invoke: Invoke, database: Path) -> None:
    """Each line names its position; repeats are counted, as they are stored."""
    journal = table(invoke("export", "journal", "--database", database).stdout)
    assert [(row["position_id"], row["number"], row["kind"]) for row in journal] == [
        (PROTECTED, "1", "intent"), (PROTECTED, "2", "transition")
    ]
    evidence = [
        json.loads(row)
        for row in invoke("export", "evidence", "--format", "json", "--database", database).stdout.splitlines()
    ]
    assert [row["number"] for row in evidence] == list(range(1, len(evidence) + 1))
    assert {row["source"]: row["times"] for row in evidence}["position_poll"] == 12
    assert next(row for row in evidence if row["source"] == "order_status")["orders"][0]["filled"] == "10"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--state", "protected"), [PROTECTED]), (("--symbol", "ethusdt"), [PENDING]),
        (("--since", "2025-10-09T08:53:20.000001"), [ROLLED_BACK, PENDING]), (("--since", "1s"), []),
        (("--since", "2000w"), IN_ORDER),
    ],
)  # fmt: skip
def test_filters_are_those_of_positions(
    invoke: Invoke, database: Path, words: tuple[str, ...], ids: list[str]
) -> None:
    """State, symbol and time, to the microsecond."""
    done = invoke("export", "positions", *words, "--database", database)
    assert [row["id"] for row in table(done.stdout)] == ids


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_begins_like_a_formula_is_not_one(start: str) -> None:
    """An apostrophe stands before it, and reading it back gives the rest unchanged."""
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert next(csv.reader(io.StringIO(line([f"{start}1", "x"]), newline=""))) == [f"'{start}1", "x"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-0.00000001"), "-0.00000001"), (-3, "-3"), (None, ""), (True, "true"), (State.CLOSED, "closed"),
        ("plain", "plain"), ("a-b", "a-b"), ({"a": Decimal("1.50")}, '{"a": "1.50"}'), ((), "[]"),
    ],
)  # fmt: skip
def test_numbers_are_numbers_and_structures_are_json(value: object, text: str) -> None:
    """A negative number is not taken for a formula; nothing has an exponent."""
    assert cell(value) == text


def test_hostile_texts_survive_as_texts(invoke: Invoke, tmp_path: Path) -> None:
    """Formulas, quotation marks, commas and line ends in what people and exchanges said stay inside their cells."""
    said = "=HYPERLINK(\"http://evil\"),\n\"quoted\""
    entry = JournalEntry(CREATED_AT_US, "act", said, "resolve", {"by": "@ada"})
    asyncio.run(_filled(tmp_path / "rows.db", 1, (entry,)))
    (row,) = table(invoke("export", "journal", "--database", tmp_path / "rows.db").stdout)
    assert (row["text"], row["by"]) == (f"'{said}", "'@ada")
    (exact,) = invoke("export", "journal", "--format", "json", "--database", tmp_path / "rows.db").stdout.splitlines()
    assert (json.loads(exact)["text"], json.loads(exact)["by"]) == (said, "@ada")


def test_rows_are_read_a_few_at_a_time(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: no page is larger than its bound, each row is written once, same moment or not."""
    asyncio.run(_filled(tmp_path / "rows.db", 25, ()))
    monkeypatch.setattr(exporting, "AT_ONCE", 7)
    pages: list[int] = []
    page = exporting._positions

    async def counted(journal: Any, begins_us: int | None) -> Any:
        original = journal.page

        async def paged(after: tuple[int, str], limit: int) -> Any:
            rows = await original(after, limit)
            pages.append(len(rows))
            return rows

        journal.page = paged
        async for row in page(journal, begins_us):
            yield row

    monkeypatch.setattr(exporting, "_positions", counted)
    rows = table(invoke("export", "positions", "--database", tmp_path / "rows.db").stdout)
    assert [row["id"] for row in rows] == [f"p{n:02}" for n in range(25)]
    assert pages == [7, 7, 7, 4, 0]


def test_a_reader_that_goes_away_ends_it(database: Path) -> None:
    """``export | head -1`` is no error that anybody would have to read."""
    words = f"{sys.executable} -m atomicpos export evidence --database {database} | head -n 1"
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.count("\n"), "Traceback" in done.stderr) == (1, False)


@pytest.mark.parametrize("words", [(), ("orders",), ("positions", "--format", "xml"), ("positions", "--since", "soon")])
def test_bad_usage_is_exit_code_2(invoke: Invoke, database: Path, words: tuple[str, ...]) -> None:
    """A kind, a form or a time that there is not."""
    assert invoke("export", *words, "--database", database).exit_code == Exit.USAGE


def test_postgresql_pages_in_the_same_order(invoke: Invoke, postgres_url: str) -> None:
    """The same moment and ids give the same order on both."""
    asyncio.run(_filled(postgres_url, 5, ()))
    rows = table(invoke("export", "positions", "--database", postgres_url).stdout)
    assert [row["id"] for row in rows] == [f"p{n:02}" for n in range(5)]


async def _filled(place: Path | str, count: int, entries: tuple[JournalEntry, ...]) -> None:
    """So many rows, two of them asked for at each moment."""
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    for n in range(count):
        row = a_record(f"p{n:02}", symbol=f"S{n}/USDT:USDT")
        row = replace(row, intent=replace(row.intent, created_at_us=CREATED_AT_US + n // 2))
        await journal.admit(Change(row, entries), 0)
    await journal.close()
