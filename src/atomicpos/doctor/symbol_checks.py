"""The checks of one symbol. Pure: from what was read to a finding; a check without its reading finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

from ..models import MICROSECONDS, Instrument
from ..ports import PositionReading, WrongPositionMode
from ..request import plain
from .facts import SymbolFacts, Wanted
from .findings import Finding, Verdict

MARKET, POSITION_MODE, SLOT, MARGIN_MODE = "market", "position mode", "slot", "margin mode"
LEVERAGE, LIMITS, CLOSABLE, STOPPABLE = "leverage", "limits", "closable", "stoppable"

HOUR_US = 3600 * MICROSECONDS
ENDS_SOON_US = 7 * 24 * HOUR_US
"""A market that ends within these is worth a warning: whatever is open then is settled by the exchange."""
COARSE = Decimal("0.01")
"""A tick that is a larger share of the price than this makes every stop a coarse one."""

Check = Callable[[SymbolFacts, Wanted], Finding | None]


def check_symbol(facts: SymbolFacts, wanted: Wanted) -> tuple[Finding, ...]:
    """Every check of the symbol for which something was read."""
    found = (check(facts, wanted) for check in SYMBOL_CHECKS)
    return tuple(finding for finding in found if finding is not None)


def market(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """The symbol names one market that trades, and that does not end soon."""
    instrument = facts.instrument.value
    if instrument is None:
        return _found(MARKET, Verdict.REFUSE, facts, str(facts.instrument.failure))
    left_us = None if instrument.ends_at_us is None else instrument.ends_at_us - facts.now_us
    if left_us is None or left_us > ENDS_SOON_US:
        return _found(MARKET, Verdict.OK, facts, f"{instrument.market_id} is open for trading")
    if left_us <= 0:
        text = f"{instrument.symbol} has been taken off the exchange's list; trade another symbol"
        return _found(MARKET, Verdict.REFUSE, facts, text)
    hours = f"{left_us / HOUR_US:.1f} hours"
    text = f"{instrument.symbol} is taken off the exchange's list in {hours}; what is open then is settled"
    return _found(MARKET, Verdict.WARNING, facts, text)


def position_mode(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """The symbol can be read, and is in a mode that is supported."""
    failure, seconds = facts.mode.failure or facts.slot.failure, facts.slot.seconds
    if isinstance(failure, WrongPositionMode):
        text = f"{failure}; put the account into one-way mode"
        return _found(POSITION_MODE, Verdict.REFUSE, facts, text, seconds)
    if failure is not None:
        return _found(POSITION_MODE, Verdict.REFUSE, facts, f"the position could not be read: {failure}", seconds)
    if facts.slot.value is None or facts.mode.value is None:
        return None
    return _found(POSITION_MODE, Verdict.OK, facts, facts.mode.value.words, seconds)


def slot(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """Whether an entry would meet a position."""
    read = facts.slot.value
    if read is None:
        return None
    views = [reading.value.position for reading in (facts.slot, facts.short) if reading is not None and reading.value]
    held = [f"{plain(view.quantity)} {view.side.value}" for view in views if view.quantity and view.side is not None]
    if held:
        where = "" if facts.short is None else " on that side" if len(held) == 1 else " on either side"
        text = f"holds {' and '.join(held)}: an entry{where} is refused while it does"
        return _found(SLOT, Verdict.WARNING, facts, text, facts.slot.seconds)
    return _found(SLOT, Verdict.OK, facts, "no position is shown", facts.slot.seconds)


def margin_mode(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """The margin mode is the wanted one, or will be set."""
    read = facts.slot.value
    if read is None:
        return None
    shown = read.position.margin_mode
    if shown is None:
        verdict, text = Verdict.WARNING, "the exchange does not show the margin mode"
    elif wanted.margin_mode in (None, shown):
        verdict, text = Verdict.OK, f"{shown.value}"
    else:
        verdict = Verdict.WARNING
        text = f"{shown.value}; margin_mode is {wanted.margin_mode}, which is set before the next entry, or refuses it"
    return _found(MARGIN_MODE, verdict, facts, text, facts.slot.seconds)


def leverage(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """The leverage that is wanted, or shown, is within the most that the market allows."""
    read, instrument = facts.slot.value, facts.instrument.value
    if read is None or instrument is None:
        return None
    shown, most = read.position.leverage, instrument.max_leverage
    asked = wanted.leverage
    if asked is not None and most is not None and asked > most:
        text = f"leverage is {plain(asked)}; {instrument.symbol} allows up to {plain(most)}"
        return _found(LEVERAGE, Verdict.REFUSE, facts, text, facts.slot.seconds)
    up_to = "" if most is None else f", up to {plain(most)} is allowed"
    now = "the exchange does not show the leverage" if shown is None else f"{plain(shown)} is set"
    then = f"; {plain(asked)} is set before the next entry" if asked is not None and asked != shown else ""
    return _found(LEVERAGE, Verdict.OK, facts, now + up_to + then, facts.slot.seconds)


def limits(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """What one entry may be, in quantity and in worth."""
    instrument, mark = facts.instrument.value, facts.mark.value
    if instrument is None:
        return None
    if mark is None:
        text = f"the mark price could not be read: {facts.mark.failure}"
        return _found(LIMITS, Verdict.REFUSE, facts, text, facts.mark.seconds)
    least, most = smallest_entry(instrument, mark), instrument.max_quantity
    upper = "" if most is None else f" to {plain(most)}"
    text = (
        f"one entry takes {plain(least)}{upper} in steps of {plain(instrument.step)}: at least "
        f"{_short(least * mark)} at the mark price {plain(mark)}"
    )
    verdict = Verdict.OK if most is None or least <= most else Verdict.REFUSE
    return _found(LIMITS, verdict, facts, text, facts.mark.seconds)


def closable(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """Entries are taken, and what one order opens another one closes."""
    read, instrument = facts.slot.value, facts.instrument.value
    if read is None or instrument is None:
        return None
    if read.only_closable:
        return _found(CLOSABLE, Verdict.REFUSE, facts, only_closable(instrument, read) or "", facts.slot.seconds)
    if instrument.max_quantity is None:
        text = "the exchange does not say how much one market order may close"
        return _found(CLOSABLE, Verdict.WARNING, facts, text, facts.slot.seconds)
    text = f"one market order closes up to {plain(instrument.max_quantity)}"
    return _found(CLOSABLE, Verdict.OK, facts, text, facts.slot.seconds)


def only_closable(instrument: Instrument, read: PositionReading) -> str | None:
    """Why an entry there is not sent; None when it may be."""
    if not read.only_closable:
        return None
    return (
        f"{instrument.symbol} may only be closed at the moment, the exchange says; trade another symbol, or ask the "
        "exchange what lifts the restriction"
    )


def stoppable(facts: SymbolFacts, wanted: Wanted) -> Finding | None:
    """A stop can lie near the price: the tick is a small share of it."""
    instrument, mark = facts.instrument.value, facts.mark.value
    if instrument is None or mark is None:
        return None
    share = instrument.tick / mark
    text = f"stops lie on ticks of {plain(instrument.tick)}, {_short(share * 100)} % of the mark price {plain(mark)}"
    if share > COARSE:
        text += "; a stop may lie that much nearer than asked"
    return _found(STOPPABLE, Verdict.WARNING if share > COARSE else Verdict.OK, facts, text, facts.mark.seconds)


def smallest_entry(instrument: Instrument, mark: Decimal) -> Decimal:
    """The least quantity that an entry may have at that price: on the step, and worth the least notional."""
    least = max(instrument.min_quantity, (instrument.min_notional or Decimal(0)) / mark)
    return (least / instrument.step).to_integral_value(ROUND_CEILING) * instrument.step


SYMBOL_CHECKS: tuple[Check, ...] = (
    market, position_mode, slot, margin_mode, leverage, limits, closable, stoppable
)
"""In the order in which they are told."""


def _found(name: str, verdict: Verdict, facts: SymbolFacts, text: str, seconds: float | None = None) -> Finding:
    return Finding(name, verdict, text, facts.symbol, facts.instrument.seconds if seconds is None else seconds)


def _short(value: Decimal) -> str:
    """Three figures: for a person, never for the wire."""
    return plain(value.quantize(Decimal(1).scaleb(value.adjusted() - 2), ROUND_HALF_EVEN)) if value else "0"
