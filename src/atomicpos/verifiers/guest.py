"""A verifier that is not ours, kept at arm's length: whatever it does, it costs one answer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from ..evidence import Evidence, Kind
from ..ports import ReadFailed
from .plugins import said
from .question import Question


class Guest:
    """Asks somebody else's verifier under the name it had when it was let in.

    Its look runs in a task of its own. So neither one that ignores its cancellation nor one that ends in something
    other than an answer holds up, or takes down, whoever asked.
    """

    def __init__(self, name: str, look: Callable[[Question], Awaitable[object]]) -> None:
        self.name = name
        self._look = look
        self._looking: dict[str, asyncio.Task[Evidence]] = {}

    async def look(self, question: Question) -> Evidence:
        """Its answer when it is a sound one, else UNKNOWN; never two looks at one position at a time.

        Raises ReadFailed when one of the exchange's reads did.
        """
        if question.position_id in self._looking:
            return Evidence.unknown("its look before has not ended, though it was told to")
        looking = asyncio.ensure_future(self._asked(question))
        self._looking[question.position_id] = looking
        looking.add_done_callback(lambda _: self._looking.pop(question.position_id))
        try:
            await asyncio.wait({looking})
        finally:
            looking.cancel()
        return looking.result()

    async def _asked(self, question: Question) -> Evidence:
        try:
            return sound(await self._look(question))
        except (ReadFailed, KeyboardInterrupt):
            raise
        except BaseException as error:  # its own sys.exit() or cancellation included: the loop is not its to end
            return Evidence.unknown(said(error))


def sound(answer: object) -> Evidence:
    """The answer, when it is Evidence through and through. Raises TypeError or ValueError for anything else."""
    if type(answer) is not Evidence or type(answer.kind) is not Kind:
        raise TypeError(f"the answer is {type(answer).__name__}, and no Evidence")
    if type(answer.why) is not str or type(answer.raw) is not str:
        raise TypeError("why and raw must be text")
    for name, value in (("quantity", answer.quantity), ("price", answer.price)):
        if value is not None and (type(value) is not Decimal or not value.is_finite()):
            raise ValueError(f"{name} is no finite Decimal")
    return answer
