"""One position being driven: a turn weighs what is known, advances, plans, records, and sets the steps going.

Requests and looks run beside the loop as tasks; each ends by putting its result into the inbox and waking the loop,
so a hanging request delays nothing but itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..absorb import absorb, cancelling, departing
from ..advance import advance, turn_flat
from ..conditions import DATABASE_UNAVAILABLE, conditions
from ..events import Event, EventKind
from ..evidence import BUILT_IN, Evidence, Kind
from ..models import MICROSECONDS, Goal, JournalEntry, Leg, OrderStatus, Refusal, State
from ..plan import Cancel, Leverage, Place, Plan, Step, plan, retry_us
from ..policies import Pace, rhythm_of
from ..ports import CancelOrder, Outcome, OutcomeKind, PlaceOrder, SetLeverage
from ..record import Record
from ..sightings import Sightings
from ..verifiers import Question, Verifier
from ..weigh import Verdict, weigh
from .ledger import Ledger
from .looker import Looker
from .requests import (
    after_cancel,
    after_leverage,
    after_place,
    cancel_request,
    find,
    intended,
    intent_entry,
    leverage_request,
    outcome_entry,
    place_request,
)

if TYPE_CHECKING:
    from .engine import Engine

Request = PlaceOrder | CancelOrder | SetLeverage
Key = tuple[str, str, int]
IDLE_S = 30.0
"""The longest the loop sleeps when nothing wakes it."""


class Drive:
    """Drives one row until it rests: settled, or protected with nothing of ours left to tidy up."""

    def __init__(self, engine: Engine, record: Record, *, watch: bool) -> None:
        self._engine = engine
        self._clock = engine.clock
        self.record = replace(record, sightings=Sightings(since_us=engine.clock.now_us()))
        self._ledger = Ledger(engine.journal, engine.clock, record, engine.settings.journal_patience_s)
        self._inbox: list[Callable[[], None]] = []
        self._wake = asyncio.Event()
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._alarm: asyncio.Task[None] | None = None
        self._unheard = set(BUILT_IN) if watch else set()
        self._alerted: dict[str, str] = {}
        self._lookers = [self._looker(verifier) for verifier in engine.verifiers]

    async def run(self) -> Record:
        """Turn after turn until it rests."""
        try:
            while not await self._turn():
                await self._wake.wait()
            return self._ledger.committed
        finally:
            await self._stop()

    def ask_flat(self, reason: str) -> None:
        """Turn the goal flat at the next turn; a goal that is flat stays as it is."""
        self._deliver(lambda: self._turn_flat(reason))

    def _turn_flat(self, reason: str) -> None:
        if self.record.goal is Goal.FLAT or self.record.state.settled:
            return
        self.record, entry = turn_flat(self.record, reason, self._engine.bounds, self._clock.now_us())
        self._ledger.note(entry)

    # --- one turn ---------------------------------------------------------------------------------------------

    async def _turn(self) -> bool:
        self._wake.clear()
        self._open_inbox()
        bounds = self._engine.bounds
        verdict = weigh(self.record, bounds, self._clock.now_us())
        self.record, entries = advance(self.record, verdict, bounds)
        self._ledger.note(*entries)
        todo = plan(self.record, verdict, bounds)
        self._intend(todo)
        self._alert(verdict)
        resting = self._resting(todo)
        if await self._save(all_of_it=resting) and resting:
            return True
        if not self.record.state.settled:
            self._carry_out(todo.steps)
            self._look(todo)
        self._set_alarm(todo)
        return False

    def _open_inbox(self) -> None:
        inbox, self._inbox = self._inbox, []
        for deliver in inbox:
            deliver()

    def _intend(self, todo: Plan) -> None:
        for step in todo.steps:
            if isinstance(step, Place) and find(self.record, step.leg, step.attempt) is None:
                order = intended(self.record, step, self._engine.journal.installation)
                self.record = self.record.with_order(order)
                self._ledger.note(intent_entry(order, self._clock.now_us()))

    def _resting(self, todo: Plan) -> bool:
        if self.record.state.settled:
            return True
        return self.record.state is State.PROTECTED and not (todo.steps or todo.look or self._unheard)

    async def _save(self, *, all_of_it: bool) -> bool:
        before, failing = self._ledger.committed, self._ledger.failure is not None
        saved = await self._ledger.save(self.record, all_of_it=all_of_it)
        if self._ledger.committed is not before:
            self._tell_committed(before, self._ledger.committed)
        if self._ledger.failure is not None and not failing:
            self._say(EventKind.ALERT, str(self._ledger.failure), DATABASE_UNAVAILABLE)
        elif failing and self._ledger.failure is None:
            self._say(EventKind.RESOLVED, "the database answers again", DATABASE_UNAVAILABLE)
        return saved

    # --- carrying out -----------------------------------------------------------------------------------------

    def _carry_out(self, steps: list[Step]) -> None:
        for step in steps:
            key = _key(step)
            if key not in self._tasks:
                request = self._depart(step)
                if request is not None:
                    self._say(EventKind.SENT, f"sends {_title(step)}")
                    self._tasks[key] = asyncio.ensure_future(self._send(key, step, request))

    def _depart(self, step: Step) -> Request | None:
        """Mark the send in the row before it starts; None when the order is gone."""
        if isinstance(step, Leverage):
            return leverage_request(self.record, step)
        order = find(self.record, step.leg, step.attempt)
        if order is None:
            return None
        now = self._clock.now_us()
        if isinstance(step, Cancel):
            self.record = self.record.with_order(cancelling(order, now))
            return cancel_request(self.record, order)
        self.record = self.record.with_order(departing(order, now))
        if step.leg is Leg.ENTRY:
            deadline = now + self._engine.bounds.verification_deadline_us
            self.record = replace(self.record, deadline_us=deadline)
        return place_request(self.record, order)

    async def _send(self, key: Key, step: Step, request: Request) -> None:
        try:
            outcome = await self._engine.exchange.write(request)
        except Exception as error:
            # Whatever went wrong, the request may have left: it is looked up, never assumed away (F06).
            outcome = Outcome(OutcomeKind.UNKNOWN, f"{type(error).__name__}: {error}")
        self._deliver(lambda: self._answered(key, step, outcome))

    def _answered(self, key: Key, step: Step, outcome: Outcome) -> None:
        self._tasks.pop(key, None)
        now = self._clock.now_us()
        if isinstance(step, Leverage):
            self.record = after_leverage(self.record, outcome)
        elif isinstance(step, Place):
            self.record = after_place(self.record, step, outcome, now)
        else:
            self.record = after_cancel(self.record, step, outcome)
        entry = outcome_entry(step, outcome, now)
        self._ledger.note(entry)
        self._say(EventKind.OUTCOME, entry.text)
        for looker in self._lookers:
            looker.nudge()

    # --- looking ----------------------------------------------------------------------------------------------

    def _looker(self, verifier: Verifier) -> Looker:
        pace = Pace(rhythm_of(verifier.name, False), self._engine.rng)
        return Looker(verifier, self._question, self._heard, self._clock, pace, self._engine.settings.look_timeout_s)

    def _look(self, todo: Plan) -> None:
        for looker in self._lookers:
            if todo.look or self._unheard:
                looker.start(slowly=todo.slowly)
            else:
                looker.stop()

    def _question(self) -> Question:
        record, entry = self.record, self.record.entry
        unproven = entry.status is not OrderStatus.FILLED
        exchange = self._engine.exchange
        ids = [o.client_order_id for o in record.orders if not o.settled or (o is entry and unproven)]
        return Question(
            record.id, record.intent.symbol, record.intent.side, record.intent.quantity,
            tuple(ids) or (entry.client_order_id,), entry.client_order_id,
            entry.first_sent_at_us or record.intent.created_at_us, self._seems_gone(),
            exchange.reads if record.state is State.PROTECTED else exchange.urgent_reads,
        )

    def _seems_gone(self) -> bool:
        record = self.record
        sights = record.sightings
        newest = max((s for s in (sights.dated, sights.undated) if s), key=lambda s: s.asked_at_us, default=None)
        empty = newest is not None and newest.view.quantity == 0
        refused = any(o.refusal is Refusal.NO_POSITION for o in record.orders)
        return record.filled_quantity > 0 and (record.goal is Goal.FLAT or empty or refused)

    def _heard(self, evidence: Evidence) -> None:
        self._deliver(lambda: self._absorb(evidence))

    def _absorb(self, evidence: Evidence) -> None:
        self._unheard.discard(evidence.source)
        self._ledger.spool(evidence)
        self.record = absorb(self.record, evidence, self._engine.bounds)
        quantity = f" {evidence.quantity}" if evidence.quantity is not None else ""
        why = f": {evidence.why}" if evidence.kind is Kind.UNKNOWN else ""
        self._say(EventKind.EVIDENCE, f"{evidence.source} {evidence.kind.value}{quantity}{why}")

    # --- waking, telling, stopping ----------------------------------------------------------------------------

    def _deliver(self, letter: Callable[[], None]) -> None:
        self._inbox.append(letter)
        self._wake.set()

    def _set_alarm(self, todo: Plan) -> None:
        now = self._clock.now_us()
        at = now + round(IDLE_S * MICROSECONDS) if todo.wake_at_us is None else todo.wake_at_us
        if self._ledger.behind(self.record):
            at = min(at, now + retry_us(1))
        if self._tasks:
            at = min(at, now + self._engine.bounds.write_patience_us)
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.ensure_future(self._ring((at - now) / MICROSECONDS))

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(max(seconds, 0))
        self._wake.set()

    def _alert(self, verdict: Verdict) -> None:
        holding = conditions(self.record, verdict, self._engine.bounds)
        for condition, text in holding.items():
            if condition not in self._alerted:
                self._ledger.note(JournalEntry(verdict.now_us, "alert", text, cause=condition))
                self._say(EventKind.ALERT, text, condition)
        for condition in self._alerted.keys() - holding.keys():
            self._say(EventKind.RESOLVED, self._alerted[condition], condition)
        self._alerted = holding

    def _tell_committed(self, before: Record, after: Record) -> None:
        if after.state is not before.state:
            self._say(EventKind.TRANSITION, f"{before.state.value} to {after.state.value}")
        self._engine.on_commit(after)

    def _say(self, kind: EventKind, text: str, condition: str = "") -> None:
        record = self.record
        self._engine.announcer.publish(
            Event(kind, self._clock.now_us(), record.id, record.intent.symbol, text, record.state, condition,
                  record.exposure_us)
        )

    async def _stop(self) -> None:
        tasks: list[asyncio.Task[None] | asyncio.Task[object]] = list(self._tasks.values())
        tasks += [task for looker in self._lookers if (task := looker.stop()) is not None]
        if self._alarm is not None:
            tasks.append(self._alarm)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._ledger.finish()


def _key(step: Step) -> Key:
    if isinstance(step, Leverage):
        return ("leverage", "", 0)
    return ("cancel" if isinstance(step, Cancel) else "place", step.leg.value, step.attempt)


def _title(step: Step) -> str:
    if isinstance(step, Leverage):
        return f"leverage {step.leverage}"
    verb = "cancel of " if isinstance(step, Cancel) else ""
    at = f" at trigger {step.trigger_price}" if isinstance(step, Place) and step.trigger_price is not None else ""
    return f"{verb}{step.leg.value} {step.attempt}{at}"


