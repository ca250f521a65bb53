"""Whether OKX takes the key, and whether the account behind it can hold what is asked of it."""

from __future__ import annotations

from atomicpos.errors import NotReady
from atomicpos.ports import ReadFailed

from ..fields import Row, text
from ..transport import Transport
from . import queries
from .account import PORTFOLIO, SPOT, OkxAccount

_CLOCK = frozenset({50102, 50112})
_PASSPHRASE = frozenset({50104, 50105})
_ADDRESS = frozenset({50035, 50110, 50121})
_KEY = frozenset({50100, 50101, 50103, 50106, 50111, 50113, 50114, 50119})

_LEVELS = {
    SPOT: "in spot mode, which has no perpetual swaps; switch it to futures mode",
    PORTFOLIO: "in portfolio margin mode, where reduce-only does not apply and an exit could turn the position over; "
    "switch it to futures mode or multi-currency margin mode",
}


async def try_key(transport: Transport, account: OkxAccount) -> str | None:
    """A signed read shows a wrong key, passphrase, address or clock, a key that may not trade and an account that
    cannot, before an order does. Raises NotReady naming what to change."""
    exchanged = await transport.read(queries.account())
    if (why := _not_accepted(exchanged.code)) is not None:
        raise NotReady(f"{why}: {exchanged.message} ({exchanged.code})")
    try:
        row = account.keep(exchanged)
    except ReadFailed as failed:
        raise NotReady(f"the exchange gave no usable answer: {failed}") from None
    return _checked(row)


def _not_accepted(code: object) -> str | None:
    """What is wrong with the request for the account, where its code says it."""
    if code in _PASSPHRASE:
        return "the exchange does not accept the passphrase (the ccxt client's password)"
    if code in _ADDRESS:
        return "the exchange does not accept the API key from this machine's IP address"
    if code in _CLOCK:
        return "the clocks of this machine and the exchange are too far apart"
    return "the exchange does not accept the API key" if code in _KEY else None


def _checked(row: Row) -> str | None:
    """The account's own number, once the key may trade and the account's mode can hold a position that is closed."""
    if "trade" not in (text(row, "perm") or "").split(","):
        raise NotReady("the API key is read-only; it must be allowed to trade")
    level = text(row, "acctLv") or ""
    if level in _LEVELS:
        raise NotReady(f"the account is {_LEVELS[level]}")
    return text(row, "uid")

