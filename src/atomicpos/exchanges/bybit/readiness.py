"""Whether Bybit takes the key, and what it says of the key and of the account behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atomicpos.errors import NotReady
from atomicpos.models import MICROSECONDS
from atomicpos.ports import KeyFacts, ReadFailed

from ..fields import Row, text, whole
from ..transport import Exchanged, Transport
from . import queries
from .replies import result

_CLOCK = 10002
_ADDRESS = 10010
_KEY = frozenset({10003, 10004, 10007, 10009, 33004})
_NOT_PERMITTED = 10005

_CONTRACTS = ("Order", "Position")
"""What ``permissions.ContractTrade`` lists for a key that may trade contracts (documented)."""
_DERIVATIVES = "DerivativesTrade"
"""What ``permissions.Derivatives`` lists instead for some unified accounts (documented; which of them is not verified
against the live exchange): a key that has either may trade."""


async def try_key(view: Any, transport: Transport) -> tuple[str | None, KeyFacts]:
    """A signed read shows a wrong key, a wrong clock and a key that may not trade, before an order does.

    Gives the account's number and what is said of the key. Every permission may ask this (documented); the demo
    environment has no such endpoint, and where it answers that it is not permitted nothing is known: both may trade
    all the same. Raises NotReady naming what to change.
    """
    if view.options.get("enableDemoTrading"):
        return None, KeyFacts()
    exchanged = await transport.read(queries.key_information())
    if exchanged.code == _NOT_PERMITTED:
        return None, KeyFacts()
    _refuse(exchanged)
    try:
        information = result(exchanged, "API key")
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    if whole(information.get("readOnly")) == 1:
        raise NotReady("the API key is read-only; it must be allowed to trade contracts")
    facts = key_facts(information)
    if facts.may_trade is False:
        raise NotReady(
            "the API key may not trade contracts; it must be allowed to place their orders and change their positions"
        )
    user = whole(information.get("userID"))
    return str(user) if user else None, facts


def _refuse(exchanged: Exchanged) -> None:
    """Raises NotReady for the codes that say what is wrong with the key, the address or the clock."""
    said = f"{exchanged.message} ({exchanged.code})"
    if exchanged.code in _KEY:
        raise NotReady(f"the exchange does not accept the API key: {said}")
    if exchanged.code == _ADDRESS:
        raise NotReady(
            f"the exchange does not accept the API key from this machine's address: {said}; add the address to those "
            "that the key is bound to, or use a key that is bound to it"
        )
    if exchanged.code == _CLOCK:
        raise NotReady(
            f"the clocks of this machine and the exchange are too far apart: {exchanged.message}; set this machine's "
            "clock by a time server"
        )


def key_facts(information: Row) -> KeyFacts:
    """What user/query-api says of the key. What is missing or cannot be understood is not said."""
    return KeyFacts(
        may_trade=_may_trade(information.get("permissions")),
        ip_bound=_ip_bound(information.get("ips")),
        expires_at_us=_expires_at_us(information),
    )


def _may_trade(permissions: object) -> bool | None:
    """None unless both lists that decide are there, or one of them permits."""
    if not isinstance(permissions, dict):
        return None
    contracts, derivatives = permissions.get("ContractTrade"), permissions.get("Derivatives")
    if isinstance(derivatives, list) and _DERIVATIVES in derivatives:
        return True
    if not isinstance(contracts, list):
        return None
    return all(word in contracts for word in _CONTRACTS)


def _ip_bound(addresses: object) -> bool | None:
    """``ips`` lists the addresses, ``*`` for a key without any (seen in the documented example)."""
    if not isinstance(addresses, list):
        return None
    return bool(addresses) and "*" not in addresses


def _expires_at_us(information: Row) -> int | None:
    """``expiredAt``; only keys bound to no address have one (documented)."""
    try:
        moment = datetime.fromisoformat(text(information, "expiredAt") or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return round(moment.timestamp() * MICROSECONDS) if moment.timestamp() > 0 else None
