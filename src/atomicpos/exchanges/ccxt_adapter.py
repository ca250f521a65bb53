"""``ports.Exchange`` for the caller's own async ccxt client."""

from __future__ import annotations

import contextlib
from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument
from atomicpos.ports import (
    CancelOrder,
    Clock,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    ReadFailed,
    SetLeverage,
    SetPositionStop,
    Write,
    always,
)  # fmt: skip

from . import bybit_writes, markets
from .bybit_account import BybitAccount
from .bybit_listings import BybitListings
from .bybit_reads import BybitReads
from .bybit_settings import BybitSettings
from .outcomes import of_order, of_setting
from .quirks import Quirks
from .readiness import check_ready
from .refusal_codes import Operation
from .transport import Transport
from .view import view

_STOP_UNCHANGED = frozenset({34040})
"""trading-stop: not modified, or a parameter was missing (documented as one code): reading the stop back decides."""


class CcxtExchange:
    """One account behind one ccxt client. Writes never raise (cancellation apart); the client stays as it was."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        self.name = quirks.profile.name
        self.profile = quirks.profile
        self.environment = environment(client)
        self._clock = clock
        self._view = view(client)
        self._transport = Transport(self._view, clock, recv_window_s or quirks.profile.recv_window_s)
        self.account_id: str | None = None
        """The exchange's own number of the account, known once it is open; None where the key may not ask for it."""
        self._account = BybitAccount(self._transport)
        self.reads = BybitReads(self._transport, clock, self._account)
        self.urgent_reads = BybitReads(self._transport, clock, self._account, urgent=True)
        self.account = BybitListings(self._transport, clock, self._account)
        self._settings = BybitSettings(self._transport, self.urgent_reads, self._account)

    async def open(self) -> None:
        """Load the markets and try the key; look at the margin mode, which may stay unknown.

        Raises NotReady with a sentence that holds no secret.
        """
        self.account_id = await check_ready(self._view, self._transport)
        with contextlib.suppress(ReadFailed):
            await self._account.look()

    async def instrument(self, symbol: str) -> Instrument:
        """The active linear perpetual that a raw id or unified symbol names. Raises InvalidRequest."""
        return markets.instrument(self._transport.markets, symbol)

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        """Carry one write out, once. What is not certain is UNKNOWN; nothing is ever sent a second time by itself.

        The permit is asked before the first byte, with the timestamp that is signed. A leverage that reads otherwise is
        set again, since it changes no order; the permit is asked again then.
        """
        now_us = self._clock.now_us()
        try:
            market_id = markets.market_id(self._transport.markets, request.symbol)
        except InvalidRequest as unknown:
            return Outcome(OutcomeKind.NOT_SENT, str(unknown), asked_at_us=now_us, answered_at_us=now_us)
        if isinstance(request, PlaceOrder | CancelOrder):
            return await self._order(request, market_id, permit)
        if isinstance(request, SetPositionStop):
            return await self._position_stop(request, market_id, permit)
        if isinstance(request, SetLeverage):
            return await self._settings.leverage(request, market_id, permit)
        return await self._settings.margin_mode(request, permit)

    async def close(self) -> None:
        """Close the view's own session."""
        await self._view.close()

    async def _order(self, request: PlaceOrder | CancelOrder, market_id: str, permit: Permit) -> Outcome:
        if isinstance(request, PlaceOrder):
            ask, operation = bybit_writes.place(request, market_id), bybit_writes.operation(request)
        else:
            ask, operation = bybit_writes.cancel(request, market_id), Operation.CANCEL
        return of_order(await self._transport.write(ask, permit), operation, request.client_order_id)

    async def _position_stop(self, request: SetPositionStop, market_id: str, permit: Permit) -> Outcome:
        """The reply names no order: the stop has no id of ours, and is known by being read back."""
        exchanged = await self._transport.write(bybit_writes.set_position_stop(request, market_id), permit)
        return of_setting(exchanged, Operation.POSITION_STOP, _STOP_UNCHANGED)


def environment(client: Any) -> str:
    """``sandbox`` or ``demo`` as the client is set, else ``live``: the same account name means another account."""
    if getattr(client, "isSandboxModeEnabled", False):
        return "sandbox"
    return "demo" if client.options.get("enableDemoTrading") else "live"
