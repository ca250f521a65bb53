"""Lines to stdout that nobody waits for: a reader that is slow, stopped or gone must not hold up a watchdog."""

from __future__ import annotations

import os
import queue
import threading
from types import TracebackType
from typing import Self

KEPT = 10_000
"""How many lines may wait for a slow reader; the ones after that are lost, and counted."""
STDOUT = 1
"""Written to without the interpreter's buffer: at its end it would wait for a thread that hangs in there."""
LAST_WORDS_S = 1.0
"""How long the last lines may take in the end."""


class Lines:
    """Writes to stdout in a thread of its own while the ``with`` block lasts."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[str | None] = queue.Queue(KEPT)
        self._lost = 0
        # a daemon: one that hangs on its reader does not keep the process
        self._thread = threading.Thread(target=self._write, name="atomicpos-lines", daemon=True)

    def say(self, line: str) -> None:
        """Write that line when its turn comes."""
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self._lost += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._waiting.put(None, timeout=LAST_WORDS_S)
        except queue.Full:
            return
        self._thread.join(LAST_WORDS_S)

    def _write(self) -> None:
        try:
            while (line := self._waiting.get()) is not None:
                lost, self._lost = self._lost, 0
                if lost:
                    _out(f"{lost} lines were lost here: nobody read them")
                _out(line)
        except OSError:
            return  # nobody reads any more


def _out(line: str) -> None:
    left = f"{line}\n".encode()
    while left:
        left = left[os.write(STDOUT, left):]
