"""One request of ours while it is on its way: what the view is told about it, and what the transport saw of it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp

from atomicpos.ports import Permit

UNSTAMPED = "the request carries no timestamp, so nobody can say until when the exchange would take it"

ONCE = "the connection dropped after the request had left; it is not sent a second time"


class Forbidden(Exception):
    """The permit forbids the request: raised where aiohttp then abandons it, with no byte written."""


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
    expiry_header: str | None = None
    """The header in which the end of that window is said, where the exchange reads it from one; it is not signed."""
    permit: Permit | None = None
    """Asked before each request head is written; None for what may leave at any time and unstamped."""
    forbidden: str = ""
    """Why it may not leave, or not again; empty as long as it may."""
    stamped_ms: int | None = None
    """The reading of our clock that was signed."""
    signed_ms: int | None = None
    """What was signed: the reading less the clock difference that the client measured."""
    heads: list[str] = field(default_factory=list)
    """``METHOD path`` of every request head the transport was about to write: empty means that no byte left."""
    status: int | None = None
    """The HTTP status of the reply, once one was read to its end."""
    waited_us: int = 0
    """How long it stood in the limiter's line."""
    body: str = ""
    """The body of the reply as text."""

    def stamp_ms(self) -> int:
        """The one timestamp of this request: read at the first asking, the same at every other."""
        if self.stamped_ms is None:
            self.stamped_ms = self.now_ms()
        return self.stamped_ms

    def signing_ms(self, difference_ms: int) -> int:
        """The timestamp to sign, for a client whose clock is measured to be so far ahead of the exchange's."""
        self.signed_ms = self.stamp_ms() - difference_ms
        return self.signed_ms

    def expiry(self) -> dict[str, str]:
        """The header that says until when it may be taken, by the clock it is signed with; none where there is none."""
        if self.expiry_header is None or self.recv_window_ms is None:
            return {}
        signed_ms = self.stamp_ms() if self.signed_ms is None else self.signed_ms
        return {self.expiry_header: str(signed_ms + self.recv_window_ms)}

    def ask_permit(self) -> None:
        """Ask whether it may leave. Raises Forbidden; without a timestamp it may not.

        The permit hears the later of our reading and what was signed: should the measured difference be wrong, the
        exchange takes the request until one of the two is too old, and not after both.
        """
        if self.permit is None:
            return
        stamps = [stamp for stamp in (self.stamped_ms, self.signed_ms) if stamp is not None]
        why = self.permit(max(stamps) * 1000) if stamps else UNSTAMPED
        if why is not None:
            self._forbid(why)

    def leave(self, head: str) -> None:
        """Note a request head that is about to be written. Raises Forbidden for a write's second one.

        aiohttp sends a DELETE or a PUT again by itself when a connection that was kept alive drops (read in the source
        of 3.14): the answer would then be that to the second one, a cancel that finds nothing any more (F10).
        """
        if self.permit is not None and head in self.heads and not head.startswith("GET "):
            self._forbid(ONCE)
        self.heads.append(head)

    def _forbid(self, why: str) -> None:
        self.forbidden = why
        raise Forbidden(why)


CALL: ContextVar[Call | None] = ContextVar("atomicpos_call", default=None)
"""The call that the running task is making through a view; None in the bot's own calls."""


async def _head(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    if (call := CALL.get()) is not None:
        call.ask_permit()
        call.leave(f"{params.method} {params.url.path}")


def trace() -> aiohttp.TraceConfig:
    """A trace that asks each call's permit, and notes each request head in its call.

    aiohttp fires this event after the connection stands and before the first byte is written (read in the source
    of 3.14): not seen means that certainly nothing left, seen means that it perhaps did. What is raised there abandons
    the request; the server saw none, and the session goes on working (measured with 3.14).
    """
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_head)
    return config
