"""Order status: what the exchange says of our own orders, by our client order ids."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from ..absorb import named, told
from ..evidence import Evidence, Kind, OrderView, Source
from ..frozen import replace
from ..ports import OrdersReading, ReadFailed
from .question import Question, Sought


class OrderStatus:
    """Looks every open order of ours up by its id; a failed lookup of one id says nothing about it."""

    name = Source.ORDER_STATUS.value

    async def look(self, question: Question) -> Evidence:
        """SEEN with the entry's filled quantity when it is shown, ABSENT when every lookup answered without it.

        When the entry needs no lookup any more, the finding is about our other orders.
        """
        if not question.client_order_ids and question.guard is None:
            return await _of_the_position(question)
        reading = await _orders(question)
        if question.entry_id in question.client_order_ids:
            finding = _of_the_entry(question.entry_id, reading)
        else:
            finding = _of_the_others(reading)
        return await _with_position_stop(finding, question) if question.position_stop else finding


async def _orders(question: Question) -> OrdersReading:
    """Our orders by their ids, and the stop that has none by its value: under our name for it, as if by its id."""
    reads, ids, guard = question.reads, question.client_order_ids, question.guard
    if guard is None:
        return await reads.orders(question.symbol, ids)
    if not ids:
        return await _guard(guard, question)
    named, unnamed = await asyncio.gather(reads.orders(question.symbol, ids), _guard(guard, question))
    return OrdersReading(
        named.orders + unnamed.orders, named.absent_ids + unnamed.absent_ids, f"{named.raw}\n{unnamed.raw}",
        named.failures + unnamed.failures,
    )


async def _guard(guard: Sought, question: Question) -> OrdersReading:
    """A listing that failed says nothing of it, and neither does one that shows several that may be it."""
    order = guard.order
    try:
        reading = await question.reads.waiting_stops(question.symbol, order.exchange_order_id)
    except ReadFailed as failed:
        return OrdersReading((), (), failed.raw, (str(failed),))
    found: tuple[OrderView, ...] = ()
    if order.exchange_order_id is not None:
        found = () if reading.asked is None else (named(order, reading.asked),)
    elif guard.entry_at_us is None:
        return OrdersReading((), (), reading.raw, ("when the entry was made is not known: no stop can be told by it",))
    else:
        found = told(order, reading.stops, guard.tick, guard.entry_at_us)
    if len(found) > 1:
        why = f"{len(found)} stops may be the guard stop at {order.trigger_price}"
        return OrdersReading((), (), reading.raw, (why,))
    return OrdersReading(found, () if found else (order.client_order_id,), reading.raw)


async def _with_position_stop(finding: Evidence, question: Question) -> Evidence:
    """What was found of the orders stands, whether the position's own stop can be read or not."""
    try:
        reading = await question.reads.position_stop(question.symbol)
    except ReadFailed as failed:
        return replace(finding, raw=f"{finding.raw}\n{failed.raw or failed}")
    return replace(finding, position_stop=reading.stop, raw=f"{finding.raw}\n{reading.raw}")


async def _of_the_position(question: Question) -> Evidence:
    """The one stop of ours that has no id, when no other order needs a lookup."""
    reading = await question.reads.position_stop(question.symbol)
    kind = Kind.ABSENT if reading.stop is None else Kind.SEEN
    return Evidence(kind, position_stop=reading.stop, raw=reading.raw)


def _of_the_entry(entry_id: str, reading: OrdersReading) -> Evidence:
    for view in reading.orders:
        if view.client_order_id == entry_id:
            return _found(Kind.SEEN, reading, view.filled, view.average)
    return _found(Kind.ABSENT, reading) if entry_id in reading.absent_ids else _unknown(reading)


def _of_the_others(reading: OrdersReading) -> Evidence:
    if reading.orders:
        return _found(Kind.SEEN, reading)
    return _found(Kind.ABSENT, reading) if reading.absent_ids and not reading.failures else _unknown(reading)


def _unknown(reading: OrdersReading) -> Evidence:
    return _found(Kind.UNKNOWN, reading, why="; ".join(reading.failures) or "nothing was looked up")


def _found(
    kind: Kind, reading: OrdersReading, quantity: Decimal | None = None, price: Decimal | None = None, why: str = ""
) -> Evidence:
    """The finding, with all that it was found in."""
    return Evidence(
        kind, quantity, price, why, orders=reading.orders, absent_ids=reading.absent_ids, raw=reading.raw
    )
