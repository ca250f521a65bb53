"""Channels of our own: what they were told is kept, and they fail or hang as they are told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from atomicpos.letters import Owed
from atomicpos.observers.delivery import DeliveryFailed, Message


class FakeChannel:
    """A channel that keeps what it was told."""

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.told: list[Message] = []
        self.tries = 0
        self.failing = ""
        """What it says instead of taking a message."""
        self.takes_s = 0.0
        """How long it takes over a message."""

    async def deliver(self, message: Message) -> None:
        self.tries += 1
        if self.takes_s:
            await asyncio.sleep(self.takes_s)
        if self.failing:
            raise DeliveryFailed(self.failing)
        self.told.append(message)

    @property
    def kinds(self) -> list[Owed]:
        return [message.kind for message in self.told]

    def about(self, words: str) -> list[Owed]:
        """The kinds of the messages that have these words in their titles, in order."""
        return [message.kind for message in self.told if words in message.title]


TICK_S = 0.01


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what another thread, process or server does. Raises AssertionError when it does not happen."""
    for _ in range(round(seconds / TICK_S)):
        if holds():
            return
        await asyncio.sleep(TICK_S)
    raise AssertionError(f"it did not happen within {seconds:g} s")
