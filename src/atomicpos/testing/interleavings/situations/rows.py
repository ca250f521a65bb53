"""What a row's own story shows: its stored versions one after the other, its journal, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ....models import Goal, JournalEntry, Leg, Order, OrderStatus, ProofKind, Sending, State
from ....ports import History
from ....record import Record
from ....sim.refusals import RefusalReason
from ....states import TABLE
from .situation import Situation, transition

_BY_MEANING = {(row.source.value, row.dest.value, row.meaning): transition(row) for row in TABLE}
_CODES = {
    RefusalReason.DUPLICATE_ID.value: Situation.DUPLICATE_ID, RefusalReason.TIMESTAMP.value: Situation.WINDOW_REFUSED,
}


def of_history(history: History) -> Iterator[tuple[str, str]]:
    """(family, name) of all that the journal and the evidence of one row show."""
    for entry in history.entries:
        yield from _of_entry(entry)
    kinds = {(found.source, found.kind) for found in history.evidence}
    yield from (("evidence", f"{source} {kind.value}") for source, kind in kinds)


def _of_entry(entry: JournalEntry) -> Iterator[tuple[str, str]]:
    match entry.kind:
        case "transition":
            yield "transition", _BY_MEANING[entry.data["from"], entry.data["to"], entry.cause]
        case "alert" | "act":
            yield entry.kind, entry.cause
        case "outcome":
            if (code := entry.data.get("code")) in _CODES:
                yield "happened", _CODES[code]
            if " not_sent: " in entry.text and ("lease" in entry.text or "another process" in entry.text):
                yield "happened", Situation.PERMIT_REFUSED


def of_versions(versions: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """(family, name) of all that the stored versions of one row show."""
    for version in versions:
        if version.reason is not None:
            yield "goal", version.reason
        if version.proof is not None:
            yield "proof", version.proof.kind.value
        for order in version.orders:
            yield "sending", order.sending.value
            if order.refusal is not None:
                yield "refusal", order.refusal.value
        yield from (("happened", name) for name in _of_version(version))
    if _filled_late(versions):
        yield "happened", Situation.LATE_FILL
    if _put_up_again(versions):
        yield "happened", Situation.PUT_UP_AGAIN
    for before, after in pairwise(versions):
        yield from (("happened", name) for name in _of_step(before, after))


def _filled_late(versions: Sequence[Record]) -> bool:
    unfilled = [row.version for row in versions if row.state is State.ROLLED_BACK and row.filled_quantity == 0]
    return bool(unfilled) and any(row.version > unfilled[0] and row.filled_quantity > 0 for row in versions)


def _put_up_again(versions: Sequence[Record]) -> bool:
    """A stop died that we had neither cancelled nor replaced, and a newer one was read back later."""
    gone = [stop.attempt for before, after in pairwise(versions) for stop in _taken_away(before, after)]
    last = versions[-1].of(Leg.STOP)
    return bool(gone) and any(stop.attempt > min(gone) and stop.read_back for stop in last)


def _taken_away(before: Record, after: Record) -> Iterator[Order]:
    stood = {stop.attempt: stop for stop in before.of(Leg.STOP) if stop.alive and stop.read_back}
    newest = max((stop.attempt for stop in before.of(Leg.STOP) if stop.sends), default=0)
    for stop in after.of(Leg.STOP):
        dead = stop.status is OrderStatus.DEAD and not stop.filled and not stop.leaving
        if dead and stop.attempt in stood and stop.attempt == newest and not after.state.settled:
            yield stop


def _of_version(row: Record) -> Iterator[Situation]:
    if row.slotless:
        yield Situation.WITHOUT_SLOT
    if row.proof is not None and row.proof.kind is ProofKind.ABSENT:
        yield Situation.ABSENCE_PROVEN
    if row.proof is not None and row.state is State.PROTECTED and " and " in row.proof.detail:
        yield Situation.SEVERAL_STOPS
    if row.exposure_us > 0:
        yield Situation.EXPOSED
    if row.entry.cancels:
        yield Situation.REMAINDER_CANCELLED
    if any(order.sends > 1 for order in row.orders):
        yield Situation.SENT_AGAIN
    yield from _of_stops(row, row.of(Leg.STOP))
    yield from _of_closes(row, row.of(Leg.CLOSE))
    if row.state.settled and row.proof is not None:
        yield from _of_end(row, row.proof.detail)


def _of_stops(row: Record, stops: tuple[Order, ...]) -> Iterator[Situation]:
    taken = [o for o in stops if not o.attached and o.sending is Sending.ACKNOWLEDGED]
    if any(stop.status is None for stop in taken):
        yield Situation.ANSWER_WAS_COVER
    if taken and row.filled_quantity == 0 and not row.state.settled:
        yield Situation.AHEAD_OF_FILL
    if any(stop.filled > 0 for stop in stops):
        yield Situation.STOP_FIRED
    living = [stop for stop in stops if stop.alive]
    if len({stop.trigger_price for stop in living if stop.read_back}) > 1:
        yield Situation.NEW_BEFORE_OLD
    if any(stop.leaving for stop in stops) and row.state is State.PROTECTED:
        yield Situation.SURPLUS
    if len({stop.attached for stop in stops if stop.sends}) > 1:
        yield Situation.SEPARATE_BESIDE_OWN


def _of_closes(row: Record, closes: tuple[Order, ...]) -> Iterator[Situation]:
    if sum(order.filled > 0 for order in closes) > 1:
        yield Situation.PIECES
    if any(order.limit_price is not None for order in closes):
        yield Situation.LIMIT_CLOSE
    if closes and row.filled_quantity == 0:
        yield Situation.CLOSE_AHEAD


def _of_end(row: Record, detail: str) -> Iterator[Situation]:
    ours = any(order.filled > 0 for order in row.orders if order.leg is not Leg.ENTRY)
    if row.filled_quantity > 0 and not ours:
        yield Situation.OTHER_HANDS
    if "are not ours" in detail:
        yield Situation.FLAT_BESIDE_OTHERS


def _of_step(before: Record, after: Record) -> Iterator[Situation]:
    """What changed between two stored versions."""
    if before.state.settled and not after.state.settled:
        yield Situation.REOPENED
    if before.state is State.ORPHAN_SUSPECTED and after.state is State.PROTECTED:
        yield Situation.SUSPICION_LIFTED
    grew = after.filled_quantity > before.filled_quantity
    if grew and before.filled_quantity > 0 and any(o.alive for o in before.of(Leg.STOP)):
        yield Situation.GREW_UNDER_STOP
    known = {(order.leg, order.attempt) for order in before.orders}
    new = [order for order in after.orders if (order.leg, order.attempt) not in known]
    if before.goal is Goal.FLAT and before.of(Leg.CLOSE) and any(order.leg is Leg.STOP for order in new):
        yield Situation.STOP_WHILE_CLOSING
    doubtful = {(o.leg, o.attempt) for o in before.orders if o.sending is Sending.UNKNOWN}
    if any((o.leg, o.attempt) in doubtful and o.sending is Sending.ACKNOWLEDGED for o in after.orders):
        yield Situation.ACCEPTED_UNHEARD
