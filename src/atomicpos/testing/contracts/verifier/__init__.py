"""What every verifier promises, as tests to inherit.

``VerifierContract`` asks for a fixture ``verifier``. One that has its knowledge from somewhere else than
``question.reads`` overrides the fixture ``source`` besides, with a ``VerifierSource`` that sets what the verifier sees.
The tests run in virtual time.
"""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import Evidence, Kind
from atomicpos.models import MICROSECONDS, PositionSide
from atomicpos.verifiers import Verifier

from ...fixtures.venue import BotVenue
from .looking import AVL, DEADLINE_S, LONG, TEN, XRP, Looking
from .source import VenueSource, VerifierSource

__all__ = ["VenueSource", "VerifierContract", "VerifierSource"]

PATIENCE_S = 60.0
"""Within so many virtual seconds a source that can tell of an end has told it."""

ZERO = Decimal(0)


class VerifierContract:
    """All that one verifier promises."""

    sees_the_end: bool = True
    """False for a verifier that knows of entries, and not of what has become of them."""

    @pytest.fixture
    def source(self, atomicpos_venue: BotVenue) -> VerifierSource:
        """Where the verifier has its knowledge from: the venue, unless the author says otherwise."""
        return VenueSource(atomicpos_venue)

    @pytest.fixture
    def looking(self, verifier: Verifier, source: VerifierSource, atomicpos_venue: BotVenue) -> Looking:
        """The verifier, ready to be asked."""
        atomicpos_venue.may_be_naked()
        reads = source.reads if isinstance(source, VenueSource) else atomicpos_venue.exchange.reads
        return Looking(verifier, source, atomicpos_venue, reads)

    def test_it_has_a_name_and_a_look(self, verifier: Verifier) -> None:
        """It is an object with a name that is text, and a look that is a coroutine function."""
        assert isinstance(verifier, Verifier)
        assert isinstance(verifier.name, str)
        assert verifier.name
        assert asyncio.iscoroutinefunction(verifier.look)

    async def test_exposure_is_seen_within_the_deadline(self, looking: Looking) -> None:
        """What its source holds, to the last digit, before the library stops waiting for it."""
        await looking.source.holds(AVL, LONG, TEN)
        found = await looking.look()
        assert (found.kind, found.quantity) == (Kind.SEEN, TEN)

    async def test_a_fraction_is_not_rounded(self, looking: Looking) -> None:
        """Quantities are exact."""
        quantity = Decimal("10.1")
        await looking.source.holds(XRP, LONG, quantity)
        assert (await looking.look(XRP)).quantity == quantity

    async def test_nothing_is_not_seen(self, looking: Looking) -> None:
        """Where there is nothing it answers absent, or says why it does not know."""
        found = await looking.look()
        assert found.kind is not Kind.SEEN
        assert found.kind is Kind.ABSENT or found.why

    async def test_what_has_gone_is_absent_in_the_end(self, looking: Looking) -> None:
        """After the position is closed it says so: no row ends while a verifier goes on seeing exposure."""
        await looking.source.holds(AVL, LONG, TEN)
        assert (await looking.look()).kind is Kind.SEEN
        await looking.source.holds(AVL, LONG, ZERO)
        if self.sees_the_end:
            assert await _ends(looking), f"still not absent after {PATIENCE_S:g} s"

    async def test_i1_an_error_is_not_an_absence(self, looking: Looking) -> None:
        """A source that cannot be asked makes it unknown, with a reason, whether anything was there before or not."""
        looking.source.breaks()
        before = await looking.look()
        looking.source.recovers()
        await looking.source.holds(AVL, LONG, TEN)
        await looking.look()
        looking.source.breaks()
        after = await looking.look()
        assert [found.kind for found in (before, after)] == [Kind.UNKNOWN, Kind.UNKNOWN]
        assert before.why
        assert after.why

    async def test_it_sees_again_when_its_source_answers_again(self, looking: Looking) -> None:
        """An error does not stay."""
        await looking.source.holds(AVL, LONG, TEN)
        looking.source.breaks()
        await looking.look()
        looking.source.recovers()
        assert (await looking.look()).kind is Kind.SEEN

    async def test_it_ends_when_it_is_told_to(self, looking: Looking) -> None:
        """A look at a source that hangs is cancelled at the deadline and ends at once; the next one is as good as any.

        An answer of its own before that is unknown.
        """
        await looking.source.holds(AVL, LONG, TEN)
        looking.source.hangs()
        asked = asyncio.ensure_future(looking.verifier.look(looking.question()))
        await asyncio.wait({asked}, timeout=DEADLINE_S)
        if not asked.done():
            asked.cancel()
            await asyncio.wait({asked}, timeout=1)
        assert asked.done(), "it goes on although it was cancelled"
        assert asked.cancelled() or asked.exception() or asked.result().kind is Kind.UNKNOWN
        looking.source.recovers()
        assert (await looking.look()).kind is Kind.SEEN

    async def test_it_answers_about_the_symbol_it_was_asked_for(self, looking: Looking) -> None:
        """What another symbol holds is not seen here, one after the other or both at once."""
        await looking.source.holds(XRP, LONG, TEN)
        assert (await looking.look(AVL)).kind is not Kind.SEEN
        here, there = await asyncio.gather(looking.look(AVL), looking.look(XRP))
        assert (here.kind is Kind.SEEN, there.kind is Kind.SEEN) == (False, True)

    async def test_it_answers_about_the_side_it_was_asked_for(self, looking: Looking) -> None:
        """A short is no long: what turned over is not ours."""
        await looking.source.holds(AVL, PositionSide.SHORT, TEN)
        assert (await looking.look(AVL, LONG)).kind is not Kind.SEEN

    async def test_the_same_world_gives_the_same_answer(self, looking: Looking) -> None:
        """Asked twice, it finds the same; only times differ."""
        for quantity in (ZERO, TEN):
            await looking.source.holds(AVL, LONG, quantity)
            first, second = await looking.look(), await looking.look()
            assert _finding(first) == _finding(second)

    async def test_its_evidence_is_sound(self, looking: Looking) -> None:
        """Its source is its own name or left to the library, and so are its times; the exchange's is none to come."""
        await looking.source.holds(AVL, LONG, TEN)
        found = await looking.look()
        now_us = looking.venue.clock.now_us()
        assert found.source in ("", looking.verifier.name)
        assert 0 <= found.asked_at_us <= found.answered_at_us <= now_us
        assert (found.exchange_time_us or 0) <= now_us + MICROSECONDS
        assert found.price is None or found.price > 0

    async def test_it_changes_nothing(self, looking: Looking) -> None:
        """Looking sends no order."""
        await looking.source.holds(AVL, LONG, TEN)
        before = looking.venue.writes()
        await looking.look()
        assert looking.venue.writes() == before

    async def test_it_does_not_hold_up_the_loop(self, looking: Looking, monkeypatch: pytest.MonkeyPatch) -> None:
        """It neither sleeps nor connects in the way that stops everything else in the process."""
        blocked: list[str] = []

        def refuse(*given: Any, **named: Any) -> None:
            blocked.append("it blocks")
            raise OSError("a look may not block")

        await looking.source.holds(AVL, LONG, TEN)
        monkeypatch.setattr(time, "sleep", refuse)
        monkeypatch.setattr(socket.socket, "connect", refuse)
        await looking.look()
        assert blocked == []


async def _ends(looking: Looking) -> bool:
    for _ in range(int(PATIENCE_S)):
        if (await looking.look()).kind is Kind.ABSENT:
            return True
        await looking.venue.clock.sleep(1)
    return False


def _finding(found: Evidence) -> Evidence:
    return replace(found, asked_at_us=0, answered_at_us=0, mark_price=None, raw="")
