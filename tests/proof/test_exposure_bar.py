"""The exposure benchmark holds its bar: what a row of it promises, measured here in the same way."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from atomicpos.models import PositionSide
from exposure import PAGE, measure
from judging import IN_THE_BAR, Row
from lag_model import WORLDS, World
from one_open import AFTER_FILL, ATTACHED, End, Measured, ours
from showing import console_table, explanations, renewed

NAMES = [world.name for world in WORLDS]
LOST_AND_LATE = next(world for world in WORLDS if world.name == "W9")


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """Every world, played as the benchmark plays it."""
    return {world.name: measure(world) for world in WORLDS}


@pytest.mark.parametrize("name", NAMES)
def test_a_world_holds_its_bar(rows: dict[str, Row], name: str) -> None:
    """Attached is never without a stop, the others at most a tenth longer than need be, and the end is right."""
    assert rows[name].misses == ()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_ours_is_left_naked(rows: dict[str, Row], name: str) -> None:
    """Every figure of ours is finite, in the modes outside the bar too."""
    assert all(math.isfinite(cell.exposure_s) for cell in rows[name].ours.values())


def test_attached_is_zero_to_the_microsecond(rows: dict[str, Row]) -> None:
    """With an attached stop neither the venue nor the row counts a microsecond, in any world."""
    assert {(row.ours[ATTACHED].exposure_s, row.ours[ATTACHED].said_s) for row in rows.values()} == {(0.0, 0.0)}


def test_the_first_bot_is_worse_in_every_world(rows: dict[str, Row]) -> None:
    """The algorithm that the library replaces is naked for longer everywhere, for good in half of the worlds."""
    for row in rows.values():
        assert row.first_bot.exposure_s > max(row.ours[mode].exposure_s for mode in IN_THE_BAR), row.world.name
    assert sum(row.first_bot.end is End.NAKED for row in rows.values()) >= len(rows) // 2


def test_the_page_shows_what_is_measured(rows: dict[str, Row]) -> None:
    """The documented table is today's; python benchmarks/exposure.py --markdown renews it."""
    page = PAGE.read_text()
    assert page == renewed(page, list(rows.values()))


def test_every_difference_from_the_arithmetic_is_explained(rows: dict[str, Row]) -> None:
    """Where the first bot's row lies more than a tenth off, the script says which constant explains it."""
    told = {line.split(":")[0].strip("* ") for line in explanations(list(rows.values()))}
    assert told == {name for name, row in rows.items() if not row.first_bot_as_computed}


def test_a_miss_is_a_miss(rows: dict[str, Row]) -> None:
    """A longer exposure, a naked end, an understated one and an unexplained first bot are each named."""
    row = rows["W1"]
    cell = row.ours[AFTER_FILL]
    for worse in (
        replace(cell, exposure_s=0.166),
        replace(cell, exposure_s=math.inf),
        replace(cell, ends=frozenset({End.FLAT})),
        replace(cell, understated_s=0.01),
    ):
        missed = replace(row, ours={**row.ours, AFTER_FILL: worse})
        assert len(missed.misses) == 1
        assert missed.misses[0].startswith("after fill: ")
    slower = replace(rows["W3"], first_bot=Measured(9.0, 9.0, End.PROTECTED))
    assert slower.misses == ("the first bot: neither as computed nor explained",)


def test_the_table_ends_what_is_printed(rows: dict[str, Row]) -> None:
    """One line a world under one head."""
    lines = console_table(list(rows.values())).splitlines()
    assert [line.split()[0] for line in lines] == ["world", *NAMES]


@pytest.mark.parametrize("lag_s", [3.0, 5.5, 7.75, 8.0, 8.25, 8.5, 8.75, 9.0, 14.0, 21.0, 29.0])
def test_a_fill_that_is_shown_late_is_protected_soon(lag_s: float) -> None:
    """With the reply lost and no stop ahead of the fill, a look finds it within 0.8 s of when it can be seen."""
    world: World = replace(LOST_AND_LATE, orders_lag_s=lag_s, positions_lag_s=lag_s)
    for seed in range(3):
        run = ours(world, AFTER_FILL, PositionSide.LONG, seed)
        assert lag_s < run.exposure_s <= lag_s + 0.15 + 0.8
