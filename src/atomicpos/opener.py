"""Open one position: check, take the slot with a committed intent, and hand the row to the one loop."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from .drivers import ANSWERED, Drivers
from .engine import Means
from .errors import AlreadyOpen, InvalidRequest, NotReady
from .evidence import PositionView
from .ids import client_order_id, new_position_id
from .models import MICROSECONDS, Instrument, Intent, JournalEntry, Leg, Order
from .policies import reading_again
from .ports import Change, KeyTaken, ReadFailed, SlotTaken
from .record import Record
from .request import Request, fits, with_distance
from .snapshot import snapshot

T = TypeVar("T")

STOP_FUNCTION_PATIENCE_S = 0.5
"""How long a callable stop rule may take to answer."""


class Opener:
    """Carries one request to a committed row and on to an answer."""

    def __init__(self, means: Means, drivers: Drivers) -> None:
        self._means = means
        self._drivers = drivers
        self._carrying: set[asyncio.Task[Record]] = set()

    async def open(self, request: Request) -> Record:
        """The row once it is answered: protected, settled or an orphan suspected.

        Raises InvalidRequest, NotReady, AlreadyOpen or StoreUnavailable, each before anything was sent.
        """
        instrument = await self._means.exchange.instrument(request.symbol)
        request = replace(request, symbol=instrument.symbol)  # one spelling: a key does not depend on how it was asked
        if (known := await self._known(request)) is not None:
            return await self._answer(known)
        mark, slot = await self._preflight(instrument)
        request = await self._with_stop_rule(request, mark)
        fits(request, instrument, mark)
        if slot.quantity > 0:
            await self._refuse_taken_slot(instrument, slot)
        record = self._record(request, instrument, mark)
        # From here on the caller may go away: the row is admitted and driven all the same.
        carrying = asyncio.ensure_future(self._carry(record, request))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carried)
        return await asyncio.shield(carrying)

    async def _known(self, request: Request) -> Record | None:
        """The row that already has this idempotency key. Raises InvalidRequest when it was another request."""
        if request.idempotency_key is None:
            return None
        known = await self._means.journal.find_key(self._means.scope, request.idempotency_key)
        if known is not None and known.intent.request_hash != request.hash:
            raise InvalidRequest(
                f"idempotency_key {request.idempotency_key!r} belongs to another request, position {known.id}"
            )
        return known

    async def _preflight(self, instrument: Instrument) -> tuple[Decimal, PositionView]:
        reads, symbol = self._means.exchange.urgent_reads, instrument.symbol
        try:
            mark, slot = await asyncio.gather(self._read(reads.mark_price, symbol), self._read(reads.position, symbol))
        except ReadFailed as failure:
            raise NotReady(f"{symbol} could not be read before the entry: {failure}") from failure
        return mark, slot.position

    async def _read(self, read: Callable[[str], Awaitable[T]], symbol: str) -> T:
        answer: T = await reading_again(self._means.clock.sleep, ReadFailed)(read, symbol)
        return answer

    async def _with_stop_rule(self, request: Request, mark: Decimal) -> Request:
        if request.stop_function is None:
            return request
        try:
            answer = request.stop_function(mark, request.side)
            if inspect.isawaitable(answer):
                answer = await asyncio.wait_for(answer, STOP_FUNCTION_PATIENCE_S)
        except Exception as error:
            raise InvalidRequest(f"stop_loss failed for the mark price {mark}: {error!r}") from error
        return with_distance(request, answer, mark)

    async def _refuse_taken_slot(self, instrument: Instrument, slot: PositionView) -> None:
        rows = await self._means.journal.holding(self._means.scope)
        ours = next((row for row in rows if row.intent.symbol == instrument.symbol), None)
        whose = f"position {ours.id}" if ours is not None else "no position of ours"
        raise AlreadyOpen(
            f"{instrument.symbol} already holds {slot.quantity} {slot.side}, claimed by {whose}; nothing was sent",
            snapshot(ours) if ours is not None else None,
        )

    def _record(self, request: Request, instrument: Instrument, mark: Decimal) -> Record:
        now = self._means.clock.now_us()
        position_id = new_position_id(self._means.rng)
        intent = Intent(
            scope=self._means.scope,
            symbol=instrument.symbol,
            market_id=instrument.market_id,
            side=request.side,
            quantity=request.quantity,
            stop_rule=request.stop_rule,
            mark_price=mark,
            tick=instrument.tick,
            step=instrument.step,
            created_at_us=now,
            leverage=request.leverage,
            idempotency_key=request.idempotency_key,
            request_hash=request.hash,
        )
        cid = client_order_id(self._means.journal.installation, position_id, Leg.ENTRY, 1)
        entry = Order(Leg.ENTRY, 1, cid, request.side.opening, request.quantity, reduce_only=False)
        deadline = now + self._means.bounds.verification_deadline_us
        return Record(position_id, intent, (entry,), deadline_us=deadline, updated_at_us=now)

    def _carried(self, task: asyncio.Task[Record]) -> None:
        """Let go of it, and hear its error even when the caller has gone away."""
        self._carrying.discard(task)
        if not task.cancelled():
            task.exception()

    async def _carry(self, record: Record, request: Request) -> Record:
        return await self._answer(await self._admit(record, request))

    async def _admit(self, record: Record, request: Request) -> Record:
        """Commit the intent, then drive; the reservation keeps the watchdog's hands off in between."""
        self._drivers.reserve(record.id)
        try:
            await self._means.journal.admit(Change(record, (_intent_entry(record),)))
        except SlotTaken as taken:
            raise await self._already_open(record, taken.position_id) from None
        except KeyTaken:
            known = await self._known(request)
            if known is None:
                raise
            return known
        else:
            self._drivers.start(record)
            return record
        finally:
            self._drivers.release(record.id)

    async def _already_open(self, record: Record, occupant_id: str) -> AlreadyOpen:
        occupant = await self._means.journal.load(occupant_id)
        return AlreadyOpen(
            f"{record.intent.symbol} is held by position {occupant_id}; nothing was sent",
            snapshot(occupant) if occupant is not None else None,
        )

    async def _answer(self, record: Record) -> Record:
        driven = await self._drivers.until(record.id, ANSWERED)
        return driven or await self._means.journal.load(record.id) or record


def _intent_entry(record: Record) -> JournalEntry:
    intent, rule = record.intent, record.intent.stop_rule
    stop = f"{rule.percent} % from the average fill" if rule.percent is not None else f"at {rule.price}"
    text = (
        f"asked: {intent.side.value} {intent.quantity} {intent.symbol}, stop {stop} by {rule.trigger_by.value} price, "
        f"mark {intent.mark_price}"
    )
    data = {"client_order_id": record.entry.client_order_id, "deadline_s": _seconds(record.deadline_us, intent)}
    return JournalEntry(intent.created_at_us, "intent", text, data=data)


def _seconds(deadline_us: int, intent: Intent) -> str:
    return f"{(deadline_us - intent.created_at_us) / MICROSECONDS:g}"
