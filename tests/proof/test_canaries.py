"""The rig bites: planted defects are found within a stated number of histories."""

from dataclasses import replace

import pytest

from atomicpos.testing.interleavings.canaries.planted import CANARIES, LINES, Canary
from atomicpos.testing.interleavings.canaries.spaces import LATE_ENTRIES, PRODUCTS, SMALL
from atomicpos.testing.interleavings.histories import play
from atomicpos.testing.interleavings.spaces import history
from atomicpos.testing.interleavings.windows import Windows

BY_NAME = pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.name)
PROMISED = (
    "original algorithm", "random ids", "no write-ahead", "entry sent again", "refusal believed after a re-send",
    "absence believed before the horizon", "one source enough for absence", "error read as empty",
    "`closed` read as filled", "stop for the first partial fill only", "stop not read back",
    "foreign stop accepted as ours", "exit that may enlarge", "old stop cancelled before the new one stands",
    "database fence alone", "our stops left behind after flat", "settled rows never looked at again",
)  # fmt: skip


@BY_NAME
def test_a_planted_defect_is_found_and_the_shipped_code_passes_the_same_tape(canary: Canary) -> None:
    """The odometer breaks an invariant under the defect, on a tape that the unpatched engine passes."""
    found = canary.hunt()
    assert found is not None, f"{canary.name} survived {canary.within} histories"
    assert canary.play(canary.space, found.tape).broken == ()


def test_windows_with_room_to_spare_hide_a_horizon_that_is_too_short() -> None:
    """The horizon of the reads alone is found where nothing is to spare, and nowhere in the windows as shipped."""
    canary = next(one for one in CANARIES if one.space is LATE_ENTRIES)
    histories = [history(LATE_ENTRIES.read(tape)) for tape in LATE_ENTRIES.tapes()]
    with canary.planted():
        assert any(play(one).broken for one in histories)
        assert not any(play(replace(one, windows=Windows.SHIPPED)).broken for one in histories)


@BY_NAME
def test_a_canary_is_small(canary: Canary) -> None:
    """A defect is a patch of at most ten lines."""
    assert canary.lines <= LINES


@BY_NAME
def test_a_canary_is_put_back(canary: Canary) -> None:
    """Once it has been hunted, the shipped decision stands where it stood."""
    before = [getattr(where, name) for where, name in canary.places]
    with canary.planted():
        assert all(getattr(where, name) is canary.defect for where, name in canary.places)
    assert [getattr(where, name) for where, name in canary.places] == before


def test_every_promised_defect_is_among_them() -> None:
    """Seventeen are promised by name, and each of the ten invariants has at least one."""
    names = [canary.name for canary in CANARIES]
    assert set(PROMISED) <= set(names)
    assert len(set(names)) == len(names)
    assert {canary.breaks for canary in CANARIES} >= {f"I{number}" for number in range(1, 11)}


def test_each_space_is_played_in_one_way() -> None:
    """What the shipped engine passes in a space holds for every canary that is hunted there."""
    plays = {(id(canary.space), canary.play) for canary in CANARIES}
    assert len(plays) == len({id(canary.space) for canary in CANARIES})


def test_small_spaces_are_as_large_as_stated() -> None:
    """The product of the domains of each, by name."""
    assert {name: len(space) for name, space in SMALL.items()} == PRODUCTS
