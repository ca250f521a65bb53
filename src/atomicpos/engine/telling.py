"""What a drive says aloud: its facts to the listeners, its conditions as alerts, each once and resolved once (F60)."""

from __future__ import annotations

from ..announcer import log
from ..conditions import DATABASE_UNAVAILABLE, LAG_BEYOND_BOUNDS, SLOT_SHARED, conditions, still_standing
from ..errors import StoreUnavailable
from ..events import Event, EventKind
from ..evidence import Evidence, Kind
from ..lag import Late
from ..models import MICROSECONDS, JournalEntry
from ..record import Record
from ..weigh import Verdict
from .means import Means


class Telling:
    """The voice of one drive; nothing that hears it can fail or slow the drive."""

    def __init__(self, means: Means, record: Record) -> None:
        self._means = means
        self._alerted = means.alerted.get(record.id, {})

    def say(self, record: Record, kind: EventKind, text: str, condition: str = "") -> None:
        """One fact about the row as it is now."""
        self._means.announcer.publish(
            Event(kind, self._means.clock.now_us(), record.id, record.intent.symbol, text, record.state, condition,
                  record.exposure_us)
        )

    def evidence(self, record: Record, found: Evidence) -> None:
        """One source's finding."""
        quantity = f" {found.quantity}" if found.quantity is not None else ""
        why = f": {found.why}" if found.kind is Kind.UNKNOWN else ""
        self.say(record, EventKind.EVIDENCE, f"{found.source} {found.kind.value}{quantity}{why}")

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
            self.say(after, EventKind.TRANSITION, f"{before.state.value} to {after.state.value}")
        self._means.on_commit(after)

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
        new = sorted(holding.keys() - self._alerted.keys())
        for condition in new:
            self.say(record, EventKind.ALERT, holding[condition], condition)
        for condition in sorted(self._alerted.keys() - holding.keys()):
            self.say(record, EventKind.RESOLVED, self._alerted[condition], condition)
        self._alerted = holding
        self._means.alerted[record.id] = holding
        if record.state.settled:
            del self._means.alerted[record.id]
        return tuple(JournalEntry(verdict.now_us, "alert", holding[name], cause=name) for name in new)
