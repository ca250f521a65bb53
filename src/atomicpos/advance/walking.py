"""Advance the row by its verdict: note what is now known, turn the goal where it must, and walk the table. Pure."""

from __future__ import annotations

from ..bounds import Bounds
from ..frozen import replace
from ..models import MICROSECONDS, Goal, JournalEntry, Order, OrderStatus, Proof, ProofKind, Sending, State
from ..record import Record
from ..states import GUARDS, TABLE, next_state, row_between
from ..weigh import Verdict, weigh
from .goal import flat_reason, turn_flat
from .wishes import fulfilled

LEVERAGE_REFUSED = "leverage_refused"
MARGIN_MODE_REFUSED = "margin_mode_refused"
ENTRY_REFUSALS = (LEVERAGE_REFUSED, MARGIN_MODE_REFUSED)
"""Reasons for which the entry is never sent."""


def guards(record: Record, verdict: Verdict) -> dict[str, bool]:
    """The verdict's answers to every question the table asks."""
    was_protected = record.protected_at_us is not None
    ended = verdict.ended is not None
    filled = verdict.filled > 0
    if verdict.ended is not None and verdict.ended.kind is ProofKind.OPERATOR and record.resolution is not None:
        return _by_the_operator(record.resolution.as_)
    confirmed = bool(verdict.stops) and record.goal is Goal.PROTECT and not record.asking_rule
    return {
        "always": True,
        "fill_shown": filled,
        "never_filled": ended and not filled,
        "deadline_passed": verdict.now_us >= record.deadline_us,
        "ended_after_protection": ended and filled and was_protected,
        "closed_by_us": ended and filled and not was_protected and verdict.closed_by_us > 0,
        "gone_by_other_hands": ended and filled and not was_protected and verdict.closed_by_us <= 0,
        "stop_confirmed": confirmed and verdict.alone,
        "protection_lost": not confirmed,
        "fill_is_news": filled and (record.filled_at_us or 0) > (record.suspected_at_us or 0),
        "late_evidence": record.state.settled and (bool(verdict.loose) or verdict.share > 0),
    }


def _by_the_operator(as_: State) -> dict[str, bool]:
    """The answers that lead a suspected orphan to the end which the operator named."""
    yes = {State.ROLLED_BACK: "closed_by_us", State.CLOSED_IMMEDIATELY: "gone_by_other_hands"}
    answers = dict.fromkeys(GUARDS, False)
    answers[yes.get(as_, "ended_after_protection")] = True
    return answers


def advance(record: Record, verdict: Verdict, bounds: Bounds) -> tuple[Record, tuple[JournalEntry, ...], Verdict]:
    """The row and its journal after this verdict, and the verdict to plan by; at most one pass over every state.

    A wish that is fulfilled or given up changes the stop rule, and by another rule other stops fulfil I3.
    """
    entries: list[JournalEntry] = []
    record = before = _noted(record, verdict)
    record, done = fulfilled(record, verdict, bounds)
    entries += done
    if (before.stop_rule, before.moving) != (record.stop_rule, record.moving):
        verdict = weigh(record, bounds, verdict.now_us)
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
    return record, tuple(entries), verdict


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
        return replace(_over(after, verdict), proof=verdict.ended, settled_at_us=now, moving=None)
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


def _over(record: Record, verdict: Verdict) -> Record:
    """The row with the stops that went with the position, or that never came with the entry, and without what was
    intended and never left.

    By an operator's word every order is over, and one that was never read is held to be absent: if it is read as alive
    after all, that is news.
    """
    by_word = verdict.ended is not None and verdict.ended.kind is ProofKind.OPERATOR
    open_ = (o for o in record.orders if not o.settled)
    left = (o for o in open_ if o.attached or o.rides or by_word or o.sending is Sending.INTENDED)
    for order in tuple(left):
        unread = order.status is None and not order.attached
        over = replace(order, proven_absent=True) if unread else replace(order, status=OrderStatus.DEAD)
        record = record.with_order(over)
    return record


def _stop_proof(verdict: Verdict) -> Proof:
    if not verdict.stops:
        raise ValueError("protected needs a confirmed stop")
    detail = " and ".join(map(_read_back, verdict.stops))
    return Proof(ProofKind.STOP_READ_BACK, verdict.stops[0].seen_at_us or verdict.now_us, detail)


def _read_back(stop: Order) -> str:
    what = "the position's own stop" if stop.attached else f"{stop.client_order_id}"
    size = "the whole position" if stop.attached else f"{stop.quantity}"
    return f"{what} read back: {stop.order_side} {size} at {stop.trigger_price} by {stop.trigger_by} price"
