"""One channel's letters: taken, composed, delivered, put back. What a channel does slows nothing but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count

from atomicpos.announcer import log
from atomicpos.events import Event, EventKind
from atomicpos.letters import Letter, Owed, delivered, failed, owed, pause_us
from atomicpos.models import MICROSECONDS, Scope
from atomicpos.pausing import Pausing
from atomicpos.ports import Clock, Taker
from atomicpos.redaction import redacted
from atomicpos.severity import severity_of

from .channel import Channel, DeliveryFailed, Message
from .twofold import Twofold

LOOKS_EVERY_S = 5.0
"""How often it is looked for letters that have become due, in seconds; what begins here is looked for at once."""
DELIVERY_S = 30.0
"""How long a channel may take over one message, in seconds; then that delivery counts as failed."""
LEASE_S = 90.0
"""How long a letter belongs to who delivers it, in seconds: a process that died leaves it to the next one then."""
TAKEN_AT_ONCE = 20
"""How many letters are taken together."""
WHY_MOST = 200
"""How many characters of a channel's complaint are kept."""
DELIVERY_FAILED = "delivery_failed"
"""The condition of a channel that does not take messages; its key is the channel's name."""

Compose = Callable[[Letter, Owed, int], Awaitable[Message]]


def _same(letter: Letter) -> Letter:
    return letter


class Postman:
    """Delivers through one channel until it is told to finish."""

    def __init__(
        self, channel: Channel, box: Twofold, compose: Compose, clock: Clock, scope: Scope, me: str,
        publish: Callable[[Event], None],
    ) -> None:
        self.channel = channel
        self.gone: frozenset[str] = frozenset()
        """Owners of letters whose processes certainly are no more."""
        self.failing_since_us: int | None = None
        self.why = ""
        self._failures = 0
        self._box = box
        self._compose = compose
        self._clock = clock
        self._scope = scope
        self._me = me
        self._claims = count(1)
        self._publish = publish
        self._pausing = Pausing(clock)
        self._finishing = False

    def wake(self) -> None:
        """There may be something to deliver. A channel that failed is left alone all the same."""
        if self.failing_since_us is None:
            self._pausing.wake()

    def finish(self) -> None:
        """Deliver what is due, then end."""
        self._finishing = True
        self._pausing.wake()

    async def run(self) -> None:
        """Deliver what becomes due, for as long as nobody says to finish."""
        while True:
            try:
                rests = await self._round()
            except Exception as error:  # a slip here must cost no alert: it is taken up again
                log.error("the delivery through %s failed and goes on: %r", self.channel.name, error)
                rests = True
            if rests:
                if self._finishing:
                    return
                await self._pausing.pause(pause_us(self._failures) / MICROSECONDS if self._failures else LOOKS_EVERY_S)

    async def _round(self) -> bool:
        """Deliver some of what is due; True when there is nothing more to do for now."""
        now = self._clock.now_us()
        owner = f"{self._me}#{self.channel.name}#{next(self._claims)}"
        lease_us = round(LEASE_S * MICROSECONDS)
        taker = Taker(self._scope, self.channel.name, owner, now, lease_us, self.gone)
        letters = await self._box.take(taker, TAKEN_AT_ONCE)
        worst_first = sorted(letters, key=lambda letter: severity_of(letter.subject.condition))
        needed_us = round(DELIVERY_S * MICROSECONDS)
        for n, letter in enumerate(worst_first):
            in_time = self._clock.now_us() + needed_us < now + lease_us
            if not in_time or not await self._deliver(owner, letter):
                for rest in worst_first[n + in_time:]:
                    await self._box.put_back(owner, rest, _same)
                return in_time
        return not letters

    async def _deliver(self, owner: str, letter: Letter) -> bool:
        """One message; False when the channel did not take it."""
        now = self._clock.now_us()
        message = owed(letter, now)
        if message is None:
            await self._box.put_back(owner, letter, _same)
            return True
        text = await self._compose(letter, message, now)
        why = await self._handed_over(text)
        at_us = self._clock.now_us()
        if why is None:
            await self._box.put_back(owner, letter, partial(delivered, message=message, at_us=at_us))
            self._works(at_us)
            return True
        await self._box.put_back(owner, letter, partial(failed, why=why, at_us=at_us))
        self._fails(why, at_us)
        return False

    async def _handed_over(self, message: Message) -> str | None:
        """None when the channel took it; else why not."""
        try:
            async with asyncio.timeout(DELIVERY_S):
                await self.channel.deliver(message)
        except TimeoutError:
            return f"no answer within {DELIVERY_S:g} s"
        except DeliveryFailed as failure:
            return redacted(str(failure))[:WHY_MOST]
        except Exception as error:
            return redacted(f"{type(error).__name__}: {error}")[:WHY_MOST]
        return None

    # --- how it stands ----------------------------------------------------------------------------------------

    def _fails(self, why: str, at_us: int) -> None:
        self._failures += 1
        self.why = why
        said = {"key": self.channel.name, "channel": self.channel.name, "error": why}
        begins = self.failing_since_us is None
        if begins:
            self.failing_since_us = at_us
        text = f"alerts cannot be delivered through {self.channel.name}: {why}"
        self._publish(Event(EventKind.DELIVERY_FAILED, at_us, "", "", text, data=said))
        if begins:
            self._publish(Event(EventKind.ALERT, at_us, "", "", text, condition=DELIVERY_FAILED, data=said))

    def _works(self, at_us: int) -> None:
        if self.failing_since_us is None:
            return
        self._failures, self.failing_since_us, self.why = 0, None, ""
        text = f"alerts are delivered through {self.channel.name} again"
        said = {"key": self.channel.name, "channel": self.channel.name}
        self._publish(Event(EventKind.RESOLVED, at_us, "", "", text, condition=DELIVERY_FAILED, data=said))
