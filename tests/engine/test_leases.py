"""The leases that an owner holds: until when by its own clock, and what may still leave under them."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.bounds import Bounds, bounds
from atomicpos.errors import StoreUnavailable
from atomicpos.leases import HeldLeases
from atomicpos.models import MICROSECONDS
from atomicpos.ports import Change, Claimant
from atomicpos.record import Record
from atomicpos.settings import Settings
from atomicpos.sim import SIM_PROFILE
from atomicpos.testing.journals import JournalOver, MemoryJournal
from atomicpos.testing.samples import CREATED_AT_US, SCOPE, a_record, sent, settled
from world import Named

S = MICROSECONDS
BOUNDS: Bounds = bounds(Settings(), SIM_PROFILE)
LEASE, NEEDED = BOUNDS.lease_us, BOUNDS.lease_needed_us


class HandClock:
    """A clock that moves when it is moved."""

    def __init__(self) -> None:
        self.at_us = CREATED_AT_US

    def now_us(self) -> int:
        return self.at_us

    async def sleep(self, seconds: float) -> None:
        self.at_us += round(seconds * S)


class SlowJournal(JournalOver):
    """A journal that takes its time to answer, counts what it is asked, and fails when it is told to."""

    def __init__(self, clock: HandClock) -> None:
        self._rows = MemoryJournal(now_us=clock.now_us)
        super().__init__(self._rows)
        self.clock = clock
        self.takes_us = 0
        self.down = False
        self.asked: list[str] = []

    async def _slow(self, name: str, answer: Awaitable[Any]) -> Any:
        self.asked.append(name)
        if self.down:
            answer.close()  # type: ignore[attr-defined]
            raise StoreUnavailable("the disk is gone")
        found = await answer
        self.clock.at_us += self.takes_us
        return found

    async def admit(self, change: Change, lease_us: int) -> None:
        await self._slow("admit", super().admit(change, lease_us))

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        return await self._slow("claim", super().claim(claimant, limit))

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        return await self._slow("claim_one", super().claim_one(claimant, position_id))

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        return await self._slow("renew", super().renew(claimant))


class Held:
    """One owner's leases over a slow journal; ``owner`` says who else is gone."""

    def __init__(self, me: str = "one", journal: SlowJournal | None = None) -> None:
        self.clock = journal.clock if journal is not None else HandClock()
        self.journal = journal or SlowJournal(self.clock)
        self.owner = Named(me)
        self.leases = HeldLeases(self.journal, self.clock, BOUNDS, SCOPE, self.owner)

    async def admitted(self, *names: str) -> None:
        for name in names:
            row = replace(a_record(name, symbol=f"{name}/USDT:USDT"), owner=self.owner.me)
            asked = self.clock.now_us()
            await self.journal.admit(Change(row), self.leases.lease_us)
            self.leases.admitted(name, asked)

    def may_leave(self, name: str, stamped_us: int | None = None) -> bool:
        return self.leases.permit(name)(self.clock.now_us() if stamped_us is None else stamped_us) is None


# --- what may leave -----------------------------------------------------------------------------------------------


@given(after_us=st.integers(-LEASE, 3 * LEASE))
def test_a_request_leaves_only_while_the_lease_outlasts_its_receive_window(after_us: int) -> None:
    """Whatever its timestamp: allowed exactly while recv_window and the margin of the clocks end before the lease."""
    held = Held()
    held.leases.admitted("p1", CREATED_AT_US)
    assert held.may_leave("p1", CREATED_AT_US + after_us) is (after_us <= LEASE - NEEDED)


def test_what_may_not_leave_is_told_how_long_the_lease_lasts() -> None:
    """The sentence names what is left and what is needed, in seconds."""
    held = Held()
    held.leases.admitted("p1", CREATED_AT_US)
    why = held.leases.permit("p1")(CREATED_AT_US + LEASE - NEEDED + 1)
    assert why == "our lease of the position lasts for 8.0 s more; a request needs 8 s of it"
    why = held.leases.permit("p1")(CREATED_AT_US + LEASE + 5 * S)
    assert why == "our lease of the position lasts for -5.0 s more; a request needs 8 s of it"


@pytest.mark.parametrize("ended", ["never had", "lost", "released"])
async def test_nothing_leaves_for_a_row_that_is_not_ours(ended: str) -> None:
    """Never held, lost, or given back: the same permit, made while it was ours, says no from then on."""
    held = Held()
    if ended != "never had":
        await held.admitted("p1")
    permit = held.leases.permit("p1")
    if ended == "lost":
        held.leases.lose("p1")
    elif ended == "released":
        await held.leases.release()
    assert permit(held.clock.now_us()) == "the position belongs to another process by now"
    assert not held.leases.holds("p1")


