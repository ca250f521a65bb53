"""Leases on rows in memory: the same conditions as in SQL, with one clock for all journals on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from atomicpos.errors import StoreUnavailable
from atomicpos.frozen import replace
from atomicpos.lag import LagCount
from atomicpos.models import Scope
from atomicpos.ports import Claimant, Heard, Heartbeat
from atomicpos.record import Record

from .memory_rows import Rows, as_stored


class MemoryLeases:
    """Implements the Leases port on rows in memory."""

    def __init__(self, rows: Rows, now_us: Callable[[], int]) -> None:
        self._rows = rows
        self._now_us = now_us
        self._closed = False

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        """Take up to that many rows that nobody drives; the one due first comes first, one without a time before it.

        Rows of the claimant itself are not among them, however old their lease: it drives them, and renews.
        """
        rows = self._open()
        found = [r for r in rows.held(claimant.scope) if r.owner != claimant.owner and self._free(r, claimant)]
        return tuple(self._take(record, claimant) for record in sorted(found, key=_due)[:limit])

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        """Take that row, settled or not; None when another's lease stands or the scope has no such row."""
        record = self._open().records.get(position_id)
        if record is None or record.intent.scope != claimant.scope:
            return None
        own = record.owner == claimant.owner
        return self._take(record, claimant) if own or self._free(record, claimant) else None

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        """Renew all leases of this owner; the fence of each row it has, settled rows it took included."""
        own = self._own(claimant)
        for record in own:
            self._lease(record.id, claimant.lease_us)
        return {record.id: record.fence for record in own}

    async def release(self, claimant: Claimant) -> None:
        """Give every row of this owner back."""
        for record in self._own(claimant):
            self._rows.lease_until_us.pop(record.id, None)
            self._rows.records[record.id] = replace(record, owner=None, wanted_by=None)
        self._rows.heartbeats.pop((claimant.owner, claimant.scope), None)
        beats, before_us = self._rows.heartbeats, self._now_us() - claimant.lease_us
        for outlived in [key for key, (_, at) in beats.items() if key[1] == claimant.scope and at < before_us]:
            del beats[outlived]

    async def give_back(self, claimant: Claimant, position_id: str) -> None:
        """Give one row of this owner back."""
        record = self._open().records.get(position_id)
        if record is not None and record.owner == claimant.owner:
            self._rows.lease_until_us.pop(position_id, None)
            self._rows.records[position_id] = replace(record, owner=None, wanted_by=None)

    async def want(self, claimant: Claimant, position_id: str) -> None:
        """Ask the row's owner for it."""
        record = self._open().records.get(position_id)
        if record is not None and record.owner not in (None, claimant.owner):
            self._rows.records[position_id] = replace(record, wanted_by=claimant.owner)

    async def bind_account(self, scope: Scope, account_id: str) -> str:
        """The account at the exchange that the scope stands for, from its first time on."""
        return self._open().accounts.setdefault(scope, account_id)

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Say that the owner's watchdog lives, and how it stands."""
        self._open().heartbeats[heartbeat.owner, heartbeat.scope] = heartbeat, self._now_us()

    async def heartbeats(self) -> tuple[Heard, ...]:
        """The last heartbeat of each owner, the newest first."""
        told = sorted(self._open().heartbeats.values(), key=lambda beat: -beat[1])
        return tuple(Heard(heartbeat, self._now_us() - at_us) for heartbeat, at_us in told)

    @property
    def lags_at_opening(self) -> tuple[LagCount, ...]:
        """All counts, in order, as they are now."""
        return tuple(self._rows.lags[at] for at in sorted(self._rows.lags))

    async def learn(self, counts: Sequence[LagCount]) -> None:
        """Add these counts to those that are there."""
        lags = self._open().lags
        for count in counts:
            at = count.exchange, count.environment, count.source, count.bucket
            before = lags.get(at, replace(count, samples=0))
            longest = max(before.longest_us, count.longest_us)
            lags[at] = replace(count, samples=before.samples + count.samples, longest_us=longest)

    async def lags(self) -> tuple[LagCount, ...]:
        """All counts, in order."""
        self._open()
        return self.lags_at_opening

    async def owners(self, scope: Scope) -> frozenset[str]:
        """Every owner of a row that holds its slot."""
        return frozenset(record.owner for record in self._open().held(scope) if record.owner is not None)

    def _open(self) -> Rows:
        if self._closed:
            raise StoreUnavailable("the database in memory was closed; open it again")
        return self._rows

    def _lease(self, position_id: str, lease_us: int) -> None:
        self._rows.lease_until_us[position_id] = self._now_us() + lease_us

    def _own(self, claimant: Claimant) -> list[Record]:
        leased = [self._rows.records[position_id] for position_id in self._open().lease_until_us]
        return [r for r in leased if r.owner == claimant.owner and r.intent.scope == claimant.scope]

    def _free(self, record: Record, claimant: Claimant) -> bool:
        lapsed = self._rows.lease_until_us.get(record.id, 0) <= self._now_us()
        return record.owner is None or lapsed or record.owner in claimant.gone

    def _take(self, record: Record, claimant: Claimant) -> Record:
        fence = record.fence if record.owner == claimant.owner else record.fence + 1
        taken = replace(record, owner=claimant.owner, fence=fence, wanted_by=None)
        self._rows.records[record.id] = taken
        self._lease(record.id, claimant.lease_us)
        return as_stored(taken)


def _due(record: Record) -> tuple[int, int, str]:
    # a row that does not say when it is due is due now
    return record.wake_at_us or 0, record.intent.created_at_us, record.id
