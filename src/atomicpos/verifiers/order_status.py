"""Order status: what the exchange says of our own orders, by our client order ids."""

from __future__ import annotations

from dataclasses import replace

from ..evidence import Evidence, Kind, Source
from .question import Question


class OrderStatus:
    """Looks every open order of ours up by its id; a failed lookup of one id says nothing about it."""

    name = Source.ORDER_STATUS.value

    async def look(self, question: Question) -> Evidence:
        """SEEN with the entry's filled quantity when the entry is known, ABSENT when its lookup showed nothing."""
        reading = await question.reads.orders(question.symbol, question.client_order_ids)
        finding = Evidence.unknown("; ".join(reading.failures) or "the entry was not looked up")
        if question.entry_id in reading.absent_ids:
            finding = Evidence.absent()
        for view in reading.orders:
            if view.client_order_id == question.entry_id:
                finding = Evidence(Kind.SEEN, quantity=view.filled, price=view.average)
        return replace(finding, orders=reading.orders, absent_ids=reading.absent_ids, raw=reading.raw)
