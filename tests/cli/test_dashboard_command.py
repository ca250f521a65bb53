"""``dashboard``: a process that serves until it is asked to end, and what it refuses to be."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from stored_rows import Invoke

LIMIT_S = 30
TOKEN = "k7Jm2-qTz9_vXw4Bn8RcLd5Yh3Gf6Ps1"


@contextmanager
def serving(*options: str, env: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the line that says where it is."""
    words = [sys.executable, "-m", "atomicpos", "dashboard", "--port", "0", *options]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    try:
        assert process.stderr is not None
        yield process, next((line for line in process.stderr if "the dashboard is on" in line), "")
    finally:
        process.kill()
        process.communicate()


def status(url: str, token: str = "") -> int:
    """What a reading is answered."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(Request(url, headers=headers), timeout=LIMIT_S) as reply:
            return int(reply.status)
    except OSError as refused:
        return int(getattr(refused, "code", 0))


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_end(database: Path, number: signal.Signals) -> None:
    """Exit code 0, also with a page that is live, however often it is asked; its address is free again."""
    with serving("--database", str(database)) as (process, line):
        url = re.findall(r"http://\S+?/", line)[0]
        assert status(f"{url}api/first") == 200
        port = int(url.rsplit(":", 1)[1].strip("/"))
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S) as live:
            live.sendall(f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert b"200 OK" in live.recv(4_096)
            process.send_signal(number)
            process.send_signal(number)
            assert process.wait(LIMIT_S) == 0
        assert status(url) == 0


@pytest.mark.process
@pytest.mark.parametrize("from_file", [True, False])
def test_a_token_of_ones_own_closes_reading_and_is_never_printed(
    database: Path, tmp_path: Path, *, from_file: bool
) -> None:
    """From a file that others may not read, or from the environment."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    options = ("--token-file", str(file)) if from_file else ()
    env = {} if from_file else {"ATOMICPOS_TOKEN": TOKEN}
    with serving("--database", str(database), *options, env=env) as (_, line):
        url = re.findall(r"http://\S+?/", line)[0]
        assert TOKEN not in line
        assert "#" not in line
        assert status(url) == 200
        assert status(f"{url}api/first") == 401
        assert status(f"{url}api/first", TOKEN) == 200
        assert status(f"{url}api/first", TOKEN[:-1]) == 401


@pytest.mark.process
def test_a_token_file_that_others_may_read_is_warned_of(database: Path, tmp_path: Path) -> None:
    """With the command that closes it."""
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o644)
    words = ["--database", str(database), "--token-file", str(file), "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "atomicpos", "dashboard", *words], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    process.terminate()
    process.communicate(timeout=LIMIT_S)
    assert f"chmod 600 {file}" in said


@pytest.mark.parametrize(("words", "error", "said"), [
    (("--host", "0.0.0.0"), "InvalidRequest", "host is '0.0.0.0', which other machines reach; that needs a token"),
    (("--host", "203.0.113.7"), "InvalidRequest", "needs a token"),
    (("--database", "sqlite:////nowhere/rows.db"), "StoreUnavailable", "nowhere"),
    (("--database", "mysql://host/db"), "StoreUnavailable", "of no kind we know"),
    (("--exchange", "bybit"), "NotReady", "ATOMICPOS_API_KEY"),
])
def test_what_cannot_be_served_is_one_sentence(
    invoke: Invoke, database: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], error: str, said: str
) -> None:
    """Exit code 1, the error's name and what to do."""
    for name in ("ATOMICPOS_TOKEN", "ATOMICPOS_API_KEY", "ATOMICPOS_SECRET"):
        monkeypatch.delenv(name, raising=False)
    done = invoke("dashboard", "--database", database, "--port", "0", *words)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{error}: ")
    assert said in done.stderr


def test_an_address_with_a_weak_token_is_refused(
    invoke: Invoke, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence has the length and the bound, and not the token."""
    monkeypatch.setenv("ATOMICPOS_TOKEN", "letmein-letmein")
    done = invoke("dashboard", "--database", database, "--host", "0.0.0.0", "--port", "0")
    assert done.exit_code == 1
    assert "the token has 15 characters; it needs 32 to 512" in done.stderr
    assert "letmein" not in done.output


@pytest.mark.parametrize("words", [("--venue", "http://127.0.0.1:1"), ("--sandbox",), ("--set", "watch_s=1")])
def test_what_belongs_to_an_exchange_needs_one(invoke: Invoke, database: Path, words: tuple[str, ...]) -> None:
    """Bad usage, told as such."""
    done = invoke("dashboard", "--database", database, *words)
    assert done.exit_code == 2
    assert "need --exchange" in " ".join(done.stderr.replace("│", " ").split())


def test_an_unreadable_token_file_is_bad_usage(invoke: Invoke, database: Path, tmp_path: Path) -> None:
    """It is named; nothing is served with a token that was drawn in its place."""
    assert invoke("dashboard", "--database", database, "--token-file", tmp_path / "none").exit_code == 2


def test_a_taken_port_is_one_sentence(invoke: Invoke, database: Path) -> None:
    """It names address and port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = invoke("dashboard", "--database", database, "--port", port)
    assert done.exit_code == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


def test_without_the_extra_it_names_the_extra(invoke: Invoke, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the command that installs it."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = invoke("dashboard", "--database", database, "--port", "0")
    assert done.exit_code == 1
    assert "pip install 'atomicpos[dashboard]'" in done.stderr


def test_the_package_alone_loads_no_server() -> None:
    """Neither the library nor the dashboard's own module imports the extra before it is used."""
    program = (
        "import sys, atomicpos, atomicpos.cli.commands, atomicpos.dashboard\n"
        "print(sorted({'starlette', 'uvicorn', 'ccxt', 'playwright'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
