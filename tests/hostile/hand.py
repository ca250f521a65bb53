"""The hand on the replies: which of them it strikes, with what, and how many it has struck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from atomicpos.testing.hostile import Operator, Reply, strike

Blow = tuple[Operator, int]
"""What is done to a reply, and the seed it is done with."""
Choice = Callable[[str], Blow | None]
"""By the path of a request: the blow for its reply, None to let it pass."""
Tally = Counter[tuple[str, Operator]]
"""Replies that were struck, by path and operator."""


def _passes(path: str) -> Blow | None:
    return None


def at_most(times: int, choice: Choice) -> Choice:
    """The same, for so many replies."""
    left = [times]

    def limited(path: str) -> Blow | None:
        blow = choice(path) if left[0] > 0 else None
        left[0] -= blow is not None
        return blow

    return limited


@dataclass(slots=True)
class Hand:
    """Lies on one server's replies; ``choice`` may be changed at any time."""

    choice: Choice = _passes
    tally: Tally = field(default_factory=Counter)

    def __call__(self, request: web.Request, reply: web.Response) -> web.Response:
        """The reply, struck or not."""
        blow = self.choice(request.path)
        struck = None if blow is None else strike(Reply(_body(reply)), *blow)
        if blow is None or struck is None:
            return reply
        self.tally[request.path, blow[0]] += 1
        return sent(struck)

    def rest(self) -> None:
        """Strike nothing more."""
        self.choice = _passes


def sent(reply: Reply) -> web.Response:
    """The reply as the server sends it."""
    headers = {"Content-Type": reply.content_type}
    if reply.encoding:
        headers["Content-Encoding"] = reply.encoding
    return web.Response(body=reply.body, status=reply.status, headers=headers)


def _body(reply: web.Response) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b""
