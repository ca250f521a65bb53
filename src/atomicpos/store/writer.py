"""The one thread that talks to the database. Each job is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from atomicpos.errors import StoreUnavailable

from .failures import told

Answer = TypeVar("Answer")


class Writer:
    """Runs jobs one after the other on a thread of its own, through the running loop's executor seam."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self._place = place
        self._closed = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="atomicpos-store")

    async def run(self, job: Callable[[Connection], Answer]) -> Answer:
        """The job's answer, its transaction committed; rolled back when it raises. Raises StoreUnavailable.

        A caller that is cancelled stops waiting only: the transaction runs to its end.
        """
        if self._closed:
            raise StoreUnavailable(f"the database {self._place} was closed; open it again")
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._executor, self._transact, job)
        future.add_done_callback(_heard)
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Finish what was handed in, then close the connection. May be called twice."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        try:
            await asyncio.shield(loop.run_in_executor(self._executor, self._engine.dispose))
        finally:
            self._executor.shutdown(wait=False)

    def _transact(self, job: Callable[[Connection], Answer]) -> Answer:
        with told(self._place), self._engine.begin() as connection:
            return job(connection)


def _heard(future: asyncio.Future[Answer]) -> None:
    # nobody may be left to hear the error of a job whose caller was cancelled
    if not future.cancelled():
        future.exception()
