"""Whether OKX takes the key, and whether the account behind it can hold what is asked of it."""

from __future__ import annotations

from atomicpos.errors import NotReady
from atomicpos.ports import KeyFacts, ReadFailed

from ..fields import Row, text
from ..transport import Exchanged, Transport
from . import queries
from .account import PORTFOLIO, SPOT, OkxAccount

_CLOCK = frozenset({50102, 50112})
_PASSPHRASE = frozenset({50104, 50105})
_ADDRESS = frozenset({50035, 50110, 50121})
_KEY = frozenset({50100, 50101, 50103, 50106, 50111, 50113, 50114, 50119})

_TRADE = "trade"
"""What ``perm`` lists for a key that may trade (documented)."""

_LEVELS = {
    SPOT: "in spot mode, which has no perpetual swaps; switch it to futures mode",
    PORTFOLIO: "in portfolio margin mode, where reduce-only does not apply and an exit could turn the position over; "
    "switch it to futures mode or multi-currency margin mode",
}


async def try_key(transport: Transport, account: OkxAccount) -> tuple[str | None, KeyFacts]:
    """A signed read shows a wrong key, passphrase, address or clock, a key that may not trade and an account that
    cannot, before an order does. Gives the account's number and what is said of the key. Raises NotReady naming what
    to change."""
    exchanged = await transport.read(queries.account())
    _taken(exchanged)
    try:
        row = account.keep(exchanged)
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    facts = key_facts(row)
    if not facts.may_trade:
        raise NotReady("the API key may not trade contracts; it must be allowed to trade, and not to read only")
    return _checked(row), facts


def _taken(exchanged: Exchanged) -> None:
    """Raises NotReady for the codes that say what is wrong with the key, the passphrase, the address or the clock."""
    said = f"{exchanged.message} ({exchanged.code})"
    if exchanged.code in _PASSPHRASE:
        raise NotReady(f"the exchange does not accept the passphrase (the ccxt client's password): {said}")
    if exchanged.code in _ADDRESS:
        raise NotReady(
            f"the exchange does not accept the API key from this machine's IP address: {said}; add the address to "
            "those that the key is bound to, or use a key that is bound to it"
        )
    if exchanged.code in _CLOCK:
        raise NotReady(
            f"the clocks of this machine and the exchange are too far apart: {said}; set this machine's clock by a "
            "time server"
        )
    if exchanged.code in _KEY:
        raise NotReady(f"the exchange does not accept the API key: {said}")


def key_facts(row: Row) -> KeyFacts:
    """What account/config says of the key: ``perm`` lists what it may, ``ip`` the addresses that it is bound to.

    Nothing is said there of its end (all documented).
    """
    bound = row.get("ip")
    return KeyFacts(
        may_trade=_TRADE in (text(row, "perm") or "").split(","),
        ip_bound=bool(bound.strip()) if isinstance(bound, str) else None,
    )


def _checked(row: Row) -> str | None:
    """The account's own number, once the account's mode can hold a position that is closed."""
    level = text(row, "acctLv") or ""
    if level in _LEVELS:
        raise NotReady(f"the account is {_LEVELS[level]}")
    return text(row, "uid")

