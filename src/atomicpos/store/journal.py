"""The journal on SQL: the port's promises, each kept inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from atomicpos.evidence import Evidence
from atomicpos.lag import LagCount
from atomicpos.models import JournalEntry, PositionSide, Scope, State
from atomicpos.ports import Change, Claimant, Clock, Heard, Heartbeat, History
from atomicpos.record import Record

from . import accounts, heartbeats, lags, leases, reading
from . import statements as sql
from .changes import Admission, Move, Note
from .writer import Writer


class SqlJournal:
    """Implements the Journal port. Made by ``open_journal`` and ``read_only``."""

    def __init__(
        self, writer: Writer, installation: str, place: str, clock: Clock, lags_at_opening: tuple[LagCount, ...] = ()
    ) -> None:
        """Leases last by ``clock``, the machine's; on PostgreSQL they last by the server's."""
        self.installation = installation
        self.place = place
        self.lags_at_opening = lags_at_opening
        self._writer = writer
        self._clock = clock

    # --- moving rows ----------------------------------------------------------------------------------------------

    async def admit(self, change: Change, lease_us: int) -> None:
        """Insert the row and take its slot; durable on return. Raises KeyTaken, else SlotTaken, or StoreUnavailable.

        Admitting the same row again changes nothing; it raises Fenced when another owner has it by then.
        """
        await self._writer.write(Admission(change, lease_us, self._clock.now_us))

    async def commit(self, change: Change) -> None:
        """Move the row one version on. Raises SlotTaken, Fenced, Conflict and StoreUnavailable.

        The very same change again changes nothing; another one for the version that is stored raises Conflict.
        """
        await self._writer.write(Move(change))

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        """Append without moving the row; a line that is there already is not appended again.

        Raises StoreUnavailable, and Conflict when there is no such row.
        """
        await self._writer.write(Note(position_id, tuple(entries), tuple(evidence)))

    # --- leases ---------------------------------------------------------------------------------------------------

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        """Take up to that many rows that nobody drives; the one due first comes first, one without a time before it.

        Rows of the claimant itself are not among them, however old their lease: it drives them, and renews.
        """
        return await self._writer.run(leases.Claim(claimant, limit, self._clock.now_us))

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        """Take that row, settled or not; None when another's lease stands or the scope has no such row."""
        return await self._writer.run(
            partial(leases.claim_one, claimant=claimant, position_id=position_id, now_us=self._clock.now_us)
        )

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        """Renew all leases of this owner; the fence of each row it has, settled rows it took included."""
        return await self._writer.run(partial(leases.renew, claimant=claimant, now_us=self._clock.now_us))

    async def release(self, claimant: Claimant) -> None:
        """Give every row of this owner back."""
        await self._writer.run(partial(leases.release, claimant=claimant, now_us=self._clock.now_us))

    async def give_back(self, claimant: Claimant, position_id: str) -> None:
        """Give one row of this owner back."""
        await self._writer.run(partial(leases.give_back, claimant=claimant, position_id=position_id))

    async def want(self, claimant: Claimant, position_id: str) -> None:
        """Ask the row's owner for it."""
        await self._writer.run(partial(leases.want, claimant=claimant, position_id=position_id))

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Say that the owner's watchdog lives, and how it stands."""
        await self._writer.run(partial(heartbeats.beat, heartbeat=heartbeat, now_us=self._clock.now_us))

    async def heartbeats(self) -> tuple[Heard, ...]:
        """The last heartbeat of each owner, the newest first."""
        return await self._writer.read(partial(heartbeats.heard, now_us=self._clock.now_us))

    async def bind_account(self, scope: Scope, account_id: str) -> str:
        """The account at the exchange that the scope stands for, from its first time on."""
        return await self._writer.run(partial(accounts.bind_account, scope=scope, account_id=account_id))

    async def learn(self, counts: Sequence[LagCount]) -> None:
        """Add these counts of lags to those that are stored. Raises StoreUnavailable."""
        await self._writer.run(partial(lags.learn, counts=counts))

    async def lags(self) -> tuple[LagCount, ...]:
        """All counts of lags, in order. Raises StoreUnavailable."""
        return await self._writer.read(lags.learnt)

    async def owners(self, scope: Scope) -> frozenset[str]:
        """Every owner of a row that holds its slot."""
        return await self._writer.read(partial(leases.owners, scope=scope))

    # --- reading --------------------------------------------------------------------------------------------------

    async def load(self, position_id: str) -> Record | None:
        """The row, or None. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.load, position_id=position_id))

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        """The row with that idempotency key, or None. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.find_key, scope=scope, key=key))

    async def find_orders(self, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
        """The position id of each of these orders that a row of the scope has. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.find_orders, scope=scope, client_order_ids=client_order_ids))

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """The scope's rows that are not settled, oldest first. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.records, wanted=sql.HOLDING, given=sql.scoped(scope)))

    async def settled_since(self, scope: Scope, since_us: int) -> tuple[Record, ...]:
        """The scope's rows that settled at that time or later, newest first. Raises StoreUnavailable."""
        given = {**sql.scoped(scope), "since_us": since_us}
        return await self._writer.read(partial(reading.records, wanted=sql.SETTLED_SINCE, given=given))

    async def newest_on(self, scope: Scope, symbol: str, side: PositionSide | None = None) -> Record | None:
        """The newest row of the scope on that unified symbol, or None. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.newest_on, scope=scope, symbol=symbol, side=side))

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first, of that state and unified symbol where given. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.records, wanted=reading.listing(state, symbol), given={}))

    async def page(self, after: tuple[int, str], limit: int) -> tuple[Record, ...]:
        """Up to that many rows created after that moment (our clock, microseconds), or at it with a greater id, oldest
        first: to go through all of them without holding all. Raises StoreUnavailable.
        """
        return await self._writer.read(partial(reading.page, after=after, limit=limit))

    async def history(self, position_id: str) -> History:
        """What was appended, oldest first; an identical repeat of a finding is shown once. Raises StoreUnavailable."""
        return await self._writer.read(partial(reading.history, position_id=position_id))

    async def close(self) -> None:
        """Finish what is running and close the connection. May be called twice."""
        await self._writer.close()
