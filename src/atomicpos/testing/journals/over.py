"""A journal over another: everything passes through, for whoever wants to come between."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...evidence import Evidence
from ...lag import LagCount
from ...models import JournalEntry, PositionSide, Scope, State
from ...ports import Change, Claimant, Heard, Heartbeat, History, Journal, Outbox
from ...record import Record


class JournalOver:
    """Implements the Journal port by the inner one."""

    def __init__(self, inner: Journal) -> None:
        self.inner = inner

    @property
    def installation(self) -> str:
        return self.inner.installation

    @property
    def place(self) -> str:
        return self.inner.place

    @property
    def lags_at_opening(self) -> tuple[LagCount, ...]:
        return self.inner.lags_at_opening

    @property
    def outbox(self) -> Outbox:
        return self.inner.outbox

    async def admit(self, change: Change, lease_us: int) -> None:
        await self.inner.admit(change, lease_us)

    async def commit(self, change: Change) -> None:
        await self.inner.commit(change)

    async def note(self, position_id: str, entries: Sequence[JournalEntry], evidence: Sequence[Evidence]) -> None:
        await self.inner.note(position_id, entries, evidence)

    async def claim(self, claimant: Claimant, limit: int) -> tuple[Record, ...]:
        return await self.inner.claim(claimant, limit)

    async def claim_one(self, claimant: Claimant, position_id: str) -> Record | None:
        return await self.inner.claim_one(claimant, position_id)

    async def renew(self, claimant: Claimant) -> dict[str, int]:
        return await self.inner.renew(claimant)

    async def release(self, claimant: Claimant) -> None:
        await self.inner.release(claimant)

    async def give_back(self, claimant: Claimant, position_id: str) -> None:
        await self.inner.give_back(claimant, position_id)

    async def want(self, claimant: Claimant, position_id: str) -> None:
        await self.inner.want(claimant, position_id)

    async def bind_account(self, scope: Scope, account_id: str) -> str:
        return await self.inner.bind_account(scope, account_id)

    async def beat(self, heartbeat: Heartbeat) -> None:
        await self.inner.beat(heartbeat)

    async def heartbeats(self) -> tuple[Heard, ...]:
        return await self.inner.heartbeats()

    async def learn(self, counts: Sequence[LagCount]) -> None:
        await self.inner.learn(counts)

    async def lags(self) -> tuple[LagCount, ...]:
        return await self.inner.lags()

    async def owners(self, scope: Scope) -> frozenset[str]:
        return await self.inner.owners(scope)

    async def load(self, position_id: str) -> Record | None:
        return await self.inner.load(position_id)

    async def find_key(self, scope: Scope, key: str) -> Record | None:
        return await self.inner.find_key(scope, key)

    async def find_orders(self, scope: Scope, client_order_ids: Collection[str]) -> dict[str, str]:
        return await self.inner.find_orders(scope, client_order_ids)

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        return await self.inner.holding(scope)

    async def settled_since(self, scope: Scope, since_us: int) -> tuple[Record, ...]:
        return await self.inner.settled_since(scope, since_us)

    async def newest_on(self, scope: Scope, symbol: str, side: PositionSide | None = None) -> Record | None:
        return await self.inner.newest_on(scope, symbol, side)

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        return await self.inner.list(state, symbol)

    async def history(self, position_id: str) -> History:
        return await self.inner.history(position_id)

    async def close(self) -> None:
        await self.inner.close()
