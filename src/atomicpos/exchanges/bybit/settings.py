"""Leverage and margin mode on Bybit: set, and read back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from atomicpos.models import PositionSide, Refusal
from atomicpos.ports import Outcome, OutcomeKind, Permit, ReadFailed, SetLeverage, SetMarginMode

from ..refusals import Operation
from ..spelling import plain
from ..transport import Transport
from . import writes
from .account import BybitAccount
from .outcomes import of_setting
from .reads import BybitReads

LEVERAGE_UNCHANGED = 110043
"""set-leverage: it already is as asked."""

MODE_UNCHANGED = frozenset({30084, 34040, 110026})
"""set-margin-mode: it already is as asked. Which of them a unified account answers with is not verified against the
live exchange (a plain 0 is documented as well); all of them count only with a reading that agrees."""


class BybitSettings:
    """Sets what must hold before an entry; acknowledged means that the exchange was seen to have it so."""

    def __init__(
        self, transport: Transport, reads: BybitReads, account: BybitAccount, side: PositionSide | None = None
    ) -> None:
        """``side``: that of hedge mode whose leverage is set; the other side keeps its own."""
        self._transport = transport
        self._reads = reads
        self._account = account
        self._side = side

    async def leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        """Set, and read back; where the reading differs, set again.

        A reading may lag behind what was just set. The second answer comes from the engine itself: "not modified"
        says that it already is as asked. In hedge mode the other side's leverage is sent along as it is; raises
        ReadFailed, with nothing sent, where that is not shown.
        """
        both = await self._both(request)
        first = await self._set_leverage(market_id, both, permit)
        if first.kind is not OutcomeKind.ACKNOWLEDGED:
            return first
        shown = await self._leverage(request.symbol)
        if shown == plain(request.leverage):
            return first
        second = await self._set_leverage(market_id, both, permit)
        if second.code == str(LEVERAGE_UNCHANGED):
            return replace(second, why=f"the exchange says not modified; {shown} was read back")
        return _differs(second, f"leverage {shown} was read back")

    async def _both(self, request: SetLeverage) -> tuple[Decimal, Decimal]:
        """What is sent for the buy side and the sell side: one request always names both. Raises ReadFailed."""
        if self._side is None:
            return request.leverage, request.leverage
        now = await self._reads.leverages(request.symbol)
        wanted = {**now, self._side: request.leverage}
        return wanted[PositionSide.LONG], wanted[PositionSide.SHORT]

    async def _set_leverage(self, market_id: str, both: tuple[Decimal, Decimal], permit: Permit) -> Outcome:
        exchanged = await self._transport.write(writes.set_leverage(market_id, *both), permit)
        return of_setting(exchanged, Operation.LEVERAGE, frozenset({LEVERAGE_UNCHANGED}))

    async def _leverage(self, symbol: str) -> str:
        """The leverage that the position list shows, as text; a sentence when it shows none."""
        try:
            shown = (await self._reads.position(symbol)).position.leverage
        except ReadFailed as failed:
            return f"nothing ({failed})"
        return "nothing" if shown is None else plain(shown)

    async def margin_mode(self, request: SetMarginMode, permit: Permit) -> Outcome:
        """Set, and read back; a reading that failed leaves it unknown, another mode is a refusal.

        A failed change answers with 3400045 and its reasons (documented).
        """
        exchanged = await self._transport.write(writes.set_margin_mode(request.margin_mode), permit)
        answer = of_setting(exchanged, Operation.MARGIN_MODE, MODE_UNCHANGED)
        if answer.kind in (OutcomeKind.REFUSED, OutcomeKind.NOT_SENT):
            return answer
        try:
            await self._account.look()
        except ReadFailed as failed:
            return _unread(answer, f"the margin mode was not read back: {failed}")
        if self._account.margin_mode is request.margin_mode:
            return answer
        return _differs(answer, f"margin mode {self._account.margin_mode} was read back")


def _differs(answer: Outcome, why: str) -> Outcome:
    """What was acknowledged and reads otherwise was not done."""
    if answer.kind is not OutcomeKind.ACKNOWLEDGED:
        return answer
    return replace(answer, kind=OutcomeKind.REFUSED, refusal=Refusal.OTHER, why=why)


def _unread(answer: Outcome, why: str) -> Outcome:
    if answer.kind is not OutcomeKind.ACKNOWLEDGED:
        return answer
    return replace(answer, kind=OutcomeKind.UNKNOWN, why=why)
