"""One process per SQLite file: an exclusive lock on ``<file>.lock``, freed by the kernel when the process dies.

Several instances inside one process share it by counting. The lock file stays where it is: removing it would let
a third process lock a new file of the same name while a second still waits on the old one.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from atomicpos.errors import StoreUnavailable

_guard = threading.Lock()
_held: dict[Path, tuple[int, int]] = {}
"""For each locked file its descriptor and how many instances share it."""


class ProcessLock:
    """One share of the lock. Taken when built, given back by ``release``, which may be called twice."""

    def __init__(self, path: Path) -> None:
        """Raises StoreUnavailable, naming the file and its holder's process id, when another process has it."""
        self._path: Path | None = path
        with _guard:
            descriptor, shares = _held.get(path) or (_lock(path), 0)
            _held[path] = (descriptor, shares + 1)

    def release(self) -> None:
        """Give the share back; the last one frees the file."""
        with _guard:
            path, self._path = self._path, None
            if path not in _held:
                return
            descriptor, shares = _held.pop(path)
            if shares > 1:
                _held[path] = (descriptor, shares - 1)
            else:
                os.close(descriptor)


def _lock(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreUnavailable(f"the lock file {path} cannot be opened ({error.strerror})") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = _holder(descriptor)
        os.close(descriptor)
        raise StoreUnavailable(_taken(path, holder)) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _holder(descriptor: int) -> str:
    # empty for the instant between the holder's lock and its writing
    return os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"


def _taken(path: Path, holder: str) -> str:
    return (
        f"the database is in use by another process (pid {holder}), which holds {path}: "
        f"a SQLite database serves one process at a time; stop that one, or use another file"
    )


def _forget_in_child() -> None:
    # a forked child shares the parent's lock: kept open there, it would outlive a killed parent
    for descriptor, _ in _held.values():
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)
