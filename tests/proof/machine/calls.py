"""What the bot asks for, and how each answer is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen, AtomicPositionError, InvalidRequest, NotReady
from atomicpos.models import Position, State

Ask = Callable[[AtomicPositions], Awaitable[Any]]
Judge = Callable[[Any], None]
ANY_OF_OURS = (AtomicPositionError,)
REFUSED = (AlreadyOpen, NotReady)
MISUSED = (InvalidRequest, NotReady)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open as the bot asked for it."""

    symbol: str
    side: str
    quantity: Decimal
    stop: tuple[str, Decimal]
    """The keyword of the stop, and its value."""
    leverage: int | None
    key: str

    def of(self, positions: AtomicPositions) -> Awaitable[Position]:
        """Ask for it."""
        named: dict[str, Any] = {self.stop[0]: self.stop[1]}
        return positions.open_position_atomic(
            self.symbol, self.side, self.quantity, leverage=self.leverage, idempotency_key=self.key, **named
        )

    def doubled(self) -> Asked:
        """Another request under the same key."""
        return replace(self, quantity=self.quantity * 2)

    def under(self, key: str) -> Asked:
        """The same request under another key."""
        return replace(self, key=key)


@dataclass(slots=True)
class Call:
    """A call that may still be under way."""

    what: str
    task: asyncio.Task[Any]
    judged: Judge = field(default=lambda answer: None)

    def judge(self) -> str:
        """Hold the answer to its contract, and name it. Raises what the contract does not know."""
        if self.task.cancelled():
            return "cancelled"
        answer = self.task.result()
        self.judged(answer)
        if isinstance(answer, Position):
            return answer.state.value
        return type(answer).__name__


async def answered(asked: Awaitable[Any], allowed: tuple[type[BaseException], ...]) -> Any:
    """What it returned, or the error that its contract allows."""
    try:
        return await asked
    except allowed as error:
        return error


def opened(answer: Any) -> None:
    """An open returns what is protected, or was and has ended since; it never raises of a protected position of its
    own.
    """
    if isinstance(answer, Position):
        assert answer.state in (State.PROTECTED, State.CLOSED), f"{answer.id} was returned {answer.state}"
    elif answer.position is not None and not isinstance(answer, AlreadyOpen):
        assert answer.position.state is not State.PROTECTED, f"{type(answer).__name__} of a protected position"


def never(answer: Any) -> None:
    """It must be refused."""
    assert isinstance(answer, Exception), f"{answer} went through"
