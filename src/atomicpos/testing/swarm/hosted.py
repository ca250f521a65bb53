"""The ports of one process of a world: each passes the instants at which the process may end, and tells what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ports import Change, Claimant, Journal, Outcome, Permit, always
from ...ports import Write as Request
from ...record import Record
from ..interleavings.far import FarExchange
from ..journals.over import JournalOver

if TYPE_CHECKING:
    from .host import Host


class HostExchange(FarExchange):
    """The exchange as one process uses it."""

    def __init__(self, host: Host) -> None:
        world = host.world
        super().__init__(
            world.venue, world.network, world.mix.kind, clock=host.clock,  # type: ignore[arg-type]
            pause=host.permitted, arrives=self._taken, streams=world.mix.beside.stream,
        )
        self._host = host

    def _taken(self, request: Request) -> None:
        self._host.world.tell("venue", f"takes {request!r}")

    async def write(self, request: Request, permit: Permit = always) -> Outcome:
        """Send it, between two instants."""
        host = self._host
        await host.instant("before a request")
        host.world.oracle.request(request, unrecorded=host.spools)
        host.world.tell(host.name, f"sends {request!r}")
        outcome = await super().write(request, permit)
        host.world.tell(host.name, f"hears {outcome.kind} {outcome.why} of {request.symbol}")
        await host.instant("after a request")
        return outcome


class HostJournal(JournalOver):
    """The journal as one process uses it."""

    def __init__(self, inner: Journal, host: Host) -> None:
        super().__init__(inner)
        self._host = host

    async def admit(self, change: Change, lease_us: int) -> None:
        """Insert the row, between two instants."""
        await self._host.instant("before admit")
        await self.inner.admit(change, lease_us)
        self._stored("admits", change)
        await self._host.instant("after admit")

    async def commit(self, change: Change) -> None:
        """Move the row, between two instants."""
        await self._host.instant("before commit")
        await self.inner.commit(change)
        self._stored("commits", change)
        await self._host.instant("after commit")

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        """Renew, between two instants."""
        await self._host.instant("before renewal")
        fences = await self.inner.renew(claimant)
        await self._host.instant("after renewal")
        return fences

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        """Claim, and say whose rows they were."""
        rows = await self.inner.claim(claimant, limit)
        for row in rows:
            self._host.world.taken(self._host.name, row)
        return rows

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        """Claim one, and say whose it was."""
        row = await self.inner.claim_one(claimant, position_id)
        if row is not None:
            self._host.world.taken(self._host.name, row)
        return row

    def _stored(self, act: str, change: Change) -> None:
        record = change.record
        self._host.world.tell(
            self._host.name,
            f"{act} {record.id} v{record.version} f{record.fence} {record.intent.symbol} {record.state} "
            f"{record.goal} filled {record.filled_quantity} closed {record.closed_quantity} stop {record.stop_price} "
            f"{[(o.leg.value, o.attempt, o.sending.value, o.status and o.status.value) for o in record.orders]}",
        )
        self._host.world.stored(change)
