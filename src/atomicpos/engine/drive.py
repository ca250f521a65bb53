"""One position being driven: a turn weighs what is known, advances, plans, records, and sets the steps going."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..absorb import absorb, cancelling
from ..advance import advance, answered_rule
from ..conditions import DATABASE_UNAVAILABLE, conditions, still_standing
from ..events import Event, EventKind
from ..evidence import Evidence, Kind, Source
from ..models import MICROSECONDS, Goal, JournalEntry, Leg, State
from ..plan import Cancel, ChooseMarginMode, Leverage, Place, Plan, Step, plan, retry_us
from ..ports import Outcome, Write
from ..record import Record
from ..request import StopFunction, rule_of
from ..sightings import Sightings
from ..weigh import Verdict, weigh
from .asked import Asked, ask_stop_function
from .asking import Asking, question
from .courier import Courier
from .inbox import Inbox
from .ledger import Ledger
from .means import Means
from .requests import (
    after_cancel,
    after_leverage,
    after_margin_mode,
    after_place,
    cancel_request,
    departed,
    find,
    intended,
    intent_entry,
    leverage_request,
    margin_mode_request,
    outcome_entry,
    place_request,
    title,
)

WATCHED = frozenset({Source.ORDER_STATUS.value, Source.POSITION_POLL.value})
"""The sources that a watch of a protected row hears: is the stop there, is the position there. Doubt asks them all."""
IDLE_US = 30 * MICROSECONDS
"""The longest the loop sleeps when nothing wakes it."""


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
        self._courier = Courier(means.exchange, self._hear_outcome)
        self._asking = Asking(
            means.verifiers, lambda: question(self.record, means.exchange), self._hear_evidence,
            means.clock, means.rng, means.settings.look_timeout_s,
        )
        self._unheard = set(WATCHED) if watch else set()
        self._alerted = means.alerted.get(record.id, {})
        self._at_rest = False
        self._granted: list[Asked] = []
        self._stop_function = stop_function
        self._calling: asyncio.Task[None] | None = None

    async def run(self) -> Record:
        """Turn after turn until it rests."""
        try:
            while (wake_at_us := await self._turn()) is not None:
                await self._inbox.wait(wake_at_us)
            return self._ledger.committed
        finally:
            await self._stop()

    def ask(self, asked: Asked) -> bool:
        """Make the wish part of the row at the next turn; False when no turn will come."""
        if self._at_rest:
            return False
        self._inbox.deliver(lambda: self._grant(asked))
        return True

    def _grant(self, asked: Asked) -> None:
        self.record, entries = asked.wish(self.record, self._means.bounds, self._clock.now_us())
        self._ledger.note(*entries)
        self._granted.append(asked)

    def _tell_granted(self, granted: bool) -> None:
        asks, self._granted = self._granted, []
        for asked in asks:
            asked.answer(granted)

    # --- one turn ---------------------------------------------------------------------------------------------

    async def _turn(self) -> int | None:
        """One turn; when to take the next one at the latest, None when the row rests."""
        self._inbox.open()
        bounds = self._means.bounds
        verdict = weigh(self.record, bounds, self._clock.now_us())
        self._ask_for_the_rule(verdict)
        self.record, entries = advance(self.record, verdict, bounds)
        self._ledger.note(*entries)
        todo = plan(self.record, verdict, bounds)
        self._intend(todo)
        self._alert(verdict)
        resting = self._resting(todo)
        saved = await self._save(all_of_it=resting)
        self._tell_granted(True)
        if saved and resting and self._inbox.empty:
            self._at_rest = True
            return None
        if not self.record.state.settled:
            self._carry_out(todo.steps)
            self._look(todo)
        return self._wake_at_us(todo)

    def _ask_for_the_rule(self, verdict: Verdict) -> None:
        """Ask the caller's own function once more, with the average fill; what stands meanwhile stays up."""
        function, average = self._stop_function, verdict.average
        if function is None or average is None or not verdict.entry_final or self.record.goal is Goal.FLAT:
            return
        self._stop_function = None
        self.record = replace(self.record, asking_rule=verdict.covered)
        self._calling = asyncio.ensure_future(self._call(function, average))

    async def _call(self, function: StopFunction, average: Decimal) -> None:
        rule, why = None, ""
        try:
            answer = await ask_stop_function(function, average, self.record.intent.side)
            rule = rule_of(answer, self.record.intent, average)
        except Exception as error:
            why = f"stop_loss failed for the average fill {average}: {error!r}"
        self.ask(Asked(answered_rule(rule, why)))

    def _intend(self, todo: Plan) -> None:
        """Give every new order its row before anything is sent (I4)."""
        for step in todo.steps:
            if isinstance(step, Place) and find(self.record, step.leg, step.attempt) is None:
                order = intended(self.record, step, self._means.journal.installation)
                self.record = self.record.with_order(order)
                self._ledger.note(intent_entry(order, self._clock.now_us()))

    def _resting(self, todo: Plan) -> bool:
        if self.record.state.settled:
            return True
        busy = todo.steps or todo.look or self._unheard or (self._calling is not None and not self._calling.done())
        return self.record.state is State.PROTECTED and not busy

    async def _save(self, *, all_of_it: bool) -> bool:
        before, failed = self._ledger.committed, self._ledger.failure is not None
        saved = await self._ledger.save(self.record, all_of_it=all_of_it)
        after, failure = self._ledger.committed, self._ledger.failure
        if after is not before:
            self._tell_committed(before, after)
        if failure is not None and not failed:
            self._say(EventKind.ALERT, str(failure), DATABASE_UNAVAILABLE)
        elif failed and failure is None:
            self._say(EventKind.RESOLVED, "the database answers again", DATABASE_UNAVAILABLE)
        return saved

    def _wake_at_us(self, todo: Plan) -> int:
        now = self._clock.now_us()
        times = [now + IDLE_US]
        if todo.wake_at_us is not None:
            times.append(todo.wake_at_us)
        if self._ledger.behind(self.record):
            times.append(now + retry_us(1))
        if self._courier.busy:
            times.append(now + self._means.bounds.write_patience_us)
        return min(times)

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, steps: list[Step]) -> None:
        for step in steps:
            if not self._courier.carries(step) and (request := self._depart(step)) is not None:
                self._say(EventKind.SENT, f"sends {title(step)}")
                self._courier.send(step, request)

    def _depart(self, step: Step) -> Write | None:
        """Mark the send in the row before it starts; None when there is no such order."""
        if isinstance(step, ChooseMarginMode):
            return margin_mode_request(self.record, step)
        if isinstance(step, Leverage):
            return leverage_request(self.record, step)
        order = find(self.record, step.leg, step.attempt)
        if order is None:
            return None
        now = self._clock.now_us()
        if isinstance(step, Cancel):
            self.record = self.record.with_order(cancelling(order, now))
            return cancel_request(self.record, order)
        self.record = departed(self.record, order, now)
        if step.leg is Leg.ENTRY:
            deadline = now + self._means.bounds.verification_deadline_us
            self.record = replace(self.record, deadline_us=deadline)
        return place_request(self.record, order)

    def _hear_outcome(self, step: Step, outcome: Outcome) -> None:
        self._inbox.deliver(lambda: self._absorb_outcome(step, outcome))

    def _absorb_outcome(self, step: Step, outcome: Outcome) -> None:
        now = self._clock.now_us()
        match step:
            case ChooseMarginMode():
                self.record = after_margin_mode(self.record, outcome)
            case Leverage():
                self.record = after_leverage(self.record, outcome)
            case Cancel():
                self.record = after_cancel(self.record, step, outcome)
            case Place():
                self.record = after_place(self.record, step, outcome, now)
        entry = outcome_entry(step, outcome, now)
        self._ledger.note(entry)
        self._say(EventKind.OUTCOME, entry.text)
        self._asking.hurry()

    # --- looking ----------------------------------------------------------------------------------------------

    def _look(self, todo: Plan) -> None:
        if todo.look:
            self._asking.go_on(slowly=todo.slowly)
        elif self._unheard:
            self._asking.go_on(only=self._unheard)
        else:
            self._asking.stop()

    def _hear_evidence(self, evidence: Evidence) -> None:
        self._inbox.deliver(lambda: self._absorb_evidence(evidence))

    def _absorb_evidence(self, evidence: Evidence) -> None:
        self._unheard.discard(evidence.source)
        self._ledger.spool(evidence)
        self.record = absorb(self.record, evidence, self._means.bounds)
        quantity = f" {evidence.quantity}" if evidence.quantity is not None else ""
        why = f": {evidence.why}" if evidence.kind is Kind.UNKNOWN else ""
        self._say(EventKind.EVIDENCE, f"{evidence.source} {evidence.kind.value}{quantity}{why}")

    # --- telling and stopping ---------------------------------------------------------------------------------

    def _alert(self, verdict: Verdict) -> None:
        holding = still_standing(self._alerted, self.record) | conditions(self.record, verdict, self._means.bounds)
        for condition in holding.keys() - self._alerted.keys():
            self._ledger.note(JournalEntry(verdict.now_us, "alert", holding[condition], cause=condition))
            self._say(EventKind.ALERT, holding[condition], condition)
        for condition in self._alerted.keys() - holding.keys():
            self._say(EventKind.RESOLVED, self._alerted[condition], condition)
        self._alerted = self._means.alerted[self.record.id] = holding
        if self.record.state.settled:
            del self._means.alerted[self.record.id]

    def _tell_committed(self, before: Record, after: Record) -> None:
        if after.state is not before.state:
            self._say(EventKind.TRANSITION, f"{before.state.value} to {after.state.value}")
        self._means.on_commit(after)

    def _say(self, kind: EventKind, text: str, condition: str = "") -> None:
        record = self.record
        self._means.announcer.publish(
            Event(kind, self._clock.now_us(), record.id, record.intent.symbol, text, record.state, condition,
                  record.exposure_us)
        )

    async def _stop(self) -> None:
        self._at_rest = True
        ending: list[asyncio.Task[Any]] = [*self._courier.close(), *self._asking.stop(), *self._inbox.close()]
        if self._calling is not None:
            self._calling.cancel()
            ending.append(self._calling)
        self._inbox.open()  # a wish that came too late is answered, and asked of the next drive
        self._tell_granted(False)
        await asyncio.gather(*ending, return_exceptions=True)
        await self._ledger.finish()


def _fresh(record: Record, now_us: int) -> Sightings:
    """Nothing sighted yet, from now on."""
    return Sightings(since_us=now_us, taken_over=record.sightings.taken_over)
