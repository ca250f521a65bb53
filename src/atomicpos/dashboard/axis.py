"""One position on an axis of time: what was sent, seen and concluded, and the stretches without a stop. Pure.

Much happens within milliseconds, and most of a position's life is quiet. So the time between two marks is drawn as wide
as its root, and where nothing happens for long the axis is broken: what matters has room however long it lived. Within
one such stretch time runs evenly. Places are in thousandths of the axis's length.
"""

from __future__ import annotations

import math
from bisect import bisect_left
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
QUIET_US = 60 * MICROSECONDS
"""A longer gap is broken, and drawn ``GAP`` wide."""
GAP = 40
GAPS_MOST = 6
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
        longest = sorted((gap for gap in gaps if gap[1] - gap[0] > QUIET_US), key=lambda gap: gap[0] - gap[1])
        self.quiet = frozenset(longest[:GAPS_MOST])
        loud = sum(_root(gap) for gap in gaps if gap not in self.quiet) or 1.0
        room = WIDTH - GAP * len(self.quiet)
        self._places: list[tuple[int, float]] = [(edges[0], 0.0)]
        for gap in gaps:
            wide = GAP if gap in self.quiet else _root(gap) / loud * room
            self._places.append((gap[1], self._places[-1][1] + wide))

    def __call__(self, at_us: int) -> float:
        """The place of a moment; what lies outside is drawn at the end that is nearer."""
        after = bisect_left(self._places, at_us, key=lambda place: place[0])
        if after == 0:
            return 0.0
        if after == len(self._places):
            return float(WIDTH)
        (from_us, left), (to_us, right) = self._places[after - 1 : after + 1]
        return round(left + (at_us - from_us) / (to_us - from_us) * (right - left), 1)


def _root(gap: tuple[int, int]) -> float:
    return math.sqrt(gap[1] - gap[0])


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


_ROUND_S = ("0.01", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "30", "60", "120", "300", "600", "3600")
TICK_APART = 60
"""So far apart are two ticks at the least."""


def _ticks(scale: Scale, start_us: int, end_us: int) -> list[Moment]:
    """Round lengths of time since the intent, as many as are legible, and none inside a broken gap."""
    ticks = [Moment(0.0, start_us, "", "tick", "0")]
    for length in _ROUND_S:
        at = start_us + int(Decimal(length) * MICROSECONDS)
        inside = any(a < at < b for a, b in scale.quiet)
        if at < end_us and not inside and scale(at) - ticks[-1].x >= TICK_APART:
            ticks.append(Moment(scale(at), at, "", "tick", _length(at - start_us)))
    if WIDTH - ticks[-1].x < TICK_APART and len(ticks) > 1:
        ticks.pop()
    return [*ticks, Moment(float(WIDTH), end_us, "", "tick", _length(end_us - start_us))]


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
