"""What is appended about a row: in order, once, and from whoever knows it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import Evidence, OrderView, PositionView
from atomicpos.models import JournalEntry, MarginMode, OrderStatus
from atomicpos.ports import Change, Conflict, Fenced, Journal

from ...samples import LEASE_US, a_record, claimant, moved, owned


class HistoryContract:
    """Nothing that was appended changes or goes."""

    async def test_the_journal_keeps_its_order(self, journal: Journal) -> None:
        """Lines come back as they were appended, over several commits."""
        lines = [JournalEntry(n, "outcome", f"line {n}", "why", {"n": str(n)}) for n in range(5)]
        record = a_record()
        await journal.admit(Change(record, entries=tuple(lines[:2])), LEASE_US)
        await journal.commit(Change(moved(record), entries=tuple(lines[2:])))
        assert list((await journal.history("p1")).entries) == lines

    @pytest.mark.parametrize("change", [{"stop_price": Decimal("0.1225")}, {"margin_mode": MarginMode.CROSS}])
    async def test_another_stop_or_margin_mode_is_another_finding(
        self, journal: Journal, change: dict[str, Any]
    ) -> None:
        """A slot whose own stop or margin mode changed is a new line, and what was said about it comes back."""
        before = replace(Evidence.seen("10"), source="position_poll", position=PositionView(Decimal("10")))
        after = replace(before, position=PositionView(Decimal("10"), **change))
        await journal.admit(Change(a_record(), evidence=(before, after, after)), LEASE_US)
        history = await journal.history("p1")
        assert history.evidence == (before, after)
        assert [repeats.count for repeats in history.repeats] == [0, 1]

    async def test_another_order_on_the_position_is_another_finding(self, journal: Journal) -> None:
        """The position's own stop is kept as the order that it is; its going away is a new line."""
        stop = OrderView(None, "s1", OrderStatus.UNTRIGGERED, reduce_only=True, trigger_price=Decimal("0.1225"))
        shown = replace(Evidence.absent(), source="order_status", position_stop=stop)
        gone = replace(shown, position_stop=None)
        await journal.admit(Change(a_record(), evidence=(shown, shown, gone)), LEASE_US)
        assert (await journal.history("p1")).evidence == (shown, gone)

    async def test_an_identical_finding_is_kept_once(self, journal: Journal) -> None:
        """A source that repeats itself adds no line, whatever others said meanwhile; a change adds one."""
        seen = replace(Evidence.seen("10"), source="a", asked_at_us=1, answered_at_us=2, raw="first")
        again = replace(seen, asked_at_us=3, answered_at_us=4, exchange_time_us=4, raw="second")
        ticked = replace(again, mark_price=Decimal("0.1251"))
        other = replace(Evidence.absent(), source="b")
        gone = replace(Evidence.absent(), source="a", asked_at_us=5)
        record = a_record()
        await journal.admit(Change(record, evidence=(seen, other, again)), LEASE_US)
        await journal.commit(Change(moved(record), evidence=(ticked, gone, ticked)))
        history = await journal.history("p1")
        assert list(history.evidence) == [seen, other, gone, again]
        assert [(r.count, r.last_answered_at_us) for r in history.repeats] == [(2, 4), (0, 0), (0, 0), (0, 4)]

    async def test_who_lost_the_row_may_still_note(self, journal: Journal) -> None:
        """A note of the owner before is appended, and the row is exactly as its new owner has it."""
        record = owned(a_record())
        await journal.admit(Change(record), 0)
        (taken,) = await journal.claim(claimant("two"), 1)
        line, found = JournalEntry(7, "outcome", "it was filled"), replace(Evidence.seen("10"), source="a")
        with pytest.raises(Fenced):
            await journal.commit(Change(moved(record), (line,), (found,)))
        await journal.note("p1", [line], [found])
        await journal.note("p1", [], [found])
        assert await journal.load("p1") == taken
        history = await journal.history("p1")
        assert (history.entries, history.evidence) == ((line,), (found,))
        assert [repeats.count for repeats in history.repeats] == [1]
        await journal.commit(Change(moved(taken), (line,), (found,)))
        assert (await journal.history("p1")).entries == (line, line)

    async def test_a_note_may_be_said_again(self, journal: Journal) -> None:
        """Who cannot know whether its note arrived says it once more: each of its lines is there once, in order."""
        await journal.admit(Change(a_record(), (JournalEntry(1, "intent", "open"),)), LEASE_US)
        lines = [JournalEntry(n, "outcome", "it was filled", "late", {"n": str(n)}) for n in range(3)]
        await journal.note("p1", lines[:2], [])
        await journal.commit(Change(moved(a_record()), (JournalEntry(2, "act", "meanwhile"),)))
        await journal.note("p1", lines, [])
        assert [line.at_us for line in (await journal.history("p1")).entries] == [1, 0, 1, 2, 2]

    async def test_a_note_needs_its_row(self, journal: Journal) -> None:
        """What is noted about a position that nobody admitted raises Conflict."""
        with pytest.raises(Conflict):
            await journal.note("p1", [JournalEntry(7, "outcome", "it was filled")], [])
