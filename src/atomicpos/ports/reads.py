"""What an exchange can be asked: about one symbol, and about the whole account at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

from ..evidence import OrderView, PositionView
from ..models import Fill, PositionMode, PositionSide


class ReadFailed(Exception):
    """A read gave no usable answer: an error, a timeout, or a reply that could not be understood. Never "empty"."""

    def __init__(self, why: str, raw: str = "") -> None:
        super().__init__(why)
        self.raw = raw


class WrongPositionMode(ReadFailed):
    """The account holds this symbol in another position mode than the one that was asked about."""


@dataclass(frozen=True, slots=True)
class OrdersReading:
    """The answer to a lookup by client order id. An id in neither tuple could not be looked up this time."""

    orders: tuple[OrderView, ...]
    absent_ids: tuple[str, ...]
    raw: str = ""
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FillsReading:
    """Fills on the symbol, ours and others', oldest first."""

    fills: tuple[Fill, ...]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class PositionReading:
    """The slot as it was shown."""

    position: PositionView
    raw: str = ""
    only_closable: bool | None = None
    """True while the exchange takes nothing here that opens or enlarges; None where it does not say."""


@dataclass(frozen=True, slots=True)
class PositionStopReading:
    """The position's own stop as an order (without an id of ours); None when there is none."""

    stop: OrderView | None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class StopsReading:
    """Stops that wait on the symbol, whoever put them up; one over the whole position may show no quantity."""

    stops: tuple[OrderView, ...]
    asked: OrderView | None = None
    """The stop of the exchange id that was asked for, in whatever state: once it was triggered where that makes
    another order, that order. None when none was asked for, or none was shown."""
    raw: str = ""


@runtime_checkable
class Reads(Protocol):
    """The exchange's read-only calls; every one raises ReadFailed instead of guessing."""

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading: ...

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then; ``all_kinds`` also asks for liquidation, ADL and settlement by name."""
        ...

    async def position(self, symbol: str) -> PositionReading: ...

    async def position_mode(self, symbol: str) -> PositionMode:
        """The position mode that the account is in for this symbol, now."""
        ...

    async def mark_price(self, symbol: str) -> Decimal: ...

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The stop that the exchange keeps on the position itself, as the order that it is."""
        ...

    async def waiting_stops(self, symbol: str, exchange_order_id: str | None = None) -> StopsReading:
        """Every stop that waits on the symbol, and what became of the one of that exchange id."""
        ...


# --- the whole account at once --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountPosition:
    """One slot of the account that holds something: in hedge mode a symbol may be shown twice, once a side."""

    symbol: str
    """Unified; the exchange's own id where the market is not known to us."""
    view: PositionView
    position_side: PositionSide | None = None
    """The side of hedge mode that it is; None in one-way mode."""


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """One living order of the account, ours or anybody's."""

    symbol: str
    """Unified; the exchange's own id where the market is not known to us."""
    view: OrderView
    position_stop: bool = False
    """It is the stop that the exchange keeps on the position itself."""
    position_side: PositionSide | None = None
    """The side of hedge mode that it belongs to; None in one-way mode."""


@dataclass(frozen=True, slots=True)
class AccountFill:
    """One execution on the account."""

    symbol: str
    fill: Fill


@runtime_checkable
class AccountReads(Protocol):
    """What the exchange lists of the whole account: calls count pages, not positions. Each raises ReadFailed.

    A listing shows what is there. What it does not show may be missing from it all the same: nothing is concluded
    from that before it was asked for by its own name.
    """

    async def positions(self) -> tuple[AccountPosition, ...]:
        """Every linear perpetual that holds a position."""
        ...

    async def open_orders(self) -> tuple[AccountOrder, ...]:
        """Every living order on linear perpetuals, conditional ones and the positions' own stops included."""
        ...

    async def fills(self, since_us: int) -> tuple[AccountFill, ...]:
        """Executions on linear perpetuals since then (the exchange's clock), of every kind, oldest first."""
        ...
