"""The page, its assets, and what it asks for, as one ASGI application behind its door."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ..bounds import Bounds, bounds
from ..errors import AtomicPositionError, StoreUnavailable
from ..models import State
from ..ports import Clock, Mark, Pages, Wanted
from ..profile import Profile
from ..settings import Settings
from .acts import Acts
from .door import Door, address_of
from .gate import Lock
from .limits import BODY_BYTES_MOST, BODY_S, EXPOSURE_KEPT_S, ID_CHARACTERS_MOST, SEARCH_CHARACTERS_MOST
from .meters import Meters
from .pulse import Pulse
from .rows import row
from .spread import BUCKET_EDGES_US, EDGES_S, exposure_page, lag_page
from .story import position_page

_KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application stands on."""

    pages: Pages
    pulse: Pulse
    clock: Clock
    lock: Lock
    about: Mapping[str, Any]
    """What the page is told of itself: whether acts are possible, for which account, and why not."""
    profiles: Callable[[], Mapping[str, Profile]]
    """The profile of each exchange; asked for when somebody looks at what needs it, since it loads much."""
    acts: Acts | None
    meters: Meters = field(default_factory=Meters)


def application(parts: Parts) -> ASGIApp:
    """The whole of it, behind its door."""
    asked = _Asked(parts)
    routes = [
        Route("/", asked.asset, methods=["GET"]),
        Route("/assets/{name}", asked.asset, methods=["GET"]),
        Route("/api/about", asked.about, methods=["GET"]),
        Route("/api/first", asked.first, methods=["GET"]),
        Route("/api/stream", asked.stream, methods=["GET"]),
        Route("/api/positions", asked.positions, methods=["GET"]),
        Route("/api/symbols", asked.symbols, methods=["GET"]),
        Route("/api/position/{id}", asked.position, methods=["GET"]),
        Route("/api/spread", asked.spread, methods=["GET"]),
        Route("/api/leases", asked.leases, methods=["GET"]),
        Route("/api/act/{name}", asked.act, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {StoreUnavailable: _unavailable, 404: _nothing_there}
    return Door(Starlette(routes=routes, exception_handlers=handlers), parts.lock, parts.meters)


async def _unavailable(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503)


async def _nothing_there(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "there is nothing at this address"}, 404)


class _Asked:
    """What is answered to each question."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._assets = read_assets()
        self._exposures: tuple[float, list[dict[str, Any]]] | None = None

    async def asset(self, request: Request) -> Response:
        """The page or one of its parts; they hold nothing of anybody's."""
        name = request.path_params.get("name", "index.html")
        if (found := self._assets.get(name)) is None:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        return Response(found, media_type=_KINDS[name.rpartition(".")[2]])

    async def about(self, request: Request) -> Response:
        """What this dashboard is, and whether the token that came along opens it."""
        return JSONResponse({**self._parts.about, "opened": bool(request.scope["opened"])})

    async def first(self, request: Request) -> Response:
        return JSONResponse(await self._parts.pulse.look())

    async def stream(self, request: Request) -> Response:
        """The same, again whenever it has changed."""
        if self._parts.pulse.full:
            return JSONResponse({"error": "too many pages are live already"}, 503)
        return StreamingResponse(
            self._parts.pulse.stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def positions(self, request: Request) -> Response:
        """One page of rows."""
        try:
            wanted = _wanted(request.query_params)
        except ValueError as wrong:
            return JSONResponse({"error": str(wrong)}, 422)
        page = await self._parts.pages.page(wanted)
        mark = f"{page.next.created_at_us}.{page.next.id}" if page.next else None
        rows = [row(record) for record in page.rows]
        return JSONResponse({"at_us": self._parts.clock.now_us(), "rows": rows, "next": mark})

    async def symbols(self, request: Request) -> Response:
        return JSONResponse(await self._parts.pages.symbols())

    async def position(self, request: Request) -> Response:
        """One position's whole page."""
        story = await self._parts.pages.story(request.path_params["id"][:ID_CHARACTERS_MOST])
        if story is None:
            return JSONResponse({"error": "no position has this id"}, 404)
        await self._parts.pulse.look()
        resting_on = self._bounds(story.record.intent.scope.exchange)
        return JSONResponse(position_page(story, self._parts.clock.now_us(), resting_on, self._parts.pulse.attended))

    def _bounds(self, exchange: str) -> Bounds:
        """Those of the exchange's profile, as a bot's own settings are not known here; an exchange without a profile is
        taken to be as late as the latest.
        """
        profiles = self._parts.profiles()
        latest = max(profiles.values(), key=lambda profile: profile.visibility_s_max)
        return bounds(Settings.read({}), profiles.get(exchange, latest))

    async def spread(self, request: Request) -> Response:
        """How lag and exposure are spread."""
        floors_s = {name: profile.visibility_s_max for name, profile in self._parts.profiles().items()}
        lags = lag_page(await self._parts.pages.lags(), floors_s)
        return JSONResponse({"edges_s": EDGES_S, "lags": lags, "exposures": await self._counted()})

    async def _counted(self) -> list[dict[str, Any]]:
        """Counted over all rows, so not for every question anew."""
        now_s = time.monotonic()
        if self._exposures is None or now_s - self._exposures[0] > EXPOSURE_KEPT_S:
            self._exposures = now_s, exposure_page(await self._parts.pages.exposures(BUCKET_EDGES_US))
        return self._exposures[1]

    async def leases(self, request: Request) -> Response:
        """Who has which rows, and for how long."""
        found = await self._parts.pages.leases()
        return JSONResponse([
            {
                "owner": each.owner, "exchange": each.scope.exchange, "environment": each.scope.environment,
                "account": each.scope.account, "positions": each.positions, "wanted": each.wanted,
                "left_us": each.left_us,
            }
            for each in found
        ])

    async def act(self, request: Request) -> Response:
        """One act, by whoever brought the token."""
        if self._parts.acts is None:
            return JSONResponse({"error": self._parts.about["why_not"]}, 409)
        try:
            body = await asyncio.wait_for(_body(request), BODY_S)
        except TimeoutError:
            return JSONResponse({"error": f"the body did not arrive within {BODY_S:g} s"}, 408)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return JSONResponse({"error": f"an act has at most {BODY_BYTES_MOST} bytes"}, 413)
        try:
            told = await self._parts.acts.perform(request.path_params["name"], body, address_of(request.scope))
        except AtomicPositionError as error:
            return JSONResponse({"error": str(error)}, 503)
        return JSONResponse({"text" if told.status < 300 else "error": told.text}, told.status)


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES_MOST:
            return None
    return body


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Which rows are asked for. Raises ValueError, with one sentence that does not repeat what may be long."""
    names = [name for name in given.get("state", "").split(",") if name]
    states = {state.value: state for state in State}
    if any(name not in states for name in names):
        raise ValueError(f"state must be among {', '.join(states)}")
    for name in ("symbol", "text"):
        if len(given.get(name, "")) > SEARCH_CHARACTERS_MOST:
            raise ValueError(f"{name} has more than {SEARCH_CHARACTERS_MOST} characters")
    chosen = tuple(dict.fromkeys(states[name] for name in names))
    return Wanted(chosen, given.get("symbol", "").strip(), given.get("text", "").strip(), _mark(given.get("before")))


def _mark(given: str | None) -> Mark | None:
    if not given:
        return None
    at_us, _, position_id = given.partition(".")
    if not (at_us.isascii() and at_us.isdigit()) or len(at_us) > 18 or not 0 < len(position_id) <= ID_CHARACTERS_MOST:
        raise ValueError("before is no place that a page named")
    return Mark(int(at_us), position_id)


def read_assets() -> dict[str, bytes]:
    """The page and its parts, by name, as they were installed."""
    folder = files("atomicpos.dashboard") / "assets"
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.rpartition(".")[2] in _KINDS}


