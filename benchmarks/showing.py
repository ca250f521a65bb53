"""The measured rows as a table for the console and for the documentation, the same cells in both."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from judging import MODES, Cell, Row
from one_open import End, Measured

MEASURED = re.compile(r"(<!-- measured -->\n).*?(<!-- end measured -->)", re.DOTALL)
ON_EXCHANGES = re.compile(r"(<!-- on the exchanges -->\n).*?(<!-- end on the exchanges -->)", re.DOTALL)
HEAD = (
    "world", "", "first bot, computed", "first bot, measured", *(f"ours, {mode.name}" for mode in MODES),
    "reachable without attaching", "holds",
)  # fmt: skip
NOTES = {End.FLAT: " flat", End.NOT_OPENED: " not opened"}


def cells(row: Row) -> tuple[str, ...]:
    """One row of the table, in words; seconds throughout."""
    world = row.world
    computed = "" if world.first_bot_s is None else _seconds(world.first_bot_s, world.first_bot_flat, digits=2)
    mark = " *" if row.explanation else ""
    reachable = _seconds(world.reachable_s, world.flat, digits=2)
    ours = (_cell(row.ours[mode]) for mode in MODES)
    return (world.name, world.meaning, computed, _first(row.first_bot) + mark, *ours, reachable, _holds(row))


def explanations(rows: Sequence[Row]) -> list[str]:
    """What makes the first bot differ from its arithmetic, where it does: the rows with an asterisk."""
    return [f"* {row.world.name}: {row.explanation}" for row in rows if row.explanation]


def console_table(rows: Sequence[Row]) -> str:
    """The table for a terminal, its columns as wide as they must be."""
    return columns([_short_head(), *(cells(row) for row in rows)])


def columns(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells for a terminal, each column as wide as it must be."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
                     for line in lines)


def _short_head() -> tuple[str, ...]:
    modes = ("attached", "on ack", "after fill", "bare replies")
    return ("world", "", "computed", "first bot", *modes, "reachable", "holds")


def renewed(page: str, rows: Sequence[Row]) -> str:
    """The page with its measured section written anew."""
    notes = [f"\\{line}" for line in explanations(rows)]
    text = "\n".join([markdown_table(rows), "", *(f"{note}\\" for note in notes[:-1]), *notes[-1:]])
    return MEASURED.sub(lambda found: f"{found[1]}{text.rstrip()}\n{found[2]}", page)


def markdown_table(rows: Sequence[Row]) -> str:
    """The table for the documentation."""
    return markdown([HEAD, *(cells(row) for row in rows)])


def renewed_exchanges(page: str, lines: Sequence[Sequence[str]]) -> str:
    """The page with the figures of the exchanges written anew."""
    return ON_EXCHANGES.sub(lambda found: f"{found[1]}{markdown(lines)}\n{found[2]}", page)


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells for the documentation, the head first."""
    ruled = [lines[0], ("---",) * len(lines[0]), *lines[1:]]
    return "\n".join("| " + " | ".join(text.replace("*", "\\*") for text in line) + " |" for line in ruled)


def _cell(cell: Cell) -> str:
    """The venue's figure; what the row says in brackets where that is another."""
    worst = _seconds(cell.exposure_s)
    said = _seconds(cell.said_s)
    end = "".join(NOTES.get(end, "") for end in sorted(cell.ends))
    return (worst if said == worst else f"{worst} ({said})") + end


def _first(measured: Measured) -> str:
    return _seconds(measured.exposure_s) + NOTES.get(measured.end, "")


def _holds(row: Row) -> str:
    return "no" if row.misses else "yes"


def _seconds(seconds: float, flat: bool = False, *, digits: int = 3) -> str:
    text = "inf" if math.isinf(seconds) else "0" if seconds == 0 else f"{seconds:.{digits}f}"
    return text + (NOTES[End.FLAT] if flat else "")
