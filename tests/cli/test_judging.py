"""The comparison of a row with the venue's truth."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.cli.demo.judging import Claim, VenueTruth, differences
from atomicpos.cli.demo.rows import Row, most_interesting
from atomicpos.cli.demo.scenarios import SCENARIOS, Scenario
from atomicpos.limits import fits
from atomicpos.models import State
from atomicpos.request import read_request
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.loop import run
from atomicpos.sim.venue import Venue
from atomicpos.sim.weathers import WEATHERS

BY_NAME = {weather.name: weather for weather in WEATHERS}
CALM, REFUSED, LIQUIDATED = (BY_NAME[name] for name in ("calm", "refused", "liquidated"))

HELD = Claim("p1", State.PROTECTED, Decimal("-10"), 0.3)
COVERED = VenueTruth(Decimal("-10"), Decimal("10"), live_orders=1, entries=1, exposure_s=0.3)
GONE = VenueTruth(Decimal(0), Decimal(0), live_orders=0, entries=1, exposure_s=0.0)


def test_what_is_so_agrees() -> None:
    """A protected row with its whole position covered has no difference, and a larger stop is none either."""
    assert differences(HELD, CALM, COVERED) == ()
    assert differences(HELD, CALM, replace(COVERED, stop_quantity=Decimal(11))) == ()


@pytest.mark.parametrize(
    ("claim", "truth"),
    [
        ({"state": State.ROLLED_BACK}, {}),
        ({"state": None}, {}),
        ({"state": State.ORPHAN_SUSPECTED}, {}),
        ({"filled": Decimal("10")}, {}),
        ({"exposure_s": 0.24}, {}),
        ({}, {"quantity": Decimal("-9")}),
        ({}, {"quantity": Decimal(0)}),
        ({}, {"stop_quantity": Decimal("9.9")}),
        ({}, {"entries": 2}),
        ({}, {"entries": 0}),
        ({}, {"exposure_s": 0.36}),
    ],
)
def test_each_lie_about_a_protected_row_shows(claim: dict[str, Any], truth: dict[str, Any]) -> None:
    """A wrong state, side, quantity, cover, number of entries or exposure is a difference."""
    assert differences(replace(HELD, **claim), CALM, replace(COVERED, **truth))


@pytest.mark.parametrize("truth", [{"quantity": Decimal(5)}, {"live_orders": 1}, {"entries": 2}, {"exposure_s": 0.06}])
def test_each_lie_about_an_end_shows(truth: dict[str, Any]) -> None:
    """An end with a position, a live order, a second entry or an exposure that was not counted is a difference."""
    claim = Claim("p1", State.CLOSED_IMMEDIATELY, Decimal(0), 0.0)
    assert differences(claim, LIQUIDATED, GONE) == ()
    assert differences(claim, LIQUIDATED, replace(GONE, **truth))


def test_a_refused_entry_must_not_exist() -> None:
    """In the refused weather one accepted entry is one too many."""
    claim = Claim("p1", State.ROLLED_BACK, Decimal(0), 0.0)
    assert differences(claim, REFUSED, replace(GONE, entries=0)) == ()
    assert differences(claim, REFUSED, GONE) == ("the venue took 1 entries; 0 is right",)


def test_an_end_may_come_in_two_steps() -> None:
    """Liquidated is closed as well, where a separate stop was read back before; still protected is neither."""
    assert differences(Claim("p1", State.CLOSED, Decimal(0), 0.0), LIQUIDATED, GONE) == ()
    still = differences(Claim("p1", State.PROTECTED, Decimal(0), 0.0), LIQUIDATED, GONE)
    assert still == ("the row says protected; closed_immediately or closed is right",)
    assert differences(Claim("p1", State.CLOSED, Decimal(0), 0.0), CALM, GONE)


def test_counting_more_exposure_than_the_venue_is_no_lie() -> None:
    """An upper bound of the exposure agrees; so does one that is at most 0.05 s too small."""
    assert differences(replace(HELD, exposure_s=0.26), CALM, COVERED) == ()
    assert differences(replace(HELD, exposure_s=9.0), CALM, COVERED) == ()


def test_the_first_wrong_row_is_the_interesting_one() -> None:
    """The row to look at is the first that disagrees, and the original incident when none does."""
    right = [_right(scenario) for scenario in SCENARIOS]
    wrong = replace(right[-1], truth=replace(right[-1].truth, entries=7))
    assert most_interesting(right).scenario.weather.name == "original_incident"
    assert most_interesting([*right, wrong]) is wrong
    calm = next(row for row in right if row.scenario.weather is CALM)
    without_row = replace(right[-1], claim=replace(right[-1].claim, id=""))
    assert most_interesting([calm, without_row]) is calm
    assert most_interesting([without_row]) is without_row


def test_what_the_demo_opens_is_valid() -> None:
    """Every scenario has a symbol of its own, and its quantity and stop fit that market."""
    async def check() -> None:
        for scenario in SCENARIOS:
            venue = Venue(lambda: 1)
            exchange = SimExchange(venue, clock=None)  # type: ignore[arg-type]
            instrument = await exchange.instrument(scenario.market_id)
            request = read_request(
                scenario.market_id, scenario.side, scenario.quantity, stop_loss_percent=scenario.stop_percent,
                leverage=scenario.leverage,
            )  # fmt: skip
            fits(request, instrument, venue.mark(scenario.symbol))

    run(check)
    assert len({scenario.symbol for scenario in SCENARIOS}) == len(WEATHERS) == 15
    assert {scenario.side.value for scenario in SCENARIOS} == {"long", "short"}


def _right(scenario: Scenario) -> Row:
    """A row that agrees: nothing held, which a protected row with nothing filled may say too."""
    weather = scenario.weather
    claim = Claim(scenario.market_id, weather.end, Decimal(0), 0.0, weather.error)
    foreign = Decimal(scenario.quantity) * weather.foreign_share
    held = Decimal(0) if weather.end is State.PROTECTED else foreign
    return Row(scenario, claim, replace(GONE, entries=weather.entries, quantity=held))


FOREIGN = next(weather for weather in WEATHERS if weather.foreign_share)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"error": None}, "the caller got no error; AlreadyOpen is right"),
        ({"state": State.PROTECTED}, "the row says protected; nothing is right"),
    ],
)
def test_a_slot_that_somebody_else_holds_is_refused_by_name(changed: dict[str, Any], said: str) -> None:
    """No row, the right error, and the other's position still there."""
    claim = Claim("", None, Decimal(0), 0.0, "AlreadyOpen")
    theirs = replace(GONE, entries=0, quantity=Decimal(18000), exposure_s=25.0)
    assert differences(claim, FOREIGN, theirs) == ()
    assert said in differences(replace(claim, **changed), FOREIGN, theirs)
    assert differences(claim, FOREIGN, replace(theirs, quantity=Decimal(0))) == ("somebody else's position is gone",)
