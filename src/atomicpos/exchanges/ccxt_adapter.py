"""``ports.Exchange`` for the caller's own async ccxt client."""

from __future__ import annotations

from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument, Refusal
from atomicpos.ports import CancelOrder, Clock, Outcome, OutcomeKind, PlaceOrder, ReadFailed, SetLeverage

from . import bybit, markets
from .bybit_reads import BybitReads
from .failures import Operation, classify
from .fields import Row, text
from .quirks import Quirks
from .readiness import check_ready
from .transport import Ask, Exchanged, Transport
from .view import view


class CcxtExchange:
    """One account behind one ccxt client. Writes never raise (cancellation apart); the client stays as it was."""

    def __init__(self, client: Any, clock: Clock, quirks: Quirks, recv_window_s: float | None = None) -> None:
        self.name = quirks.profile.name
        self.profile = quirks.profile
        self.environment = environment(client)
        self._clock = clock
        self._view = view(client)
        self._transport = Transport(self._view, clock, recv_window_s or quirks.profile.recv_window_s)
        self.reads = BybitReads(self._transport, clock)
        self.urgent_reads = BybitReads(self._transport, clock, urgent=True)

    async def open(self) -> None:
        """Load the markets and try the key. Raises NotReady with a sentence that holds no secret."""
        await check_ready(self._view, self._transport)

    async def instrument(self, symbol: str) -> Instrument:
        """The active linear perpetual that a raw id or unified symbol names. Raises InvalidRequest."""
        return markets.instrument(self._transport.markets, symbol)

    async def write(self, request: PlaceOrder | CancelOrder | SetLeverage) -> Outcome:
        """Carry one write out, once. What is not certain is UNKNOWN; nothing is ever sent a second time by itself."""
        now_us = self._clock.now_us()
        try:
            market_id = markets.market_id(self._transport.markets, request.symbol)
        except InvalidRequest as unknown:
            return Outcome(OutcomeKind.NOT_SENT, str(unknown), asked_at_us=now_us, answered_at_us=now_us)
        if isinstance(request, PlaceOrder):
            return await self._place(request, market_id)
        if isinstance(request, CancelOrder):
            ask = bybit.cancel(request, market_id)
            return await self._order(ask, Operation.CANCEL, request.client_order_id)
        return await self._set_leverage(request, market_id)

    async def close(self) -> None:
        """Close the view's own session."""
        await self._view.close()

    async def _place(self, request: PlaceOrder, market_id: str) -> Outcome:
        return await self._order(bybit.place(request, market_id), bybit.operation(request), request.client_order_id)

    async def _order(self, ask: Ask, operation: Operation, client_order_id: str) -> Outcome:
        exchanged = await self._transport.write(ask)
        if exchanged.error is not None:
            return _failed(exchanged, operation)
        return _acknowledged(exchanged, client_order_id)

    async def _set_leverage(self, request: SetLeverage, market_id: str) -> Outcome:
        """Set, and read back; where the reading differs, set again.

        A reading may lag behind what was just set. The second answer comes from the engine itself: "not modified"
        says that it already is as asked.
        """
        ask = bybit.set_leverage(market_id, request.leverage)
        first = await self._transport.write(ask)
        if not _leverage_taken(first):
            return _failed(first, Operation.LEVERAGE)
        shown = await self._leverage(request.symbol)
        if shown == bybit.plain(request.leverage):
            return _outcome(first, OutcomeKind.ACKNOWLEDGED)
        return self._leverage_again(await self._transport.write(ask), shown)

    def _leverage_again(self, second: Exchanged, shown: str) -> Outcome:
        if second.code == bybit.LEVERAGE_UNCHANGED:
            return _outcome(second, OutcomeKind.ACKNOWLEDGED, f"the exchange says not modified; {shown} was read back")
        if not _leverage_taken(second):
            return _failed(second, Operation.LEVERAGE)
        return _outcome(second, OutcomeKind.REFUSED, f"leverage {shown} was read back", Refusal.OTHER)

    async def _leverage(self, symbol: str) -> str:
        """The leverage that the position list shows, as text; a sentence when it shows none."""
        try:
            shown = (await self.urgent_reads.position(symbol)).position.leverage
        except ReadFailed as failed:
            return f"nothing ({failed})"
        return "nothing" if shown is None else bybit.plain(shown)


def environment(client: Any) -> str:
    """``sandbox`` or ``demo`` as the client is set, else ``live``: the same account name means another account."""
    if getattr(client, "isSandboxModeEnabled", False):
        return "sandbox"
    return "demo" if client.options.get("enableDemoTrading") else "live"


def _leverage_taken(exchanged: Exchanged) -> bool:
    return exchanged.code == bybit.LEVERAGE_UNCHANGED or (exchanged.error is None and exchanged.code == 0)


def _failed(exchanged: Exchanged, operation: Operation) -> Outcome:
    failure = classify(exchanged.error, exchanged.code, exchanged.message, operation, exchanged.left)
    return _outcome(exchanged, failure.kind, exchanged.message, failure.refusal)


def _acknowledged(exchanged: Exchanged, client_order_id: str) -> Outcome:
    """An acknowledgement names our order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown."""
    result: Row = {}
    if isinstance(exchanged.reply, dict) and isinstance(exchanged.reply.get("result"), dict):
        result = exchanged.reply["result"]
    order_id, link = text(result, "orderId"), text(result, "orderLinkId")
    if exchanged.code != 0 or order_id is None or link not in (None, client_order_id):
        return _outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order of ours")
    return _outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=order_id)


def _outcome(
    exchanged: Exchanged, kind: OutcomeKind, why: str = "", refusal: Refusal | None = None, order_id: str | None = None
) -> Outcome:
    return Outcome(
        kind=kind,
        why=why,
        refusal=refusal,
        code=None if exchanged.code is None else str(exchanged.code),
        exchange_order_id=order_id,
        raw=exchanged.raw,
        asked_at_us=exchanged.asked_at_us,
        answered_at_us=exchanged.answered_at_us,
    )
