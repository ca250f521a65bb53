"""Whether Binance takes the key, and what it says of the account behind it."""

from __future__ import annotations

from atomicpos.errors import NotReady
from atomicpos.ports import ReadFailed

from ..fields import flag, text
from ..transport import Exchanged, Transport
from . import queries, replies

_CLOCK = -1021
_SIGNATURE = -1022
_KEY = frozenset({-1002, -1005, -1011, -1099, -1109, -2014, -2015, -2017})


async def try_key(transport: Transport) -> str | None:
    """A signed read shows a wrong key, a wrong clock and an account that may not trade, before an order does.

    Then the account's own name is asked for; a key that may not see the balances can trade all the same.
    """
    exchanged = await transport.read(queries.account())
    _taken(exchanged)
    try:
        account = replies.one(exchanged, "account", {})
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    if flag(account, "canTrade") is False:
        raise NotReady("the futures account may not trade: enable futures trading for it, and for the API key")
    return await _alias(transport)


def _taken(exchanged: Exchanged) -> None:
    said = f"{exchanged.message} ({exchanged.code})"
    if exchanged.code in _KEY:
        raise NotReady(
            f"the exchange does not accept the API key: {said}. The key must be right, must be enabled for futures, "
            "and must allow the IP address of this machine"
        )
    if exchanged.code == _SIGNATURE:
        raise NotReady(f"the exchange does not accept the API key: the secret does not belong to it: {said}")
    if exchanged.code == _CLOCK:
        raise NotReady(f"the clocks of this machine and the exchange are too far apart: {said}")


async def _alias(transport: Transport) -> str | None:
    try:
        listed = replies.rows(await transport.read(queries.balances()), "balances", {})
    except ReadFailed:
        return None
    return next((alias for row in listed if (alias := text(row, "accountAlias"))), None)
