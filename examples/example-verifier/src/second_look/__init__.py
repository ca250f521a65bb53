"""A verifier that looks twice: two readings of the position that agree are an answer, anything else is unknown."""

from __future__ import annotations

from atomicpos import Evidence, Question


class SecondLook:
    """Reads the slot, and reads it again; the exchange's reads may lag or come from different replicas."""

    name = "second-look"

    async def look(self, question: Question) -> Evidence:
        """Seen or absent when both readings say the same, unknown when they do not. A failed read raises."""
        first = (await question.reads.position(question.symbol)).position
        second = (await question.reads.position(question.symbol)).position
        if (first.side, first.quantity) != (second.side, second.quantity):
            return Evidence.unknown(f"one reading showed {first.quantity}, the next {second.quantity}")
        if second.quantity and second.side is question.side:
            return Evidence.seen(second.quantity, second.entry_price)
        return Evidence.absent()