# --- until when ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["claim", "claim_one", "renew"])
async def test_the_bound_counts_from_before_the_question(how: str) -> None:
    """The database may have begun the lease at any time since it was asked: a slow answer shortens it."""
    held = Held()
    if how == "renew":
        await held.admitted("p1")
    else:
        await held.journal.inner.admit(Change(a_record("p1")), 0)
    held.journal.takes_us = 5 * S
    asked = held.clock.now_us()
    await (held.leases.claim_one("p1") if how == "claim_one" else getattr(held.leases, how)())
    assert held.clock.now_us() == asked + 5 * S
    assert held.may_leave("p1", asked + LEASE - NEEDED)
    assert not held.may_leave("p1", asked + LEASE - NEEDED + 1)


async def test_one_call_renews_every_lease() -> None:
    """Thirty rows cost what one costs, three times a lease."""
    held = Held()
    await held.admitted(*(f"p{n}" for n in range(30)))
    held.clock.at_us += 10 * S
    held.journal.asked.clear()
    assert await held.leases.renew() == frozenset()
    assert held.journal.asked == ["renew"]
    assert all(held.may_leave(f"p{n}", held.clock.now_us() + LEASE - NEEDED) for n in range(30))
    assert held.leases.renewed_at_us == held.clock.now_us()
    assert held.leases.renewal_s * 3 == LEASE / S


async def test_a_renewal_that_fails_leaves_the_bound_where_it_was() -> None:
    """StoreUnavailable comes out; what was left of the lease is still ours, and not a moment more."""
    held = Held()
    await held.admitted("p1")
    held.clock.at_us += 10 * S
    held.journal.down = True
    with pytest.raises(StoreUnavailable):
        await held.leases.renew()
    assert held.leases.renewed_at_us is None
    assert held.may_leave("p1", CREATED_AT_US + LEASE - NEEDED)
    assert not held.may_leave("p1", CREATED_AT_US + LEASE - NEEDED + 1)


async def test_a_renewal_tells_which_rows_are_anothers_by_now() -> None:
    """Asleep for longer than the lease: what another took meanwhile is lost, the rest is ours again."""
    one, other = Held("one"), None
    await one.admitted("p1", "p2")
    one.clock.at_us += LEASE + S
    other = Held("two", one.journal)
    assert await other.leases.claim_one("p1") is not None
    assert await one.leases.renew() == {"p1"}
    assert (one.leases.holds("p1"), one.leases.holds("p2")) == (False, True)
    assert (one.may_leave("p1"), one.may_leave("p2")) == (False, True)


async def test_a_row_that_came_while_the_renewal_was_under_way_is_not_lost() -> None:
    """The answer does not name it, and it is ours all the same."""
    held = Held()
    await held.admitted("p1")

    async def and_one_more(claimant: Claimant) -> dict[str, int]:
        ours = await held.journal.inner.renew(claimant)
        await held.admitted("p2")
        return ours

    held.journal.renew = and_one_more  # type: ignore[method-assign]
    assert await held.leases.renew() == frozenset()
    assert held.may_leave("p2")


async def test_a_row_that_ended_is_dropped_with_the_next_renewal() -> None:
    """It has no owner any more; nothing is kept of it here either."""
    held = Held()
    await held.admitted("p1")
    row = await held.journal.load("p1")
    assert row is not None
    await held.journal.commit(Change(settled(sent(row, CREATED_AT_US), CREATED_AT_US)))
    assert await held.leases.renew() == {"p1"}
    assert not held.leases.holds("p1")


# --- whose ----------------------------------------------------------------------------------------------------------


async def test_rows_of_who_is_gone_are_claimed_at_once_and_of_who_is_silent_when_the_lease_lapsed() -> None:
    """What the owners are known for decides, and nobody takes himself to be gone."""
    one = Held("one")
    await one.admitted("p1")
    silent = Held("three", one.journal)
    await silent.admitted("p3")
    two = Held("two", one.journal)
    two.owner.known_gone = {"one", "two"}
    assert [row.id for row in await two.leases.claim()] == ["p1"]
    assert await two.leases.claim_one("p3") is None
    assert not two.leases.holds("p3")
    one.clock.at_us += LEASE
    assert [(row.id, row.owner, row.fence) for row in await two.leases.claim()] == [("p3", "two", 1)]
    assert (two.may_leave("p1"), two.may_leave("p3")) == (False, True)


async def test_what_was_given_back_is_anybodys() -> None:
    """A clean stop: the next one claims at once, without knowing that the first is gone."""
    one = Held("one")
    await one.admitted("p1", "p2")
    await one.leases.release()
    assert {row.id for row in await Held("two", one.journal).leases.claim()} == {"p1", "p2"}
