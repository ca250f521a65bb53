"""Open one position: check, take the slot with a committed intent, and hand the row to the one loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from .clocks import Clocks
from .doctor import CanaryBounds, FirstEntry, StopCanary, Wanted
from .drivers import Drivers
from .engine import Means
from .errors import AlreadyOpen, InvalidRequest
from .ids import new_position_id
from .intake import intent_entry, new_record
from .models import SETTLED, PositionMode, PositionSide, State
from .ports import Change, KeyTaken, SlotTaken
from .preflight import Checked, preflight
from .record import Record
from .request import Request
from .snapshot import snapshot
from .waiting import ANSWERED, among

ASKED_AGAIN_S = 0.25
"""How often a row that another process drives is read while a caller waits for it."""


class Opener:
    """Carries one request to a committed row and on to an answer."""

    def __init__(self, means: Means, drivers: Drivers) -> None:
        self._means = means
        self._drivers = drivers
        self._first = _first_entry(means)
        self._carrying: set[asyncio.Task[Record]] = set()

    async def open(self, request: Request) -> Record:
        """The row once it is answered: protected, settled or an orphan suspected.

        Raises InvalidRequest, NotReady, EntryRefused, AlreadyOpen or StoreUnavailable, each before anything was sent.
        """
        instrument = await self._means.exchange.instrument(request.symbol)
        request = replace(request, symbol=instrument.symbol)  # one spelling: a key does not depend on how it was asked
        if (known := await self._known(request)) is not None:
            return await self._answer(known)
        await self._means.turnstile.passed()
        checked = await preflight(self._means, request, instrument, self._first)
        if checked.slot.quantity > 0:
            holder = await self._holder(checked)  # read before the key: it is named only if it is not the key's own row
            if (known := await self._known(request)) is not None:
                return await self._answer(known)  # a twin with the same key was a moment earlier
            self._refuse_taken_slot(checked, holder)
        # From here on the caller may go away: the row is admitted and driven all the same.
        carrying = asyncio.ensure_future(self._carry(checked))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carried)
        return await asyncio.shield(carrying)

    async def rest(self, seconds: float) -> None:
        """Leave no stop behind that was only tried, within so many seconds."""
        await self._first.rest(seconds)

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

    async def _holder(self, checked: Checked) -> Record | None:
        """The row that holds the slot: the newest on it, or an older one that late evidence has reopened."""
        symbol, scope = checked.instrument.symbol, self._means.scope
        hedged = checked.position_mode is PositionMode.HEDGE
        sides = (checked.request.side,) if hedged else tuple(PositionSide)
        newest = await self._means.journal.newest_on(scope, symbol, *(sides if hedged else ()))
        if newest is None or newest.holds_slot:
            return newest
        rows = [
            row for row in await self._means.journal.holding(scope)
            if row.intent.symbol == symbol and not set(sides).isdisjoint(row.intent.sides)
        ]
        return max(rows, key=lambda row: row.holds_slot, default=None)

    def _refuse_taken_slot(self, checked: Checked, ours: Record | None) -> None:
        symbol, slot = checked.instrument.symbol, checked.slot
        whose = f"position {ours.id}" if ours is not None else "no position of ours"
        raise AlreadyOpen(
            f"{symbol} already holds {slot.quantity} {slot.side}, claimed by {whose}; nothing was sent",
            snapshot(ours) if ours is not None else None,
        )

    def _carried(self, task: asyncio.Task[Record]) -> None:
        """Let go of it, and hear its error even when the caller has gone away."""
        self._carrying.discard(task)
        if not task.cancelled():
            task.exception()

    async def _carry(self, checked: Checked) -> Record:
        means = self._means
        if means.listening is not None:
            means.listening.wanted()  # it is up, or comes up beside everything: nothing waits for it (F16)
        record = new_record(checked, means.scope, means.widened().bounds, means.settings, means.clock.now_us(),
                            means.journal.installation, new_position_id(means.rng), means.leases.me)
        return await self._answer(await self._admit(record, checked.request))

    async def _admit(self, record: Record, request: Request) -> Record:
        """Commit the intent, then drive; the reservation keeps the watchdog's hands off in between."""
        self._drivers.reserve(record.id)
        try:
            await self._take_slot(record)
        except SlotTaken as taken:
            if (known := await self._known(request)) is not None:
                return known  # the slot became free while it was looked at, and a twin was faster
            raise await self._already_open(record, taken.position_id) from None
        except KeyTaken:
            known = await self._known(request)
            if known is None:
                raise
            return known
        else:
            self._drivers.start(record, stop_function=request.stop_function)
            return record
        finally:
            self._drivers.release(record.id)

    async def _take_slot(self, record: Record) -> None:
        """Take the slot; one that a protected row holds is looked at on the spot, since its position may have ended.

        The slot was just read as empty: then proving that row flat takes no longer than the reads do. Raises
        SlotTaken when it is not proven so within ``write_patience_s``, and KeyTaken.
        """
        change = Change(record, (intent_entry(record),))
        try:
            await self._store(change)
        except SlotTaken as taken:
            if not await self._ended(taken.position_id):
                raise
            await self._store(change)

    async def _store(self, change: Change) -> None:
        leases, asked_at_us = self._means.leases, self._means.clock.now_us()
        await self._means.journal.admit(change, leases.lease_us)
        leases.admitted(change.record.id, asked_at_us)

    async def _ended(self, position_id: str) -> bool:
        holder = await self._means.journal.load(position_id)
        if holder is None or holder.state.settled:
            return True
        if holder.state is not State.PROTECTED:
            return False
        ours = await self._drivers.taking.take_free(position_id)
        if ours is None:
            return False  # another process drives it, and looks at it in its own time
        self._drivers.start(ours, watch=True)
        settling = self._drivers.waiting.until(position_id, among(SETTLED))
        try:
            ended = await asyncio.wait_for(settling, self._means.settings.write_patience_s)
        except TimeoutError:
            return False
        return ended is not None and ended.state.settled

    async def _already_open(self, record: Record, occupant_id: str) -> AlreadyOpen:
        occupant = await self._means.journal.load(occupant_id)
        return AlreadyOpen(
            f"{record.intent.symbol} is held by position {occupant_id}; nothing was sent",
            snapshot(occupant) if occupant is not None else None,
        )

    async def _answer(self, record: Record) -> Record:
        """The row once it is answered, whichever process drives it."""
        while True:
            driven = await self._drivers.waiting.until(record.id, among(ANSWERED))
            record = driven or await self._means.journal.load(record.id) or record
            if record.state in ANSWERED:
                return record
            await self._means.clock.sleep(ASKED_AGAIN_S)


def _first_entry(means: Means) -> FirstEntry:
    bounds, settings = means.bounds, means.settings
    canary = StopCanary(
        means.exchange, means.clock, means.journal.installation, CanaryBounds(bounds.visibility_us, bounds.horizon_us),
        settings.trigger_by,
    )
    wanted = Wanted(bounds.clock_skew_us, settings.margin_mode)
    return FirstEntry(means.exchange, means.clock, wanted, canary, settings.stop_canary, Clocks(means).tell)
