"""Rows in a stated order, and found by what they carry."""

from __future__ import annotations

from atomicpos.models import Scope, State
from atomicpos.ports import Change, Journal

from ...samples import CREATED_AT_US, LEASE_US, SCOPE, a_record, admitted, moved, reopened, sent, settled

OTHER = Scope("bybit", "live", "second")


class ListingContract:
    """Rows and their histories in a stated order."""

    async def test_rows_are_listed_newest_first(self, journal: Journal) -> None:
        """``list`` gives the newest first and filters by state and symbol; ``holding`` gives the oldest first."""
        for n, symbol in enumerate(("A/USDT:USDT", "B/USDT:USDT", "C/USDT:USDT")):
            await journal.admit(Change(a_record(f"p{n}", symbol=symbol, created_at_us=CREATED_AT_US + n)), LEASE_US)
        await journal.commit(Change(moved(a_record("p1", symbol="B/USDT:USDT", created_at_us=CREATED_AT_US + 1),
                                          state=State.ORPHAN_SUSPECTED)))  # fmt: skip
        assert [record.id for record in await journal.list()] == ["p2", "p1", "p0"]
        assert [record.id for record in await journal.list(state=State.ORPHAN_SUSPECTED)] == ["p1"]
        assert [record.id for record in await journal.list(symbol="C/USDT:USDT")] == ["p2"]
        assert [record.id for record in await journal.holding(SCOPE)] == ["p0", "p1", "p2"]
        assert (await journal.list())[0] == a_record("p2", symbol="C/USDT:USDT", created_at_us=CREATED_AT_US + 2)

    async def test_orders_name_their_position(self, journal: Journal) -> None:
        """Of any number of client order ids those that the account's rows have are found, settled rows included."""
        first, second = await admitted(journal, None, None)
        await journal.commit(Change(settled(sent(first, 5), 9)))
        third = a_record("p3", scope=OTHER)
        await journal.admit(Change(third), LEASE_US)
        own = [record.entry.client_order_id for record in (first, second, third)]
        asked = [*own, *(f"nobody{n}" for n in range(2000))]
        assert await journal.find_orders(SCOPE, asked) == {own[0]: "p1", own[1]: "p2"}
        assert await journal.find_orders(OTHER, asked) == {own[2]: "p3"}
        assert await journal.find_orders(SCOPE, ()) == {}

    async def test_settled_rows_are_found_by_the_time_of_their_end(self, journal: Journal) -> None:
        """Those of the account that settled at that time or later come back, the newest first; no other row does."""
        rows = await admitted(journal, *[None] * 5)
        for end_us, row in zip((10, 30, 20, 40), rows, strict=False):
            await journal.commit(Change(settled(row, end_us)))
        ended = settled(rows[3], 40)
        await journal.commit(Change(reopened(ended)))
        await journal.admit(Change(other := a_record("p6", scope=OTHER)), LEASE_US)
        await journal.commit(Change(settled(other, 50)))
        assert [record.id for record in await journal.settled_since(SCOPE, 20)] == ["p2", "p3"]
        assert await journal.settled_since(SCOPE, 30) == (settled(rows[1], 30),)
        assert await journal.settled_since(SCOPE, 31) == ()

    async def test_the_newest_row_of_a_symbol_is_found_settled_or_not(self, journal: Journal) -> None:
        """Of the account's rows on the symbol the one that was asked for last comes back; None where there is none."""
        first, _ = await admitted(journal, None, None)
        assert await journal.newest_on(SCOPE, first.intent.symbol) == first
        await journal.commit(Change(ended := settled(first, 10)))
        assert await journal.newest_on(SCOPE, first.intent.symbol) == ended
        later_us = first.intent.created_at_us + 1
        later = a_record("a", symbol=first.intent.symbol, created_at_us=later_us)
        await journal.admit(Change(later), LEASE_US)
        other = a_record("q", symbol=first.intent.symbol, created_at_us=later_us + 1, scope=OTHER)
        await journal.admit(Change(other), LEASE_US)
        assert await journal.newest_on(SCOPE, first.intent.symbol) == later
        assert await journal.newest_on(SCOPE, "NONE/USDT:USDT") is None
