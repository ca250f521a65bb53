"""Ten thousand positions: the first screen at once, and pages that cost the same however many there are."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scenes import many
from serving import Answer, Served, served

from atomicpos.ports import PAGE_ROWS

POSITIONS = 10_000
FIRST_SCREEN_MS = 300.0
TIMES = 7

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard over a SQLite file with ten thousand rows."""
    import asyncio

    path: Path = tmp_path_factory.mktemp("large") / "large.db"
    asyncio.run(many(path, POSITIONS))
    with served(path) as running:
        yield running


def timed(served: Served, path: str) -> tuple[float, Answer]:
    """The median of several readings in milliseconds, connection and all, and the last answer."""
    took = []
    for _ in range(TIMES):
        time.sleep(0.26)  # past what a second reader would be told from the first one's look
        began = time.perf_counter()
        answer = served.get(path)
        took.append((time.perf_counter() - began) * 1_000)
        assert answer.status == 200
    return statistics.median(took), answer


def test_the_first_screen_of_ten_thousand_positions(large: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """Page, parts, verdict and first rows, one after the other, take less than 300 ms from the server."""
    parts = ("index.html", "style.css", "main.js", "dom.js", "net.js", "first.js", "parts.js", "acts.js", "clock.js")
    page_ms, page = timed(large, "/")
    assets = [large.get(f"/assets/{name}") for name in parts[1:]]
    screen_ms, screen = timed(large, "/api/first")
    rows_ms, rows = timed(large, "/api/positions")
    with capsys.disabled():
        told = f"first screen of {POSITIONS} positions: page {page_ms:.1f} ms, verdict {screen_ms:.1f} ms, rows"
        size = (len(screen.body), len(rows.body), len(page.body) + sum(len(part.body) for part in assets))
        print(f"\n{told} {rows_ms:.1f} ms; verdict {size[0]} bytes, rows {size[1]}, page and parts {size[2]}")
    assert page_ms + screen_ms + rows_ms < FIRST_SCREEN_MS
    assert sum(screen.json["states"].values()) == POSITIONS
    assert len(rows.json["rows"]) == PAGE_ROWS


@pytest.mark.parametrize("path", [
    "/api/positions?state=rolled_back", "/api/positions?symbol=S77USDT", "/api/positions?text=nothing-like-this",
    "/api/positions?before=1.p", "/api/symbols", "/api/spread", "/api/leases",
])
def test_no_other_reading_takes_longer(large: Served, path: str) -> None:
    """A filter that matches nothing, a text that is in no row, the last page, all figures: each below the bound."""
    assert timed(large, path)[0] < FIRST_SCREEN_MS


def test_all_pages_are_had_by_turning_them(large: Served) -> None:
    """From the newest to the oldest every settled row is on one page."""
    found: list[str] = []
    path = "/api/positions?state=rolled_back"
    mark = ""
    while True:
        page = large.get(f"{path}&before={mark}" if mark else path).json
        found += [row["id"] for row in page["rows"]]
        if (mark := page["next"]) is None:
            break
    assert len(found) == len(set(found)) == POSITIONS * 3 // 5
