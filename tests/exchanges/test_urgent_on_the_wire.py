"""A protective write overtakes whatever the bot has queued, on each exchange."""

from __future__ import annotations

import pytest

from atomicpos.sim.wire.server import serve
from urgency import DIALECTS, measured

LEAVES_WITHIN_MS = 5.0


@pytest.mark.wire
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_stop_behind_a_hundred_polls_leaves_within_five_milliseconds(dialect: str) -> None:
    """From the asking to the request's head, the median of nine: the line it does not stand in lasts seconds."""
    server = await serve(dialect, seed=7)
    try:
        found = await measured(server, dialect)
    finally:
        await server.stop()
    assert found.ours_median_ms < LEAVES_WITHIN_MS, str(found)
