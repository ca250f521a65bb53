"""A real PostgreSQL for tests, with nothing to install by hand: our own child process, gone when we are gone."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy.engine import URL, make_url

from .postgres_files import account, discard, give, new_folder, prepared

ELSEWHERE = "ATOMICPOS_TEST_POSTGRES"
"""The environment variable that points the tests at another server: a URL with the right to create databases."""

START_LIMIT_S = 20.0
STOP_LIMIT_S = 20.0
_LOOK_AGAIN_S = 0.005
_PR_SET_PDEATHSIG = 1
_CHILDREN_LIVE = "is still in use"
"""What a start says of the memory it shares, while children of a server that was killed have not noticed yet."""

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "io_method": "sync",
    "dynamic_shared_memory_type": "mmap",
}
"""Small, reached through its socket only, and with nothing outside its folder that a kill could leave behind."""

# The kernel's word of a parent's death is that of the thread that forked: this one lives as long as the process.
_parent = ThreadPoolExecutor(max_workers=1, thread_name_prefix="atomicpos-postgres")


class Shutdown(Enum):
    """How a server is told to end."""

    FAST = signal.SIGINT
    """Connections are cut, transactions undone, everything written down."""
    IMMEDIATE = signal.SIGQUIT
    """Everything is dropped where it is: the next start recovers from the log, as after a crash."""


class Databases:
    """Fresh databases on a server, by a URL that may create them."""

    def __init__(self, url: str) -> None:
        self._admin = make_url(url).set(drivername="postgresql+psycopg")

    @property
    def url(self) -> str:
        """The database that is always there, as its administrator."""
        return shown(self._admin)

    def new_database(self, like: str | None = None) -> str:
        """The URL of a new database, empty or a copy of the one at ``like``, which nobody may be connected to."""
        name = f"atomicpos_{os.getpid()}_{secrets.token_hex(4)}"
        # copied as files: for a small database three times as fast as through the log
        original = "template0" if like is None else make_url(like).database
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}" STRATEGY file_copy')
        return shown(self._admin.set(database=name))

    def drop_database(self, url: str) -> None:
        """Remove a database, cutting the connections that still use it."""
        self.execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def execute(self, statement: str, url: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator, in the database of ``url``, by itself; its rows, if any."""
        import psycopg

        database = make_url(url or self._admin).database
        plain = self._admin.set(drivername="postgresql", database=database)
        with psycopg.connect(shown(plain), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []


class Postgres(Databases):
    """A server of one's own. ``with`` starts it and removes it; several run side by side.

    It is reached through a Unix socket, trusts everybody who can open that, and ends when this process ends, however
    that happens (on Linux; elsewhere only when it ends normally).
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        hba: str | None = None,
    ) -> None:
        """``folder`` is where its files go, else a temporary one. ``settings`` are the server's, ``hba`` the lines of
        ``pg_hba.conf``: who must show what to be let in.

        A server that need not be ``durable`` never waits for the disk, and lives in memory where there is room. It
        loses nothing when its processes are killed, only when the machine is.
        """
        self.socket = new_folder(lasting=durable)
        self.data = (folder or self.socket) / "data"
        self.log = self.data.with_name("server.log")
        self._settings = {**_SETTINGS, "fsync": "on" if durable else "off", **(settings or {})}
        self._hba = hba
        self._process: subprocess.Popen[bytes] | None = None
        at = URL.create("postgresql", "postgres", database="postgres", query={"host": str(self.socket)})
        super().__init__(shown(at))

    @property
    def pid(self) -> int | None:
        """The process id of the server while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start it and return once it takes connections. Raises RuntimeError, with its log, when it does not."""
        bin_ = prepared().bin
        if not self.data.exists():
            self._create()
        deadline = time.monotonic() + START_LIMIT_S
        while not self._run(bin_, deadline):
            said = _end_of(self.log)
            if _CHILDREN_LIVE not in said or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {said}")
            time.sleep(_LOOK_AGAIN_S)
        return self

    def stop(self, how: Shutdown = Shutdown.FAST) -> None:
        """End it and wait until it has ended; nothing happens when it does not run."""
        self._end(how.value)

    def restart(self, how: Shutdown = Shutdown.FAST) -> None:
        """Stop and start: what was committed is there, what was connected is not."""
        self.stop(how)
        self.start()

    def kill(self) -> None:
        """SIGKILL for the server's first process; the others notice and end by themselves."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Stop it at once and delete its files."""
        self.stop(Shutdown.IMMEDIATE)
        shutil.rmtree(self.data, ignore_errors=True)
        discard(self.socket)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    def _create(self) -> None:
        shutil.copytree(prepared().data, self.data)
        if self._hba is not None:
            (self.data / "pg_hba.conf").write_text(self._hba)
        give(self.data)

    def _run(self, bin_: Path, deadline: float) -> bool:
        """True once it takes connections, False when it has ended before it did."""
        self._process = _parent.submit(self._spawn, bin_, os.getpid()).result()
        while self._process.poll() is None:
            if _is_ready(self.data / "postmaster.pid", self._process.pid):
                return True
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(_LOOK_AGAIN_S)
        self._process = None
        return False

    def _spawn(self, bin_: Path, parent: int) -> subprocess.Popen[bytes]:
        given = {"unix_socket_directories": f'"{self.socket}"', **self._settings}
        words = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [bin_ / "postgres", "-D", self.data, *words],
                cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # in a group of its own: Ctrl-C is for the tests, which then stop it in good order
                process_group=0, preexec_fn=_dies_with(parent), **account(),
            )  # fmt: skip

    def _end(self, signal_: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal_)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def server() -> Iterator[Databases]:
    """The server for a test run: the one that the environment names, else one of our own."""
    if elsewhere := os.environ.get(ELSEWHERE):
        yield Databases(elsewhere)
        return
    with Postgres(durable=False) as own:
        yield own


def shown(url: URL) -> str:
    """The URL as text, its password included."""
    return url.render_as_string(hide_password=False)


def _dies_with(parent: int) -> Callable[[], None] | None:
    """What the child does between fork and exec: ask the kernel to be ended with its parent."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT))
        if os.getppid() != parent:
            os._exit(1)  # it died before we asked

    return ask


def _is_ready(lines: Path, pid: int) -> bool:
    """What the server says of itself in ``postmaster.pid``: first its process id, and in line 8 how far it is."""
    try:
        said = lines.read_text().split("\n")
    except OSError:
        return False
    return said[0] == str(pid) and len(said) > 7 and said[7].strip() == "ready"


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-500:].strip() if log.exists() else "it wrote no log"
