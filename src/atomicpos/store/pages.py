"""Some rows at a time, over a connection of its own that cannot write: reading never waits in the writers' line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from atomicpos.evidence import Evidence
from atomicpos.lag import LagCount
from atomicpos.models import Leg, OrderStatus, Scope, State
from atomicpos.ports import (
    DOUBTFUL_MOST,
    LINES_MOST,
    PAGE_ROWS,
    SYMBOLS_MOST,
    Clock,
    Exposures,
    Glance,
    Held,
    History,
    Lease,
    Mark,
    Page,
    Repeats,
    Story,
    Wanted,
)

from . import heartbeats, lags, reading
from . import statements as sql
from .findings import evidence_of
from .rows import entry_of
from .tables import UNSETTLED, evidence, journal, orders, positions
from .writer import Writer

_rows = positions.c
_SCOPE = (_rows.exchange, _rows.environment, _rows.account)
_ALIVE = tuple(status for status in OrderStatus if not status.final and status is not OrderStatus.UNKNOWN)
_COVERED = exists().where(
    orders.c.position_id == _rows.id, orders.c.leg == Leg.STOP, orders.c.status.in_(_ALIVE),
    or_(orders.c.read_back, orders.c.attached),
)
"""A stop is known to be at work: ``snapshot.exposed`` in SQL."""
_DOUBTFUL = and_(
    UNSETTLED,
    or_(_rows.state != State.PROTECTED, ~_COVERED, func.coalesce(_rows.wake_at_us, 0) <= bindparam("due_us")),
)
_PROVEN = or_(_rows.protected_at_us.is_not(None), _rows.settled_at_us.is_not(None))
_STATES = select(_rows.state, func.count()).group_by(_rows.state)
_HELD = (
    select(*_SCOPE, _rows.state, func.count(), func.sum(_rows.version)).where(UNSETTLED).group_by(*_SCOPE, _rows.state)
)
_DOUBTFUL_ROWS = (
    select(positions)
    .where(_DOUBTFUL)
    .order_by(case((_COVERED, 1), else_=0), case((_rows.filled_at_us.is_(None), 1), else_=0), _rows.created_at_us)
    .limit(DOUBTFUL_MOST)
)
_DOUBTFUL_COUNT = select(func.count()).select_from(positions).where(_DOUBTFUL)
_SYMBOLS = select(_rows.symbol).distinct().order_by(_rows.symbol).limit(SYMBOLS_MOST)
_SEARCHED = (_rows.id, _rows.symbol, _rows.market_id, _rows.account, _rows.idempotency_key, _rows.reason)


class SqlPages:
    """Implements the port Pages. Made by ``opening.open_pages``."""

    def __init__(self, writer: Writer, place: str, clock: Clock) -> None:
        self.place = place
        self._reader = writer
        self._clock = clock

    async def glance(self, due_us: int) -> Glance:
        """What must be known at once, all of it as it is at one moment. Raises StoreUnavailable."""
        return await self._reader.read(partial(_glance, due_us=due_us, now_us=self._clock.now_us))

    async def page(self, wanted: Wanted) -> Page:
        """One page of rows, newest first. Raises StoreUnavailable."""
        return await self._reader.read(partial(_page, wanted=wanted))

    async def symbols(self) -> tuple[str, ...]:
        """All symbols of all rows, in order. Raises StoreUnavailable."""
        return await self._reader.read(lambda connection: tuple(connection.execute(_SYMBOLS).scalars()))

    async def story(self, position_id: str) -> Story | None:
        """One row and the newest of its history, or None. Raises StoreUnavailable."""
        return await self._reader.read(partial(_story, position_id=position_id))

    async def leases(self) -> tuple[Lease, ...]:
        """What every owner has. Raises StoreUnavailable."""
        return await self._reader.read(partial(_leases, now_us=self._clock.now_us))

    async def lags(self) -> tuple[LagCount, ...]:
        """All counts of lags. Raises StoreUnavailable."""
        return await self._reader.read(lags.learnt)

    async def exposures(self, edges_us: tuple[int, ...]) -> tuple[Exposures, ...]:
        """How long filled positions were exposed, by exchange. Raises StoreUnavailable."""
        return await self._reader.read(partial(_exposures, edges_us=edges_us))

    async def close(self) -> None:
        """Close the connection. May be called twice."""
        await self._reader.close()


def _glance(connection: Connection, due_us: int, now_us: Callable[[], int]) -> Glance:
    due = {"due_us": due_us}
    found = connection.execute(_DOUBTFUL_ROWS, due).mappings().all()
    count = len(found)
    if count == DOUBTFUL_MOST:
        count = connection.execute(_DOUBTFUL_COUNT, due).scalar_one()
    return Glance(
        states={row[0]: row[1] for row in connection.execute(_STATES)},
        held=tuple(
            Held(Scope(*row[:3]), state=row[3], positions=row[4], moves=int(row[5]))
            for row in connection.execute(_HELD)
        ),
        doubtful=reading.with_orders(connection, found),
        doubtful_count=count,
        heard=heartbeats.heard(connection, now_us),
    )


def _page(connection: Connection, wanted: Wanted) -> Page:
    found = connection.execute(_listing(wanted)).mappings().all()
    rows = reading.with_orders(connection, found[:PAGE_ROWS])
    last = rows[-1] if len(found) > PAGE_ROWS else None
    return Page(rows, None if last is None else Mark(last.intent.created_at_us, last.id))


def _listing(wanted: Wanted) -> Select[tuple[object, ...]]:
    """One row more than a page has, to know whether there is another page."""
    listing = sql.LISTED.limit(PAGE_ROWS + 1)
    if wanted.states:
        listing = listing.where(_rows.state.in_(wanted.states))
    if symbol := wanted.symbol.lower():
        listing = listing.where(or_(func.lower(_rows.symbol) == symbol, func.lower(_rows.market_id) == symbol))
    if text := wanted.text.lower():
        listing = listing.where(or_(*(func.lower(column).contains(text, autoescape=True) for column in _SEARCHED)))
    if (mark := wanted.before) is not None:
        same = and_(_rows.created_at_us == mark.created_at_us, _rows.id < mark.id)
        listing = listing.where(or_(_rows.created_at_us < mark.created_at_us, same))
    return listing


def _story(connection: Connection, position_id: str) -> Story | None:
    record = reading.load(connection, position_id)
    if record is None:
        return None
    its_lines, its_findings = journal.c.position_id == position_id, evidence.c.position_id == position_id
    newest = select(journal).where(its_lines).order_by(journal.c.seq.desc()).limit(LINES_MOST)
    lines = tuple(entry_of(row) for row in connection.execute(newest).mappings())[::-1]
    # what the exchange answered word for word may be long, and nobody sees it here
    shown = (column for column in evidence.c if column.name != "raw")
    looks = select(*shown, literal("").label("raw")).where(its_findings).order_by(evidence.c.seq.desc())
    found = connection.execute(looks.limit(LINES_MOST)).mappings().all()[::-1]
    findings: tuple[Evidence, ...] = tuple(evidence_of(row) for row in found)
    repeats = tuple(Repeats(row["repeats"], row["last_answered_at_us"]) for row in found)
    all_lines = connection.execute(select(func.count()).select_from(journal).where(its_lines)).scalar_one()
    all_findings = connection.execute(select(func.count()).select_from(evidence).where(its_findings)).scalar_one()
    return Story(record, History(lines, findings, repeats), all_lines - len(lines), all_findings - len(findings))


def _leases(connection: Connection, now_us: Callable[[], int]) -> tuple[Lease, ...]:
    clock = sql.DIALECTS[connection.dialect.name].now_us
    left: ColumnElement[int] = func.min(_rows.lease_until_us) - clock
    owned = (
        select(_rows.owner, *_SCOPE, func.count(), left, func.count(_rows.wanted_by))
        .where(_rows.owner.is_not(None))
        .group_by(_rows.owner, *_SCOPE)
        .order_by(_rows.owner, *_SCOPE)
    )
    found = connection.execute(owned, {"row_now_us": now_us()})
    return tuple(
        Lease(row[0], Scope(*row[1:4]), row[4], None if row[5] is None else int(row[5]), row[6]) for row in found
    )


def _exposures(connection: Connection, edges_us: tuple[int, ...]) -> tuple[Exposures, ...]:
    steps = [(_rows.exposure_us <= edge, edge) for edge in (0, *edges_us)]
    bucket = case(*steps, else_=-1).label("bucket")
    counted = (
        select(_rows.exchange, _rows.environment, bucket, func.count(), func.max(_rows.exposure_us))
        .where(_rows.filled_at_us.is_not(None), _PROVEN)
        .group_by(_rows.exchange, _rows.environment, bucket)
        .order_by(_rows.exchange, _rows.environment)
    )
    found: dict[tuple[str, str], tuple[dict[int, int], int]] = {}
    for exchange, environment, edge, number, longest in connection.execute(counted):
        counts, before = found.get((exchange, environment), ({}, 0))
        found[exchange, environment] = {**counts, edge: number}, max(before, longest)
    return tuple(Exposures(*at, counts, longest) for at, (counts, longest) in found.items())
