"""Whether the client can be used at all, before anything is stored or sent: what is alike on every exchange."""

from __future__ import annotations

import asyncio
from typing import Any

from atomicpos.errors import NotReady

from .transport import Transport

_LOADS = 3
LOAD_LIMIT_S = 60.0
"""How long loading the markets may take: ccxt 4.5.90 follows pages for as long as each names a next one."""


def check_credentials(view: Any, *names: str) -> None:
    """The client holds the credentials of those names. Raises NotReady naming what is missing."""
    missing = [name for name in names if not getattr(view, name, None)]
    if missing:
        needed = f"{', '.join(names[:-1])} and {names[-1]}"
        raise NotReady(f"the ccxt client has no {' and no '.join(missing)}; {needed} are needed to open a position")


async def load_markets(view: Any, transport: Transport) -> None:
    """Load the markets, within ``LOAD_LIMIT_S``. Raises NotReady, without secrets."""
    try:
        async with asyncio.timeout(LOAD_LIMIT_S):
            await _loaded(view, transport)
    except TimeoutError:
        raise NotReady(f"the exchange's markets could not be loaded within {LOAD_LIMIT_S:g} s") from None


async def _loaded(view: Any, transport: Transport) -> None:
    """Load the markets as the bot itself would.

    ccxt shares one loading task among all who wait: when another waiter is cancelled, so is ours, though nobody
    cancelled us. Then we ask again.
    """
    for _ in range(_LOADS):
        try:
            await view.load_markets()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            continue
        except Exception as error:
            why = transport.redacted(f"{type(error).__name__}: {error}")
            raise NotReady(f"the exchange's markets could not be loaded: {why}") from error
        return
    raise NotReady("the exchange's markets could not be loaded: the loading was cancelled by somebody else")
