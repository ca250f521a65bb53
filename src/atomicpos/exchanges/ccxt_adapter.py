"""What the adapters over the caller's own async ccxt client have in common."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Self

from atomicpos.errors import InvalidRequest
from atomicpos.events import Event
from atomicpos.models import Instrument, PositionSide, Refusal
from atomicpos.ports import (
    AccountReads,
    CancelOrder,
    Clock,
    KeyFacts,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    ReadFailed,
    Reads,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Stream,
    Write,
    always,
)

from . import markets
from .fields import Row, whole
from .quirks import Quirks
from .readiness import load_markets
from .transport import Ask, Reading, Transport
from .view import view

LIVE = "live"
"""The environment that is neither the sandbox nor the demo."""

_CLOCK = Ask("fetch_time", {})
"""ccxt's own way to each exchange's public clock: milliseconds since the epoch (measured with 4.5.90 on Bybit,
Binance USD-M and OKX)."""


class CcxtExchange(ABC):
    """One account behind one ccxt client. Writes never raise (cancellation apart); the client stays as it was.

    What differs by exchange is in the packages beside this module, one an exchange.
    """

    reads: Reads
    urgent_reads: Reads
    account: AccountReads
    stream: Stream | None = None

    expiry_header: ClassVar[str | None] = None
    """The header that tells the exchange until when it may take a write, in milliseconds; None: it knows none."""

    def __init__(
        self, client: Any, clock: Clock, quirks: Quirks, reading: Reading, recv_window_s: float | None = None
    ) -> None:
        self.name = quirks.profile.name
        self.profile = quirks.profile
        self.environment = environment(client)
        self._clock = clock
        self._view = view(client)
        window_s = recv_window_s or quirks.profile.recv_window_s
        self._transport = Transport(self._view, clock, window_s, reading, self.expiry_header)
        self.account_id: str | None = None
        """The exchange's own number of the account, known once it is open; None where the key may not ask for it."""
        self.key = KeyFacts()
        """What the exchange says of the key, known once it is open: ``_try_key`` fills it in."""

    async def open(self) -> None:
        """Try the key, load the markets, and look at what of the account is shown with its positions.

        The key comes first: ccxt asks for currencies with it while loading the markets, and a wrong key would then
        look like a failure of the markets. Raises NotReady with a sentence that holds no secret.
        """
        self.account_id = await self._try_key()
        await load_markets(self._view, self._transport)
        await self._look_at_account()

    def tell_facts(self, publish: Callable[[Event], None]) -> None:
        """Tell every call that is answered."""
        self._transport.publish = publish

    def hedged(self, side: PositionSide) -> Self:
        """The same account through one side of hedge mode: everything that is no matter of a side is shared."""
        bound = copy.copy(self)
        bound._bind(side)
        return bound

    async def instrument(self, symbol: str) -> Instrument:
        """The active linear perpetual that a raw id or unified symbol names. Raises InvalidRequest."""
        return self._instrument(markets.perpetual(self._transport.markets, symbol))

    async def server_time_us(self) -> int:
        """The exchange's own clock. Raises ReadFailed."""
        exchanged = await self._transport.read(_CLOCK, urgent=True)
        if exchanged.error is not None:
            raise ReadFailed(f"the exchange's clock: {exchanged.message}", exchanged.raw)
        told_ms = whole(exchanged.reply)
        if told_ms is None or not 0 < told_ms < 10**14:
            raise ReadFailed("the exchange's clock: the reply has no time", exchanged.raw)
        return told_ms * 1000

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        """Carry one write out, once. What is not certain is UNKNOWN; nothing is ever sent a second time by itself.

        The permit is asked before the first byte, with the timestamp that is signed. A leverage that reads otherwise is
        set again, since it changes no order; the permit is asked again then.
        """
        try:
            market_id = markets.market_id(self._transport.markets, request.symbol)
        except InvalidRequest as unknown:
            return self._not_sent(str(unknown))
        if isinstance(request, PlaceOrder):
            return await self._place(request, market_id, permit)
        if isinstance(request, CancelOrder):
            return await self._cancel(request, market_id, permit)
        if isinstance(request, SetPositionStop):
            return await self._set_position_stop(request, market_id, permit)
        if isinstance(request, SetLeverage):
            return await self._set_leverage(request, market_id, permit)
        return await self._set_margin_mode(request, market_id, permit)

    async def close(self) -> None:
        """Close the view's own session."""
        await self._view.close()

    def _not_sent(self, why: str) -> Outcome:
        return self._here(OutcomeKind.NOT_SENT, why)

    def _here(self, kind: OutcomeKind, why: str, refusal: Refusal | None = None) -> Outcome:
        """An outcome that is known before anything leaves."""
        now_us = self._clock.now_us()
        return Outcome(kind, why, refusal, asked_at_us=now_us, answered_at_us=now_us)

    @abstractmethod
    def _bind(self, side: PositionSide | None) -> None:
        """Make reads and writes those of that side of hedge mode; of one-way mode with None."""

    @abstractmethod
    async def _try_key(self) -> str | None:
        """One signed read that shows whether the key is taken; the exchange's own id of the account, where it tells.

        Raises NotReady naming what is wrong.
        """

    @abstractmethod
    async def _look_at_account(self) -> None:
        """Read what belongs to the whole account and is needed to understand its positions; it may stay unknown."""

    @abstractmethod
    def _instrument(self, market: Row) -> Instrument:
        """Steps and limits of a market as ccxt loaded it. Raises InvalidRequest for data that cannot be used."""

    @abstractmethod
    async def _place(self, request: PlaceOrder, market_id: str, permit: Permit) -> Outcome: ...

    @abstractmethod
    async def _cancel(self, request: CancelOrder, market_id: str, permit: Permit) -> Outcome: ...

    @abstractmethod
    async def _set_position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome: ...

    @abstractmethod
    async def _set_leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome: ...

    @abstractmethod
    async def _set_margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome: ...


def environment(client: Any) -> str:
    """``sandbox`` or ``demo`` as the client is set, else ``LIVE``: the same account name means another account."""
    if getattr(client, "isSandboxModeEnabled", False):
        return "sandbox"
    return "demo" if client.options.get("enableDemoTrading") else LIVE
