"""A dashboard in a process of its own, and requests to it byte for byte as a test wants them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atomicpos.sim.wire.process import VenueProcess

LIMIT_S = 30.0
ANSWER_S = 25.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when the connection was closed without an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Served:
    """A dashboard that runs."""

    process: subprocess.Popen[str]
    port: int
    token: str
    database: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def raw(self, sent: bytes, *, close_after: bool = False) -> Answer:
        """Exactly these bytes, and what comes back to them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_S) as connection:
            connection.sendall(sent)
            if close_after:
                connection.shutdown(socket.SHUT_WR)
            return read_answer(connection)

    def get(self, path: str, **headers: str) -> Answer:
        """A plain reading, closed after the answer."""
        return self.raw(request("GET", path, {"Host": self.host, "Connection": "close", **dashed(headers)}))

    def act(self, name: str, words: Mapping[str, Any], **headers: str) -> Answer:
        """An act as the page sends it."""
        body = json.dumps(words).encode()
        given = {
            "Host": self.host, "Origin": f"http://{self.host}", "Authorization": f"Bearer {self.token}",
            "X-Atomicpos": "act", "Content-Type": "application/json", "Connection": "close",
        }  # fmt: skip
        return self.raw(request("POST", f"/api/act/{name}", {**given, **dashed(headers)}, body))

    def rows(self) -> dict[str, Any]:
        """All that an act would change: each row's state, goal and rule, its orders, and the journal."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            positions = "SELECT id, state, goal, rule_price, rule_percent, moving_price, parts_asked FROM positions"
            orders = "SELECT position_id, leg, attempt FROM orders ORDER BY 1, 2, 3"
            return {
                "positions": connection.execute(f"{positions} ORDER BY id").fetchall(),
                "orders": connection.execute(orders).fetchall(),
                "acts": connection.execute("SELECT text FROM journal WHERE kind IN ('act', 'goal')").fetchall(),
            }

    def id_of(self, market_id: str) -> str:
        """The position on that symbol."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT id FROM positions WHERE market_id = ?", (market_id,)).fetchone()
        return str(found[0])


def dashed(headers: Mapping[str, str]) -> dict[str, str]:
    """Keyword arguments as names of headers."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request with these headers and no others, but for the body's length."""
    given = dict(headers)
    if body and not {"content-length", "transfer-encoding"} & {name.lower() for name in given}:
        given["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def read_answer(connection: socket.socket) -> Answer:
    """One answer up to its end."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            if not (piece := connection.recv(65_536)):
                break
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        headers = dict(_header(line) for line in head.decode("latin-1").split("\r\n")[1:] if ":" in line)
        length = int(headers.get("content-length", "0"))
        while len(body) < length and (piece := connection.recv(65_536)):
            body += piece
    except ConnectionResetError:
        head, headers, body = b"", {}, b""
    found = re.match(rb"HTTP/1\.1 (\d{3})", head)
    return Answer(int(found[1]) if found else 0, headers, body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


@contextmanager
def served(
    database: Path, *options: str, keys: tuple[str, str] | None = None, env: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """``atomicpos dashboard`` on a free port; it does not outlive the block."""
    words = [sys.executable, "-m", "atomicpos", "dashboard", "--database", str(database), "--port", "0", *options]
    given = {**os.environ, **(env or {})}
    if keys is not None:
        given |= {"ATOMICPOS_API_KEY": keys[0], "ATOMICPOS_SECRET": keys[1]}
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=given)
    assert process.stderr is not None
    try:
        line = next((line for line in process.stderr if "the dashboard is on" in line), "")
        found = re.search(r"http://[^/]+:(\d+)/(?:#token=(\S+))?", line)
        assert found, f"it did not start: {line}"
        yield Served(process, int(found[1]), found[2] or "", database)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()


def opened(venue: VenueProcess, database: Path, *positions: tuple[str, str, str]) -> None:
    """Open these and leave them protected."""
    env = {**os.environ, "ATOMICPOS_API_KEY": venue.api_key, "ATOMICPOS_SECRET": venue.secret}
    for position in positions:
        words = ["open", *position, "--stop-loss-percent", "2", "--venue", venue.url, "--database", str(database)]
        subprocess.run(
            [sys.executable, "-m", "atomicpos", *words], check=True, capture_output=True, timeout=LIMIT_S, env=env
        )
