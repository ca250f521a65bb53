"""Position poll: what the slot shows. It lags, so an empty answer alone never means flat (F15, F33)."""

from __future__ import annotations

from ..evidence import Evidence, Kind, Source
from ..frozen import replace
from .question import Question


class PositionPoll:
    """Reads the slot; the exchange's own time of its last change decides how fresh the answer is."""

    name = Source.POSITION_POLL.value

    async def look(self, question: Question) -> Evidence:
        """SEEN with the quantity when the slot holds a position on our side, ABSENT when it shows none there."""
        reading = await question.reads.position(question.symbol)
        view = reading.position
        ours = view.quantity > 0 and view.side is question.side
        return Evidence(
            Kind.SEEN if ours else Kind.ABSENT,
            quantity=view.quantity if ours else None,
            price=view.entry_price if ours else None,
            exchange_time_us=view.updated_at_us,
            # The mark moves with every tick: kept out, so that an unchanged slot is an unchanged finding.
            position=replace(view, mark_price=None),
            mark_price=view.mark_price,
            raw=reading.raw,
        )
