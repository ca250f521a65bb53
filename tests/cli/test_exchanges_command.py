"""``atomicpos exchanges``: the matrix, as a table and as lines."""

from __future__ import annotations

import json

from stored_rows import Invoke

from atomicpos.cli.exchanges import SHOWN
from atomicpos.exchanges import QUIRKS
from atomicpos.exchanges.matrix import matrix, refused


def test_the_table_has_a_column_for_each_exchange(invoke: Invoke) -> None:
    """And a line for each fact that it shows; refused exchanges follow with their reasons."""
    done = invoke("exchanges")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in (*QUIRKS, "mexc", "deribit"))
    assert set(SHOWN) <= {cell.fact for cell in matrix()}


def test_every_fact_is_a_line_with_its_source(invoke: Invoke) -> None:
    """One object a line, with the attributes' names as keys."""
    done = invoke("exchanges", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [tuple(line) for line in lines] == [("exchange", "fact", "value", "source")] * len(lines)
    assert len(lines) == len(matrix()) + len(refused())
    assert {"exchange": "gate", "fact": "tier", "value": "contract"}.items() <= next(
        line for line in lines if (line["exchange"], line["fact"]) == ("gate", "tier")
    ).items()
