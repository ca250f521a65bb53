"""A thread for a listener, behind the face of an executor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any


class Aside(Executor):
    """One thread that keeps no process alive: a listener that hangs for ever does not keep the interpreter from ending.

    What runs in it concerns nobody: a virtual loop settles it at once, and draws no time for it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], object]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have it called after all that was submitted before."""
        future: Future[Any] = _Unheard()
        self._jobs.put((future, lambda: fn(*args, **kwargs)))
        if self._thread is None:
            self._thread = threading.Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True)
            self._thread.start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Let the thread end after what it has been given; nobody waits for it."""
        self._jobs.put(None)


class _Unheard(Future[Any]):
    """A future whose loop may have ended before it: then nobody hears of it, and nobody minds."""

    def add_done_callback(self, fn: Callable[[Future[Any]], object]) -> None:
        """Have it called, if its loop still takes calls."""

        def heard(future: Future[Any]) -> None:
            with suppress(RuntimeError):
                fn(future)

        super().add_done_callback(heard)


def _work(jobs: SimpleQueue[tuple[Future[Any], Callable[[], object]] | None]) -> None:
    while (job := jobs.get()) is not None:
        future, call = job
        if future.set_running_or_notify_cancel():
            future.set_result(call())  # what a batch runs raises nothing
