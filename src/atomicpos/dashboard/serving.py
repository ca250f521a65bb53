"""``Dashboard``: the server of the page, for as long as its block lasts."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..clock import SystemClock
from ..errors import InvalidRequest, NotReady
from ..owner import ThisProcess
from .acts import Acting, Acts
from .gate import Lock, drawn_token, hosts_of, is_loopback, weakness
from .limits import (
    CONNECTIONS_MOST,
    DEFAULT_HOST,
    DEFAULT_PORT,
    ENDING_S,
    HEAD_BYTES_MOST,
    KEEP_ALIVE_S,
)
from .pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..profile import Profile

WITHOUT_ENGINE = (
    "this dashboard only reads: start it with --exchange and its keys, or open it from the bot, to act from here"
)
MISSING = "the dashboard needs Starlette and uvicorn: pip install 'atomicpos[dashboard]'"


class Dashboard:
    """Serves one database's positions on one address while its block lasts.

    ``database`` is a SQLAlchemy URL; it is read over a connection of its own that cannot write, so nothing here makes
    a writer wait. ``positions`` is a living ``AtomicPositions`` on that database: with it acts are possible, and they
    go through it. ``port`` 0 takes any free one. ``token`` opens acts, and where one is given reading too; without one
    a new one is drawn, and ``entrance`` leads in with it. ``hosts`` are further values of ``Host`` that mean this
    dashboard, behind a proxy for example.

    Raises InvalidRequest for an address beyond this machine without a token, or for a weak one; NotReady when Starlette
    and uvicorn are not installed or the address cannot be had; StoreUnavailable when there is no such database.
    """

    def __init__(
        self, database: str, positions: Acting | None = None, *, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT,
        token: str | None = None, hosts: tuple[str, ...] = (),
    ) -> None:
        if token is None and not is_loopback(host):
            raise InvalidRequest(
                f"host is {host!r}, which other machines reach; that needs a token: --token-file, or ATOMICPOS_TOKEN"
            )
        if token is not None and (why := weakness(token)) is not None:
            raise InvalidRequest(why)
        if not 0 <= port <= 65_535:
            raise InvalidRequest(f"port is {port}; it must lie between 0 and 65535")
        self._database = database
        self._positions = positions
        self._host, self._port, self._hosts = host, port, hosts
        self._drawn = token is None
        self._token = drawn_token() if token is None else token
        self._open: AsyncExitStack | None = None
        self._pulse: Pulse | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    @property
    def entrance(self) -> str:
        """Where the page is, with the token where it was drawn: a browser never sends what follows the ``#``."""
        return f"{self.url}#token={self._token}" if self._drawn else self.url

    async def viewed(self) -> None:
        """Wait until a page is live. Raises NotReady outside the block."""
        if self._pulse is None:
            raise NotReady("a dashboard is viewed inside its block: async with Dashboard(...) as dashboard")
        await self._pulse.viewed.wait()

    async def __aenter__(self) -> Dashboard:
        """Open the database, take the address, and serve."""
        try:
            import starlette  # noqa: F401
            import uvicorn  # noqa: F401
        except ImportError:
            raise NotReady(MISSING) from None
        async with AsyncExitStack() as opened:
            listening = opened.enter_context(_listening(self._host, self._port))
            self._port = listening.getsockname()[1]
            await self._serve(opened, listening)
            self._open = opened.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """End every stream and connection; what acts began goes on in the engine."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened.aclose()

    async def _serve(self, opened: AsyncExitStack, listening: socket.socket) -> None:
        from ..store import open_pages
        from .routes import Parts, application

        clock, me = SystemClock(), ThisProcess(random.Random())
        opened.callback(me.leave)
        pages = await open_pages(self._database)
        opened.push_async_callback(pages.close)
        pulse = self._pulse = Pulse(pages, clock, me.gone, self._positions)
        parts = Parts(
            pages, pulse, clock,
            lock=Lock(hosts_of(self._host, self._port, self._hosts), self._token, not self._drawn),
            about=self._about(pages.place),
            profiles=_profiles,
            acts=None if self._positions is None else Acts(self._positions, pages),
        )
        ready = asyncio.Event()
        server = _server(application(parts), ready)
        serving = asyncio.ensure_future(server.serve(sockets=[listening]))
        serving.add_done_callback(lambda _: ready.set())
        opened.push_async_callback(_ended, server, serving)
        pulse.start()
        # streams end first: the server waits for open connections
        opened.push_async_callback(pulse.close)
        await ready.wait()
        if serving.done():
            raise NotReady(f"the dashboard could not be started on {self.url}")

    def _about(self, place: str) -> dict[str, Any]:
        acting = self._positions
        return {
            "place": place,
            "acts": acting is not None,
            "why_not": "" if acting is not None else WITHOUT_ENGINE,
            "scope": None if acting is None else acting.scope.named,
            "reading_needs_token": not self._drawn,
        }


def _profiles() -> dict[str, Profile]:
    from ..exchanges.quirks import QUIRKS

    return {name: quirks.profile for name, quirks in QUIRKS.items()}


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there. Raises NotReady when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except (OSError, OverflowError) as error:
            raise NotReady(f"the dashboard cannot listen on {host} port {port}: {error}") from None
        yield listening


def _server(app: Any, ready: asyncio.Event) -> Any:
    """uvicorn without its own signals, logs and headers: whoever opened the block ends it. Sets ``ready`` once it
    accepts connections.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready.set()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(
        uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", loop="none", log_config=None, log_level="warning",
            access_log=False, server_header=False, proxy_headers=False, limit_concurrency=CONNECTIONS_MOST,
            timeout_keep_alive=KEEP_ALIVE_S, timeout_graceful_shutdown=ENDING_S,
            h11_max_incomplete_event_size=HEAD_BYTES_MOST,
        )
    )


async def _ended(server: Any, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await asyncio.gather(serving, return_exceptions=True)
