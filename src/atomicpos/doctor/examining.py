"""A whole examination: the account, then each symbol, and the stop canary where it is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from ..models import PositionMode
from ..ports import Clock, Exchange
from .account_checks import check_account
from .canary import STOP_CANARY, StopCanary
from .facts import SymbolFacts, Wanted
from .findings import Finding, Verdict
from .looking import look_at_account, look_at_symbol
from .symbol_checks import check_symbol


async def examine(
    exchange: Exchange, clock: Clock, symbols: Sequence[str], wanted: Wanted, canary: StopCanary | None = None
) -> AsyncIterator[Finding]:
    """Each finding as it is made, on an exchange that is open. Without a canary nothing is written."""
    for finding in check_account(await look_at_account(exchange, clock), wanted):
        yield finding
    if canary is not None:
        for finding in await canary.clear():
            yield finding
    for symbol in symbols:
        facts = await look_at_symbol(exchange, clock, symbol)
        for finding in check_symbol(facts, wanted):
            yield finding
        if canary is not None and (found := await _canary(canary, facts)) is not None:
            yield found


async def _canary(canary: StopCanary, facts: SymbolFacts) -> Finding | None:
    """Only where everything was read, and on an empty slot: a stop of somebody's position is none to try with."""
    instrument, mark, slot = facts.instrument.value, facts.mark.value, facts.slot.value
    if instrument is None or mark is None or slot is None:
        return None
    if facts.mode.value is PositionMode.HEDGE:
        text = "is tried in one-way mode only, where a stop can be told to reduce and nothing else"
        return Finding(STOP_CANARY, Verdict.WARNING, text, facts.symbol)
    if slot.position.quantity:
        text = "is not tried beside a position: it might be taken for that position's stop"
        return Finding(STOP_CANARY, Verdict.WARNING, text, facts.symbol)
    return await canary.try_stop(instrument, mark)
