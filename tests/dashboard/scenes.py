"""Rows as a dashboard finds them, made without an exchange."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from atomicpos.clock import SystemClock
from atomicpos.models import (
    JournalEntry,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    Proof,
    ProofKind,
    Sending,
    State,
)
from atomicpos.ports import Change
from atomicpos.record import Record
from atomicpos.store import open_journal
from atomicpos.testing.samples import CREATED_AT_US, a_record, moved, settled

SECOND = 1_000_000


def at(seconds: float) -> int:
    """So many seconds after the intent."""
    return CREATED_AT_US + round(seconds * SECOND)


def filled(record: Record, seconds: float = 1.0) -> Record:
    """Its entry has filled 10 and nothing covers it."""
    since = record.intent.created_at_us + round(seconds * SECOND)
    entry = replace(
        record.entry, sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=since, sent_at_us=since,
        status=OrderStatus.FILLED, filled=Decimal(10), average=Decimal("0.1251"), created_at_us=since,
        updated_at_us=since,
    )  # fmt: skip
    return replace(
        record.with_order(entry), state=State.VERIFYING, filled_quantity=Decimal(10), entry_price=Decimal("0.1251"),
        filled_at_us=since,
    )


def stop(record: Record, seconds: float, **changes: Any) -> Order:
    """A stop over 10 that was read back at work from then on."""
    since = record.intent.created_at_us + round(seconds * SECOND)
    made = Order(
        Leg.STOP, 1, f"stop-{record.id}", OrderSide.SELL, Decimal(10), reduce_only=True, sending=Sending.ACKNOWLEDGED,
        sends=1, first_sent_at_us=since, sent_at_us=since, trigger_price=Decimal("0.12"),
        status=OrderStatus.UNTRIGGERED, read_back=True, seen_at_us=since, created_at_us=since,
    )  # fmt: skip
    return replace(made, **changes)


def protected(record: Record, *, since_s: float = 2.0) -> Record:
    """Filled, and covered from then on."""
    since = record.intent.created_at_us + round(since_s * SECOND)
    held = filled(record)
    return replace(
        held.with_order(stop(held, since_s)), state=State.PROTECTED, stop_price=Decimal("0.12"), protected_at_us=since,
        exposure_us=since - (held.filled_at_us or 0),
        proof=Proof(ProofKind.STOP_READ_BACK, since, "our stop read back: sell 10 at 0.12"),
    )


def entry(seconds: float, kind: str, text: str, **data: str) -> JournalEntry:
    """One line of a journal."""
    return JournalEntry(at(seconds), kind, text, data=data)


def stored(path: Path, changes: Iterable[Change]) -> None:
    """Write them as a bot would have; in a thread, since a browser's driver has a loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(_stored(path, changes))).result()


async def _stored(path: Path, changes: Iterable[Change]) -> None:
    journal = await open_journal(f"sqlite:///{path}", SystemClock(), rng=random.Random(1))
    try:
        for change in changes:
            await (journal.admit(change, 0) if change.record.version == 1 else journal.commit(change))
    finally:
        await journal.close()


async def many(path: Path, count: int) -> None:
    """So many rows, three of five settled and two protected, each on a symbol of its own, a second apart."""
    clock = SystemClock()
    journal = await open_journal(f"sqlite:///{path}", clock, rng=random.Random(1))
    now = clock.now_us()

    async def one(number: int) -> None:
        row = a_record(f"p{number:06}", symbol=f"S{number}/USDT:USDT", created_at_us=now - (count - number) * SECOND)
        await journal.admit(Change(row), 0)
        after = settled(row, now) if number % 5 < 3 else moved(protected(row), wake_at_us=now + 3600 * SECOND)
        await journal.commit(Change(after))

    try:
        for begin in range(0, count, 500):
            await asyncio.gather(*map(one, range(begin, min(begin + 500, count))))
    finally:
        await journal.close()
