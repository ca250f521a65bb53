"""Trade history: fills on the symbol since our entry was sent, ours and everybody's."""

from __future__ import annotations

from decimal import Decimal

from ..evidence import Evidence, Kind, Source
from ..models import MICROSECONDS
from .question import Question

MARGIN_US = 5 * MICROSECONDS
"""How much earlier than our first send the fills are asked for: the exchange's clock may differ from ours."""


class TradeHistory:
    """Counts fills that carry our entry's client order id; the others are kept as evidence of exits."""

    name = Source.TRADE_HISTORY.value

    async def look(self, question: Question) -> Evidence:
        """SEEN with the quantity of our entry's fills, ABSENT when there is none."""
        since = question.sent_at_us - MARGIN_US
        reading = await question.reads.fills(question.symbol, since, all_kinds=question.exits)
        ours = [f for f in reading.fills if f.client_order_id == question.entry_id]
        total = sum((f.quantity for f in ours), Decimal(0))
        if total <= 0:
            return Evidence(Kind.ABSENT, fills=reading.fills, raw=reading.raw)
        paid = sum((f.quantity * f.price for f in ours), Decimal(0))
        return Evidence(Kind.SEEN, quantity=total, price=paid / total, fills=reading.fills, raw=reading.raw)
