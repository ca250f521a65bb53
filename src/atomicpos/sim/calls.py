"""What a virtual loop is to call: asyncio's handles, made in fewer steps, for a history makes a thousand of them.

Nobody debugs a virtual loop, so none of them asks it whether somebody does; contexts and exceptions are asyncio's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any


class Call(asyncio.Handle):
    """A callback, and the context it runs in: a copy of the caller's where none is given."""

    __slots__ = ()

    def __init__(
        self, callback: Callable[..., object], args: tuple[Any, ...], loop: asyncio.AbstractEventLoop,
        context: Context | None,
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copy_context() if context is None else context
        self._cancelled = False
        self._repr = self._source_traceback = None

    def cancel(self) -> None:
        """Never call it, and let go of what it would have called."""
        self._cancelled = True
        self._callback = self._args = None  # type: ignore[assignment]


class TimedCall(Call, asyncio.TimerHandle):
    """The same at its time. Cancelled ones are left where they wait, and nobody counts them."""

    __slots__ = ()

    def __init__(
        self, when: float, callback: Callable[..., object], args: tuple[Any, ...], loop: asyncio.AbstractEventLoop,
        context: Context | None,
    ) -> None:
        super().__init__(callback, args, loop, context)
        self._when = when
        self._scheduled = False
