"""Leverage on OKX: set for one margin mode, and read back. The margin mode itself is a part of each order."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.models import MarginMode, PositionSide, Refusal
from atomicpos.ports import Outcome, OutcomeKind, Permit, ReadFailed, SetLeverage, SetMarginMode

from .. import outcomes
from ..fields import price
from ..refusals import Operation
from ..spelling import plain
from ..transport import Transport
from . import queries, replies, writes
from .account import OkxAccount
from .reads import OkxReads
from .refusal_codes import OKX_REFUSALS
from .words import pos_side


class OkxSettings:
    """Sets what must hold before an entry; acknowledged means that the exchange was seen to have it so."""

    def __init__(
        self, transport: Transport, reads: OkxReads, account: OkxAccount, through: PositionSide | None
    ) -> None:
        self._transport = transport
        self._reads = reads
        self._account = account
        self._through = through

    async def leverage(self, request: SetLeverage, inst_id: str, permit: Permit) -> Outcome:
        """Set, and read back; where the reading differs, once more: it may lag behind what was just set."""
        mode = request.margin_mode or self._account.default_mode
        for _ in range(2):
            ask = writes.set_leverage(inst_id, request.leverage, mode, self._through)
            exchanged = await self._transport.write(ask, permit)
            answer = outcomes.of_setting(exchanged, Operation.LEVERAGE, frozenset(), OKX_REFUSALS)
            if answer.kind is not OutcomeKind.ACKNOWLEDGED:
                return answer
            shown = await self._leverage(inst_id, mode)
            if shown == plain(request.leverage):
                return answer
        return replace(
            answer, kind=OutcomeKind.REFUSED, refusal=Refusal.OTHER, why=f"leverage {shown} was read back"
        )

    async def _leverage(self, inst_id: str, mode: MarginMode) -> str:
        """The leverage of that mode, as text; a sentence when it shows none."""
        exchanged = await self._transport.read(queries.leverage(inst_id, mode), urgent=True)
        try:
            listed = replies.rows(exchanged, "leverage", {"instId": inst_id})
            own = (pos_side(self._through), "net", "")
            named = [row for row in listed if self._through is None or row.get("posSide") in own]
            shown = {plain(lever) for row in named if (lever := price(row, "lever")) is not None}
        except ReadFailed as failed:
            return f"nothing ({failed})"
        return " and ".join(sorted(shown)) or "nothing"

    async def margin_mode(self, request: SetMarginMode) -> Outcome:
        """Nothing is sent: each order says its mode. Refused where the account has no such mode, and while a position
        of the other one is held, beside which an entry would open a second position."""
        if not self._account.takes(request.margin_mode):
            return _answered(OutcomeKind.REFUSED, "the account's mode has no isolated margin; take cross margin, or "
                             "switch the account to futures mode")  # fmt: skip
        try:
            held = (await self._reads.position(request.symbol)).position
        except ReadFailed as failed:
            return _answered(OutcomeKind.UNKNOWN, f"the position was not read: {failed}")
        if held.quantity and held.margin_mode is not request.margin_mode:
            return _answered(OutcomeKind.REFUSED, f"a position in {held.margin_mode} margin is held")
        return _answered(OutcomeKind.ACKNOWLEDGED, "OKX takes the margin mode with each order")


def _answered(kind: OutcomeKind, why: str) -> Outcome:
    return Outcome(kind, why, Refusal.OTHER if kind is OutcomeKind.REFUSED else None)
