"""Who we are among the processes of this host, and whether another owner here is certainly gone.

A name says where its process runs (a host between two of its boots, and within it a process namespace), which process
it is, and when that one started: process ids are used again, a start is not. Of owners on other hosts nothing is known
here, and only their leases tell.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import socket
import weakref
from functools import cache
from itertools import count
from pathlib import Path

from .ids import ALPHABET

_DEAD = frozenset("ZXx")
"""Process states of the kernel that never run again: a zombie has only its parent to wait for."""

_living: dict[str, weakref.ref[asyncio.AbstractEventLoop]] = {}
"""The owners of this very process that have not said goodbye, each with the loop it lives in."""


class ThisProcess:
    """One owner in this process, from now until ``leave``; it is gone with its loop as well."""

    def __init__(self, rng: random.Random) -> None:
        drawn = "".join(rng.choice(ALPHABET) for _ in range(8))
        self.me = f"{_place()}:{os.getpid()}:{_started(os.getpid()) or 0}:{drawn}"
        _living[self.me] = weakref.ref(asyncio.get_running_loop())

    def gone(self, owner: str) -> bool:
        """True for an owner on this host whose process runs no more, or that left this process."""
        place, _, rest = owner.partition(":")
        pid, _, rest = rest.partition(":")
        started = rest.partition(":")[0]
        if place != _place() or not pid.isdigit() or not started.isdigit():
            return False
        if int(pid) == os.getpid() and int(started) == (_started(os.getpid()) or 0):
            return not _lives_here(owner)
        return not _runs(int(pid), int(started))

    def leave(self) -> None:
        """This owner drives nothing any more."""
        _living.pop(self.me, None)


def _lives_here(owner: str) -> bool:
    known = _living.get(owner)
    loop = known() if known is not None else None
    return loop is not None and not loop.is_closed()


def _runs(pid: int, started: int) -> bool:
    """True unless it is certain that this process, started then, runs no more."""
    now = _started(pid)
    if now is not None:
        return now == started and _state(pid) not in _DEAD
    if _kernel_tells():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _kernel_tells() -> bool:
    """True where the kernel shows its processes as files: a process without one is no more."""
    return _started(os.getpid()) is not None


def _started(pid: int) -> int | None:
    """When the process started, in the kernel's ticks since its boot; None where it is not shown."""
    fields = _stat(pid)
    return int(fields[19]) if len(fields) > 19 else None


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else "X"


def _stat(pid: int) -> list[str]:
    """The fields after the process's name, which may itself hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@cache
def _place() -> str:
    """This host from this boot on, and the process namespace in it: two containers on one kernel are two places."""
    told = [socket.gethostname()]
    for path in ("/proc/sys/kernel/random/boot_id", "/etc/machine-id"):
        try:
            told.append(Path(path).read_text().strip())
        except OSError:
            told.append("")
    try:
        told.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        told.append("")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


_alone = count(1)


class Alone:
    """An owner that knows itself to be the only one: whoever else has a row is gone."""

    def __init__(self) -> None:
        self.me = f"alone:{next(_alone)}"

    def gone(self, owner: str) -> bool:
        """True for everybody else."""
        return owner != self.me

    def leave(self) -> None:
        """There is nobody to tell."""
