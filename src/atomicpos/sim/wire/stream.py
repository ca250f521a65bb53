"""One private stream of any dialect: what happens in the engine becomes messages, under the faults of ``stream``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from aiohttp import web

from atomicpos.models import OrderStatus
from atomicpos.sim.orders import Execution, Happening, VenueOrder
from atomicpos.sim.streaming import OnTheWay, arrivals
from atomicpos.sim.venue import Venue

from .spelling import Json

Worded = Callable[[Happening], "Json | None"]
"""The message that tells of it; None where this connection has not asked for such."""


class Telling:
    """The messages of one socket. Use as a context: from its beginning on, whatever happens is told."""

    def __init__(self, venue: Venue, socket: web.WebSocketResponse, request: web.Request, worded: Worded) -> None:
        self._venue = venue
        self._socket = socket
        self._request = request
        self._worded = worded
        self._way: OnTheWay[Json] = OnTheWay(self._send)

    async def __aenter__(self) -> Telling:
        """Begin to tell."""
        self._venue.told.append(self._tell)
        self._sending = asyncio.ensure_future(self._way.run())
        return self

    async def __aexit__(self, *error: object) -> None:
        """Tell no more; what was under way is lost."""
        self._venue.told.remove(self._tell)
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)

    def _tell(self, happening: Happening) -> None:
        message = self._worded(happening)
        if message is None:
            return
        after = arrivals(self._venue.faults, happening.symbol)
        if after is None:
            drop(self._request)
        for seconds in after or ():
            self._way.put(message, seconds)

    async def _send(self, message: Json) -> None:
        await send(self._socket, message)


def as_executed(venue: Venue, execution: Execution) -> tuple[VenueOrder, int]:
    """The order as it is right after that execution, and how many executions its symbol has had by then.

    Exchanges tell of an execution with the order's own new state; the engine has the order's next version only once
    all of them are made.
    """
    symbol, now_us = execution.symbol, venue.now_us()
    order = next(o for o in venue.orders_as_of(symbol, now_us) if o.order_id == execution.order_id)
    every = venue.executions_as_of(symbol, now_us)
    ours = [one for one in every if one.order_id == execution.order_id]
    filled = sum((one.quantity for one in ours), Decimal(0))
    average = sum((one.quantity * one.price for one in ours), Decimal(0)) / filled
    whole = order.quantity
    if order.reduce_only:  # cut to the position, which this execution has not reached yet
        before = filled - execution.quantity
        position = venue.position_as_of(symbol, now_us, execution.position_side)
        whole = before + min(whole - before, position.quantity)
    status = OrderStatus.FILLED if filled >= whole else OrderStatus.PARTIAL
    after = replace(order, filled=filled, average=average, quantity=whole, status=status, updated_at_us=execution.at_us)
    return after, len(every)


async def send(socket: web.WebSocketResponse, message: Json) -> None:
    """Send one message as exchanges write it; nobody may be there any more."""
    with suppress(ConnectionError):
        await socket.send_str(json.dumps(message, separators=(",", ":")))


def drop(request: web.Request) -> None:
    """Reset the connection: the client sees it go without another byte."""
    if request.transport is not None:
        request.transport.abort()
