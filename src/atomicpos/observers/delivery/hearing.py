"""From the facts to reports: what stands in this process, and what of it is news to the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field

from atomicpos.conditions import DATABASE_UNAVAILABLE, ORPHAN_SUSPECTED
from atomicpos.events import Event, EventKind
from atomicpos.frozen import replace
from atomicpos.letters import ANY, Course, Report, Subject
from atomicpos.models import Scope, State

OF_THE_ACCOUNT = frozenset({DATABASE_UNAVAILABLE})
"""Conditions that every drive meets at once: one alert however many positions there are, over when the last one says
so."""


@dataclass(slots=True)
class _Standing:
    symbol: str
    text: str
    repeats: int = 0
    of: set[str] = field(default_factory=set)
    """The positions that it stands for."""


class Hearing:
    """Hears facts at once and keeps what follows from them until it is taken; never more than one word a condition."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._standing: dict[Subject, _Standing] = {}
        self._news: dict[Subject, Report] = {}
        self.told_before: frozenset[str] = frozenset()
        """The positions that the outbox has letters about, whichever process had them written."""

    def hear(self, event: Event) -> bool:
        """True when it was news."""
        match event.kind:
            case EventKind.ALERT:
                return self._begun(event)
            case EventKind.RESOLVED:
                return self._over(self._subject(event), event)
            case EventKind.TRANSITION:
                return self._moved(event)
        return False

    def news(self) -> tuple[Report, ...]:
        """Take what is new."""
        news, self._news = self._news, {}
        return tuple(news.values())

    def confirmations(self, at_us: int) -> tuple[Report, ...]:
        """What stands, said once more, with how often it was repeated meanwhile."""
        said = []
        for subject, standing in self._standing.items():
            said.append(Report(subject, Course.STANDS, at_us, standing.symbol, standing.text, standing.repeats))
            standing.repeats = 0
        return tuple(said)

    def _subject(self, event: Event, condition: str | None = None) -> Subject:
        condition = event.condition if condition is None else condition
        position_id = "" if condition in OF_THE_ACCOUNT else event.position_id
        place = self._scope.exchange, self._scope.environment, self._scope.account
        return Subject(*place, position_id, condition, event.data.get("key", ""))

    def _begun(self, event: Event) -> bool:
        subject = self._subject(event)
        symbol = event.symbol if event.condition not in OF_THE_ACCOUNT else ""
        known = subject in self._standing
        standing = self._standing.setdefault(subject, _Standing(symbol, event.text))
        standing.text = event.text
        standing.of.add(event.position_id)
        if known:
            standing.repeats += 1
            return False
        return self._say(subject, Course.BEGUN, event, symbol)

    def _over(self, subject: Subject, event: Event) -> bool:
        standing = self._standing.get(subject)
        if standing is not None:
            standing.of.discard(event.position_id)
            if standing.of:
                return False
            del self._standing[subject]
            if event.text == standing.text:
                event = replace(event, text=f"no more: {event.text}")
        return self._say(subject, Course.OVER, event, event.symbol)

    def _moved(self, event: Event) -> bool:
        """A position that settled has no condition any more, and a protected one is no orphan suspected."""
        if event.state is None:
            return False
        if event.state.settled:
            mine = [subject for subject, standing in self._standing.items() if event.position_id in standing.of]
            over = [self._over(subject, event) for subject in mine]
            return self._of_others(self._subject(event, ANY), event) or any(over)
        if event.state is State.PROTECTED:
            suspected = self._subject(event, ORPHAN_SUSPECTED)
            return suspected not in self._standing and self._of_others(suspected, event)
        return False

    def _of_others(self, subject: Subject, event: Event) -> bool:
        """What a process before us alerted; most rows were never alerted, and cost the database nothing."""
        return event.position_id in self.told_before and self._say(subject, Course.OVER, event, event.symbol)

    def _say(self, subject: Subject, course: Course, event: Event, symbol: str) -> bool:
        text = event.text if event.kind is not EventKind.TRANSITION else f"position {event.position_id}: {event.text}"
        self._news[subject] = Report(subject, course, event.at_us, symbol, text)
        return True
