"""The in-process stream: what happens in the engine, told half a round trip later, under the faults of ``stream``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from atomicpos.ports import Clock, Hear, Notice, StreamEnded

from .orders import Execution, Happening, VenueOrder
from .streaming import OnTheWay, arrivals
from .venue import Venue
from .views import fill_of, order_view, position_view


class SimStream:
    """``ports.Stream`` on the venue. What happens while nothing is connected is never told."""

    def __init__(self, venue: Venue, caller: Clock, round_trip_s: float) -> None:
        self._venue = venue
        self._caller = caller
        self._half_s = round_trip_s / 2
        self._ending: asyncio.Future[str] | None = None
        self.refuses: str | None = None
        """Why no connection can be had; None while one can."""
        self.hangs = False
        """True: connections are begun and come to nothing."""

    def drop(self) -> None:
        """The connection is lost, now."""
        self._end("the connection dropped")

    async def follow(self, hear: Hear, up: Callable[[], None]) -> None:
        """Tell what happens from one round trip on; raises StreamEnded when the connection is refused or drops."""
        await asyncio.sleep(2 * self._half_s)
        if self.refuses is not None:
            raise StreamEnded(self.refuses)
        ending = self._ending = asyncio.get_running_loop().create_future()

        async def deliver(happening: Happening) -> None:
            hear(notice_of(happening, self._venue, self._caller.now_us()))

        way: OnTheWay[Happening] = OnTheWay(deliver)
        if self.hangs:
            await ending
        await self._told(way, ending, up)

    async def _told(
        self, way: OnTheWay[Happening], ending: asyncio.Future[str], up: Callable[[], None]
    ) -> None:
        def tell(happening: Happening) -> None:
            after = arrivals(self._venue.faults, happening.symbol)
            if after is None:
                self.drop()
            for seconds in after or ():
                way.put(happening, self._half_s + seconds)

        delivering = asyncio.ensure_future(way.run())
        self._venue.told.append(tell)
        try:
            up()
            raise StreamEnded(await ending)
        finally:
            self._venue.told.remove(tell)
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)  # whoever is cancelled here stays so

    def _end(self, why: str) -> None:
        if self._ending is not None and not self._ending.done():
            self._ending.set_result(why)


def notice_of(happening: Happening, venue: Venue, heard_at_us: int) -> Notice:
    """The one message that tells of it.

    In hedge mode the slot is left to be read: whose position it is the message would have to say, and nobody may take
    the other side's for a reversal of his own.
    """
    if isinstance(happening, VenueOrder):
        return Notice(happening.symbol, heard_at_us, orders=(order_view(happening),))
    if isinstance(happening, Execution):
        return Notice(happening.symbol, heard_at_us, fills=(fill_of(happening),))
    view = position_view(happening, venue.margin_mode()) if happening.slot is None else None
    return Notice(happening.symbol, heard_at_us, position=view)
