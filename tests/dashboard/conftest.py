"""A venue, positions on it, and a dashboard over them in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, opened, served

from atomicpos.sim.wire.process import VenueProcess


@pytest.fixture(scope="module")
def venue() -> Iterator[VenueProcess]:
    """A venue for the module's tests; it ends with them."""
    with VenueProcess(seed=21) as running:
        yield running


@pytest.fixture(scope="module")
def acting(venue: VenueProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """``atomicpos dashboard`` with an exchange, over two protected positions."""
    path = tmp_path_factory.mktemp("dashboard") / "bot.db"
    opened(venue, path, ("AVLUSDT", "buy", "10"), ("XRPUSDT", "sell", "20"))
    with served(path, "--exchange", "bybit", "--venue", venue.url, keys=(venue.api_key, venue.secret)) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a test's own database may be."""
    return tmp_path / "rows.db"
