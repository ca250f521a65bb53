"""The checks, pure: from what was read to a finding that names the value, the limit and what to change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.doctor import (
    AccountFacts,
    ClockReading,
    Finding,
    Reading,
    SymbolFacts,
    Verdict,
    Wanted,
    check_account,
    check_symbol,
)
from atomicpos.doctor.symbol_checks import smallest_entry
from atomicpos.errors import InvalidRequest
from atomicpos.evidence import PositionView
from atomicpos.models import Instrument, MarginMode, PositionSide
from atomicpos.ports import KeyFacts, PositionReading, ReadFailed, WrongPositionMode

NOW_US = 1_800_000_000_000_000
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
WANTED = Wanted(clock_skew_us=SECOND_US)
AVL = Instrument(
    "AVL/USDT:USDT", "AVLUSDT", Decimal("0.0001"), Decimal(1), Decimal(1), Decimal(200_000), Decimal(5), Decimal(25)
)
FLAT = PositionReading(PositionView(Decimal(0), leverage=Decimal(10), margin_mode=MarginMode.ISOLATED))
SOUND = SymbolFacts(AVL.symbol, Reading(AVL), NOW_US, Reading(Decimal("1.358")), Reading(FLAT))


def account(key: KeyFacts | None = None, ahead_us: int = 0, trip_us: int = 0) -> AccountFacts:
    """A clock that is so far ahead of ours, and told halfway through a trip of that length."""
    told_us = NOW_US + trip_us // 2 + ahead_us
    read = Reading(ClockReading(NOW_US, told_us, NOW_US + trip_us))
    return AccountFacts(key or KeyFacts(may_trade=True), read, NOW_US)


def only(findings: tuple[Finding, ...], name: str) -> Finding:
    """The one finding of that check."""
    (found,) = [finding for finding in findings if finding.name == name]
    return found


@pytest.mark.parametrize(
    ("key", "verdict", "says"),
    [
        (KeyFacts(may_trade=True, ip_bound=True), Verdict.OK, "may trade contracts, from listed addresses only"),
        (KeyFacts(may_trade=True, ip_bound=False), Verdict.OK, "from any address"),
        (KeyFacts(), Verdict.OK, "does not say what the API key may do"),
        (KeyFacts(may_trade=False), Verdict.REFUSE, "allow it to place their orders"),
        (KeyFacts(True, False, NOW_US - 1), Verdict.REFUSE, "has ended; renew it"),
        (KeyFacts(True, False, NOW_US + 3 * DAY_US), Verdict.WARNING, "ends in 3.0 days; renew it"),
        (KeyFacts(True, False, NOW_US + 30 * DAY_US), Verdict.OK, "may trade"),
    ],
    ids=str,
)
def test_the_key_is_weighed_by_what_is_said_of_it(key: KeyFacts, verdict: Verdict, says: str) -> None:
    """What the exchange does not say refuses nobody; what it says against trading refuses everybody."""
    found = only(check_account(account(key), WANTED), "key")
    assert found.verdict is verdict
    assert says in found.text


@pytest.mark.parametrize(
    ("ahead_us", "trip_us", "verdict", "says"),
    [
        (0, 0, Verdict.OK, "0.000 s ahead of the exchange's, within clock_skew_s_max, 1 s"),
        (SECOND_US, 0, Verdict.OK, "1.000 s behind"),
        (SECOND_US + 1, 0, Verdict.REFUSE, "clock_skew_s_max is 1 s; set this machine's clock by a time server"),
        (10 * SECOND_US, 100_000, Verdict.REFUSE, "10.000 s behind the exchange's"),
        (-10 * SECOND_US, 100_000, Verdict.REFUSE, "10.000 s ahead of the exchange's"),
        (2 * SECOND_US, 4 * SECOND_US, Verdict.WARNING, "give or take 2.000 s"),
    ],
)
def test_a_clock_is_refused_when_it_is_too_far_off_for_certain(
    ahead_us: int, trip_us: int, verdict: Verdict, says: str
) -> None:
    """A slow answer leaves the difference open by half its length, and refuses nothing by itself."""
    found = only(check_account(account(ahead_us=ahead_us, trip_us=trip_us), WANTED), "clock")
    assert found.verdict is verdict
    assert says in found.text


@given(st.integers(-20 * SECOND_US, 20 * SECOND_US), st.integers(0, 4 * SECOND_US), st.floats(0, 1))
def test_no_clock_within_the_bound_is_refused_and_none_far_off_passes(skew_us: int, trip_us: int, at: float) -> None:
    """Wherever on the way the time was told: within the bound is never refused, beyond it by the trip always is."""
    told_us = NOW_US + round(trip_us * at) + skew_us
    facts = replace(account(), clock=Reading(ClockReading(NOW_US, told_us, NOW_US + trip_us)))
    found = only(check_account(facts, WANTED), "clock")
    if abs(skew_us) <= SECOND_US:
        assert found.verdict is not Verdict.REFUSE
    if abs(skew_us) > SECOND_US + trip_us:
        assert found.verdict is Verdict.REFUSE


def test_a_clock_that_cannot_be_read_is_a_warning() -> None:
    """It is no reason to miss a signal: signed requests are checked by the exchange itself."""
    facts = replace(account(), clock=Reading(failure=ReadFailed("a gateway's page")))
    found = only(check_account(facts, WANTED), "clock")
    assert (found.verdict, found.text) == (Verdict.WARNING, "the exchange's clock could not be read: a gateway's page")


def test_a_sound_symbol_has_one_fine_finding_a_check() -> None:
    """Eight checks, all fine, in the order in which they are told, each with its symbol."""
    findings = check_symbol(SOUND, WANTED)
    assert [finding.name for finding in findings] == [
        "market", "position mode", "slot", "margin mode", "leverage", "limits", "closable", "stoppable"
    ]
    assert {finding.verdict for finding in findings} == {Verdict.OK}
    assert {finding.symbol for finding in findings} == {"AVL/USDT:USDT"}


def slot_of(**differs: object) -> Reading[PositionReading]:
    return Reading(replace(FLAT, position=replace(FLAT.position, **differs)))  # type: ignore[arg-type]


UNSOUND: list[tuple[SymbolFacts, Wanted, str, Verdict, str]] = [
    (SymbolFacts("X", Reading(failure=InvalidRequest("'X' is none")), NOW_US), WANTED, "market", Verdict.REFUSE,
     "none"),
    (replace(SOUND, instrument=Reading(replace(AVL, ends_at_us=NOW_US - 1))), WANTED, "market", Verdict.REFUSE,
     "has been taken off the exchange's list; trade another symbol"),
    (replace(SOUND, instrument=Reading(replace(AVL, ends_at_us=NOW_US + DAY_US))), WANTED, "market", Verdict.WARNING,
     "in 24.0 hours"),
    (replace(SOUND, slot=Reading(failure=WrongPositionMode("two rows"))), WANTED, "position mode", Verdict.REFUSE,
     "two rows; put the account into one-way mode"),
    (replace(SOUND, slot=Reading(failure=ReadFailed("a cut body"))), WANTED, "position mode", Verdict.REFUSE,
     "could not be read: a cut body"),
    (replace(SOUND, slot=slot_of(quantity=Decimal(5), side=PositionSide.LONG)), WANTED, "slot", Verdict.WARNING,
     "holds 5 long"),
    (SOUND, replace(WANTED, margin_mode=MarginMode.CROSS), "margin mode", Verdict.WARNING,
     "isolated; margin_mode is cross"),
    (replace(SOUND, slot=slot_of(margin_mode=None)), WANTED, "margin mode", Verdict.WARNING, "does not show"),
    (SOUND, replace(WANTED, leverage=Decimal(26)), "leverage", Verdict.REFUSE,
     "leverage is 26; AVL/USDT:USDT allows up to 25"),
    (replace(SOUND, mark=Reading(failure=ReadFailed("none above zero"))), WANTED, "limits", Verdict.REFUSE,
     "mark price could not be read"),
    (replace(SOUND, slot=Reading(replace(FLAT, only_closable=True))), WANTED, "closable", Verdict.REFUSE,
     "AVL/USDT:USDT may only be closed"),
    (replace(SOUND, instrument=Reading(replace(AVL, max_quantity=None))), WANTED, "closable", Verdict.WARNING,
     "does not say how much one market order may close"),
    (replace(SOUND, instrument=Reading(replace(AVL, max_quantity=Decimal(2)))), WANTED, "limits", Verdict.REFUSE,
     "one entry takes 4 to 2"),
    (replace(SOUND, instrument=Reading(replace(AVL, tick=Decimal("0.1")))), WANTED, "stoppable", Verdict.WARNING,
     "7.36 % of the mark price"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "wanted", "name", "verdict", "says"), UNSOUND, ids=[c[4] for c in UNSOUND])
def test_what_is_unsound_is_named(facts: SymbolFacts, wanted: Wanted, name: str, verdict: Verdict, says: str) -> None:
    """One sentence with the value and the limit, in one line."""
    found = only(check_symbol(facts, wanted), name)
    assert found.verdict is verdict
    assert says in found.text
    assert "\n" not in found.text


@given(
    st.decimals("0.00000001", "100000", places=8), st.sampled_from(["0.001", "0.1", "1", "10", "100"]),
    st.decimals("1", "100", places=2),
)
def test_the_smallest_entry_is_on_the_step_and_worth_the_least(mark: Decimal, step: str, notional: Decimal) -> None:
    """And one step less would not be."""
    instrument = replace(AVL, step=Decimal(step), min_quantity=Decimal(step), min_notional=notional)
    least = smallest_entry(instrument, mark)
    assert least % instrument.step == 0
    assert least >= instrument.min_quantity
    assert least * mark >= notional
    assert (least - instrument.step) * mark < notional or least == instrument.min_quantity
