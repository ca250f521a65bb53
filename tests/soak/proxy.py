"""Between the bots and their PostgreSQL: can lose a COMMIT, or the answer to one, and nothing else."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import make_url

CHUNK = 1 << 16
_NAME = ".s.PGSQL.5432"


class Loses(StrEnum):
    """What is lost of a COMMIT; the connection is over either way, and whoever sent it cannot tell which it was."""

    REQUEST = "COMMIT lost on its way"
    ANSWER = "COMMIT carried out, its answer lost"


class Proxy:
    """Listens on a Unix socket as the server does, and passes everything on."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._loses: Loses | None = None
        self.lost: list[Loses] = []
        """What was lost so far."""

    def lose(self, what: Loses) -> None:
        """Lose that of the next COMMIT on any connection."""
        self._loses = what

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self._server / _NAME)
        except OSError:
            writer.close()  # no server: as if nobody listened
            return
        ways = (self._requests(reader, server_writer), _pass_on(server_reader, writer))
        tasks = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            return  # the proxy is closed
        finally:
            for task in tasks:
                task.cancel()
            writer.close()
            server_writer.close()

    async def _requests(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                loses = self._loses if b"COMMIT" in chunk else None
                if loses is not None:
                    self._loses = None
                    self.lost.append(loses)
                if loses is not Loses.REQUEST:
                    server.write(chunk)
                    await server.drain()
                if loses is not None:
                    return  # and with this way the other one ends, before an answer can have come


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()


@asynccontextmanager
async def proxied(server: Path, url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy before the server that listens in that folder, and the URL that leads through it."""
    proxy = Proxy(server)
    with tempfile.TemporaryDirectory(prefix="ap-proxy-") as folder:
        listening = await asyncio.start_unix_server(proxy.serve, Path(folder, _NAME))
        try:
            through = make_url(url).update_query_dict({"host": folder})
            yield proxy, through.render_as_string(hide_password=False)
        finally:
            listening.close()
