"""Databases with very many rows, and the account that fits them, for what recovery costs at scale.

Settled rows are copies of one that the library opened and closed, made by the database itself: orders, a journal line
and a finding each. Protected rows are copies of one that it opened, and each has its position and stop at the venue.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event, text

from atomicpos.app import AtomicPositions
from atomicpos.events import Event
from atomicpos.ids import client_order_id
from atomicpos.models import MICROSECONDS, Leg, Order, OrderSide, TriggerBy
from atomicpos.ports import Change
from atomicpos.record import Record
from atomicpos.sim import SimExchange, Venue, VirtualClock
from atomicpos.sim.markets import Market, numbered
from atomicpos.sim.venue import PlaceRequest
from atomicpos.store import SqlJournal, open_journal, tables
from atomicpos.store.location import locate

WATCH_S = 5.0
AUDIT_US = 86_400 * MICROSECONDS
QUIET_US = 600 * MICROSECONDS
"""Nothing settled for that long: what did in the last half minute is read every turn, however many rows there are."""
TEN = Decimal(10)
ROUND_TRIP_S = 0.15
"""How long the venue takes to answer, in virtual time."""
SYMBOLS_BEFORE = 100
"""The numbers of the symbols on which rows have settled begin there, and there are that many."""


class Stranger:
    """An owner on another host: it knows of nobody that he is gone, and takes what lapsed."""

    def __init__(self, me: str) -> None:
        self.me = me

    def gone(self, owner: str) -> bool:
        """Never known."""
        return False

    def leave(self) -> None:
        """There is nobody to tell."""


@dataclass
class Work:
    """What was asked of a database."""

    statements: int = 0
    commits: int = 0


@dataclass
class Site:
    """One account, and one database about it."""

    url: str
    clock: VirtualClock
    markets: tuple[Market, ...]
    round_trip_s: float
    starts: int = 0
    heard: set[tuple[str, str]] = field(default_factory=set)
    """Which position heard which source since the last start."""

    def __post_init__(self) -> None:
        self.venue = Venue(self.clock.now_us, seed=1, markets=self.markets)
        self.exchange = SimExchange(self.venue, self.clock, round_trip_s=self.round_trip_s)

    async def journal(self) -> SqlJournal:
        """The database, opened."""
        return await open_journal(self.url, self.clock, rng=random.Random(1))

    def library(self, journal: SqlJournal) -> AtomicPositions:
        """The library over both, as the next owner."""
        self.starts += 1
        self.heard.clear()
        return AtomicPositions.over(
            self.exchange, journal, self.clock, random.Random(self.starts), Stranger(f"owner-{self.starts}"),
            watch_s=WATCH_S, alerts=lambda _: None, listeners=[self._hear],
        )

    def _hear(self, told: Event) -> None:
        if told.kind == "evidence":
            self.heard.add((told.position_id, told.text.partition(" ")[0]))

    async def opened(self, count: int) -> tuple[Record, ...]:
        """Open so many, and close one more that came before them; the rows, newest first."""
        journal = await self.journal()
        async with self.library(journal) as positions:
            for number in (SYMBOLS_BEFORE, *range(count)):
                market_id = self.markets[number].market_id
                opened = await positions.open_position_atomic(market_id, "buy", TEN, stop_loss_percent="2")
                if number == SYMBOLS_BEFORE:
                    await positions.close_position(opened.id)
            return await journal.list()

    def calls(self) -> Counter[str]:
        """How often each call was made since the last time this was asked."""
        made = Counter(call for _, call, _ in self.exchange.requests)
        self.exchange.requests.clear()
        return made


def site(url: str, symbols: int = 2 * SYMBOLS_BEFORE, round_trip_s: float = ROUND_TRIP_S) -> Site:
    """An account with that many numbered symbols, in the loop that runs."""
    return Site(url, VirtualClock(asyncio.get_running_loop()), numbered(symbols), round_trip_s)


@contextmanager
def counted() -> Iterator[Work]:
    """How many statements and commits are asked for meanwhile."""
    work = Work()

    def statement(*_: Any) -> None:
        work.statements += 1

    def commit(*_: Any) -> None:
        work.commits += 1

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    try:
        yield work
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", commit)


# --- settled rows ---------------------------------------------------------------------------------------------------


def settle_many(place: Site, like: Record, count: int) -> None:
    """Put so many copies of a settled row beside it, half of them settled within ``audit_s``."""
    given = {
        "like": like.id, "count": count, "newest_us": place.clock.now_us() - QUIET_US,
        "apart_us": 2 * AUDIT_US // count,
    }  # fmt: skip
    location = locate(place.url)
    if location.path is not None:
        _copy_in_file(location.path, given)
    else:
        _copy_on_server(place.url, given)


def _copy_in_file(path: Path, given: dict[str, Any]) -> None:
    """Without a log and without waiting for the disk: all of it or a broken file, which is thrown away then."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for statement in _COPIES:
            connection.execute(statement, given)
        connection.execute("COMMIT")


