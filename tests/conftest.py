"""What tests of every layer share. Its presence also puts the modules beside it within their reach."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from atomicpos.sim.wire.server import Server, serve

# Two shared cores: how long one example takes says nothing about the code.
settings.register_profile("atomicpos", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("atomicpos")


@pytest.fixture
async def bybit() -> AsyncIterator[Server]:
    """A venue on the wire, in the test's own loop."""
    server = await serve("bybit", port=0, seed=7)
    yield server
    await server.stop()
