"""Which verifiers answer: the three built in, and the caller's own."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidRequest
from ..evidence import BUILT_IN
from .order_status import OrderStatus
from .position_poll import PositionPoll
from .question import Verifier
from .trade_history import TradeHistory


def built_in() -> tuple[Verifier, ...]:
    """The three sources that can prove an end."""
    return (OrderStatus(), TradeHistory(), PositionPoll())


def assemble(own: Iterable[object]) -> tuple[Verifier, ...]:
    """Built-in and own verifiers. Raises InvalidRequest for an object that is none, or a name that is taken."""
    verifiers = list(built_in())
    taken = set(BUILT_IN)
    for verifier in own:
        if not isinstance(verifier, Verifier) or not isinstance(verifier.name, str) or not verifier.name:
            raise InvalidRequest(f"verifier {verifier!r} needs a name and an async look(question)")
        if verifier.name in taken:
            raise InvalidRequest(f"verifier name {verifier.name!r} is taken; the names are {', '.join(sorted(taken))}")
        taken.add(verifier.name)
        verifiers.append(verifier)
    return tuple(verifiers)
