"""One request of ours while it is on its way: what the view is told about it, and what the transport saw of it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp


@dataclass(slots=True)
class Call:
    """Mutable, because the transport writes into it while the request runs; it never outlives its request."""

    now_ms: Callable[[], int]
    """Our clock in milliseconds: the signed timestamp is read from it, once."""
    urgent: bool = False
    """Pays the limiter without waiting in its queue."""
    debt_s_max: float | None = None
    """An urgent call waits in line after all when the limiter is overdrawn by more than this; None: never."""
    recv_window_ms: int | None = None
    """The receive window to sign with; None leaves the caller's own."""
    stamped_ms: int | None = None
    """The reading of our clock that was signed."""
    heads: list[str] = field(default_factory=list)
    """``METHOD path`` of every request head the transport was about to write: empty means that no byte left."""
    status: int | None = None
    """The HTTP status of the reply, once one was read to its end."""
    body: str = ""
    """The body of the reply as text."""

    def stamp_ms(self) -> int:
        """The one timestamp of this request: read at the first asking, the same at every other."""
        if self.stamped_ms is None:
            self.stamped_ms = self.now_ms()
        return self.stamped_ms


CALL: ContextVar[Call | None] = ContextVar("atomicpos_call", default=None)
"""The call that the running task is making through a view; None in the bot's own calls."""


async def _head(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    if (call := CALL.get()) is not None:
        call.heads.append(f"{params.method} {params.url.path}")


def trace() -> aiohttp.TraceConfig:
    """A trace that notes each request head in its call.

    aiohttp fires this event after the connection stands and before the first byte is written (read in the source
    of 3.14): not seen means that certainly nothing left, seen means that it perhaps did.
    """
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_head)
    return config
