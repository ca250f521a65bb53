"""Histories for canaries that no ordinary one can show: of other words, of a lost database, and past every bound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ....evidence import OrderView
from ....models import OrderSide, OrderStatus
from ....ports import OrdersReading, Reads
from ....record import Record
from ....sim.loop import run
from ....sim.orders import PlaceRequest
from ..histories import Playing, Told
from ..odometer import Space, Tape
from ..quiet import quiet
from ..spaces import history
from ..stage import SYMBOL

HELD_S = 20.0
"""How long a successor holds what it found before it closes it."""


def playing(make: Callable[[dict[str, Any]], Playing]) -> Callable[[Space, Tape], Told]:
    """Play a tape by the history that ``make`` makes of its choices; what the rig itself raises is a broken one."""

    async def play(choices: dict[str, Any]) -> Told:
        return await make(choices).play()

    def tape_of(space: Space, tape: Tape) -> Told:
        try:
            with quiet():
                return run(lambda: play(space.read(tape)))
        except Exception as error:
            return Told((f"raised {type(error).__name__}: {error}",), (), None, None, "raised", 0)

    return tape_of


# --- an adapter that believes a client's word -------------------------------------------------------------------------


class ClosedReads:
    """Reads by an adapter that calls a market order filled as soon as the exchange has it, as clients call it closed.

    The shipped adapter does not: it says unknown unless the filled quantity covers the order's. The core has a guard
    of its own against it, which nothing else here would ever reach.
    """

    def __init__(self, inner: Reads) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """As they are, but for that word."""
        reading = await self._inner.orders(symbol, client_order_ids)
        return replace(reading, orders=tuple(map(_closed, reading.orders)))


def _closed(view: OrderView) -> OrderView:
    return view if view.trigger_price is not None else replace(view, status=OrderStatus.FILLED)


def closed_words(choices: dict[str, Any]) -> Playing:
    """A history on an exchange whose adapter believes ``closed``."""
    played = Playing(history(choices))
    played.exchange.reads = played.exchange.urgent_reads = ClosedReads(played.exchange.reads)  # type: ignore[assignment]
    return played


# --- past every bound -------------------------------------------------------------------------------------------------


class ArrivesLate(Playing):
    """The entry is lost, proven absent, and carried out by the exchange all the same, so long after its row settled."""

    def __init__(self, choices: dict[str, Any]) -> None:
        given = dict(choices)
        self._late_s = given.pop("late_s")
        self._omitted = given.pop("unlisted", False)
        super().__init__(history(given))

    async def _rest(self) -> None:
        """Wait for the end, let it arrive, and wait for the other end."""
        await super()._rest()
        asyncio.get_running_loop().call_later(self._late_s, entry_arrives, self)
        await self.clock.sleep(self._late_s + FOUND_WITHIN_S)
        await super()._rest()


def entry_arrives(played: Playing, rows: Iterable[Record] | None = None) -> None:
    """The exchange carries the entries of these rows out after all, of every one unless they are given."""
    for row in tuple(played.rows.values()) if rows is None else rows:
        rides = row.riding
        played.venue.place(PlaceRequest(
            SYMBOL, row.entry.client_order_id, OrderSide.BUY, row.entry.quantity,
            stop_loss=rides.trigger_price if rides else None, stop_loss_by=rides.trigger_by if rides else None,
        ))  # fmt: skip


FOUND_WITHIN_S = 60.0
"""Within what time a late fill is found: two turns of the watchdog where positions are listed, an audit elsewhere."""
