"""Leverage and margin type on Binance USD-M: set, and read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from atomicpos.models import MarginMode, Refusal
from atomicpos.ports import Outcome, OutcomeKind, Permit, ReadFailed, SetLeverage, SetMarginMode

from .. import outcomes
from ..fields import whole
from ..refusals import Operation
from ..transport import Exchanged, Transport
from . import writes
from .configs import SymbolConfig, SymbolConfigs
from .outcomes import failed, of_setting

LEVERAGE = "leverage"

MARGIN_TYPE_UNCHANGED = -4046
"""marginType: no need to change; counts only with a reading that agrees."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A setting that shall be read back."""

    name: str
    value: Decimal | MarginMode

    def of(self, config: SymbolConfig) -> Decimal | MarginMode | None:
        return config.leverage if self.name == LEVERAGE else config.margin_mode


class BinanceSettings:
    """Sets what must hold before an entry; acknowledged means that the exchange was seen to have it so."""

    def __init__(self, transport: Transport, configs: SymbolConfigs) -> None:
        self._transport = transport
        self._configs = configs

    async def leverage(self, request: SetLeverage, market_id: str, permit: Permit) -> Outcome:
        """Set, and read back; where the reading differs, set again and read once more: it may lag behind."""
        wanted = _Wanted(LEVERAGE, request.leverage)
        answer = await self._set_leverage(market_id, request.leverage, permit)
        if answer.kind is not OutcomeKind.ACKNOWLEDGED:
            return answer
        confirmed = await self._confirmed(answer, market_id, wanted)
        if confirmed.kind is not OutcomeKind.REFUSED:
            return confirmed
        again = await self._set_leverage(market_id, request.leverage, permit)
        if again.kind is not OutcomeKind.ACKNOWLEDGED:
            return again
        return await self._confirmed(again, market_id, wanted)

    async def _set_leverage(self, market_id: str, leverage: Decimal, permit: Permit) -> Outcome:
        """The reply says the leverage that holds now; another one was not set."""
        exchanged = await self._transport.write(writes.set_leverage(market_id, leverage), permit)
        if exchanged.error is not None:
            return failed(exchanged, Operation.LEVERAGE)
        if _said_leverage(exchanged) != leverage:
            return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply does not name the leverage asked for")
        return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED)

    async def margin_mode(self, request: SetMarginMode, market_id: str, permit: Permit) -> Outcome:
        """Set, and read back; a reading that failed leaves it unknown, another type is a refusal."""
        exchanged = await self._transport.write(writes.set_margin_mode(market_id, request.margin_mode), permit)
        answer = of_setting(exchanged, Operation.MARGIN_MODE, frozenset({MARGIN_TYPE_UNCHANGED}))
        if answer.kind is not OutcomeKind.ACKNOWLEDGED:
            return answer
        return await self._confirmed(answer, market_id, _Wanted("margin mode", request.margin_mode))

    async def _confirmed(self, answer: Outcome, market_id: str, wanted: _Wanted) -> Outcome:
        try:
            shown = wanted.of(await self._configs.look(market_id))
        except ReadFailed as failure:
            return replace(answer, kind=OutcomeKind.UNKNOWN, why=f"the {wanted.name} was not read back: {failure}")
        if shown == wanted.value:
            return answer
        why = f"{wanted.name} {shown} was read back"
        return replace(answer, kind=OutcomeKind.REFUSED, refusal=Refusal.OTHER, why=why)


def _said_leverage(exchanged: Exchanged) -> int | None:
    return whole(exchanged.reply.get("leverage")) if isinstance(exchanged.reply, dict) else None
