"""Whether the process that started us still lives, so that no venue outlives a killed parent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

PERIOD_S = 0.5


async def gone(parent: int, *, period_s: float = PERIOD_S) -> None:
    """Return when the process ``parent`` (a process id) no longer runs, at most ``period_s`` late."""
    alive = _watch(parent)
    while alive():  # noqa: ASYNC110 (nothing tells us of a foreign process: it must be asked)
        await asyncio.sleep(period_s)


def _watch(parent: int) -> Callable[[], bool]:
    if os.getppid() == parent:
        # A dead parent that nobody has waited for still answers signal 0; we, however, are adopted at its death.
        return lambda: os.getppid() == parent
    return lambda: _exists(parent)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
