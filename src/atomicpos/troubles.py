"""What keeps the background tasks from their work: said once when it begins, once when it is over; they go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .announcer import log
from .engine import Means
from .errors import StoreUnavailable
from .events import Event, EventKind
from .seldom import Seldom

WATCHDOG_HINDERED = "watchdog_hindered"


class Troubles:
    """The failures of the background tasks of one account."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._seldom = Seldom(means.clock.now_us)
        self.standing: str | None = None
        """What keeps them from their work now; None when nothing does."""

    async def unfailing(self, act: Callable[[], Awaitable[object]]) -> None:
        """Do it; whatever fails is told, and the next time comes."""
        try:
            await act()
        except StoreUnavailable as failure:
            self._begin(str(failure))
        except Exception as error:
            if (after := self._seldom.after(repr(error))) is not None:
                log.error("the watchdog failed, and goes on: %r%s", error, after)
            self._begin(f"{type(error).__name__}: {error}")
        else:
            self._end()

    def _begin(self, text: str) -> None:
        if self.standing is None:
            self._say(EventKind.ALERT, f"the watchdog cannot do its work: {text}")
        self.standing = text

    def _end(self) -> None:
        if self.standing is not None:
            self._say(EventKind.RESOLVED, "the watchdog does its work again")
        self.standing = None

    def _say(self, kind: EventKind, text: str) -> None:
        now = self._means.clock.now_us()
        self._means.announcer.publish(Event(kind, now, "", "", text, condition=WATCHDOG_HINDERED))
