"""What others do for a world while it comes to rest: they let go of its symbols, resolve, and read for the dead."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ...errors import AtomicPositionError, StoreUnavailable
from ...models import State
from ...record import Record
from ...sim import hands
from ..interleavings.pausing import outside
from .rest import needs_an_operator

if TYPE_CHECKING:
    from .host import Host
    from .world import World


class Tending:
    """Asked again and again until everything rests."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._oracle = world.oracle
        self._resolving: set[str] = set()
        self._reading: set[str] = set()

    def tend(self) -> None:
        """Do what is to be done by now."""
        living = self._world.living
        host = next((host for host in living if host.up), None)
        owners = {host.name for host in living}
        for row in tuple(self._oracle.rows.values()):
            if not row.state.settled:
                self._turn_back(row)
            if host is None:
                continue
            if not row.state.settled and row.owner not in owners and row.id not in self._reading:
                self._reading.add(row.id)
                outside(self._read(host, row.id))
            if row.id not in self._resolving and needs_an_operator(self._oracle, row, self._world.alerts):
                self._resolving.add(row.id)
                outside(self._resolve(host, row.id))

    def _turn_back(self, row: Record) -> None:
        """What others hold in the place of a row of ours goes away, on the other side at once, on ours once the row is
        a suspected orphan: as long as it is there nobody can show whose it is, and that is all that a row may wait for.
        """
        venue, symbol = self._world.venue, row.intent.symbol
        position = venue.position_as_of(symbol, venue.now_us())
        turned = position.side is not row.intent.side
        suspected = row.state is State.ORPHAN_SUSPECTED and self._oracle.share(row) == 0
        if position.quantity and (turned or suspected):
            hands.close(venue, symbol)

    async def _read(self, host: Host, position_id: str) -> None:
        """What a process stored and died before it heard so is read by another one: a settled row is never claimed."""
        assert host.journal is not None
        with suppress(StoreUnavailable):  # read again, as long as it is neither claimed nor known to be settled
            stored = await host.runs(host.journal.load(position_id))
            if stored is not None and stored.version > self._oracle.rows[position_id].version:
                self._oracle.know(stored)
        self._reading.discard(position_id)

    async def _resolve(self, host: Host, position_id: str) -> None:
        """An operator ends what nobody else can."""
        assert host.positions is not None
        word = host.positions.resolve(position_id, State.ROLLED_BACK, "it closed what others held", by="swarm")
        with suppress(AtomicPositionError):  # asked again, as long as it is to be ended
            await host.runs(word)
        self._resolving.discard(position_id)