def _copy_on_server(url: str, given: dict[str, Any]) -> None:
    """By a connection without the time limits that the library sets on its own."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in _COPIES:
            connection.execute(text(statement), given)
        for command in ("VACUUM ANALYZE", "CHECKPOINT"):  # as the server does by itself some minutes later
            connection.exec_driver_sql(command)
    engine.dispose()


_SETTLED_US = "CAST(:newest_us AS bigint) - n.k * CAST(:apart_us AS bigint)"
_BASE = f"'N00' || ({SYMBOLS_BEFORE} + n.k % {SYMBOLS_BEFORE})"
_ID = "'old-' || (10000000 + n.k)"
_CHANGED = {
    "id": _ID,
    "position_id": _ID,
    "symbol": f"{_BASE} || '/USDT:USDT'",
    "market_id": f"{_BASE} || 'USDT'",
    "idempotency_key": "'signal-' || (10000000 + n.k)",
    "settled_at_us": _SETTLED_US,
    "updated_at_us": _SETTLED_US,
    "created_at_us": f"{_SETTLED_US} - 60000000",
    "client_order_id": "'old-' || one.leg || one.attempt || '-' || (10000000 + n.k)",
}


def _copies(table: Table, key: str, only: str = "") -> str:
    """The statement that copies what the table has of one position as often as is wanted."""
    names = [column.name for column in table.c]
    values = ", ".join(_CHANGED.get(name, f"one.{name}") for name in names)
    return (
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < CAST(:count AS integer))"
        f" INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM n, {table.name} AS one"
        f" WHERE one.{key} = :like {only}"
    )


_COPIES = (
    _copies(tables.positions, "id"),
    _copies(tables.orders, "position_id", "AND one.attempt = 1 AND one.leg <> 'close'"),
    _copies(tables.journal, "position_id", "AND one.seq = 1"),
    _copies(tables.evidence, "position_id", "AND one.seq = 1"),
)


# --- protected rows -------------------------------------------------------------------------------------------------


async def lapse_many(place: Site, like: Record, count: int) -> None:
    """Put so many copies of a protected row beside it, each on a symbol of its own, whose owner let the lease lapse."""
    journal = await place.journal()
    copies = [_copy(place, journal.installation, like, number) for number in range(1, count + 1)]
    await asyncio.gather(*(journal.admit(Change(copy), 0) for copy in copies))
    await journal.close()
    place.calls()


def _copy(place: Site, installation: str, like: Record, number: int) -> Record:
    market, position_id = place.markets[number], f"lapsed-{number:05d}"
    ids = {(o.leg, o.attempt): client_order_id(installation, position_id, o.leg, o.attempt) for o in like.orders}
    entry = place.venue.place(PlaceRequest(market.symbol, ids[Leg.ENTRY, 1], OrderSide.BUY, TEN))
    place.venue.set_position_stop(market.symbol, like.stop_price, TriggerBy.MARK)
    stop = next(o for o in place.venue.orders_as_of(market.symbol, place.clock.now_us()) if o.position_stop)

    def copied(order: Order) -> Order:
        shown = {Leg.ENTRY: entry.order_id, Leg.STOP: order.exchange_order_id and stop.order_id}[order.leg]
        return replace(order, client_order_id=ids[order.leg, order.attempt], exchange_order_id=shown)

    intent = replace(like.intent, symbol=market.symbol, market_id=market.market_id)
    return replace(like, id=position_id, intent=intent, orders=tuple(map(copied, like.orders)), version=1, fence=0,
                   owner="somebody who is no more")  # fmt: skip
