"""Alerts to people: beside the engine, from the outbox, through each channel by itself.

What is heard is only noted down; a task of its own writes it to the outbox, and one task a channel delivers. None of
them is waited for by anything that opens, protects or closes a position.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from atomicpos.announcer import log
from atomicpos.errors import StoreUnavailable
from atomicpos.events import Event
from atomicpos.letters import Letter, Owed, Report
from atomicpos.models import MICROSECONDS, Scope
from atomicpos.pausing import Pausing
from atomicpos.ports import Clock, Outbox, Owners
from atomicpos.record import Record

from .channel import Channel, Message
from .hearing import Hearing
from .message import compose, moment
from .postman import DELIVERY_FAILED, Postman
from .twofold import Twofold

CONFIRMED_EVERY_S = 30.0
"""How often a process says what stands in it, and learns what others told, in seconds."""
UNCONFIRMED_S = 150.0
"""What no process has confirmed for so long, in seconds, is over: whoever saw it is gone, and its successors had time
to take its positions over and see it themselves."""
FORGOTTEN_S = 7 * 86_400.0
"""How long what is over is kept, in seconds, for a channel that does not take the news of it."""
LAST_WORDS_S = 5.0
"""How long what is due may still be delivered when the block is left, in seconds; the rest stays in the outbox."""

RowOf = Callable[[str], Awaitable[Record | None]]


class Delivery:
    """The alerts of one instance on their way to people."""

    def __init__(
        self, channels: Sequence[Channel], outbox: Outbox, clock: Clock, scope: Scope, owners: Owners,
        publish: Callable[[Event], None], row_of: RowOf,
    ) -> None:
        """``row_of`` gives a position's row as far as it can be read; it does not raise."""
        self._hearing = Hearing(scope)
        self._box = Twofold(outbox, clock)
        self._clock = clock
        self._scope = scope
        self._owners = owners
        self._row_of = row_of
        self._pausing = Pausing(clock)
        self._postmen = [
            Postman(channel, self._box, self._composed, clock, scope, owners.me, publish) for channel in channels
        ]
        self._steady_since_us = self._confirm_at_us = clock.now_us()
        self._tasks: list[asyncio.Task[None]] = []

    # --- at once, on the loop ---------------------------------------------------------------------------------

    def hear(self, event: Event) -> None:
        """Note it down if it is about an alert; everything else happens later."""
        if self._hearing.hear(event):
            self._pausing.wake()

    @property
    def told(self) -> bool:
        """True while a channel takes messages, as far as is known."""
        return any(postman.failing_since_us is None for postman in self._postmen)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each channel that takes none."""
        return tuple(
            f"nobody is told through {p.channel.name} since {moment(p.failing_since_us)}: {p.why}"
            for p in self._postmen if p.failing_since_us is not None
        )

    # --- beside everything ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to deliver; returns at once."""
        self._tasks = [asyncio.ensure_future(self._keep()), *(asyncio.ensure_future(p.run()) for p in self._postmen)]

    async def close(self) -> None:
        """Write down what was heard last, deliver what is due within ``LAST_WORDS_S``, and end."""
        if not self._tasks:
            return
        keeper, *delivering = self._tasks
        self._tasks = []
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                await self._write_down()
                for postman in self._postmen:
                    postman.finish()
                await asyncio.wait(delivering)
        except Exception as error:  # whoever leaves has more to close
            if not isinstance(error, TimeoutError):
                log.error("the last alerts could not be delivered: %r", error)
            log.warning("the block is left with alerts that were not delivered yet; they stay in the outbox")
        finally:
            for task in delivering:
                task.cancel()
            await asyncio.gather(*delivering, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            try:
                await self._write_down()
                if self._clock.now_us() >= self._confirm_at_us:
                    self._confirm_at_us = self._clock.now_us() + round(CONFIRMED_EVERY_S * MICROSECONDS)
                    await self._confirm()
            except StoreUnavailable:
                # nobody could confirm anything meanwhile; that the database fails is said by whoever drives a position
                self._steady_since_us = self._clock.now_us()
            except Exception as error:
                log.error("the outbox could not be kept, and is kept on: %r", error)
            left_us = self._confirm_at_us - self._clock.now_us()
            await self._pausing.pause(max(left_us, 0) / MICROSECONDS)

    async def _write_down(self) -> None:
        news = self._hearing.news()
        if news:
            await self._box.report(self._routed(news))
        for postman in self._postmen:
            postman.wake()

    async def _confirm(self) -> None:
        """Say what stands, end what nobody says, learn what others told. Raises StoreUnavailable."""
        now = self._clock.now_us()
        await self._box.report(self._routed(self._hearing.confirmations(now)))
        takers, about = await self._box.refresh(self._scope)
        self._hearing.told_before = about
        gone = frozenset(taker for taker in takers if self._owners.gone(taker.partition("#")[0]))
        for postman in self._postmen:
            postman.gone = gone
        since_us = now - round(UNCONFIRMED_S * MICROSECONDS)
        lapses = since_us if since_us >= self._steady_since_us else None
        await self._box.tidy(self._scope, lapses, now - round(FORGOTTEN_S * MICROSECONDS), now)

    def _routed(self, reports: Sequence[Report]) -> dict[str, Sequence[Report]]:
        """To every channel, but nothing about a channel through itself."""
        names = [postman.channel.name for postman in self._postmen]
        return {name: [report for report in reports if not _about(report, name)] for name in names}

    async def _composed(self, letter: Letter, message: Owed, now_us: int) -> Message:
        position_id = letter.subject.position_id
        return compose(await self._row_of(position_id) if position_id else None, letter, message, now_us)


def _about(report: Report, channel: str) -> bool:
    return report.subject.condition == DELIVERY_FAILED and report.subject.key == channel
