"""Advance the row by its verdict: note what is now known, turn the goal where it must, and walk the table. Pure."""

from __future__ import annotations

from dataclasses import replace

from .models import MICROSECONDS, Goal, JournalEntry, Leg, OrderStatus, Proof, ProofKind, Refusal, Sending, State
from .record import Record
from .settings import Bounds
from .states import TABLE, next_state, row_between
from .stop_price import wanted_trigger
from .weigh import Verdict, near

STOP_CROSSED = "stop_crossed"
EXPOSURE_DEADLINE = "exposure_deadline"
STOP_DID_NOT_CLOSE = "stop_did_not_close"
LEVERAGE_REFUSED = "leverage_refused"


def guards(record: Record, verdict: Verdict) -> dict[str, bool]:
    """The verdict's answers to every question the table asks."""
    was_protected = record.protected_at_us is not None
    ended = verdict.ended is not None
    filled = verdict.filled > 0
    confirmed = verdict.stop is not None and record.goal is Goal.PROTECT
    return {
        "always": True,
        "fill_shown": filled,
        "never_filled": ended and not filled,
        "deadline_passed": verdict.now_us >= record.deadline_us,
        "ended_after_protection": ended and filled and was_protected,
        "closed_by_us": ended and filled and not was_protected and verdict.closed_by_us > 0,
        "gone_by_other_hands": ended and filled and not was_protected and verdict.closed_by_us <= 0,
        "stop_confirmed": confirmed,
        "protection_lost": not confirmed,
        "fill_is_news": filled and (record.filled_at_us or 0) > (record.suspected_at_us or 0),
        "late_evidence": record.state.settled and (bool(verdict.loose) or verdict.share > 0),
    }


def advance(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, tuple[JournalEntry, ...]]:
    """The row and its journal after this verdict; at most one pass over every state."""
    entries: list[JournalEntry] = []
    record = _noted(record, verdict)
    if (reason := flat_reason(record, verdict, bounds)) is not None:
        record, entry = turn_flat(record, reason, bounds, verdict.now_us)
        entries.append(entry)
    for _ in TABLE:
        answers = guards(record, verdict)
        dest = next_state(record.state, answers)
        if dest is record.state:
            break
        meaning = row_between(record.state, dest, answers).meaning
        entries.append(_transition_entry(record.state, dest, meaning, verdict))
        record = _entered(record, dest, verdict, bounds)
    return record, tuple(entries)


def _noted(record: Record, verdict: Verdict) -> Record:
    """What is known now, in the row's own columns."""
    if record.state.settled:
        return record
    new_fill = verdict.filled > 0 and record.filled_at_us is None
    return replace(
        record,
        filled_quantity=max(record.filled_quantity, verdict.filled),
        entry_price=verdict.average,
        closed_quantity=verdict.closed,
        stop_price=verdict.stop.trigger_price if verdict.stop is not None else record.stop_price,
        filled_at_us=verdict.now_us if new_fill else record.filled_at_us,
        exposure_us=verdict.exposure_us,
    )


# --- the goal -----------------------------------------------------------------------------------------------------


def flat_reason(record: Record, verdict: Verdict, bounds: Bounds) -> str | None:
    """Why the goal must turn flat now; None while protecting is still right."""
    if record.goal is Goal.FLAT or record.state.settled or verdict.share <= 0:
        return None
    if not verdict.covered and _crossed(record, verdict):
        return STOP_CROSSED
    if bounds.flatten_unprotectable and not verdict.covered and verdict.naked_us >= bounds.exposure_deadline_us:
        return EXPOSURE_DEADLINE
    if _triggered_for_us(record, verdict.now_us) >= bounds.exposure_deadline_us:
        return STOP_DID_NOT_CLOSE
    return None


def _crossed(record: Record, verdict: Verdict) -> bool:
    """True when the exchange said that the price is already beyond the stop as it should be now (F23)."""
    wanted = wanted_trigger(record.intent, verdict.average)
    refused = (o for o in record.of(Leg.STOP) if o.refusal is Refusal.WOULD_TRIGGER and o.never_existed)
    return any(near(o.trigger_price, wanted, record.intent.tick) for o in refused)


def _triggered_for_us(record: Record, now_us: int) -> int:
    """How long ago, by the exchange's time, a stop of ours triggered without having filled."""
    fired = [o for o in record.of(Leg.STOP) if o.status is OrderStatus.TRIGGERED and o.updated_at_us is not None]
    return max((now_us - (o.updated_at_us or now_us) for o in fired), default=0)


def turn_flat(record: Record, reason: str, bounds: Bounds, now_us: int) -> tuple[Record, JournalEntry]:
    """Turn the goal flat, for good, with a new deadline to show it."""
    deadline = now_us + bounds.verification_deadline_us
    after = replace(record, goal=Goal.FLAT, reason=reason, deadline_us=max(record.deadline_us, deadline))
    if record.entry.sending is Sending.INTENDED:
        after = after.with_order(replace(record.entry, sending=Sending.NOT_SENT, why=reason))
    return after, JournalEntry(now_us, "goal", f"the goal is flat now: {reason}", cause=reason)


# --- the transitions ----------------------------------------------------------------------------------------------


def _transition_entry(source: State, dest: State, meaning: str, verdict: Verdict) -> JournalEntry:
    data = {
        "from": source.value,
        "to": dest.value,
        "filled": str(verdict.filled),
        "share": str(verdict.share),
        "exposure_s": f"{verdict.exposure_us / MICROSECONDS:.6f}",
    }
    return JournalEntry(verdict.now_us, "transition", f"{source.value} to {dest.value}: {meaning}", meaning, data)


def _entered(record: Record, dest: State, verdict: Verdict, bounds: Bounds) -> Record:
    now = verdict.now_us
    after = replace(record, state=dest)
    if dest.settled:
        return replace(after, proof=verdict.ended, settled_at_us=now)
    match dest:
        case State.PROTECTED:
            proof = _stop_proof(verdict)
            return replace(after, proof=proof, protected_at_us=record.protected_at_us or now)
        case State.ORPHAN_SUSPECTED:
            return replace(after, proof=None, suspected_at_us=now, settled_at_us=None)
        case State.VERIFYING if record.state is not State.ORDER_FILLED:
            return replace(after, proof=None, deadline_us=now + bounds.verification_deadline_us)
        case _:
            return after


def _stop_proof(verdict: Verdict) -> Proof:
    stop = verdict.stop
    if stop is None:
        raise ValueError("protected needs a confirmed stop")
    detail = f"{stop.client_order_id} read back: {stop.order_side} {stop.quantity} at {stop.trigger_price}"
    return Proof(ProofKind.STOP_READ_BACK, stop.seen_at_us or verdict.now_us, detail)
