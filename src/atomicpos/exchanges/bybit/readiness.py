"""Whether Bybit takes the key, and what it says of the account behind it."""

from __future__ import annotations

from typing import Any

from atomicpos.errors import NotReady
from atomicpos.ports import ReadFailed

from ..fields import whole
from ..transport import Transport
from . import queries
from .replies import result

_CLOCK = 10002
_KEY = frozenset({10003, 10004, 10007, 10009, 10010, 33004})
_NOT_PERMITTED = 10005


async def try_key(view: Any, transport: Transport) -> str | None:
    """A signed read shows a wrong key, a wrong clock and a key that may not trade, before an order does.

    The demo environment has no such endpoint, and a key without the transfer permission may not ask it: both can
    trade all the same.
    """
    if view.options.get("enableDemoTrading"):
        return None
    exchanged = await transport.read(queries.key_information())
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
