"""A channel: one way to reach people. Apprise makes them of URLs; an object of one's own will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from atomicpos.letters import Owed
from atomicpos.severity import Severity


class DeliveryFailed(Exception):
    """The channel did not take the message; says why, without a secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads: plain text, no secret, no raw payload."""

    kind: Owed
    severity: Severity
    title: str
    """One line."""
    body: str


@runtime_checkable
class Channel(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """Tells it from other channels, in every process that has it, without a secret: what one of them has told, the
        others do not tell again.
        """
        ...

    async def deliver(self, message: Message) -> None:
        """Hand the message over. Raises DeliveryFailed; whatever else it raises counts as that. It may be called
        again with a message that had arrived after all: what was not confirmed is told once more.
        """
        ...
