"""A broken history is one command away: it is played again and told, and what was found once stays found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atomicpos.testing.interleavings.__main__ import main
from atomicpos.testing.interleavings.catalogue import SPACES, command
from atomicpos.testing.interleavings.histories import play
from atomicpos.testing.interleavings.kinds import Kind
from atomicpos.testing.interleavings.naming import name_of, named, tape_of
from atomicpos.testing.interleavings.spaces import strike
from atomicpos.testing.interleavings.walk import Walked, play_tape
from atomicpos.testing.interleavings.windows import Windows
from atomicpos.testing.interleavings.worlds import History
from atomicpos.weigh import verdict

FOUND = (
    History(faults=(strike("position", "empty", None, 8),), clocks=(-1, -1), dies_at=33, kind=Kind.ON_ACKNOWLEDGEMENT),
    History(faults=(strike("place_stop", "duplicate", 1),), clocks=(-1, 0), dies_at=26, kind=Kind.ON_ACKNOWLEDGEMENT),
    History(faults=(strike("set_stop", "clear_stop", 1, 0.3),), dies_at=21, closes=True),
    History(faults=(strike("set_margin_mode", "html_200_not_executed", 1),), dies_at=15, kind=Kind.ON_ACKNOWLEDGEMENT,
            closes=True),
)  # fmt: skip
"""Every counterexample that a walk of these spaces has found, in the engine or in the rig."""


@pytest.mark.parametrize("windows", Windows)
@pytest.mark.parametrize("found", FOUND, ids=[str(n) for n in range(len(FOUND))])
def test_what_was_found_once_stays_found(found: History, windows: Windows) -> None:
    """The history breaks no invariant any more, however wide its windows are."""
    assert play(replace(found, careful=True, windows=windows)).broken == ()


@pytest.mark.parametrize("name", SPACES)
def test_every_choice_has_a_name_of_its_own(name: str) -> None:
    """No two values of a domain are called alike, so that names stand for tapes."""
    for domain in SPACES[name].domains:
        assert len(set(map(name_of, domain.values))) == len(domain.values), domain.name
    last = tuple(len(domain.values) - 1 for domain in SPACES[name].domains)
    assert tape_of(SPACES[name], named(SPACES[name], last)) == last


@pytest.mark.parametrize(("space", "tape"), [("ONE_CRASH", "0,0,4,8,0"), ("PAUSES", "5,3,1,7,0")])
def test_a_history_is_told_by_one_command(space: str, tape: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The choices by name, what happened, what the venue had, and that every invariant holds."""
    assert main([space, tape]) == 0
    told = capsys.readouterr().out
    first = SPACES[space].domains[0].name
    for word in (first, "sent: sends entry 1", "AVL/USDT:USDT holds 10", "every invariant holds"):
        assert word in told


SKEWED = {"fault": "position empty 2 s", "clocks": "-0.5 s, -0.5 s", "dies_at": "33", "kind": "on_acknowledgement"}
"""A history of two clocks, by the names of its choices."""


def test_a_broken_history_ends_with_1_and_says_what_broke(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the exposure not counted, the walk's own command shows the broken invariant at its moment."""
    monkeypatch.setattr(verdict, "exposure_us", lambda *_: 0)
    space, tape = SPACES["ONE_FAULT"], tape_of(SPACES["ONE_FAULT"], {"fault": "place_entry #1 lose_reply"})
    skew = SPACES["SKEWS"], tape_of(SPACES["SKEWS"], SKEWED)
    walked = Walked(skew[0])
    walked.count(skew[1], play_tape(*skew))
    assert command(*skew) in walked.report
    assert main(command(*skew).split()[3:]) == 1
    assert "BROKEN    I10" in capsys.readouterr().out
    assert command(space, tape).startswith("python -m atomicpos.testing.interleavings ONE_FAULT 0,0,0,")


@pytest.mark.parametrize(
    ("tape", "why"), [("1,2", "it must have 5"), ("a", "is no tape"), ("9,0,0,0,0", "from 0 to 4")]
)
def test_a_tape_that_is_none_is_refused_with_what_it_must_be(
    tape: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is played."""
    with pytest.raises(SystemExit) as ended:
        main(["ONE_FAULT", tape])
    assert ended.value.code == 2
    assert why in capsys.readouterr().err
