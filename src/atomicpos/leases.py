"""The leases this owner holds: which rows are its own, until when by its own clock, and what may still be sent.

A lease in the database cannot fence an exchange: a process that was paused may wake after another took its row over,
and send. So each request that might hurt is asked about at the last moment, with the timestamp it is signed with. It
may leave only while the lease outlasts the exchange's receive window after that timestamp, every clock's skew added:
whatever wakes later, the exchange itself refuses as too old.
"""

from __future__ import annotations

from .bounds import Bounds
from .frozen import replace
from .models import MICROSECONDS, Scope
from .ports import Claimant, Clock, Journal, Owners, Permit
from .record import Record

CLAIMED_AT_ONCE = 500
"""How many rows one claim takes at the most; the next one takes the next."""
RENEWALS = 3
"""How many times a lease is renewed while it lasts."""


class HeldLeases:
    """What one owner holds. Its own bound of a lease is its clock before it asked for it, plus the lease."""

    def __init__(self, journal: Journal, clock: Clock, bounds: Bounds, scope: Scope, owners: Owners) -> None:
        self._journal = journal
        self._clock = clock
        self._bounds = bounds
        self._owners = owners
        self._claimant = Claimant(scope, owners.me, bounds.lease_us)
        self._until_us: dict[str, int] = {}
        self.renewed_at_us: int | None = None
        """Our clock: before the last renewal that succeeded was sent."""

    @property
    def me(self) -> str:
        """This owner's name."""
        return self._owners.me

    @property
    def scope(self) -> Scope:
        """The account whose rows it may take."""
        return self._claimant.scope

    @property
    def lease_us(self) -> int:
        """How long a lease lasts without being renewed."""
        return self._bounds.lease_us

    @property
    def renewal_s(self) -> float:
        """How often leases are renewed, in seconds."""
        return self._bounds.lease_us / RENEWALS / MICROSECONDS

    @property
    def count(self) -> int:
        """How many rows are ours as far as we know."""
        return len(self._until_us)

    def holds(self, position_id: str) -> bool:
        """True for a row that is ours as far as we know."""
        return position_id in self._until_us

    # --- taking and giving back -------------------------------------------------------------------------------

    def admitted(self, position_id: str, asked_at_us: int) -> None:
        """We inserted this row; the lease came with it."""
        self._until_us[position_id] = asked_at_us + self.lease_us

    async def claim(self) -> tuple[Record, ...]:
        """Take the rows that nobody drives any more, some at a time. Raises StoreUnavailable."""
        claimant, asked = await self._asking(), self._clock.now_us()
        rows = await self._journal.claim(claimant, CLAIMED_AT_ONCE)
        for row in rows:
            self.admitted(row.id, asked)
        return rows

    async def claim_one(self, position_id: str) -> Record | None:
        """Take this row, a settled one too; None when another's lease stands. Raises StoreUnavailable."""
        claimant, asked = await self._asking(), self._clock.now_us()
        row = await self._journal.claim_one(claimant, position_id)
        if row is not None:
            self.admitted(row.id, asked)
        return row

    async def renew(self) -> frozenset[str]:
        """Renew all of them at once; the positions that turned out not to be ours any more. Raises StoreUnavailable."""
        held, asked = frozenset(self._until_us), self._clock.now_us()
        ours = await self._journal.renew(self._claimant)
        for position_id in held & ours.keys():
            self.admitted(position_id, asked)
        self.renewed_at_us = asked
        lost = held - ours.keys()
        for position_id in lost:
            self.lose(position_id)
        return lost

    async def want(self, position_id: str) -> None:
        """Ask the row's owner for it. Raises StoreUnavailable."""
        await self._journal.want(self._claimant, position_id)

    async def give_back(self, position_id: str) -> None:
        """Give one row back. Raises StoreUnavailable."""
        self.lose(position_id)
        await self._journal.give_back(self._claimant, position_id)

    def lose(self, position_id: str) -> None:
        """This row is not ours any more: nothing that could hurt may leave for it."""
        self._until_us.pop(position_id, None)

    async def release(self) -> None:
        """Give every row back: whoever claims next need not wait. Raises StoreUnavailable."""
        self._until_us.clear()
        await self._journal.release(self._claimant)

    async def _asking(self) -> Claimant:
        """Us, and who is known to be gone."""
        others = await self._journal.owners(self._claimant.scope)
        return replace(self._claimant, gone=frozenset(filter(self._owners.gone, others - {self.me})))

    # --- what may still leave ---------------------------------------------------------------------------------

    def permit(self, position_id: str) -> Permit:
        """Whether a request about this row may leave, asked when it is about to."""

        def asked(stamped_us: int, /) -> str | None:
            until_us = self._until_us.get(position_id)
            if until_us is None:
                return "the position belongs to another process by now"
            left_us, needed_us = until_us - stamped_us, self._bounds.lease_needed_us
            if left_us >= needed_us:
                return None
            left_s, needed_s = left_us / MICROSECONDS, needed_us / MICROSECONDS
            return f"our lease of the position lasts for {left_s:.1f} s more; a request needs {needed_s:g} s of it"

        return asked
