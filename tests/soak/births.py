"""Bots as their starter sees them: born from a nursery, asked over a socket, ended by their own process id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .task import Task

TESTS = Path(__file__).resolve().parents[1]
END_LIMIT_S = 20.0
LINE_MAX = 1 << 20


class Died(Exception):
    """The bot's process is over, and with it whatever it was asked."""


class Nursery:
    """Starts a nursery on enter; on exit it ends, and every bot of it with it."""

    def __init__(self) -> None:
        self.import_s = 0.0
        """How long it took to import what a bot needs: a process started from nothing takes that much longer."""
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._bots: set[Bot] = set()

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "soak.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], env=environment, cwd=TESTS.parent,
            )  # fmt: skip
        self._control = ours
        self.import_s = json.loads(ours.recv(1024) or b'{"import_s": -1}')["import_s"]
        if self.import_s < 0:
            raise RuntimeError("the nursery did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process is not None
        assert self._control is not None
        for bot in self._bots:
            bot.send(signal.SIGKILL)
        self._control.close()
        try:
            self._process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    async def born(self, task: Task) -> Bot:
        """A new bot with that task; returns once it runs, before it has opened anything."""
        assert self._control is not None
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps(asdict(task)).encode()], [theirs.fileno()])
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_MAX)
        bot = Bot(reader, writer)
        await bot.heard("born")
        self._bots.add(bot)
        bot.over.add_done_callback(lambda _: self._bots.discard(bot))
        return bot


class Bot:
    """One running bot. What it is asked it answers by number; what it says by itself are facts."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = 0
        self.failure: str | None = None
        """Its last words, where it ended by an error of its own."""
        self.left = False
        """It left its block and ended by itself."""
        self._writer = writer
        self._facts: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once its process is over."""
        self._listening = asyncio.ensure_future(self._listen(reader))

    async def heard(self, fact: str) -> dict[str, Any]:
        """Wait until it states that fact, or return it when it has. Raises Died."""
        return await self._unless_over(self._facts.setdefault(fact, self._future()))

    async def ask(self, act: str, **words: Any) -> dict[str, Any]:
        """Let it act; its answer, an ``error`` with its name when the library raised. Raises Died."""
        number = len(self._answers)
        answer = self._answers[number] = self._future()
        with contextlib.suppress(ConnectionError):
            self._writer.write(json.dumps({"number": number, "act": act, **words}).encode() + b"\n")
        return await self._unless_over(answer)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it is over."""
        if not self.over.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def leave(self) -> None:
        """Let it leave its block in peace, and wait for its end."""
        with contextlib.suppress(Died):
            await self.ask("leave")
        await self.ended()

    async def ended(self) -> None:
        """Wait for its end."""
        await asyncio.wait_for(asyncio.shield(self.over), END_LIMIT_S)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            async for line in reader:
                self._take(json.loads(line))
        except ConnectionError:
            pass
        finally:
            # its end of the socket is closed with the process, by the kernel
            self._writer.close()
            self.over.set_result(None)

    def _take(self, said: dict[str, Any]) -> None:
        if "number" in said:
            self._answers[said["number"]].set_result(said)
            return
        match said["fact"]:
            case "born":
                self.pid = said["pid"]
            case "failed":
                self.failure = said["why"]
            case "left":
                self.left = True
        future = self._facts.setdefault(said["fact"], self._future())
        if not future.done():
            future.set_result(said)

    async def _unless_over(self, answer: asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
        either: list[asyncio.Future[Any]] = [answer, self.over]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise Died(self.failure or "killed")

    def _future(self) -> asyncio.Future[dict[str, Any]]:
        return asyncio.get_running_loop().create_future()
