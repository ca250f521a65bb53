"""Small lawful rows to start a test from, and a clock that stands still."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.ids import client_order_id
from atomicpos.models import (
    Intent,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionMode,
    PositionSide,
    Proof,
    ProofKind,
    Scope,
    Sending,
    State,
    StopRule,
)
from atomicpos.ports import Change, Claimant, Journal
from atomicpos.record import Record

SCOPE = Scope("bybit", "live", "default")
CREATED_AT_US = 1_760_000_000_000_000
LEASE_US = 30_000_000


class StillClock:
    """A Clock that stands at ``CREATED_AT_US``: for what reads the time and never waits."""

    def now_us(self) -> int:
        """Always the same moment."""
        return CREATED_AT_US

    async def sleep(self, seconds: float) -> None:
        """Raises AssertionError: it would never end."""
        raise AssertionError(f"a sleep of {seconds} s on a clock that stands still")


def a_record(position_id: str = "p1", *, symbol: str = "AVL/USDT:USDT", **intent: Any) -> Record:
    """A new long of 10 with one intended entry; ``intent`` replaces fields of the intent."""
    asked = Intent(
        scope=SCOPE,
        symbol=symbol,
        market_id=symbol.partition(":")[0].replace("/", ""),
        side=PositionSide.LONG,
        quantity=Decimal("10"),
        stop_rule=StopRule(percent=Decimal("2")),
        mark_price=Decimal("0.1250"),
        tick=Decimal("0.0001"),
        step=Decimal("1"),
        created_at_us=CREATED_AT_US,
    )
    return Record(position_id, replace(asked, **intent), orders=(an_entry(position_id),))


def a_hedged(position_id: str, side: PositionSide, **intent: Any) -> Record:
    """The same on that side of hedge mode."""
    return a_record(position_id, side=side, position_mode=PositionMode.HEDGE, **intent)


def an_entry(position_id: str) -> Order:
    """Its entry, committed and not sent."""
    own_id = client_order_id("test", position_id, Leg.ENTRY, 1)
    return Order(Leg.ENTRY, 1, own_id, OrderSide.BUY, Decimal("10"), reduce_only=False)


def sent(record: Record, at_us: int) -> Record:
    """The row after its entry was sent and acknowledged."""
    entry = replace(record.entry, sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=at_us, sent_at_us=at_us)
    return record.with_order(replace(entry, status=OrderStatus.OPEN))


def settled(record: Record, at_us: int) -> Record:
    """The next version: rolled back with the proof that the entry died unfilled."""
    return replace(
        record.with_order(replace(record.entry, status=OrderStatus.DEAD)),
        version=record.version + 1,
        state=State.ROLLED_BACK,
        proof=Proof(ProofKind.DEAD_UNFILLED, at_us, "the entry was read as dead with 0 filled"),
        settled_at_us=at_us,
    )


REOPENED_AT_US = CREATED_AT_US + 5_000_000


def reopened(record: Record, **changes: Any) -> Record:
    """A settled row after late evidence."""
    return moved(
        record, state=State.ORPHAN_SUSPECTED, proof=None, settled_at_us=None, suspected_at_us=REOPENED_AT_US, **changes
    )


def moved(record: Record, **changes: Any) -> Record:
    """The next version with these changes."""
    return replace(record, version=record.version + 1, **changes)


def owned(record: Record, owner: str = "one") -> Record:
    """The row as that owner has it."""
    return replace(record, owner=owner)


def claimant(owner: str, *, lease_us: int = LEASE_US, gone: tuple[str, ...] = (), scope: Scope = SCOPE) -> Claimant:
    """Who asks for rows; a lease of 0 has lapsed as soon as it is given."""
    return Claimant(scope, owner, lease_us, frozenset(gone))


async def admitted(journal: Journal, *owners: str | None, lease_us: int = LEASE_US) -> list[Record]:
    """Rows ``p1``, ``p2``... on symbols of their own, one for each of the owners."""
    rows = [replace(a_record(f"p{n}", symbol=f"S{n}/USDT:USDT"), owner=o) for n, o in enumerate(owners, 1)]
    for row in rows:
        await journal.admit(Change(row), lease_us)
    return rows
