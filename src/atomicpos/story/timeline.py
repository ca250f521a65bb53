"""One position's story as lines in order of time: asked, sent, answered, seen and concluded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..models import JournalEntry, Order
from ..ports import History
from ..record import MAY_HAVE_LEFT, Record
from .findings import finding, order_names


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``last_at_us`` differs from ``at_us`` when it was repeated, ``times`` says how often it was said."""

    at_us: int
    what: str
    text: str
    source: str = ""
    times: int = 1
    last_at_us: int = 0


_WHAT = {
    "transition": "concluded",
    "intent": "intended",
    "outcome": "answered",
    "goal": "decided",
    "alert": "alert",
    "act": "act",
}


def timeline(record: Record, history: History) -> tuple[Line, ...]:
    """All that is known of one position, oldest first."""
    names = order_names(record.orders)
    lines = [*_journal_lines(history.entries), *_sent_lines(record.orders)]
    lines += fold(_evidence_lines(history, names))
    return tuple(sorted(lines, key=lambda line: line.at_us))


def fold(lines: Iterable[Line]) -> list[Line]:
    """Evidence with each source's unbroken repeats made one line that says how many they were."""
    folded: list[Line] = []
    newest: dict[str, int] = {}
    for line in lines:
        at = newest.get(line.source)
        if at is not None and folded[at].text == line.text:
            folded[at] = replace(folded[at], times=folded[at].times + line.times, last_at_us=line.last_at_us)
        else:
            newest[line.source] = len(folded)
            folded.append(line)
    return folded


def _journal_lines(entries: Sequence[JournalEntry]) -> list[Line]:
    return [Line(entry.at_us, _what(entry), entry.text) for entry in entries]


def _what(entry: JournalEntry) -> str:
    return "asked" if entry.text.startswith("asked: ") else _WHAT.get(entry.kind, entry.kind)


def _sent_lines(orders: Sequence[Order]) -> list[Line]:
    lines = []
    for order in orders:
        name = f"{order.leg.value} {order.attempt}"
        if order.first_sent_at_us is not None:
            doubt = " may have been sent" if order.why == MAY_HAVE_LEFT else ""
            lines.append(Line(order.first_sent_at_us, "sent", f"{name}{doubt} {_known_as(order)}"))
        if order.sends > 1 and order.sent_at_us is not None:
            lines.append(Line(order.sent_at_us, "sent", f"{name} again, send {order.sends}"))
        if order.cancel_sent_at_us is not None:
            again = f", send {order.cancels}" if order.cancels > 1 else ""
            lines.append(Line(order.cancel_sent_at_us, "sent", f"cancel of {name}{again}"))
    return lines


def _known_as(order: Order) -> str:
    """How it can be found at the exchange: a stop on the position itself has no id of ours there."""
    if not (order.attached or order.unnamed):
        return f"under client order id {order.client_order_id}"
    return "with the entry" if order.rides else "as the position's own stop"


def _evidence_lines(history: History, names: dict[str, str]) -> Iterable[Line]:
    for found, again in zip(history.evidence, history.repeats, strict=True):
        text = finding(found, names)
        yield Line(found.answered_at_us, "seen", text, found.source, 1 + again.count, again.last_answered_at_us)
