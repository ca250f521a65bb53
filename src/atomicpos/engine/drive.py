"""One position being driven: a turn weighs what is known, advances, plans, records, and sets the steps going."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from ..absorb import absorb
from ..advance import advance, without_its_slot
from ..errors import StoreUnavailable
from ..evidence import POSITION_STREAM, Evidence
from ..frozen import replace
from ..models import Leg, State
from ..plan import Cancel, Place, Plan, Step, plan
from ..ports import Fenced, Outcome, SlotTaken, always
from ..record import Record
from ..request import StopFunction
from ..sightings import Sightings
from ..weigh import weigh
from .answers import after
from .asked import Asked
from .asking import Asking, question
from .courier import Courier
from .granted import Granted
from .hearing import Hearing, ends_something, to_be_heard
from .inbox import Inbox
from .ledger import Ledger
from .means import Means
from .requests import depart, find, intended, intent_entry, only_protects, outcome_entry, takes_profit
from .second_question import SecondQuestion
from .telling import Telling
from .waking import due_at_us, turn_at_us


class Drive:
    """Drives one row until it rests: settled, or protected with nothing of ours left to tidy up.

    Requests and looks run beside the loop; each ends by putting its result into the inbox, so the row is only ever
    changed by the loop itself.
    """

    def __init__(
        self, means: Means, record: Record, *, watch: bool = False, stop_function: StopFunction | None = None
    ) -> None:
        self.record = replace(record, sightings=_fresh(record, means.clock.now_us()))
        self._means = means
        self._clock = means.clock
        self._ledger = Ledger(means.journal, means.clock, record, means.settings.journal_patience_s)
        self._inbox = Inbox(means.clock)
        slot = record.intent.position_mode, record.intent.side
        exchange, shared = means.exchange_of(*slot), means.shared_by(*slot)
        self._courier = Courier(exchange, self._hear_outcome, record.id)
        self._asking = Asking(
            means.verifiers, lambda: question(self.record, exchange, shared), self.hear,
            means.clock, means.rng, self._look_timeout_s, means.crowd,
        )
        self._hearing = Hearing(to_be_heard(record) if watch else ())
        self._telling = Telling(means, record)
        self._rule = SecondQuestion(stop_function, lambda wish: self.ask(Asked(wish)))
        self._at_rest = False
        self._fenced_out = False
        self._granted = Granted()
        self._at_risk = not (record.state is State.PROTECTED or record.state.settled)
        self._deferred = False
        means.lags.begin(record)

    async def run(self) -> Record:
        """Turn after turn until it rests. Raises Fenced once the row is another owner's; what is known was noted."""
        self._means.crowd.at_risk += self._at_risk
        try:
            while (wake_at_us := await self._turn()) is not None:
                await self._inbox.wait(wake_at_us)
            return self._ledger.committed
        except Fenced:
            await self._ledger.last_words()
            raise
        finally:
            await self._stop()

    def ask(self, asked: Asked) -> bool:
        """Make the wish part of the row at the next turn; False when no turn will come."""
        if self._at_rest:
            return False
        self._inbox.deliver(lambda: self._grant(asked))
        return True

    def fence_out(self) -> None:
        """The row is another owner's by now: say what is known, and stop."""
        self._fenced_out = True
        self._inbox.deliver(_nothing)

    def _grant(self, asked: Asked) -> None:
        self.record, entries = asked.wish(self.record, self._means.bounds, self._clock.now_us())
        self._ledger.note(*entries)
        self._granted.add(asked)
        if asked.look:
            self._hearing.anew(self._asking.names, self._clock.now_us())
            self._asking.hurry()

    def _tell_granted(self, granted: bool) -> None:
        """Answer whoever asked; one who wants a look waits until it was made and is stored."""
        looking = granted and bool(self._hearing.left or self._ledger.waits)
        self._granted.tell(granted, looking=looking)

    def _looked(self) -> bool:
        """True when a look that was asked for has been made, and is to be stored."""
        return not self._hearing.left and self._granted.want_a_look

    # --- one turn ---------------------------------------------------------------------------------------------

    async def _turn(self) -> int | None:
        """One turn; when to take the next one at the latest, None when the row rests."""
        self._inbox.open()
        if self._fenced_out:
            raise Fenced(self.record.id)
        bounds, now = self._means.bounds, self._clock.now_us()
        verdict = weigh(self.record, bounds, now)
        self.record, entries, verdict = advance(self._rule.put(self.record, verdict), verdict, bounds)
        self._ledger.note(*entries)
        todo = plan(self.record, verdict, bounds)
        self._intend(todo)
        due_us = due_at_us(self.record, todo, self._means.settings.watch_s, now)
        if due_us != self.record.wake_at_us:
            self.record = replace(self.record, wake_at_us=due_us)
        self._ledger.note(*self._telling.conditions(self.record, verdict))
        resting = self._resting(todo)
        try:
            saved = await self._save(all_of_it=resting or self._looked())
        except SlotTaken as taken:
            await self._reopen_without_slot(taken.position_id)
            return self._clock.now_us()
        if saved:
            self._tell_granted(True)
        if saved and resting and self._inbox.empty:
            self._at_rest = True
            return None
        if not self.record.state.settled:
            self._carry_out(todo.steps, saved)
        self._look(todo)
        return self._wake_at_us(todo)

    async def _reopen_without_slot(self, holder_id: str) -> None:
        """Another row has the slot of this settled one by now; it is told that not all of the position is its own."""
        now = self._clock.now_us()
        self.record, entry = without_its_slot(self.record, self._means.bounds, now)
        self._ledger.note(entry)
        told = self._telling.slot_shared(self.record, holder_id)
        with suppress(StoreUnavailable):
            await self._means.journal.note(holder_id, (told,), ())

    def _intend(self, todo: Plan) -> None:
        """Give every new order its row before anything is sent (I4); a target not before it is stored as protected."""
        for step in todo.steps:
            if takes_profit(step) and self._ledger.committed.state is not State.PROTECTED:
                continue
            if isinstance(step, Place) and find(self.record, step.leg, step.attempt) is None:
                order = intended(self.record, step, self._means.journal.installation)
                self.record = self.record.with_order(order)
                self._ledger.note(intent_entry(order, self._clock.now_us()))

    def _resting(self, todo: Plan) -> bool:
        if self.record.state.settled:
            return not self._hearing.left
        busy = todo.steps or todo.look or self._hearing.left or self._rule.pending
        return self.record.state is State.PROTECTED and not busy

    async def _save(self, *, all_of_it: bool) -> bool:
        before, failure = self._ledger.committed, self._ledger.failure
        saved = await self._ledger.save(self.record, all_of_it=all_of_it)
        if self._ledger.committed is not before:
            self._telling.committed(before, self._ledger.committed)
        self._telling.database(self.record, failure, self._ledger.failure)
        return saved

    def _wake_at_us(self, todo: Plan) -> int:
        patience_us = self._means.bounds.write_patience_us if self._courier.busy else None
        behind = self._ledger.behind(self.record)
        return turn_at_us(todo, self._clock.now_us(), behind=behind, deferred=self._deferred, patience_us=patience_us)

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, steps: list[Step], saved: bool) -> None:
        """Mark each send in the row, then start it; a target protects nothing, so it waits for its row (I4)."""
        self._deferred = False
        for step in steps:
            if takes_profit(step) and not (saved and find(self.record, step.leg, step.attempt)):
                self._deferred = True  # a later turn plans it again
                continue
            if self._courier.carries(step):
                continue
            if isinstance(step, Cancel) and step.leg is not Leg.ENTRY and not self._means.tidying.may():
                self._deferred = True  # a later turn plans it again
                continue
            self.record, request = depart(self.record, step, self._clock.now_us(), self._means.bounds)
            if request is not None:
                self._telling.sent(self.record, step)
                permit = always if only_protects(request) else self._means.leases.permit(self.record.id)
                self._courier.send(step, request, permit)

    def _hear_outcome(self, step: Step, outcome: Outcome) -> None:
        self._inbox.deliver(lambda: self._absorb_outcome(step, outcome))

    def _absorb_outcome(self, step: Step, outcome: Outcome) -> None:
        now = self._clock.now_us()
        self.record = after(self.record, step, outcome, now)
        entry = outcome_entry(step, outcome, now)
        self._ledger.note(entry)
        self._telling.outcome(self.record, step, outcome, entry.text)
        self._asking.hurry()

    # --- looking ----------------------------------------------------------------------------------------------

    def _look(self, todo: Plan) -> None:
        if todo.look:
            self._asking.go_on(slowly=todo.slowly)
        elif self._hearing.left:
            self._asking.go_on(only=self._hearing.left)
        else:
            self._asking.pause()

    def _look_timeout_s(self) -> float:
        """A look of its own has its time; one that shares the account's listings has as many pages to wait for."""
        shares = self.record.state is State.PROTECTED
        return self._means.settings.look_timeout_s + (self._means.shared.longer_s() if shares else 0)

    def hear(self, evidence: Evidence) -> None:
        """Make the finding part of the row at the next turn."""
        self._inbox.deliver(lambda: self._absorb_evidence(evidence))

    def told(self) -> None:
        """The exchange told something of this symbol by itself: the next turn knows it without waiting for a poll."""
        self._asking.told()

    def _absorb_evidence(self, evidence: Evidence) -> None:
        self._hearing.heard(evidence)
        self._ledger.spool(evidence)
        self._telling.lag(self.record, evidence)
        self.record = absorb(self.record, evidence, self._means.bounds)
        self._telling.evidence(self.record, evidence)
        if evidence.source == POSITION_STREAM and ends_something(evidence, self.record):
            self._asking.hurry()  # what only was told is no proof: it is read now

    # --- stopping ---------------------------------------------------------------------------------------------

    async def _stop(self) -> None:
        self._at_rest = True
        self._means.crowd.at_risk -= self._at_risk
        parts = (self._courier.close(), self._asking.stop(), self._inbox.close(), self._rule.close())
        ending: list[asyncio.Task[Any]] = [task for tasks in parts for task in tasks]
        self._inbox.open()  # a wish that came too late is answered, and asked of the next drive
        self._tell_granted(False)
        await asyncio.gather(*ending, return_exceptions=True)
        await self._ledger.finish()
        if self._ledger.committed.state.settled:
            self._means.lags.forget(self.record.id)


def _nothing() -> None:
    """A letter that only wakes."""


def _fresh(record: Record, now_us: int) -> Sightings:
    """Nothing sighted yet, from now on."""
    return Sightings(
        since_us=now_us, taken_over=record.sightings.taken_over, closed_before=record.closed_quantity
    )
