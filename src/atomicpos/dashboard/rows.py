"""One row as a page shows it: what is held, whether it is covered, since when not, and what the library does. Pure."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..exposure import naked_since_us
from ..models import MICROSECONDS, Goal, Leg, Order, Scope, Sending, State
from ..record import Record
from ..snapshot import exposed
from ..story.plain import plain


class Cover(StrEnum):
    """What is known of a row's protection."""

    NAKED = "naked"
    """A fill is known, and no stop over all of it."""
    UNKNOWN = "unknown"
    """Neither a fill nor a stop is known: the entry may or may not have filled."""
    COVERED = "covered"
    OVER = "over"
    """Proven flat: there is nothing to cover."""


def share_of(record: Record) -> Decimal:
    """How much of it is still open, as far as it is known."""
    return max(record.share, Decimal(0))


def cover_of(record: Record) -> Cover:
    """Whether the row is known to be covered."""
    if record.state.settled:
        return Cover.OVER
    without = exposed(record)
    if without is None:
        return Cover.UNKNOWN
    partly = share_of(record) > 0 and naked_since_us(record, share_of(record)) is not None
    return Cover.NAKED if without or partly else Cover.COVERED


def since_us(record: Record) -> int | None:
    """Since when a naked row is naked: by the exchange's times, else by when the fill was first shown."""
    found = naked_since_us(record, share_of(record))
    return found if found is not None else record.filled_at_us


def row(record: Record, attended: Collection[Scope] | None = None) -> dict[str, Any]:
    """The row as JSON; Decimals are strings, times are microseconds (UTC).

    ``attended``: the accounts that a living watchdog looks after; None where that is not known.
    """
    intent, cover, share = record.intent, cover_of(record), share_of(record)
    price = record.entry_price or intent.mark_price
    naked = cover is Cover.NAKED
    given: dict[str, Any] = {
        "id": record.id,
        "exchange": intent.scope.exchange, "environment": intent.scope.environment, "account": intent.scope.account,
        "symbol": intent.symbol, "market_id": intent.market_id, "side": intent.side, "state": record.state,
        "goal": record.goal, "reason": record.reason, "quantity": intent.quantity,
        "filled": record.filled_quantity, "share": share, "entry_price": record.entry_price,
        "stop_price": record.stop_price, "cover": cover, "notional": notional(share or intent.quantity, price),
        "exposure_s": seconds(record.exposure_us), "naked_since_us": since_us(record) if naked else None,
        "created_at_us": intent.created_at_us, "updated_at_us": record.updated_at_us,
        "settled_at_us": record.settled_at_us, "doing": doing(record, attended), "key": intent.idempotency_key,
        "version": record.version,
    }
    return {name: plain(value) for name, value in given.items()}


def notional(quantity: Decimal, price: Decimal) -> str:
    """What that is worth in the quote asset, to the cent."""
    return format((quantity * price).quantize(Decimal("0.01")), "f")


def seconds(microseconds: int) -> str:
    """Seconds to the millisecond, as a string."""
    return f"{Decimal(microseconds) / MICROSECONDS:.3f}"


NOBODY = "nothing, since no watchdog lives: start the bot, or 'atomicpos watch'"

# --- what is being done ---------------------------------------------------------------------------------------


def doing(record: Record, attended: Collection[Scope] | None = None) -> str:
    """What the library is doing about the row, in one sentence; empty for one that is settled."""
    if record.state.settled:
        return ""
    if attended is not None and record.intent.scope not in attended:
        return NOBODY
    if record.goal is Goal.FLAT:
        return _closing(record)
    match record.state:
        case State.PROTECTED:
            return "watching it" if record.moving is None else "moving its stop; the old one stands until then"
        case State.PENDING_ENTRY:
            return f"the entry {_sending(record.entry)}; looking whether it filled"
        case State.ORPHAN_SUSPECTED:
            return "neither protection nor flatness could be shown in time; it goes on looking"
        case _:
            return _protecting(record)


def _closing(record: Record) -> str:
    because = f" ({record.reason})" if record.reason else ""
    closes = record.of(Leg.CLOSE)
    if not closes:
        return f"closing it{because}"
    return f"closing it{because}: close {closes[-1].attempt} {_sending(closes[-1])}"


def _protecting(record: Record) -> str:
    stops = [stop for stop in record.of(Leg.STOP) if not stop.leaving]
    if not stops:
        return "putting its stop up"
    stop = next((s for s in reversed(stops) if s.alive), stops[-1])
    if stop.alive and stop.read_back:
        return f"stop {stop.attempt} was read back; confirming the position"
    reading = "; reading it back" if stop.sends and stop.sending is not Sending.REFUSED else ""
    return f"stop {stop.attempt} {_sending(stop)}{reading}"


_SENDING = {
    Sending.INTENDED: "is about to be sent",
    Sending.IN_FLIGHT: "was sent and not answered yet",
    Sending.ACKNOWLEDGED: "was accepted",
    Sending.NOT_SENT: "did not leave",
    Sending.UNKNOWN: "may or may not have arrived",
}


def _sending(order: Order) -> str:
    if order.sending is Sending.REFUSED:
        return f"was refused ({order.why or order.refusal or 'no reason given'}); trying again"
    return _SENDING[order.sending]
