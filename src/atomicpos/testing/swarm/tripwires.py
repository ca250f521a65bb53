"""Nothing of a world may come from outside it: real time, chance, sockets and threads raise ``Escape`` in it.

Whoever reaches for one is named with it, ours or a library's. A few libraries stamp things for themselves, which no
row, request or decision ever sees; each is allowed by the name of its module, with the reason.
"""

from __future__ import annotations

import os
import random
import secrets
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from ...sim.loop import Escape

ALLOWED: dict[str, str] = {
    "sqlalchemy.pool.base": "dates each pooled connection with time.time, to recycle old ones; ours never are",
    "tenacity": "keeps statistics of each call with time.monotonic; deadlines and waits are ours, on virtual time",
    "logging": "dates each line of the log with time.time",
}
"""Modules that may read real time, and what for. Nobody may draw, sleep, connect or start a thread."""

_TIME = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
_DRAWS = (
    "random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform", "gauss", "expovariate",
    "getrandbits", "randbytes", "betavariate", "normalvariate", "triangular",
)  # fmt: skip
_WIRES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (time, (*_TIME, "sleep")),
    (random, _DRAWS),
    (os, ("urandom", "getrandom")),
    (uuid, ("uuid1", "uuid4")),
    (secrets, ("randbits", "randbelow", "choice", "token_bytes", "token_hex", "token_urlsafe")),
    (socket, ("socket", "create_connection", "getaddrinfo")),
    (threading.Thread, ("start",)),
)
"""Where each is looked up when it is called: (module or class, names); not every platform has all of them."""


@contextmanager
def tripwires() -> Iterator[list[str]]:
    """While this lasts, whoever reaches for the world outside on this thread gets an Escape that names both.

    What was reached for is in the list, for an Escape may be caught by whoever catches everything.
    """
    stretched, mine, escapes = _places(len(sys.modules)), threading.get_ident(), list[str]()
    for where, name, called, real in stretched:
        setattr(where, name, _wire(called, real, mine, escapes))
    try:
        yield escapes
    finally:
        for where, name, _, real in stretched:
            setattr(where, name, real)


@lru_cache(maxsize=1)
def _places(modules: int) -> list[tuple[Any, str, str, Any]]:
    """Where each is, its name there, what it is called, and the thing itself; looked up again for more modules.

    A module of ours may have imported one of them by its name: that is a place as well.
    """
    named = [(where, name) for where, names in _WIRES for name in names if hasattr(where, name)]
    there = [(where, name, f"{where.__name__}.{name}", getattr(where, name)) for where, name in named]
    called = {id(real): name for _, _, name, real in there}
    ours = [module for name, module in sorted(sys.modules.items()) if name.startswith("atomicpos.")]
    taken = [(module, name, value) for module in ours for name, value in vars(module).items() if id(value) in called]
    return [*there, *((module, name, called[id(value)], value) for module, name, value in taken)]


def _wire(called: str, real: Callable[..., Any], thread: int, escapes: list[str]) -> Callable[..., Any]:
    clock = called.startswith("time.") and not called.endswith("sleep")

    def tripped(*args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "?")
        if (clock and caller in ALLOWED) or threading.get_ident() != thread:
            return real(*args, **kwargs)
        escapes.append(f"{caller} reaches for {called}: a world has no real time, no chance and no outside")
        raise Escape(escapes[-1])

    return tripped
