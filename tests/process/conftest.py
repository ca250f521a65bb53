"""The venue that the bots of these tests trade on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atomicpos.sim.wire.process import VenueProcess


@pytest.fixture
def venue() -> Iterator[VenueProcess]:
    """A venue in a process of its own, which lives on when a bot dies."""
    with VenueProcess(seed=11) as running:
        yield running
