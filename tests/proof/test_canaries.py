"""The rig bites: planted defects are found within a stated number of histories."""

import inspect

import pytest

from atomicpos.testing.interleavings.canaries import CANARIES, Canary
from atomicpos.testing.interleavings.pause_spaces import share
from atomicpos.testing.interleavings.walk import first_broken, play_tape

BY_NAME = pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.name)


@BY_NAME
def test_a_planted_defect_is_found_and_the_shipped_code_passes_the_same_tape(canary: Canary) -> None:
    """The odometer breaks an invariant under the defect, on a tape that the unpatched engine passes."""
    with canary.planted():
        found = first_broken(canary.space, canary.within, canary.breaks, share(canary.space, canary.shares))
    assert found is not None, f"{canary.name} survived {canary.within} histories"
    assert play_tape(canary.space, found[1]).broken == ()


@BY_NAME
def test_a_canary_is_small(canary: Canary) -> None:
    """A defect is a patch of at most ten lines."""
    lines = inspect.getsource(canary.defect).splitlines()
    assert len([line for line in lines if line.strip() and '"""' not in line]) <= 11
