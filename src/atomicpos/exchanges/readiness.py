"""Whether the client can be used at all, before anything is stored or sent."""

from __future__ import annotations

import asyncio
from typing import Any

from atomicpos.errors import NotReady
from atomicpos.ports import ReadFailed

from . import bybit_queries
from .fields import whole
from .replies import result
from .transport import Transport

_CLOCK = 10002
_KEY = frozenset({10003, 10004, 10007, 10009, 10010, 33004})
_NOT_PERMITTED = 10005
_LOADS = 3
LOAD_LIMIT_S = 60.0
"""How long loading the markets may take: ccxt 4.5.90 follows pages for as long as each names a next one."""


async def check_ready(view: Any, transport: Transport) -> str | None:
    """Credentials there, key accepted, markets loaded: the exchange's own id of the account, where it tells.

    Raises NotReady naming what is wrong, without secrets.

    The key comes first: ccxt asks for currencies with it while loading the markets, and a wrong key would then look
    like a failure of the markets.
    """
    if not view.apiKey or not view.secret:
        raise NotReady("the ccxt client has no apiKey or no secret; both are needed to open a position")
    account_id = await _try_key(view, transport)
    await _load(view, transport)
    return account_id


async def _load(view: Any, transport: Transport) -> None:
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


async def _try_key(view: Any, transport: Transport) -> str | None:
    """A signed read shows a wrong key, a wrong clock and a key that may not trade, before an order does.

    The demo environment has no such endpoint, and a key without the transfer permission may not ask it: both can
    trade all the same.
    """
    if view.options.get("enableDemoTrading"):
        return None
    exchanged = await transport.read(bybit_queries.key_information())
    if exchanged.code == _NOT_PERMITTED:
        return None
    if exchanged.code in _KEY:
        raise NotReady(f"the exchange does not accept the API key: {exchanged.message} ({exchanged.code})")
    if exchanged.code == _CLOCK:
        raise NotReady(f"the clocks of this machine and the exchange are too far apart: {exchanged.message}")
    try:
        information = result(exchanged, "API key")
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    if whole(information.get("readOnly")) == 1:
        raise NotReady("the API key is read-only; it must be allowed to trade contracts")
    user = whole(information.get("userID"))
    return str(user) if user else None
