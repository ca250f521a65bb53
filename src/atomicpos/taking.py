"""Taking a row over from whoever has it: claimed where it is free, else asked for."""

from __future__ import annotations

from .engine import Means
from .errors import NotReady, UnknownPosition
from .models import MICROSECONDS, Scope
from .plan import retry_us
from .record import Record, taken_up


class Taking:
    """Makes rows ours, one at a time, because somebody here wants something of them."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def take(self, position_id: str, *, settled_too: bool = False) -> Record:
        """The row as ours; a settled one as it is, unless it is wanted too.

        Raises UnknownPosition, and NotReady for one of another account, and when another process has it and does not
        give it up in a lease's time.
        """
        leases = self._means.leases
        record = await self._means.journal.load(position_id)
        if record is None:
            raise UnknownPosition(f"no position has the id {position_id!r}")
        if (its := record.intent.scope) != (ours := self._means.scope):
            raise NotReady(f"position {position_id} is on {_named(its)}, and this is {_named(ours)}; do it there")
        if (record.state.settled and not settled_too) or (leases.holds(position_id) and record.owner == leases.me):
            return record
        claimed = await self.take_free(position_id) or await self._ask_for(position_id)
        if claimed is None:
            raise NotReady(
                f"position {position_id} is {record.state.value} and driven by another process ({record.owner}), which "
                f"did not give it up within {leases.lease_us / MICROSECONDS:g} s; do it there"
            )
        return claimed

    async def take_free(self, position_id: str) -> Record | None:
        """The row as ours, unless another process has it."""
        ours = self._means.leases.holds(position_id)
        claimed = await self._means.leases.claim_one(position_id)
        return None if claimed is None else taken_up(claimed, self._means.clock.now_us(), ours=ours)

    async def _ask_for(self, position_id: str) -> Record | None:
        """Ask the process that has the row for it: it gives up what rests."""
        clock = self._means.clock
        until_us = clock.now_us() + self._means.leases.lease_us
        await self._means.leases.want(position_id)
        while clock.now_us() < until_us:
            await clock.sleep(retry_us(1) / MICROSECONDS)
            if (row := await self.take_free(position_id)) is not None:
                return row
        return None


def _named(scope: Scope) -> str:
    return f"{scope.exchange} {scope.environment}, account {scope.account!r}"
