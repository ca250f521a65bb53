"""On what terms symbols are traded: looked up when they are first needed, kept, and set."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.models import Refusal
from atomicpos.ports import Outcome, OutcomeKind, Permit, ReadFailed, SetLeverage, SetMarginMode

from .. import outcomes
from ..refusals import Operation
from ..spelling import plain
from ..transport import Exchanged, Transport
from .contract import Contract
from .wording import Terms, Wording


class SymbolTerms:
    """Leverage, margin mode and position mode by symbol; acknowledged means that the exchange was seen to have it."""

    def __init__(self, wording: Wording, transport: Transport) -> None:
        self._wording = wording
        self._transport = transport
        self._known: dict[str, Terms] = {}

    async def of(self, contract: Contract) -> Terms:
        """The symbol's terms, read once; again after they were set. Raises ReadFailed."""
        return self._known.get(contract.symbol) or await self.look(contract)

    async def look(self, contract: Contract) -> Terms:
        """Read the terms and keep them; what goes with each order, and is no state of the account, stays. Raises
        ReadFailed."""
        asks = self._wording.terms_asks(contract)
        answers: list[Exchanged] = [await self._transport.read(ask, urgent=True) for ask in asks]
        found = self._wording.terms(tuple(answers), contract)
        before = self._known.get(contract.symbol)
        if found.leverage is None and before is not None:
            found = replace(found, leverage=before.leverage)
        self._known[contract.symbol] = found
        return found

    async def set_leverage(self, request: SetLeverage, contract: Contract, permit: Permit) -> Outcome:
        """Set, and read back. Where leverage goes with each order, it is kept for the entry and nothing is sent."""
        terms = await self.of(contract)
        ask = self._wording.set_leverage(contract, request.leverage, terms)
        if ask is None:
            self._known[contract.symbol] = replace(terms, leverage=request.leverage)
            return Outcome(OutcomeKind.ACKNOWLEDGED, "the leverage goes with each order")
        exchanged = await self._transport.write(ask, permit)
        unchanged = self._wording.leverage_unchanged
        answer = outcomes.of_setting(exchanged, Operation.LEVERAGE, unchanged, self._wording.refusals)
        return await self._read_back(answer, contract, "leverage", plain(request.leverage))

    async def set_margin_mode(self, request: SetMarginMode, contract: Contract, permit: Permit) -> Outcome:
        """Set, and read back; nothing is sent where it is so already."""
        terms = await self.of(contract)
        if terms.margin_mode is request.margin_mode:
            return Outcome(OutcomeKind.ACKNOWLEDGED, "it was read so before")
        ask = self._wording.set_margin_mode(contract, request.margin_mode, terms)
        exchanged = await self._transport.write(ask, permit)
        unchanged = self._wording.margin_mode_unchanged
        answer = outcomes.of_setting(exchanged, Operation.MARGIN_MODE, unchanged, self._wording.refusals)
        return await self._read_back(answer, contract, "margin mode", request.margin_mode.value)

    async def _read_back(self, answer: Outcome, contract: Contract, what: str, wanted: str) -> Outcome:
        """A reading that failed leaves it unknown; another value is a refusal."""
        self._known.pop(contract.symbol, None)
        if answer.kind is not OutcomeKind.ACKNOWLEDGED:
            return answer
        try:
            terms = await self.look(contract)
        except ReadFailed as failed:
            return replace(answer, kind=OutcomeKind.UNKNOWN, why=f"the {what} was not read back: {failed}")
        shown = _shown(terms, what)
        if shown == wanted:
            return answer
        why = f"{what} {shown} was read back"
        return replace(answer, kind=OutcomeKind.REFUSED, refusal=Refusal.OTHER, why=why)


def _shown(terms: Terms, what: str) -> str:
    if what == "leverage":
        return "nothing" if terms.leverage is None else plain(terms.leverage)
    return "nothing" if terms.margin_mode is None else terms.margin_mode.value
