"""What must never happen while replies are hostile, written down as it happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from atomicpos.events import Event, EventKind
from atomicpos.models import SETTLED, Leg, Position, State
from atomicpos.sim.orders import Truth
from atomicpos.sim.venue import Venue

ESCAPED = ("failed and is started again", "failed, and goes on", "never retrieved", "Unhandled", "failed on")
"""What the library, asyncio or a server writes when something was raised that nobody expected."""


class Watching(logging.Handler):
    """Holds what every announced state says against the venue's own truth, and hears what escapes into the log."""

    def __init__(self, venue: Venue, *, believes: bool) -> None:
        """``believes``: a forged reply may be believed for a while, so only the end counts."""
        super().__init__()
        self._venue = venue
        self._believes = believes
        self.wrong: list[str] = []

    def hear(self, event: Event) -> None:
        """A listener to the library's facts."""
        if event.kind is EventKind.TRANSITION and not self._believes:
            self.wrong += [f"{event.text}: {why}" for why in untrue(event.state, self._venue.truth(event.symbol))]

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the log."""
        line = record.getMessage()
        if any(words in line for words in ESCAPED) and "aiohttp" not in record.name:
            self.wrong.append(f"{record.name}: {line[:300]}")

    def unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Asyncio's own complaint."""
        if _closing(context):
            return
        self.wrong.append(f"asyncio: {context.get('message')}: {context.get('exception')!r}")


def quiet() -> None:
    """Write no line of the log anywhere; whoever listens to it still hears each."""
    logging.getLogger().addHandler(logging.NullHandler())


def _closing(context: dict[str, Any]) -> bool:
    """aiohttp tells of connections that end while it parses; the reply was struck, so that is what it was to do."""
    return "aiohttp" in repr(context.get("exception")) or "Unclosed" in str(context.get("message"))


@contextmanager
def watching(venue: Venue, *, believes: bool) -> Iterator[Watching]:
    """Listen to the log and to asyncio for as long as the block lasts."""
    watch, root, loop = Watching(venue, believes=believes), logging.getLogger(), asyncio.get_running_loop()
    root.addHandler(watch)
    loop.set_exception_handler(watch.unhandled)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
        loop.set_exception_handler(None)


def untrue(state: State | None, truth: Truth) -> list[str]:
    """Why that state is not so; a row at rest says something of the exchange, any other says nothing yet."""
    if state is State.PROTECTED and (truth.quantity == 0 or truth.stop_quantity < abs(truth.quantity)):
        return [f"{truth.quantity} is there, and stops cover {truth.stop_quantity}"]
    if state in SETTLED and (truth.quantity or truth.stops or truth.orders):
        return [f"{truth.quantity} is there, with {len(truth.stops)} stops and {len(truth.orders)} orders"]
    return []


def unlike(row: Position, truth: Truth, *, believed: bool) -> list[str]:
    """What a row at rest says otherwise than the venue; all of it must agree once the replies are honest again.

    ``believed``: a stop that a forged refusal called refused may stand beside the one that was put up in its place.
    """
    wrong = untrue(row.state, truth)
    if row.state in SETTLED or wrong:
        return wrong
    if row.state is not State.PROTECTED:
        return [f"it is {row.state.value}"]
    left = row.filled_quantity - sum(order.filled for order in row.orders if order.leg is Leg.CLOSE)
    if left != abs(truth.quantity):
        wrong.append(f"the row says {left}, the venue {truth.quantity}")
    triggers = [stop.trigger_price for stop in truth.stops]
    if row.stop_price not in triggers or (len(triggers) > 1 and not believed):
        wrong.append(f"the row's stop is at {row.stop_price}, the venue's {[str(price) for price in triggers]}")
    return wrong
