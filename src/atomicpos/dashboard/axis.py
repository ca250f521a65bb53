"""One position on an axis of time: what was sent, seen and concluded, and the stretches without a stop. Pure.

Most of a position's life is quiet. Where nothing happens for long the axis is broken and the gap drawn short, so that
the seconds that matter have room however long it lived. Places are in thousandths of the axis's length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ..evidence import Kind
from ..exposure import Stretch, covers, filled_since_us
from ..models import MICROSECONDS, JournalEntry, Leg, State
from ..ports import History
from ..record import Record
from ..sightings import Sightings, told
from ..story.plain import plain
from ..story.timeline import Line, timeline
from .rows import Cover, cover_of, share_of

WIDTH = 1_000
QUIET_US = 20 * MICROSECONDS
"""A gap that is longer, and far longer than the rest, is broken."""
QUIET_SHARE = 4
"""A gap is broken when it is longer than so many times all that is not quiet."""
GAP = 40
"""How wide a broken gap is drawn."""
MARKS_MOST = 400
"""So many marks are drawn; the table below has them all."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One mark: where, when, in which lane, and in words."""

    x: float
    at_us: int
    lane: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch from one place to another; ``kind`` is ``naked``, ``covered``, or a state."""

    x: float
    to: float
    kind: str
    text: str


class Scale:
    """From moments to places."""

    def __init__(self, moments: Iterable[int], start_us: int, end_us: int) -> None:
        edges = sorted({start_us, max(end_us, start_us + 1), *(m for m in moments if start_us <= m <= end_us)})
        gaps = list(pairwise(edges))
        self.quiet = _quiet(gaps)
        loud_us = sum(b - a for a, b in gaps if (a, b) not in self.quiet) or 1
        room = WIDTH - GAP * len(self.quiet)
        self._places: list[tuple[int, float]] = [(edges[0], 0.0)]
        for a, b in gaps:
            wide = GAP if (a, b) in self.quiet else (b - a) / loud_us * room
            self._places.append((b, self._places[-1][1] + wide))

    def __call__(self, at_us: int) -> float:
        """The place of a moment; what lies outside is drawn at the end that is nearer."""
        before = self._places[0]
        for place in self._places:
            if at_us <= place[0]:
                if place[0] == before[0]:
                    return round(place[1], 1)
                share = (at_us - before[0]) / (place[0] - before[0])
                return round(before[1] + max(share, 0.0) * (place[1] - before[1]), 1)
            before = place
        return float(WIDTH)


def _quiet(gaps: Sequence[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The gaps that are broken: the longest first, as long as what stays is far shorter."""
    quiet: set[tuple[int, int]] = set()
    left = sum(b - a for a, b in gaps)
    for a, b in sorted(gaps, key=lambda gap: gap[0] - gap[1])[: WIDTH // GAP // 4]:
        if b - a <= QUIET_US or (b - a) * QUIET_SHARE < left - (b - a):
            break
        quiet.add((a, b))
        left -= b - a
    return frozenset(quiet)


def axis(record: Record, history: History, now_us: int) -> dict[str, Any]:
    """The position's axis as JSON: marks by lane, the states it went through, where it was covered and where naked."""
    lines = timeline(record, history)
    start, end = record.intent.created_at_us, _end_us(record, lines, now_us)
    stretches = _stretches(record, history, end)
    moments = [line.at_us for line in lines] + [line.last_at_us for line in lines if line.times > 1]
    scale = Scale([*moments, *(at for _, a, b in stretches for at in (a, b))], start, end)
    said = {(found.source, found.answered_at_us): found.kind for found in history.evidence}
    marks = [_mark(line, scale, said) for line in lines]
    return {
        "width": WIDTH, "start_us": start, "end_us": end, "over": record.state.settled,
        "marks": plain(marks[:MARKS_MOST]), "marks_omitted": max(len(marks) - MARKS_MOST, 0),
        "states": plain(_states(history.entries, record, scale, start, end)),
        "stretches": plain([Span(scale(a), scale(b), kind, _length(b - a)) for kind, a, b in stretches]),
        "gaps": plain([Span(scale(a), scale(b), "gap", _length(b - a)) for a, b in sorted(scale.quiet)]),
        "ticks": plain(_ticks(scale, start, end)),
    }


def _end_us(record: Record, lines: Sequence[Line], now_us: int) -> int:
    """Now for a living position; for one that is over a moment after the last thing that was said of it."""
    if not record.state.settled:
        return now_us
    last = max((line.at_us for line in lines), default=record.updated_at_us)
    return max(last, record.settled_at_us or 0) + MICROSECONDS // 10


_LANE = {"seen": "", "sent": "sent", "answered": "answered", "intended": "intended", "asked": "intended"}


def _mark(line: Line, scale: Scale, said: Mapping[tuple[str, int], Kind]) -> Moment:
    """A finding's kind is what the source said: ``seen``, ``absent`` or ``unknown``."""
    lane = line.source or _LANE.get(line.what, "concluded")
    what = said[line.source, line.at_us].value if line.source else line.what
    again = f" ({line.times} times, until {_length(line.last_at_us - line.at_us)} later)" if line.times > 1 else ""
    return Moment(scale(line.at_us), line.at_us, lane, what, line.text + again)


def _states(
    entries: Sequence[JournalEntry], record: Record, scale: Scale, start_us: int, end_us: int
) -> list[Span]:
    moves = [(start_us, State.PENDING_ENTRY.value)]
    moves += [(e.at_us, e.data["to"]) for e in entries if e.kind == "transition" and "to" in e.data]
    ends = [*(at for at, _ in moves[1:]), end_us]
    return [Span(scale(at), scale(to), name, name) for (at, name), to in zip(moves, ends, strict=True)]


def _stretches(record: Record, history: History, end_us: int) -> list[tuple[str, int, int]]:
    """Where it was covered and where naked, from the first fill to flatness, by the exchange's own times."""
    fills = tuple(fill for found in history.evidence for fill in found.fills)
    seen = replace(record, sightings=told(Sightings(), fills))
    begins = filled_since_us(seen)
    if begins is None:
        return []
    ends = _flat_us(seen) if record.state.settled else end_us
    needed = share_of(record) or record.filled_quantity
    covered = covers(seen, needed)
    if cover_of(record) is Cover.NAKED:
        covered = tuple(stretch for stretch in covered if stretch.end_us is not None)
    return list(_told_apart(begins, max(ends, begins), covered))


def _told_apart(begins: int, ends: int, covered: Iterable[Stretch]) -> Iterable[tuple[str, int, int]]:
    at = begins
    for stretch in covered:
        until = ends if stretch.end_us is None else min(stretch.end_us, ends)
        if stretch.start_us > at:
            yield "naked", at, min(stretch.start_us, ends)
        if until > max(at, stretch.start_us):
            yield "covered", max(at, stretch.start_us), until
        at = max(at, until)
        if at >= ends:
            return
    if ends > at:
        yield "naked", at, ends


def _flat_us(record: Record) -> int:
    """When it was flat: by its last exit that the exchange has dated, else when that was proven."""
    exits = [o.updated_at_us for o in record.orders if o.leg is not Leg.ENTRY and o.filled and o.updated_at_us]
    closing = record.intent.side.closing
    exits += [fill.time_us for fill in record.sightings.fills if fill.order_side is closing]
    return max(exits, default=record.settled_at_us or record.updated_at_us)


_STEPS_S = ("0.1", "0.2", "0.5", "1", "2", "5", "10", "30", "60", "300", "900", "3600", "14400", "86400")
TICKS_MOST = 8


def _ticks(scale: Scale, start_us: int, end_us: int) -> list[Moment]:
    """Round seconds since the intent, as many as are legible, and none inside a broken gap."""
    loud_us = end_us - start_us - sum(b - a for a, b in scale.quiet)
    steps = [int(Decimal(step) * MICROSECONDS) for step in _STEPS_S]
    step = next((s for s in steps if loud_us / s <= TICKS_MOST), steps[-1])
    ticks: list[Moment] = []
    for a, b in _loud(scale, start_us, end_us):
        first = a + (start_us - a) % step
        for at in range(first, b + 1, step):
            if len(ticks) < 4 * TICKS_MOST and (not ticks or scale(at) - ticks[-1].x >= WIDTH / TICKS_MOST / 2):
                ticks.append(Moment(scale(at), at, "", "tick", _length(at - start_us)))
    return ticks


def _loud(scale: Scale, start_us: int, end_us: int) -> Iterable[tuple[int, int]]:
    at = start_us
    for a, b in sorted(scale.quiet):
        yield at, a
        at = b
    yield at, end_us


def _length(microseconds: int) -> str:
    """A length of time for a person."""
    seconds = Decimal(microseconds) / MICROSECONDS
    if seconds < 60:
        text = f"{seconds:.3f}".rstrip("0").rstrip(".")
        return f"{text} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
