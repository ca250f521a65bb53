"""Whether Binance takes the key, and what it says of the key and of the account behind it."""

from __future__ import annotations

from atomicpos.errors import NotReady
from atomicpos.ports import KeyFacts, ReadFailed

from ..fields import Row, flag, text
from ..transport import Exchanged, Transport
from . import queries, replies

_CLOCK = -1021
_SIGNATURE = -1022
_KEY = frozenset({-1002, -1005, -1011, -1099, -1109, -2014, -2015, -2017})


async def try_key(transport: Transport, *, live: bool) -> tuple[str | None, KeyFacts]:
    """A signed read shows a wrong key, a wrong clock and an account that may not trade, before an order does.

    Then the account's own name is asked for, and what the key may do; a key that may see neither can trade all the
    same. The second is the wallet's API, which the test environments do not have (documented): ``live`` False leaves
    it out. Raises NotReady naming what to change.
    """
    exchanged = await transport.read(queries.account())
    _taken(exchanged)
    try:
        account = replies.one(exchanged, "account", {})
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    if flag(account, "canTrade") is False:
        raise NotReady("the futures account may not trade: enable futures trading for it, and for the API key")
    facts = await _key_facts(transport) if live else KeyFacts()
    if facts.may_trade is False:
        raise NotReady("the API key may not trade contracts; it must be enabled for futures")
    return await _alias(transport), facts


def _taken(exchanged: Exchanged) -> None:
    """Raises NotReady for the codes that say what is wrong with the key, the address or the clock.

    -2015 is one code for a wrong key, an address that is not listed and a permission that is missing (documented).
    """
    said = f"{exchanged.message} ({exchanged.code})"
    if exchanged.code in _KEY:
        raise NotReady(
            f"the exchange does not accept the API key: {said}. The key must be right, must be enabled for futures, "
            "and must allow the IP address of this machine"
        )
    if exchanged.code == _SIGNATURE:
        raise NotReady(f"the exchange does not accept the API key: the secret does not belong to it: {said}")
    if exchanged.code == _CLOCK:
        raise NotReady(
            f"the clocks of this machine and the exchange are too far apart: {said}; set this machine's clock by a "
            "time server"
        )


async def _key_facts(transport: Transport) -> KeyFacts:
    try:
        return key_facts(replies.one(await transport.read(queries.key_restrictions()), "API key", {}))
    except ReadFailed:
        return KeyFacts()


def key_facts(restrictions: Row) -> KeyFacts:
    """What apiRestrictions says of the key; what is missing or cannot be understood is not said.

    The one end that is documented there is that of the permission to trade spot and margin.
    """
    return KeyFacts(may_trade=flag(restrictions, "enableFutures"), ip_bound=flag(restrictions, "ipRestrict"))


async def _alias(transport: Transport) -> str | None:
    try:
        listed = replies.rows(await transport.read(queries.balances()), "balances", {})
    except ReadFailed:
        return None
    return next((alias for row in listed if (alias := text(row, "accountAlias"))), None)
