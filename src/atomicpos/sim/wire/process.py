"""A venue in a process of its own, for tests and demonstrations that kill and restart the bot beside it."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import IO, Any, Self, cast
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

START_LIMIT_S = 10.0
STOP_LIMIT_S = 5.0
CALL_LIMIT_S = 5.0

# Loopback only: a proxy named in the environment must never see these requests.
_OPENER = build_opener(ProxyHandler({}))


class VenueProcess:
    """Start a venue on enter, stop it on exit; ``with`` and ``async with`` both work.

    Entering returns once it accepts connections, and raises RuntimeError when it does not within ten seconds.
    The process ends by itself when the process that started it dies.
    """

    def __init__(self, dialect: str = "bybit", *, seed: int = 0) -> None:
        self.dialect = dialect
        self.seed = seed
        self.url = ""
        self.api_key = ""
        self.secret = ""
        self.password = ""
        """The key's passphrase, empty where the exchange's keys have none."""
        self.symbols: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The venue's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start the process and read its announcement."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.PIPE)
        try:
            self._read(json.loads(_first_line(cast("IO[bytes]", self._process.stdout))))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ask it to end, and end it by force when it has not within five seconds. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        cast("IO[bytes]", process.stdout).close()

    def faults(self, faults: list[dict[str, Any]]) -> None:
        """Add faults, each ``{"call", "symbol", "kind", "nth", "seconds", "code"}``. Raises ValueError when refused."""
        self._call("/_venue/faults", faults)

    def mark(self, symbol: str, price: object) -> None:
        """Move the mark price of a symbol (raw id or unified). Raises ValueError when it is refused."""
        self._call("/_venue/mark", {"symbol": symbol, "price": str(price)})

    def act(self, name: str, body: object) -> dict[str, Any]:
        """Any other act of the control plane: ``orders``, ``script``, ``funding``, ``adl``, ``liquidate``, ``mode``.

        Answers with what came of it. Raises ValueError when it is refused.
        """
        return cast("dict[str, Any]", self._call(f"/_venue/{name}", body))

    def truth(self) -> dict[str, dict[str, Any]]:
        """What the engine itself holds, by raw symbol id; never lagged."""
        return cast("dict[str, dict[str, Any]]", self._call("/_venue/truth"))

    def requests(self) -> list[dict[str, Any]]:
        """The exchange requests that arrived, oldest first."""
        return cast("list[dict[str, Any]]", self._call("/_venue/requests"))

    def counts(self) -> dict[str, int]:
        """How many exchange requests have arrived for each path, since the start."""
        return cast("dict[str, int]", self._call("/_venue/counts"))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _command(self) -> list[str]:
        choices = {"--dialect": self.dialect, "--port": "0", "--seed": str(self.seed), "--parent": str(os.getpid())}
        return [sys.executable, "-m", "atomicpos.sim.wire", *(word for pair in choices.items() for word in pair)]

    def _read(self, announced: dict[str, Any]) -> None:
        self.url, self.api_key, self.secret = (announced[name] for name in ("url", "api_key", "secret"))
        self.password = announced.get("password", "")
        self.symbols = tuple(announced["symbols"])

    def _call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data=data, headers={"Content-Type": "application/json"})
        try:
            with _OPENER.open(request, timeout=CALL_LIMIT_S) as reply:
                return json.loads(reply.read())
        except HTTPError as refused:
            raise ValueError(json.loads(refused.read())["error"]) from None


def _first_line(stream: IO[bytes]) -> bytes:
    deadline = time.monotonic() + START_LIMIT_S
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(stream.fileno(), 65536) if ready else b""
        if not chunk:
            raise RuntimeError(f"the venue did not announce itself within {START_LIMIT_S:g} s")
        line += chunk
    return line
