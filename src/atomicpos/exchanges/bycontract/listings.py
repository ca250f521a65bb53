"""What is listed of the whole account at once: calls count pages, not positions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from atomicpos.ports import AccountFill, AccountOrder, AccountPosition, Clock, ReadFailed

from .. import frames
from ..fields import Row
from ..paging import Listing, every_page
from ..transport import Transport
from .contract import Contract
from .stretches import stretches
from .wording import Wording


class ContractListings:
    """``ports.AccountReads`` over one transport; every read stands in the caller's limiter's line.

    A row of a market that is not among the loaded ones fails the listing: without its contract size no quantity in it
    can be told.
    """

    def __init__(self, wording: Wording, transport: Transport, clock: Clock) -> None:
        self._wording = wording
        self._transport = transport
        self._clock = clock

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Every row of a size above zero; a row of size 0 is none, whatever else it says (F52)."""
        contracts = self._contracts()
        rows = await self._rows([self._wording.all_positions(settle) for settle in _settles(contracts)])
        found = []
        for row, raw in rows:
            contract = self._of(row, contracts, raw)
            if contract is None:
                continue
            view = frames.parsed(lambda each, c=contract: self._wording.position(each, c), row, raw)  # type: ignore[misc]
            if view.quantity:
                found.append(AccountPosition(contract.symbol, view))
        return tuple({(each.symbol, each.view.side): each for each in found}.values())

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Every order that is not known to be final; one that moved to another page between two reads counts once."""
        contracts = self._contracts()
        listings = [each for settle in _settles(contracts) for each in self._wording.all_orders(settle)]
        found = []
        for row, raw in await self._rows(listings):
            contract = self._of(row, contracts, raw)
            if contract is not None:
                view = frames.parsed(lambda each, c=contract: self._wording.order(each, c), row, raw)  # type: ignore[misc]
                found.append(AccountOrder(contract.symbol, view))
        newest = {(row.symbol, row.view.exchange_order_id, row.view.client_order_id): row for row in found}
        return tuple(row for row in newest.values() if not row.view.status.final)

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Executions since then, of every kind, oldest first."""
        contracts, wording = self._contracts(), self._wording
        spans = stretches(since_us, self._clock.now_us(), wording.window_us, wording.windows_max)
        listings = [
            listing
            for settle in _settles(contracts)
            for start, end in spans
            for listing in wording.all_fills(settle, start, end)
        ]
        found: dict[str, AccountFill] = {}
        for row, raw in await self._rows(listings):
            contract = self._of(row, contracts, raw)
            if contract is None:
                continue
            fill = frames.parsed(lambda each, c=contract: wording.fill(each, c), row, raw)  # type: ignore[misc]
            if fill is not None and fill.time_us >= since_us // wording.resolution_us * wording.resolution_us:
                found[f"{contract.id}/{fill.fill_id}"] = AccountFill(contract.symbol, fill)
        return tuple(sorted(found.values(), key=lambda each: (each.fill.time_us, each.fill.fill_id)))

    async def _rows(self, listings: Iterable[Listing[Row]]) -> list[tuple[Row, str]]:
        answers = await asyncio.gather(*(every_page(listing, self._transport.read) for listing in listings))
        return [(row, raw) for rows, raw in answers for row in rows]

    def _contracts(self) -> dict[str, Contract]:
        """Every linear perpetual by the exchange's id. Raises ReadFailed where the markets are not loaded."""
        markets = [m for m in self._transport.markets.values() if m.get("swap") is True and m.get("linear") is True]
        if not markets:
            raise ReadFailed("the exchange's markets are not loaded")
        return {contract.id: contract for contract in map(self._wording.contract, markets)}

    def _of(self, row: Row, contracts: Mapping[str, Contract], raw: str) -> Contract | None:
        """The contract of the row; None for a row of another kind of market. Raises ReadFailed for an unknown one."""
        name = frames.parsed(self._wording.market_id, row, raw)
        if name in contracts:
            return contracts[name]
        if any(market.get("id") == name for market in self._transport.markets.values()):
            return None
        raise ReadFailed(f"a row is about {name}, which is not among the exchange's markets", raw)


def _settles(contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    return tuple(sorted({contract.settle for contract in contracts.values()}))
