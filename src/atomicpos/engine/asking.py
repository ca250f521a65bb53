"""What the verifiers are asked about a row, and all of them being asked together."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Container, Iterable

from ..allowance import Crowd
from ..evidence import POSITION_STREAM, Evidence
from ..models import Goal, Order, OrderStatus, Refusal, State
from ..policies import Pace, rhythm_of
from ..ports import Clock, Exchange, Reads
from ..record import Record
from ..verifiers import Question, Sought, Verifier
from ..weigh import newest
from .looker import Looker


class Asking:
    """Every verifier's looker: started, hurried and stopped together, each at its own pace (F16)."""

    def __init__(self, verifiers: Iterable[Verifier], question: Callable[[], Question],
                 tell: Callable[[Evidence], None], clock: Clock, rng: random.Random,
                 timeout_s: Callable[[], float], crowd: Crowd) -> None:
        self._lookers = [
            Looker(v, question, tell, clock, Pace(rhythm_of(v.name, False), rng), timeout_s, crowd) for v in verifiers
        ]

    @property
    def names(self) -> frozenset[str]:
        """Every source that can be asked."""
        return frozenset(looker.name for looker in self._lookers if looker.name != POSITION_STREAM)

    def go_on(self, *, slowly: bool = False, only: Container[str] | None = None) -> None:
        """Start asking, or go on: every source, or those named, which then are only watched."""
        for looker in self._lookers:
            if only is None or looker.name in only:
                looker.start(slowly=slowly, at_risk=only is None)

    def hurry(self) -> None:
        """Something new was done, or told of: ask soon."""
        for looker in self._lookers:
            if looker.name != POSITION_STREAM:
                looker.nudge()

    def told(self) -> None:
        """The exchange told something by itself: look at that at once, whether anybody is asked at present or not."""
        for looker in self._lookers:
            if looker.name == POSITION_STREAM:
                looker.start(slowly=False)
                looker.nudge()

    def pause(self) -> None:
        """Ask nobody for now; what is told is looked at all the same (F17)."""
        for looker in self._lookers:
            if looker.name != POSITION_STREAM:
                looker.stop()

    def stop(self) -> list[asyncio.Task[None]]:
        """Stop asking; the tasks that are ending."""
        return [task for looker in self._lookers if (task := looker.stop()) is not None]


def question(record: Record, exchange: Exchange, shared: Reads) -> Question:
    """The question about a row as it is now. A position at risk is read by itself, without standing in line; one that
    is safe shares the account's listings."""
    entry, guard, position_stop = record.entry, _guard(record), _has_position_stop(record)
    reads = shared if record.state is State.PROTECTED else exchange.urgent_reads
    return Question(
        position_id=record.id,
        symbol=record.intent.symbol,
        side=record.intent.side,
        quantity=record.intent.quantity,
        client_order_ids=_ids(record, unnamed=position_stop or guard is not None),
        entry_id=entry.client_order_id,
        sent_at_us=entry.first_sent_at_us or record.intent.created_at_us,
        exits=seems_gone(record),
        position_stop=position_stop,
        reads=reads,
        guard=None if guard is None else Sought(guard, record.intent.tick, entry.created_at_us),
    )


def _ids(record: Record, *, unnamed: bool) -> tuple[str, ...]:
    """Every order that is not settled, and the entry until it was read as filled: a proof must be newer than a send.

    ``unnamed``: there are stops to ask for that have no id, so that it need be none of these.
    """
    entry = record.entry
    unfilled = entry.status is not OrderStatus.FILLED
    ids = tuple([
        o.client_order_id for o in record.orders
        if not (o.attached or o.unnamed) and (not o.settled or (o is entry and unfilled))
    ])
    return ids or (() if unnamed else (entry.client_order_id,))


def _guard(record: Record) -> Order | None:
    """The stop without an id of ours that the entry may have brought: before a fill is known there is none."""
    if record.filled_quantity <= 0:
        return None
    return next((o for o in record.orders if o.unnamed and o.sends > 0 and not o.settled), None)


def _has_position_stop(record: Record) -> bool:
    """True while a stop of ours may be the position's own: before a fill is known there is no position to keep it."""
    return record.filled_quantity > 0 and any(o.attached and o.sends > 0 and not o.settled for o in record.orders)


def seems_gone(record: Record) -> bool:
    """True when a filled position may have ended, in part or whole: exits by others are then asked for by name."""
    look = newest(record)
    smaller = look is not None and look.view.quantity < record.share
    refused = any(order.refusal is Refusal.NO_POSITION for order in record.orders)
    return record.filled_quantity > 0 and (record.goal is Goal.FLAT or smaller or refused)
