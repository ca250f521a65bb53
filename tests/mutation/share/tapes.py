"""A small fixed share of the odometer's tapes, as tests: every so-manieth of each space."""

from __future__ import annotations

from itertools import islice

import pytest

from atomicpos.testing.interleavings.odometer import Tape
from atomicpos.testing.interleavings.spaces import NAMED
from atomicpos.testing.interleavings.walk import play_tape

EACH = 12
"""How many tapes of each space."""
LARGEST = 10_000
"""Larger spaces are left out: they are of two processes and about leases, which decide nothing here."""


def _share() -> list[tuple[str, Tape]]:
    return [
        (name, tape) for name, space in NAMED.items() if len(space) <= LARGEST
        for tape in islice(space.tapes(), 0, None, max(1, len(space) // EACH))
    ]


@pytest.mark.parametrize(("name", "tape"), _share(), ids=lambda value: str(value).replace(" ", ""))
def test_a_tape_holds(name: str, tape: Tape) -> None:
    """No invariant breaks."""
    assert play_tape(NAMED[name], tape).broken == ()
