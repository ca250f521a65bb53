"""What a drive says aloud: its facts to the listeners, its conditions as alerts, each once and resolved once (F60)."""

from __future__ import annotations

from ..announcer import log
from ..conditions import DATABASE_UNAVAILABLE, LAG_BEYOND_BOUNDS, SLOT_SHARED, conditions, still_standing
from ..errors import StoreUnavailable
from ..events import Event, EventKind
from ..evidence import Evidence, Kind
from ..lag import Late
from ..models import MICROSECONDS, Goal, JournalEntry, State
from ..plan import Step
from ..ports import Outcome, OutcomeKind
from ..record import Record
from ..weigh import Verdict
from .means import Means
from .requests import named, title


class Telling:
    """The voice of one drive; nothing that hears it can fail or slow the drive."""

    def __init__(self, means: Means, record: Record) -> None:
        self._means = means
        self._alerted = means.alerted.get(record.id, {})
        self._shown_by: set[str] | None = set() if record.state is State.PENDING_ENTRY else None
        """The sources that showed this open's fill; None where this drive does not see the open from its beginning."""

    def say(self, record: Record, kind: EventKind, text: str, condition: str = "", **data: object) -> None:
        """One fact about the row as it is now."""
        self._means.announcer.publish(
            Event(kind, self._means.clock.now_us(), record.id, record.intent.symbol, text, record.state, condition,
                  record.exposure_us, {name: str(value) for name, value in data.items() if value is not None})
        )

    def sent(self, record: Record, step: Step) -> None:
        """A request is about to leave."""
        self.say(record, EventKind.SENT, f"sends {title(step)}", **named(step))

    def outcome(self, record: Record, step: Step, outcome: Outcome, text: str) -> None:
        """A request's outcome."""
        refusal = outcome.refusal.value if outcome.refusal is not None else None
        self.say(record, EventKind.OUTCOME, text, **named(step), outcome=outcome.kind.value, refusal=refusal,
                 took_us=outcome.answered_at_us - outcome.asked_at_us)
        if outcome.kind is OutcomeKind.NOT_SENT and not self._means.leases.holds(record.id):
            self.say(record, EventKind.FENCED, f"{title(step)} stayed here: {outcome.why}")

    def evidence(self, record: Record, found: Evidence) -> None:
        """One source's finding."""
        quantity = f" {found.quantity}" if found.quantity is not None else ""
        why = f": {found.why}" if found.kind is Kind.UNKNOWN else ""
        self.say(record, EventKind.EVIDENCE, f"{found.source} {found.kind.value}{quantity}{why}",
                 source=found.source, finding=found.kind.value, took_us=found.answered_at_us - found.asked_at_us,
                 first_us=self._first_us(record, found))

    def _first_us(self, record: Record, found: Evidence) -> int | None:
        """How long after the entry left this source showed a fill of it for the first time; None: this is not that."""
        sent_us, shown_by = record.entry.first_sent_at_us, self._shown_by
        if found.kind is not Kind.SEEN or sent_us is None or shown_by is None or found.source in shown_by:
            return None
        if not (found.quantity or found.fills or any(view.filled for view in found.orders)):
            return None
        shown_by.add(found.source)
        return max(found.answered_at_us - sent_us, 0)

    def lag(self, record: Record, evidence: Evidence) -> None:
        """Measure how late the finding is, and tell what the bounds do not allow for; whatever goes wrong in that, the
        finding itself is heard.
        """
        try:
            for late in self._means.lags.hear(record, evidence, self._means.bounds):
                self._late(record, late)
        except Exception as error:
            log.warning("the lag of %s could not be measured: %r", evidence.source, error,
                        extra={"position_id": record.id})

    def _late(self, record: Record, late: Late) -> None:
        """A source showed a fill later than the bounds in force say; it is about the exchange, not about the row."""
        text = (
            f"{late.source} showed a fill of position {record.id} {late.lag_us / MICROSECONDS:.1f} s late, and reads "
            f"were taken to lag {self._means.bounds.visibility_us / MICROSECONDS:g} s at the most; from now on "
            f"{late.bound_us / MICROSECONDS:.1f} s"
        )
        now = self._means.clock.now_us()
        self._means.announcer.publish(Event(
            EventKind.ALERT, now, "", record.intent.symbol, text, condition=LAG_BEYOND_BOUNDS,
            data={"key": late.source},
        ))

    def committed(self, before: Record, after: Record) -> None:
        """The database has the row as it is now."""
        if after.state is not before.state:
            change = f"{before.state.value} to {after.state.value}"
            self.say(after, EventKind.TRANSITION, change, **{"from": before.state.value})
            self._moved(before, after)
        self._means.on_commit(after)

    def _moved(self, before: Record, after: Record) -> None:
        """What a move means for the promise: a first verdict, an exposure that is over, a rollback that ended."""
        now, sent_us = self._means.clock.now_us(), after.entry.first_sent_at_us
        if _first_verdict(before, after) and sent_us is not None:
            self.say(after, EventKind.VERIFIED, f"{after.state.value} is the first verdict", took_us=now - sent_us)
        if _safe(after) and before.protected_at_us is None and not before.state.settled and after.filled_quantity > 0:
            self.say(after, EventKind.EXPOSED, f"{after.exposure_us / MICROSECONDS:.3f} s without a stop")
        if (success := _rolled_back(before, after)) is not None:
            self.say(after, EventKind.ROLLBACK, f"the rollback ended {after.state.value}", success=str(success).lower())

    def database(self, record: Record, before: StoreUnavailable | None, now: StoreUnavailable | None) -> None:
        """The database failed, or answers again."""
        if now is not None and before is None:
            self.say(record, EventKind.ALERT, str(now), DATABASE_UNAVAILABLE)
        elif before is not None and now is None:
            self.say(record, EventKind.RESOLVED, "the database answers again", DATABASE_UNAVAILABLE)

    def slot_shared(self, record: Record, holder_id: str) -> JournalEntry:
        """Tell the row that has the slot of a late fill of another one beside it; the line for its journal."""
        text = f"position {record.id}, settled before, filled late on this slot: that part of it is being closed"
        now = self._means.clock.now_us()
        self._means.announcer.publish(
            Event(EventKind.ALERT, now, holder_id, record.intent.symbol, text, condition=SLOT_SHARED)
        )
        return JournalEntry(now, "alert", text, cause=SLOT_SHARED)

    def conditions(self, record: Record, verdict: Verdict) -> tuple[JournalEntry, ...]:
        """Alert what holds newly, resolve what holds no more; the journal's lines for the alerts."""
        holding = still_standing(self._alerted, record) | conditions(record, verdict, self._means.bounds)
        if holding == self._alerted:
            return ()
        new = sorted(holding.keys() - self._alerted.keys())
        for condition in new:
            self.say(record, EventKind.ALERT, holding[condition], condition)
        for condition in sorted(self._alerted.keys() - holding.keys()):
            self.say(record, EventKind.RESOLVED, self._alerted[condition], condition)
        self._alerted = holding
        if holding:
            self._means.alerted[record.id] = holding
        else:
            self._means.alerted.pop(record.id, None)
        return tuple(JournalEntry(verdict.now_us, "alert", holding[name], cause=name) for name in new)


def _first_verdict(before: Record, after: Record) -> bool:
    """True when an open is decided for the first time: it was neither protected, nor suspected, nor settled yet."""
    undecided = before.protected_at_us is None and before.suspected_at_us is None and not before.state.settled
    return undecided and (_safe(after) or after.state is State.ORPHAN_SUSPECTED)


def _safe(record: Record) -> bool:
    return record.state is State.PROTECTED or record.state.settled


def _rolled_back(before: Record, after: Record) -> bool | None:
    """Whether getting out again ended well; None when nobody was getting out, or it goes on."""
    if after.goal is not Goal.FLAT or after.protected_at_us is not None or before.state.settled:
        return None
    if after.state.settled:
        return True
    return False if after.state is State.ORPHAN_SUSPECTED else None
