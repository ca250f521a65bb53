"""Faults as data: what is valid, what counts, what strikes."""

from __future__ import annotations

import pytest

from atomicpos.sim.fault_kinds import APPLIES_TO, STANDING, Call, FaultKind, describe
from atomicpos.sim.faults import KINDS, Fault, Faults

AVL, HNT = "AVL/USDT:USDT", "HNT/USDT:USDT"


def test_every_kind_is_described_with_its_calls() -> None:
    """The list of kinds has one line for each, which names every call it applies to."""
    assert set(KINDS) == {kind.value for kind in FaultKind}
    for kind, line in KINDS.items():
        assert "\n" not in line
        assert all(call.value in line for call in APPLIES_TO[FaultKind(kind)])


def test_every_kind_says_where_it_comes_from() -> None:
    """Each kind names an incident or a fact, and its meaning and calls are those of the list of kinds."""
    described = {row.kind: row for row in describe()}
    assert list(described) == [kind.value for kind in FaultKind]
    for row in described.values():
        assert row.origin
        assert KINDS[row.kind] == f"{row.meaning} [{', '.join(row.calls)}]"


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("call", Call)
def test_a_fault_is_valid_exactly_where_it_applies(call: Call, kind: FaultKind) -> None:
    """A kind set for a call that it cannot strike is refused, naming the value and what is allowed."""
    if call in APPLIES_TO[kind]:
        assert Fault(call, None, kind, seconds=1).kind == kind
    else:
        with pytest.raises(ValueError, match=f"'{call.value}'.*'{kind.value}' applies to"):
            Fault(call, None, kind, seconds=1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("dance", None, "lag"), r"call is 'dance'; it must be one of place_entry, "),
        (("orders", None, "dance"), r"kind is 'dance'; it must be one of lag, "),
        (("orders", "AVL/USDT", "lag", None, 1), r"symbol is 'AVL/USDT'; .*AVLUSDT"),
        (("orders", None, "lag", 1, 1), r"nth is 1; it must be null for this kind"),
        (("orders", None, "error", 0), r"nth is 0; it must be null or a whole number from 1"),
        (("orders", None, "error", True), r"nth is True"),
        (("orders", None, "error", 1.5), r"nth is 1.5"),
        (("orders", None, "lag"), r"seconds is None; it must be a number of seconds from 0"),
        (("cancel", None, "lose_reply", None, -1), r"seconds is -1"),
        (("cancel", None, "lose_reply", None, "3"), r"seconds is '3'"),
        (("cancel", None, "lose_reply", None, float("inf")), r"seconds is inf"),
        (("cancel", None, "lose_reply", None, float("nan")), r"seconds is nan"),
    ],
)
def test_a_wrong_fault_is_refused_by_name(fields: tuple[object, ...], message: str) -> None:
    """Each wrong field is named with its value and what is allowed."""
    with pytest.raises(ValueError, match=message):
        Fault(*fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("rate_limit", "funds", "code is 'funds'; only a fault of kind 'refuse' takes one"),
        ("refuse", "", "code is ''; it must be null or a word"),
        ("refuse", 110009, "code is 110009; it must be null or a word"),
    ],
)
def test_a_wrong_code_is_refused_by_name(kind: str, code: object, message: str) -> None:
    """Only a refusal has a reason, and the reason is a word."""
    with pytest.raises(ValueError, match=message):
        Fault("cancel", None, kind, code=code)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", STANDING)
def test_a_standing_fault_needs_its_seconds_and_takes_no_nth(kind: FaultKind) -> None:
    """A condition lasts: it is set with a time, and strikes no call by number."""
    with pytest.raises(ValueError, match="seconds is None"):
        Fault("orders", None, kind)
    with pytest.raises(ValueError, match="nth is 1"):
        Fault("orders", None, kind, 1, 1)


def test_every_second_read_goes_backwards() -> None:
    """The second, fourth, sixth read of a symbol looks back; the ones between see what is so."""
    faults = Faults()
    faults.add(Fault("position", None, "backwards", seconds=4))
    seen = []
    for symbol in (AVL, AVL, HNT, AVL, AVL):
        assert faults.strike("position", symbol) is None
        seen.append(faults.lag_us("position", symbol))
    assert seen == [0, 4_000_000, 0, 0, 4_000_000]
    assert faults.lag_us("orders", AVL) == 0


def test_the_nth_call_is_counted_per_symbol_since_the_fault_was_set() -> None:
    """Only the nth call on each symbol is struck, and calls before the fault do not count."""
    faults = Faults()
    faults.strike(Call.CANCEL, AVL)
    faults.add(Fault("cancel", None, "refuse", nth=2))
    strikes = [bool(faults.strike(Call.CANCEL, symbol)) for symbol in (AVL, HNT, "AVLUSDT", AVL, HNT)]
    assert strikes == [False, False, True, False, True]


def test_a_fault_without_nth_strikes_every_call_on_its_symbol() -> None:
    """Without nth every call is struck, on that symbol, by either of its names, until the faults are cleared."""
    faults = Faults()
    faults.add(Fault("position", "AVLUSDT", "error"))
    assert faults.strike("position", AVL) == faults.strike("position", "AVLUSDT") is not None
    assert faults.strike("position", HNT) is None
    assert faults.strike("orders", AVL) is None
    faults.clear()
    assert faults.strike("position", AVL) is None


def test_the_fault_set_first_strikes_and_the_others_still_count() -> None:
    """Two faults for the first and the second call strike in turn."""
    faults = Faults()
    faults.add(Fault("cancel", None, "refuse", nth=1), Fault("cancel", None, "lose_reply", nth=2))
    struck = [faults.strike("cancel", AVL) for _ in range(3)]
    assert [fault.kind if fault else None for fault in struck] == ["refuse", "lose_reply", None]


def test_lag_is_a_condition_and_the_longest_holds() -> None:
    """A lag strikes nothing; of several the longest is in force, per call and symbol."""
    faults = Faults()
    faults.add(Fault("orders", None, "lag", seconds=2), Fault("orders", AVL, "lag", seconds=24.5))
    assert faults.strike("orders", AVL) is None
    assert faults.lag_us("orders", AVL) == 24_500_000
    assert faults.lag_us("orders", HNT) == 2_000_000
    assert faults.lag_us("fills", AVL) == 0


def test_emptiness_lasts_from_the_entry_on() -> None:
    """A blind read shows nothing for so long after the entry, and the truth before and after."""
    faults = Faults()
    faults.add(Fault("position", AVL, "empty", seconds=3))
    assert not faults.blind("position", AVL, 10_000_000)
    faults.entered("AVLUSDT", 10_000_000)
    assert faults.blind("position", AVL, 12_999_999)
    assert not faults.blind("position", AVL, 13_000_000)
    assert not faults.blind("orders", AVL, 11_000_000)
