"""How many positions a second the store takes from their intent to protected: three commits each, every one on disk.

One at a time shows what a commit costs; fifty at once show what is won when all that waits is committed together. Only
the store works: no exchange, no engine. ``--runs`` and ``--opens`` say how much is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from atomicpos.clock import SystemClock
from atomicpos.evidence import Evidence, PositionView
from atomicpos.models import JournalEntry, Leg, Order, OrderSide, OrderStatus, Proof, ProofKind, State
from atomicpos.ports import Change, Journal
from atomicpos.store import open_journal, schema
from atomicpos.testing.postgres import Postgres
from atomicpos.testing.samples import CREATED_AT_US, LEASE_US, a_record, moved, sent

RUNS = 5
OPENS = 400
AT_ONCE = (1, 50)


@dataclass(frozen=True, slots=True)
class Measured:
    """Opens a second on one database, that many at once: the runs, and the statements' worth of one open in ms."""

    database: str
    at_once: int
    opens_per_s: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one of the runs."""
        return statistics.median(self.opens_per_s)


async def one_open(journal: Journal, name: str) -> None:
    """What a calm open stores: the intent; the fill with the stop's intent; the stop read back."""
    stop = Order(Leg.STOP, 1, f"stop-{name}", OrderSide.SELL, Decimal(10), True, trigger_price=Decimal("0.1225"))
    opened = replace(a_record(name, symbol=f"{name}/USDT:USDT"), owner="benchmark")
    await journal.admit(Change(opened, (_line("intent"),)), LEASE_US)
    filled = moved(sent(opened, CREATED_AT_US).with_order(stop), state=State.VERIFYING, filled_quantity=Decimal(10))
    lines = _line("outcome"), _line("transition"), _line("transition"), _line("intent")
    await journal.commit(Change(filled, lines, (_seen("order_status"), _seen("position_poll"))))
    alive = replace(stop, status=OrderStatus.UNTRIGGERED, read_back=True, sends=1, exchange_order_id=f"x-{name}")
    proof = Proof(ProofKind.STOP_READ_BACK, CREATED_AT_US)
    done = moved(filled.with_order(alive), state=State.PROTECTED, proof=proof, stop_price=Decimal("0.1225"))
    await journal.commit(Change(done, (_line("outcome"), _line("transition")), (_seen("order_status"),)))


def _line(kind: str) -> JournalEntry:
    return JournalEntry(CREATED_AT_US, kind, "a sentence of the usual length about what happened here", "a cause")


def _seen(source: str) -> Evidence:
    position = PositionView(Decimal("10.0"), entry_price=Decimal("0.1250"))
    return replace(Evidence.seen("10", "0.1250"), source=source, position=position, raw='{"retCode": 0}' * 20)


async def opens_per_second(journal: Journal, run: int, opens: int, at_once: int) -> float:
    """So many opens, each on a symbol of its own, that many of them at a time."""
    names = iter([f"r{run}-{at_once}-{n}" for n in range(opens)])

    async def worker() -> None:
        for name in names:
            await one_open(journal, name)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return opens / (time.perf_counter() - began)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Journal]:
    """The journal at that URL, closed at the end."""
    journal = await open_journal(url, SystemClock(), rng=random.Random(1))
    try:
        yield journal
    finally:
        await journal.close()


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """A fresh database of each kind, by name; the server's commits are on disk as the file's are."""
    with tempfile.TemporaryDirectory() as folder, Postgres() as server:
        url = server.new_database()
        schema.upgrade(url)
        yield {"SQLite": f"sqlite:///{folder}/a.db", "PostgreSQL": url}


async def measured(database: str, url: str, runs: int, opens: int) -> list[Measured]:
    """Every number at once, measured in turns so that a slow moment strikes all of them."""
    figures: dict[int, list[float]] = {at_once: [] for at_once in AT_ONCE}
    async with opened(url) as journal:
        await opens_per_second(journal, -1, 50, 10)  # what is only done once is not measured
        for run in range(runs):
            for at_once, per_s in figures.items():
                per_s.append(await opens_per_second(journal, run, opens, at_once))
    return [Measured(database, at_once, tuple(per_s)) for at_once, per_s in figures.items()]


def table(rows: list[Measured]) -> str:
    """One line for each database and number at once."""
    head = f"{'database':<12}{'at once':>8}{'opens/s':>10}{'commits/s':>11}{'ms an open':>12}   all runs"
    lines = [
        f"{row.database:<12}{row.at_once:>8}{row.median:>10,.0f}{3 * row.median:>11,.0f}"
        f"{1000 * row.at_once / row.median:>12.2f}   {' '.join(f'{per_s:,.0f}' for per_s in sorted(row.opens_per_s))}"
        for row in rows
    ]
    return "\n".join([head, *lines])


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--opens", type=int, default=OPENS, help="how many opens one run measures")
    options = asked.parse_args()
    rows: list[Measured] = []
    with databases() as urls:
        for name, url in urls.items():
            rows += asyncio.run(measured(name, url, options.runs, options.opens))
    print(table(rows))


if __name__ == "__main__":
    main()
