"""Whether the process that started us still lives, so that no venue outlives a killed parent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

PERIOD_S = 0.5


async def gone(alive: Callable[[], bool], *, period_s: float = PERIOD_S) -> None:
    """Return when a watched process no longer runs, at most ``period_s`` late."""
    while alive():  # noqa: ASYNC110 (nothing tells us of a foreign process: it must be asked)
        await asyncio.sleep(period_s)


def watched(parent: int) -> Callable[[], bool]:
    """Says whether the process ``parent`` (a process id) still runs.

    Made before anybody is told that we exist: once told, the parent may be gone before we look for the first time.
    """
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
    return not _waited_for(process)


def _waited_for(process: int) -> bool:
    """True for a dead process that its own parent has not waited for yet; it still answers signal 0 (Linux only)."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[:1] == ["Z"]
