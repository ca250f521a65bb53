"""The exchange: one account, its reads and its writes."""

from __future__ import annotations

from typing import Protocol

from ..models import Instrument, PositionSide
from ..profile import Profile
from .account import KeyFacts
from .news import Stream
from .reads import AccountReads, Reads
from .writes import Outcome, Permit, Write, always


class Exchange(Protocol):
    """One account at one exchange. Writes never raise (cancellation apart): what is not certain is UNKNOWN."""

    @property
    def name(self) -> str:
        """The ccxt id."""
        ...

    @property
    def environment(self) -> str:
        """``live``, ``sandbox`` or the like: part of the slot."""
        ...

    @property
    def account_id(self) -> str | None:
        """The exchange's own name for the account, known once it is open; None where it does not say."""
        ...

    @property
    def key(self) -> KeyFacts:
        """What the exchange says of the API key, known once it is open."""
        ...

    @property
    def profile(self) -> Profile: ...

    @property
    def reads(self) -> Reads:
        """Reads that stand in line with the bot's own calls: for watching what is protected."""
        ...

    @property
    def urgent_reads(self) -> Reads:
        """The same for a position being opened or at risk: they overtake the line, within bounds."""
        ...

    @property
    def account(self) -> AccountReads:
        """What is listed of the whole account at once; stands in line."""
        ...

    @property
    def stream(self) -> Stream | None:
        """What it tells by itself; None where it tells nothing: everything works by asking alone."""
        ...

    async def open(self) -> None:
        """Load what must be known before the first order. Raises NotReady or ExchangeUnsupported."""
        ...

    async def instrument(self, symbol: str) -> Instrument:
        """Resolve a raw id or a unified symbol to one active linear perpetual. Raises InvalidRequest."""
        ...

    async def server_time_us(self) -> int:
        """The exchange's own clock, now. Raises ReadFailed."""
        ...

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        """Carry one write out. ``permit`` is asked at the last moment before the first byte leaves, with the very
        timestamp that is signed; what it forbids is NOT_SENT, with its sentence as ``why``.
        """
        ...

    def hedged(self, side: PositionSide) -> Exchange:
        """The same account, seen and acted on through one side of hedge mode.

        Its reads show that side's position, stop, orders and fills, and raise WrongPositionMode where the account is in
        one-way mode; its writes are bound to that side, so that an order of the closing order side can neither open
        nor enlarge. What it was made from is one-way, and raises WrongPositionMode where it meets hedge mode. Only of
        exchanges whose profile declares ``hedge_mode``.
        """
        ...

    async def close(self) -> None:
        """Release what ``open`` took; the caller's client stays open."""
        ...
