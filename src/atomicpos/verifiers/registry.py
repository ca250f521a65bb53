"""Which verifiers answer: the three built in, the caller's own, and the plug-ins that the caller names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from ..errors import InvalidRequest
from ..evidence import OURS
from . import plugins
from .guest import Guest
from .order_status import OrderStatus
from .position_poll import PositionPoll
from .question import Verifier
from .trade_history import TradeHistory


def built_in() -> tuple[Verifier, ...]:
    """The three sources that can prove an end."""
    return (OrderStatus(), TradeHistory(), PositionPoll())


def assemble(own: Iterable[object]) -> tuple[Verifier, ...]:
    """Built-in verifiers, and the caller's: objects, or names of installed plug-ins.

    Raises InvalidRequest for an object that is none, a name that is taken, or a plug-in that cannot be had.
    """
    verifiers = list(built_in())
    taken = set(OURS)
    for given in own:
        guest = _guest(given)
        if guest.name in taken:
            raise InvalidRequest(f"verifier name {guest.name!r} is taken; the names are {', '.join(sorted(taken))}")
        taken.add(guest.name)
        verifiers.append(guest)
    return tuple(verifiers)


def _guest(given: object) -> Guest:
    """The verifier under a name that cannot change any more: a built-in name would let it prove an end."""
    who = f"verifier plug-in {given!r}" if isinstance(given, str) else f"verifier {given!r}"
    verifier = plugins.load(given) if isinstance(given, str) else given
    if isinstance(verifier, type):
        raise InvalidRequest(f"{who} is a class; give an object of it: {verifier.__name__}()")
    name, look = _attribute(verifier, "name"), _attribute(verifier, "look")
    if not isinstance(name, str) or not name or not callable(look):
        raise InvalidRequest(f"{who} needs a name and an async look(question)")
    return Guest(str(name), look)


def _attribute(verifier: object, name: str) -> object:
    """The attribute; None when it cannot be had, for whatever reason."""
    try:
        return getattr(verifier, name, None)
    except Exception:
        return None


@dataclass(frozen=True, slots=True)
class Available:
    """One verifier that is built in, or installed as a plug-in."""

    name: str
    package: str
    version: str
    entry_point: str
    built_in: bool
    loads: bool
    """True when naming it among ``verifiers`` would be accepted; what is built in always is at work."""
    why: str | None = None
    """Why it does not load."""


def available() -> tuple[Available, ...]:
    """Everything there is, built-in first; every plug-in is loaded, as it would be for ``AtomicPositions``."""
    release = version("atomicpos")
    ours = (
        Available(v.name, "atomicpos", release, f"{type(v).__module__}:{type(v).__name__}", True, True)
        for v in built_in()
    )
    theirs = (_tried(entry.name, *plugins.package(entry), entry.value) for entry in plugins.installed())
    return (*ours, *theirs)


def _tried(name: str, package: str, release: str, entry_point: str) -> Available:
    try:
        assemble([name])
    except InvalidRequest as refused:
        return Available(name, package, release, entry_point, False, False, str(refused))
    return Available(name, package, release, entry_point, False, True)
