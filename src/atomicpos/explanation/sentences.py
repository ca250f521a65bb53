"""What is proven of a position, what is not, what would prove it, and what was tried: one sentence each. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..evidence import Kind
from ..models import Goal, Leg, Order, Sending, State
from ..record import Record
from ..snapshot import exposed
from ..weigh import Verdict
from .words import amount, entry_so_far, lasting, named, status, worded


def proven(record: Record, verdict: Verdict) -> Iterable[str]:
    if record.state.settled and record.proof is not None:
        ago = lasting(verdict.now_us - record.proof.at_us)
        yield f"It is over ({record.proof.kind.value}): {record.proof.detail}; that was asked for {ago} ago."
    if verdict.filled > 0:
        at = f" at {amount(verdict.average)} on average" if verdict.average is not None else ""
        more = ", and no more of it can fill" if verdict.entry_final else ""
        yield f"The entry filled {amount(verdict.filled)} of {amount(record.intent.quantity)}{at}{more}."
    elif record.entry.sending is Sending.ACKNOWLEDGED:
        yield "The exchange took the entry; that is no fill."
    if verdict.closed > 0:
        yield f"{amount(verdict.closed)} of it was closed since, {amount(verdict.closed_by_us)} of that by us."
    for stop in (o for o in record.of(Leg.STOP) if o.alive and o.read_back and not record.state.settled):
        yield f"Our stop {worded(stop)} was read back{_seen(stop, verdict)}, unable to open or enlarge a position."
    if verdict.fresh is not None and not record.state.settled:
        yield f"A look that is newer than the last fill showed {_slot(record, verdict)}."


def _seen(stop: Order, verdict: Verdict) -> str:
    return "" if stop.seen_at_us is None else f" {lasting(verdict.now_us - stop.seen_at_us)} ago"


def _slot(record: Record, verdict: Verdict) -> str:
    view = verdict.fresh.view if verdict.fresh is not None else None
    if view is None or view.side is None or view.quantity == 0:
        return "no position there"
    whose = " on the other side, which is not ours and is not touched" if view.side is not record.intent.side else ""
    return f"{amount(view.quantity)} {view.side.value}{whose}"


def unproven(record: Record, verdict: Verdict) -> Iterable[str]:
    entry = record.entry
    if verdict.filled <= 0 and verdict.never_filled is None:
        yield f"Whether the entry filled: {entry_so_far(entry)}."
    elif verdict.filled > 0 and not verdict.entry_final:
        yield f"Whether more of the entry fills: it is {status(entry)}."
    if verdict.share > 0 and exposed(record) is not False:
        yield f"That a stop of ours is at work over {amount(verdict.share)}."
    if record.goal is Goal.FLAT or (record.state is State.ORPHAN_SUSPECTED and verdict.filled > 0):
        yield f"That it is flat: {amount(verdict.filled)} filled, and {amount(verdict.closed)} closed as far as shown."
    if record.goal is Goal.FLAT or verdict.flat is not None:
        for order in (o for o in verdict.loose if o.leg is not Leg.ENTRY):
            yield f"Whether {named(order)} is dead: it is {status(order)}."
    for source, look in sorted(record.sightings.looks.items()):
        if look.kind is Kind.UNKNOWN:
            yield f"What {source} shows: it could not say when it was asked last."
    if verdict.late:
        left = lasting(verdict.late_until_us - verdict.now_us)
        yield f"Whether an earlier request for the position's own stop still arrives: it can for {left}."
    if not verdict.alone:
        left = lasting(verdict.alone_at_us - verdict.now_us)
        yield f"What the process that had it before may have sent: that can still arrive for {left}."


def would_prove(record: Record, verdict: Verdict) -> Iterable[str]:
    intent, share = record.intent, verdict.share
    if verdict.filled <= 0 and verdict.never_filled is None:
        yield f"That it filled: the order {record.entry.client_order_id} read with a filled quantity, or a fill of it."
        yield (
            "That it never filled: the order read as dead with nothing filled, or order, fills and position absent in "
            "two rounds, both long enough after the send."
        )
    elif record.goal is Goal.PROTECT and not (verdict.stops or _stands(record)):
        yield (
            f"That it is protected: a stop of ours read back, to {intent.side.closing.value} at least {amount(share)} "
            f"at {amount(verdict.wanted)} by {record.stop_rule.trigger_by.value} price, with the entry final."
        )
    if verdict.filled > 0 and (record.goal is Goal.FLAT or record.state is State.ORPHAN_SUSPECTED):
        yield (
            f"That it is flat: the entry final, closing fills that add up to {amount(verdict.filled)}, a newer look "
            "without our share, and none of our orders alive."
        )
    if record.state is State.ORPHAN_SUSPECTED:
        yield "Or your word on how it ended, with a reason; it is refused while a source shows a position or an order."


def _stands(record: Record) -> bool:
    """True for a protected row whose stop is at work as far as is stored: its watch looks again and again."""
    return record.state is State.PROTECTED and exposed(record) is False


def tried(record: Record) -> Iterable[str]:
    for leg in Leg:
        sent = [o for o in record.of(leg) if o.sends > 0 or o.rides]
        if not sent:
            continue
        last = sent[-1]
        times = f"{len(sent)} orders, the last one " if len(sent) > 1 else f"{named(last)} "
        again = f", {last.sends} sends" if last.sends > 1 else ""
        read = f", {status(last)}" if last.status is not None else ""
        why = f": {last.why}" if last.why else ""
        yield f"{leg.value}: {times}{last.sending.value.replace('_', ' ')}{again}{read}{why}"
    if record.goal is Goal.FLAT and not record.state.settled:
        yield f"the goal is flat, because of {record.reason or 'an unknown reason'}"
