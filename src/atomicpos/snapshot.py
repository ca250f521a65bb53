"""From the row to what the caller sees, and to the error that says what can be done next. Pure."""

from __future__ import annotations

from .advance import ENTRY_REFUSALS
from .errors import (
    AtomicPositionError,
    ClosedImmediately,
    EntryNeverFilled,
    EntryRefused,
    OrphanSuspected,
    RolledBack,
)
from .models import MICROSECONDS, Leg, Position, ProofKind, State
from .ports import History
from .record import Record
from .weigh import waits


def snapshot(record: Record, history: History | None = None) -> Position:
    """The frozen snapshot of one row."""
    intent = record.intent
    return Position(
        id=record.id,
        state=record.state,
        symbol=intent.symbol,
        side=intent.side,
        quantity=intent.quantity,
        goal=record.goal,
        filled_quantity=record.filled_quantity,
        entry_price=record.entry_price,
        stop_price=record.stop_price,
        exposure_s=record.exposure_us / MICROSECONDS,
        proof=record.proof,
        reason=record.reason,
        exchange=intent.scope.exchange,
        account=intent.scope.account,
        leverage=intent.leverage,
        idempotency_key=intent.idempotency_key,
        created_at_us=intent.created_at_us,
        updated_at_us=record.updated_at_us,
        orders=record.orders,
        journal=history.entries if history else (),
        evidence=history.evidence if history else (),
        target_price=next((o.trigger_price for o in record.of(Leg.TARGET) if waits(o)), None),
    )


def exposed(record: Record) -> bool | None:
    """True with a known share and no live stop, False with one, None when not even that is known."""
    if any(order.alive and (order.read_back or order.attached) for order in record.of(Leg.STOP)):
        return False
    return True if record.share > 0 else None


def failure(record: Record, position: Position) -> AtomicPositionError | None:
    """The error for a row that is not, and never was, protected; None when the caller has what it asked for."""
    what = f"{position.side.value} {position.quantity} {position.symbol} (position {position.id})"
    detail = record.proof.detail if record.proof is not None else ""
    match record.state:
        case State.PROTECTED | State.CLOSED:
            return None
        case State.CLOSED_IMMEDIATELY:
            return ClosedImmediately(f"{what} filled and was gone before it was protected: {detail}", position)
        case State.ROLLED_BACK:
            return _rolled_back(record, position, what, detail)
        case _:
            return OrphanSuspected(
                f"{what}: neither protection nor flatness could be shown in time; it is still being driven",
                position, exposed(record),
            )


def _rolled_back(record: Record, position: Position, what: str, detail: str) -> AtomicPositionError:
    kind = record.proof.kind if record.proof is not None else None
    if kind is ProofKind.REFUSED or record.reason in ENTRY_REFUSALS:
        return EntryRefused(f"{what} was refused: {record.entry.why or detail}", position)
    if kind in (ProofKind.NOT_SENT, ProofKind.DEAD_UNFILLED, ProofKind.ABSENT):
        return EntryNeverFilled(f"{what} never filled: {detail}", position)
    because = f" ({record.reason})" if record.reason else ""
    return RolledBack(f"{what} was closed by us{because}: {detail}", position)
