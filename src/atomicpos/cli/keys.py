"""API keys: from the environment or a file, never from an argument, which every process on the machine could read."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import NotReady

API_KEY = "ATOMICPOS_API_KEY"
SECRET = "ATOMICPOS_SECRET"
PASSWORD = "ATOMICPOS_PASSWORD"
"""The key's passphrase, on exchanges whose keys have one; ccxt calls it ``password``."""
_NAMES = {
    API_KEY: ("api_key", "apikey", API_KEY.lower()),
    SECRET: ("secret", SECRET.lower()),
    PASSWORD: ("password", "passphrase", PASSWORD.lower()),
}


class UnreadableKeys(Exception):
    """The keys file cannot be used; the message never quotes it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A key, its secret, and its passphrase where it has one; none of them shows in a repr."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    password: str = field(default="", repr=False)


def read_keys(file: Path | None, environ: Mapping[str, str], warn: Callable[[str], object]) -> Keys:
    """From the file where one is named, else from the environment.

    Raises UnreadableKeys for a file that is neither JSON nor KEY=VALUE lines, NotReady when one of the two is missing.
    ``warn`` is told when others may read the file.
    """
    given = dict(environ) if file is None else _named(_read(file, warn))
    missing = [name for name in (API_KEY, SECRET) if not given.get(name)]
    if missing:
        where = "the environment" if file is None else f"the keys file {file}"
        raise NotReady(f"{' and '.join(missing)} must be set in {where}; nothing was sent")
    return Keys(given[API_KEY], given[SECRET], given.get(PASSWORD, ""))


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
