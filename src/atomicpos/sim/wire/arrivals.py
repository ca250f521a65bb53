"""A log of the exchange requests that arrived, for tests that ask what was really sent."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Middleware

from .okx.signature import EXPIRY, milliseconds

CONTROL_PREFIX = "/_venue/"

TIMESTAMP_HEADERS: dict[str, Callable[[str], int | None]] = {
    "X-BAPI-TIMESTAMP": lambda text: int(text) if text.isdecimal() else None,
    "OK-ACCESS-TIMESTAMP": milliseconds,
}
"""Where a signed timestamp stands, in whichever dialect that signs headers, and how it is read as milliseconds."""

TIMESTAMP_PARAMETER = "timestamp"
"""What it is called where it stands among the parameters, in the query or in a form."""

SIGNATURE = "&signature="
"""What stands behind them there, and is not kept."""

FORM = "application/x-www-form-urlencoded"

KEPT = 10_000
"""How many requests are remembered: a venue that runs for days must not grow."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it arrived; ``body`` is what was signed with it (never the signature itself)."""

    at_us: int
    method: str
    path: str
    query: str
    timestamp: str
    """The signed timestamp in milliseconds, empty for public requests."""
    body: str
    expires: str = ""
    """Until when the request itself says that it may be taken, in milliseconds; empty where it does not say."""


class Arrivals:
    """The newest requests in order of arrival; those of the control plane are left out."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self.entries: deque[Arrival] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()
        """How many requests arrived for each path, since the start."""
        self._now_us = now_us

    @property
    def middleware(self) -> Middleware:
        """Writes each request down before it is answered."""

        @web.middleware
        async def log(request: web.Request, handler: Answer) -> web.StreamResponse:
            if not request.path.startswith(CONTROL_PREFIX):
                self.entries.append(self._entry(request, await request.text()))
                self.counts[request.path] += 1
            return await handler(request)

        return log

    def _entry(self, request: web.Request, body: str) -> Arrival:
        query, body = (part.partition(SIGNATURE)[0] for part in (request.rel_url.raw_query_string, body))
        form = body if request.content_type == FORM else ""
        expires = request.headers.get(EXPIRY, "")
        timestamp = _header(request) or dict(parse_qsl(f"{query}&{form}")).get(TIMESTAMP_PARAMETER, "")
        return Arrival(self._now_us(), request.method, request.path, query, timestamp, body, expires)


def _header(request: web.Request) -> str:
    given = ((request.headers.get(name, ""), read) for name, read in TIMESTAMP_HEADERS.items())
    return next((str(moment) for text, read in given if (moment := read(text)) is not None), "")
