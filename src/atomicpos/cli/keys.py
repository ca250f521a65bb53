"""Keys: from the environment or a file, never from an argument, which every process on the machine could read.

Most exchanges give an API key and its secret. Those of ``WALLETS`` know an account by its wallet's address, and take
what its private key has signed, or that of a wallet which it has authorised.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import NotReady

API_KEY = "ATOMICPOS_API_KEY"
SECRET = "ATOMICPOS_SECRET"
PASSWORD = "ATOMICPOS_PASSWORD"
"""The key's passphrase, on exchanges whose keys have one; ccxt calls it ``password``."""
WALLET_ADDRESS = "ATOMICPOS_WALLET_ADDRESS"
"""The account's own address, also where an API wallet signs for it; ccxt calls it ``walletAddress``."""
PRIVATE_KEY = "ATOMICPOS_PRIVATE_KEY"
"""The key that signs: the account's, or that of an API wallet; ccxt calls it ``privateKey``."""
WALLETS = frozenset({"hyperliquid"})
"""The exchanges whose accounts are wallets (``requiredCredentials`` of their ccxt clients)."""
ADDRESS_DIGITS, PRIVATE_KEY_DIGITS = 40, 64
"""Hexadecimal digits of an address, which follow a 0x, and of a private key."""
_NAMES = {
    API_KEY: ("api_key", "apikey", API_KEY.lower()),
    SECRET: ("secret", SECRET.lower()),
    PASSWORD: ("password", "passphrase", PASSWORD.lower()),
    WALLET_ADDRESS: ("wallet_address", "walletaddress", WALLET_ADDRESS.lower()),
    PRIVATE_KEY: ("private_key", "privatekey", PRIVATE_KEY.lower()),
}


class UnreadableKeys(Exception):
    """The keys file cannot be used; the message never quotes it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A key, its secret, and its passphrase where it has one, or a wallet; none of them shows in a repr."""

    api_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    wallet_address: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)

    def as_ccxt(self) -> dict[str, str]:
        """What is given, under the names that ccxt's clients take."""
        named = {
            "apiKey": self.api_key, "secret": self.secret, "password": self.password,
            "walletAddress": self.wallet_address, "privateKey": self.private_key,
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}


def read_keys(
    file: Path | None, environ: Mapping[str, str], warn: Callable[[str], object], *, wallet: bool = False
) -> Keys:
    """From the file where one is named, else from the environment; ``wallet`` for an exchange of ``WALLETS``.

    Raises UnreadableKeys for a file that is neither JSON nor KEY=VALUE lines, NotReady when one of the two is missing,
    or is no address or private key. No message quotes a value: either may stand in the other's place. ``warn`` is told
    when others may read the file.
    """
    given = dict(environ) if file is None else _named(_read(file, warn))
    where = "the environment" if file is None else f"the keys file {file}"
    missing = [name for name in ((WALLET_ADDRESS, PRIVATE_KEY) if wallet else (API_KEY, SECRET)) if not given.get(name)]
    if missing:
        raise NotReady(f"{' and '.join(missing)} must be set in {where}; nothing was sent")
    if wallet:
        return Keys(wallet_address=_address(given, where), private_key=_private_key(given, where))
    return Keys(given[API_KEY], given[SECRET], given.get(PASSWORD, ""))


def _address(given: Mapping[str, str], where: str) -> str:
    value = given[WALLET_ADDRESS].strip()
    if re.fullmatch(f"0x[0-9a-fA-F]{{{ADDRESS_DIGITS}}}", value):
        return value
    raise _malformed(WALLET_ADDRESS, where, value, f"0x and {ADDRESS_DIGITS} hexadecimal digits")


def _private_key(given: Mapping[str, str], where: str) -> str:
    value = given[PRIVATE_KEY].strip()
    if re.fullmatch(f"(0x)?[0-9a-fA-F]{{{PRIVATE_KEY_DIGITS}}}", value):
        return value
    raise _malformed(PRIVATE_KEY, where, value, f"{PRIVATE_KEY_DIGITS} hexadecimal digits, with or without 0x")


def _malformed(name: str, where: str, value: str, form: str) -> NotReady:
    return NotReady(f"{name} in {where} is {len(value)} characters that are not {form}; nothing was sent")


def _read(file: Path, warn: Callable[[str], object]) -> dict[str, str]:
    try:
        content = file.read_text(encoding="utf-8")
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableKeys(f"the keys file {file} cannot be read ({type(error).__name__})") from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        warn(f"warning: others on this machine may read the keys file {file}; run: chmod 600 {file}")
    return _parsed(file, content)


def _parsed(file: Path, content: str) -> dict[str, str]:
    try:
        found = json.loads(content)
    except ValueError:
        found = _lines(content)
    if not isinstance(found, dict):
        raise UnreadableKeys(f"the keys file {file} is neither a JSON object nor lines of KEY=VALUE")
    return {str(name): value for name, value in found.items() if isinstance(value, str)}


def _lines(content: str) -> dict[str, str] | None:
    """KEY=VALUE lines, with or without ``export`` and quotes; None when a line is none."""
    found: dict[str, str] = {}
    for line in content.splitlines():
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            return None
        found[name.strip()] = value.strip().strip("'\"")
    return found


def _named(found: dict[str, str]) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in found.items()}
    return {name: lowered[alias] for name, aliases in _NAMES.items() for alias in aliases if alias in lowered}
