"""The nursery: a process that has imported everything a bot needs, and forks a bot whenever it is told to.

Starting Python and importing ccxt takes more than a second of a core; a fork takes milliseconds. It runs no loop and
has no thread, so what is forked is as a fresh process is. Told through a socket: one message a bot, its task as JSON,
with the bot's own end of a socket beside it. Its bots die with it, and it ends when nobody can tell it anything more.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
import time
from typing import Any, NoReturn

MESSAGE_MAX = 65536
_PR_SET_PDEATHSIG = 1


def main(told_by: int) -> None:
    """Fork until nobody can tell us anything more."""
    began = time.monotonic()
    from . import life

    control = socket.socket(fileno=told_by)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the kernel clears them away
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"import_s": time.monotonic() - began}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_MAX, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _live(life.live, json.loads(message), descriptors[0])
        os.close(descriptors[0])


def _live(live: Any, task: dict[str, Any], descriptor: int) -> NoReturn:
    """The bot's whole life. Whatever happens in it, it never returns into the nursery's."""
    code = 1
    try:
        _die_with(os.getppid())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        live(task, socket.socket(fileno=descriptor))
        code = 0
    finally:
        os._exit(code)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
