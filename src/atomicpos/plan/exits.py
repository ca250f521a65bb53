"""How to get out: the whole share when the goal is flat, a part when the caller asked for one.

The ladder of a rollback: the entry's remainder is cancelled; a market close; in pieces when it is too large for one
order; from the third refusal on, every other try is an immediate-or-cancel limit inside the exchange's price band;
after two refusals a stop goes up again while closing goes on. Each rung is an order with its own journaled intent.
"""

from __future__ import annotations

from decimal import Decimal

from ..bounds import Bounds
from ..evidence import BUILT_IN, Source
from ..models import Leg, Order, Refusal, Sending
from ..record import Record
from ..weigh import Verdict
from ..worst_price import worst_price
from .again import send_again
from .pauses import in_pieces, last_sent_us, retry_us
from .steps import Place, Plan

MARKET_TRIES = 3
"""After so many refused market closes every other one is a limit inside the band."""
BAND = Decimal("0.02")
"""How far beyond the mark a closing limit reaches where the exchange's own band is not known."""
BAND_SHARE = Decimal("0.8")
"""How much of the exchange's band it uses: the mark moves while the order is on its way."""


def close_all(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    """Close our share, and nothing else."""
    if not verdict.reversed and not _has_not_looked(result, record, verdict, bounds):
        _close(result, record, verdict, bounds, _exit_quantity(record, verdict))


def close_part(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> None:
    """Close what the caller asked to close in parts; the rest stays open under its stop."""
    _close(result, record, verdict, bounds, min(record.part_left, verdict.share))


def _close(result: Plan, record: Record, verdict: Verdict, bounds: Bounds, quantity: Decimal) -> None:
    closes = record.of(Leg.CLOSE)
    living = [o for o in closes if not o.settled]
    for order in living:
        if not _would_reach_others(order, verdict):
            send_again(result, order, verdict, bounds)
    if living or quantity <= 0:
        return
    due = last_sent_us(closes) + retry_us(len(closes))
    refused = [o for o in closes if o.never_existed and o.sending is Sending.REFUSED]
    large = [o.quantity for o in refused if o.refusal is Refusal.QUANTITY]
    size = in_pieces(quantity, record.intent.step, large)
    result.when(due, verdict.now_us, Place(Leg.CLOSE, len(closes) + 1, size, limit_price=_limit(record, refused)))


def _would_reach_others(order: Order, verdict: Verdict) -> bool:
    """True for a close that went ahead of a fill which turned out smaller, where somebody else holds the rest (I6)."""
    return verdict.filled > 0 and order.quantity > verdict.share and verdict.observed > verdict.share


def _limit(record: Record, refused: list[Order]) -> Decimal | None:
    """The price of an immediate-or-cancel close, None for a market close."""
    stubborn = [o for o in refused if o.refusal not in (Refusal.QUANTITY, Refusal.NO_POSITION, Refusal.RATE_LIMITED)]
    mark = record.sightings.mark_price
    banded = any(o.refusal is Refusal.PRICE_BAND for o in stubborn)
    due = banded or len(stubborn) >= MARKET_TRIES
    if mark is None or not due or stubborn[-1].limit_price is not None:
        return None
    return worst_price(record.intent.side.closing, mark, BAND * BAND_SHARE, record.intent.tick)


def _has_not_looked(result: Plan, record: Record, verdict: Verdict, bounds: Bounds) -> bool:
    """True while what must be looked at before a close was not, for as long as a write may take."""
    patience_us = record.sightings.since_us + bounds.write_patience_us
    if record.sightings.looks.keys() >= _looked_at_first(record) or verdict.now_us >= patience_us:
        return False
    result.wake(patience_us)
    return True


def _looked_at_first(record: Record) -> frozenset[str]:
    """A successor asks every source: what its predecessor left may be gone already (F50). Who closes what has been
    protected for a while, its stop standing, asks for the slot: some of it may be gone (F32)."""
    if record.sightings.taken_over:
        return BUILT_IN
    return frozenset() if record.protected_at_us is None else frozenset({Source.POSITION_POLL.value})


def _exit_quantity(record: Record, verdict: Verdict) -> Decimal:
    """Our share; before a fill is shown, what the slot shows, never more than we asked for (F32).

    A stop that went ahead of the fill and was refused as already crossed would have closed whatever filled: the first
    close takes its place, reduce-only as it was.
    """
    if verdict.fresh is not None and verdict.fresh.view.quantity == 0:
        return Decimal(0)
    if verdict.filled > 0:
        return verdict.share
    if _crossed_ahead_of_the_fill(record):
        return record.intent.quantity
    return min(verdict.observed, record.intent.quantity)


def _crossed_ahead_of_the_fill(record: Record) -> bool:
    crossed = any(o.refusal is Refusal.WOULD_TRIGGER and o.never_existed for o in record.of(Leg.STOP))
    return crossed and record.entry.sending is Sending.ACKNOWLEDGED and not record.of(Leg.CLOSE)
