"""Verifiers with one defect each, and the claim of the contract that finds it."""

from __future__ import annotations

import asyncio
import random
import time
from decimal import Decimal
from typing import Any

from atomicpos.evidence import Evidence, Kind
from atomicpos.ports import Clock, ReadFailed
from atomicpos.verifiers import Question
from atomicpos.verifiers.position_poll import PositionPoll

SPAN_S = 3600.0


class Broken:
    """A sound look at the position, for a defect to start from."""

    name = "broken"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.latest: Any = None
        self._poll = PositionPoll()

    async def look(self, question: Question) -> Any:
        return await self._poll.look(question)


class ErrorIsAbsent(Broken):
    """An error is an empty answer."""

    async def look(self, question: Question) -> Any:
        try:
            return await super().look(question)
        except ReadFailed:
            return Evidence.absent()


class ErrorIsTheLastAnswer(Broken):
    """An error is what was so before."""

    async def look(self, question: Question) -> Any:
        try:
            self.latest = await super().look(question)
        except ReadFailed:
            return self.latest or Evidence.unknown("no answer yet")
        return self.latest


class RaisesAsItLikes(Broken):
    """An error is another error."""

    async def look(self, question: Question) -> Any:
        try:
            return await super().look(question)
        except ReadFailed as failed:
            raise KeyError("result") from failed


class IgnoresItsCancellation(Broken):
    """It goes on, whatever it is told."""

    async def look(self, question: Question) -> Any:
        try:
            return await super().look(question)
        except asyncio.CancelledError:
            await self.clock.sleep(SPAN_S)
            raise


class StaysBroken(Broken):
    """One error, and it never asks again."""

    async def look(self, question: Question) -> Any:
        if self.latest:
            return self.latest
        try:
            return await super().look(question)
        except ReadFailed as failed:
            self.latest = Evidence.unknown(str(failed))
            return self.latest


class TooSlow(Broken):
    """It thinks for an hour."""

    async def look(self, question: Question) -> Any:
        await self.clock.sleep(SPAN_S)
        return await super().look(question)


class OtherSymbol(Broken):
    """It sees whatever is held anywhere."""

    async def look(self, question: Question) -> Any:
        reading = await question.reads.position("XRP/USDT:USDT")
        return Evidence.seen(reading.position.quantity) if reading.position.quantity else Evidence.absent()


class OtherSide(Broken):
    """A short is as good as a long."""

    async def look(self, question: Question) -> Any:
        view = (await question.reads.position(question.symbol)).position
        return Evidence.seen(view.quantity) if view.quantity else Evidence.absent()


class OneQuestionAtATime(Broken):
    """The second question of two at once is answered for the first."""

    async def look(self, question: Question) -> Any:
        self.latest = self.latest or question
        asked = self.latest
        await self.clock.sleep(0.01)
        found = await self._poll.look(asked)
        self.latest = None
        return found


class Whole(Broken):
    """Quantities are whole numbers."""

    async def look(self, question: Question) -> Any:
        view = (await question.reads.position(question.symbol)).position
        return Evidence.seen(int(view.quantity)) if view.quantity else Evidence.absent()


class NeverForgets(Broken):
    """What was seen once is seen for ever."""

    async def look(self, question: Question) -> Any:
        found = await super().look(question)
        if found.kind is Kind.SEEN:
            self.latest = found
        return self.latest or found


class Dice(Broken):
    """Its price is anybody's guess."""

    async def look(self, question: Question) -> Any:
        return Evidence.seen(Decimal(10), Decimal(str(random.Random().random())))


class Boastful(Broken):
    """It speaks in another's name."""

    async def look(self, question: Question) -> Any:
        found = await super().look(question)
        return Evidence(found.kind, found.quantity, source="order_status")


class Prophet(Broken):
    """It knows of a change that is still to come."""

    async def look(self, question: Question) -> Any:
        return Evidence(Kind.SEEN, Decimal(10), exchange_time_us=self.clock.now_us() + 60_000_000)


class Sleeps(Broken):
    """It waits in the way that makes everybody wait."""

    async def look(self, question: Question) -> Any:
        time.sleep(0.1)  # noqa: ASYNC251 - the defect
        return await super().look(question)


VERIFIER_FOUND_BY: dict[type[Broken], str] = {
    ErrorIsAbsent: "test_i1_an_error_is_not_an_absence",
    ErrorIsTheLastAnswer: "test_i1_an_error_is_not_an_absence",
    RaisesAsItLikes: "test_i1_an_error_is_not_an_absence",
    IgnoresItsCancellation: "test_it_ends_when_it_is_told_to",
    StaysBroken: "test_it_sees_again_when_its_source_answers_again",
    TooSlow: "test_exposure_is_seen_within_the_deadline",
    OtherSymbol: "test_it_answers_about_the_symbol_it_was_asked_for",
    OtherSide: "test_it_answers_about_the_side_it_was_asked_for",
    OneQuestionAtATime: "test_it_answers_about_the_symbol_it_was_asked_for",
    Whole: "test_a_fraction_is_not_rounded",
    NeverForgets: "test_what_has_gone_is_absent_in_the_end",
    Dice: "test_the_same_world_gives_the_same_answer",
    Boastful: "test_its_evidence_is_sound",
    Prophet: "test_its_evidence_is_sound",
    Sleeps: "test_it_does_not_hold_up_the_loop",
}
"""Each defect with the claim that finds it."""
