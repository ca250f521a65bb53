"""What can be done with a position once it is open: close it or a part, move its stop, flatten, resolve, wait.

Every act is a wish that the position's own drive fulfils; here it is checked, asked, and waited for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from decimal import Decimal

from .advance import MOVE_FAILED, PART_REFUSED, RESOLUTION_REFUSED, closed_part, flat, looked, moved_stop, resolved
from .drivers import Drivers
from .engine import Means
from .errors import CloseRefused, InvalidRequest, ResolutionRefused, StopRefused, UnknownPosition
from .limits import check_quantity
from .models import MICROSECONDS, SETTLED, Goal, State, StopRule
from .plan import retry_us
from .preflight import read_mark
from .record import Record, Resolution
from .request import number, plain, positive, wrong_side
from .snapshot import snapshot
from .stop_price import HUNDRED, beyond, trigger_price
from .waiting import AT_REST, Condition, among

CLOSED_BY_CALLER = "close_position"
FLATTENED_ALL = "flatten_all"
_ANSWERED = SETTLED | {State.ORPHAN_SUSPECTED}


class Operations:
    """The acts of one running instance."""

    def __init__(self, means: Means, drivers: Drivers) -> None:
        self._means = means
        self._drivers = drivers
        self._parting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def load(self, position_id: str) -> Record:
        """The row. Raises UnknownPosition."""
        record = await self._means.journal.load(position_id)
        if record is None:
            raise UnknownPosition(f"no position has the id {position_id!r}")
        return record

    async def wait(self, position_id: str) -> Record:
        """The row once it is protected or settled, however long that takes."""
        while (record := await self.load(position_id)).state not in AT_REST:
            if await self._drivers.waiting.until(position_id, among(AT_REST)) is None:
                await self._means.clock.sleep(retry_us(1) / MICROSECONDS)  # nobody drives it yet
        return record

    async def close(self, position_id: str, reason: str = CLOSED_BY_CALLER, by: str | None = None) -> Record:
        """Turn the goal flat; the row once it is settled or an orphan suspected.

        One that was suspected before gets its new deadline to be shown flat, as any other.
        """
        record, asked = await self.load(position_id), False
        answered = self._answered(record)
        while not (record.state.settled or (asked and record.state in _ANSWERED)):
            # once, unless a drive failed before it had stored the wish
            await self._drivers.ask(position_id, flat(reason, by))
            driven = await self._drivers.waiting.until(position_id, answered)
            record, asked = driven or await self.load(position_id), True
        return record

    def _answered(self, before: Record) -> Condition:
        """What a close of that row waits for."""
        if before.state is not State.ORPHAN_SUSPECTED:
            return among(_ANSWERED)
        clock = self._means.clock

        def answered(row: Record) -> bool:
            late = row.state is State.ORPHAN_SUSPECTED and clock.now_us() >= row.deadline_us
            return row.state.settled or late

        return answered

    async def look(self, position_id: str, by: str | None = None) -> Record:
        """Ask every source of the position now, settled or not; the row once what they said is stored."""
        await self._drivers.ask(position_id, looked(by), look=True)
        return await self.load(position_id)

    async def flatten_all(self, by: str | None = None) -> tuple[Record, ...]:
        """Turn the goal of every position of this account flat; the rows once settled or suspected, newest first."""
        rows = await self._means.journal.holding(self._means.scope)
        ended = await asyncio.gather(*(self.close(row.id, FLATTENED_ALL, by) for row in reversed(rows)))
        return tuple(ended)

    # --- closing a part ---------------------------------------------------------------------------------------

    async def close_part(self, position_id: str, quantity: object, by: str | None = None) -> Record:
        """Close that much of a protected position; the whole of it when that is all there is.

        Raises InvalidRequest, or CloseRefused when the exchange would not: then it stays open under its stop.
        """
        part = positive("quantity", quantity)
        async with self._parting[position_id]:
            record = await self.load(position_id)
            share = record.share
            if part == share or record.state.settled:
                return await self.close(position_id, by=by)
            await self._check_part(record, part, share)
            total = record.closed_by_us + part
            await self._drivers.ask(position_id, closed_part(total, by))
            await self._drivers.waiting.until(position_id, lambda row: _parted(row, total))
            record = await self.load(position_id)
        if record.state.settled or record.closed_by_us >= total:
            return record
        if record.goal is Goal.FLAT:
            return await self.close(position_id, by=by)  # somebody, or a deadline, wants all of it closed meanwhile
        why = await self._why(position_id, PART_REFUSED)
        raise CloseRefused(f"position {position_id}: {why}", snapshot(record))

    async def _check_part(self, record: Record, part: Decimal, share: Decimal) -> None:
        if record.state is not State.PROTECTED:
            raise InvalidRequest(
                f"position {record.id} is {record.state.value}; parts are closed of protected positions only"
            )
        if part > share:
            raise InvalidRequest(f"quantity is {plain(part)}; position {record.id} has {plain(share)} left")
        instrument = await self._means.exchange.instrument(record.intent.symbol)
        check_quantity(part, instrument)
        if share - part < instrument.min_quantity:
            raise InvalidRequest(
                f"quantity is {plain(part)}; {plain(share - part)} would be left of position {record.id}, less than "
                f"the {instrument.min_quantity} that {instrument.symbol} can close: close the whole position"
            )

    # --- moving the stop --------------------------------------------------------------------------------------

    async def move_stop(self, position_id: str, *, price: object, percent: object, by: str | None = None) -> Record:
        """Move the stop to a price, or to a distance in percent of the average fill; the old one stands until then.

        Raises InvalidRequest, or StopRefused when the old one had to be kept.
        """
        record = await self.load(position_id)
        rule = await self._rule(record, price, percent)
        if record.stop_rule == rule and record.moving is None:
            return record
        await self._drivers.ask(position_id, moved_stop(rule, by))
        await self._drivers.waiting.until(position_id, lambda row: row.moving != rule or row.state.settled)
        record = await self.load(position_id)
        if record.stop_rule == rule and not record.state.settled:
            return record
        why = f"it is {record.state.value}" if record.state.settled else await self._why(position_id, MOVE_FAILED)
        raise StopRefused(f"position {position_id}: {why}", snapshot(record))

    async def _rule(self, record: Record, price: object, percent: object) -> StopRule:
        if (price is None) == (percent is None):
            raise InvalidRequest("move_stop needs exactly one of price and percent")
        if record.state is not State.PROTECTED or record.entry_price is None:
            raise InvalidRequest(f"position {record.id} is {record.state.value}; only a protected stop can be moved")
        rule = _asked_rule(record, price, percent)
        mark = await read_mark(self._means, record.intent.symbol)
        trigger = trigger_price(rule, record.intent.side, record.entry_price, record.intent.tick)
        if beyond(trigger, record.intent.side, mark):
            name = "price" if price is not None else f"the stop at {percent} %"
            raise InvalidRequest(wrong_side(name, trigger, record.intent.side, mark))
        return rule

    # --- an operator's word -----------------------------------------------------------------------------------

    async def resolve(self, position_id: str, as_: object, reason: object, by: str) -> Record:
        """Settle a suspected orphan by an operator's word, unless a source shows a position.

        Raises InvalidRequest, or ResolutionRefused naming the source that speaks against it.
        """
        record = await self.load(position_id)
        if record.state is not State.ORPHAN_SUSPECTED:
            raise InvalidRequest(f"position {position_id} is {record.state.value}; only a suspected orphan is resolved")
        word = Resolution(_end(as_), _reason(reason), by, self._means.clock.now_us())
        await self._drivers.ask(position_id, resolved(word))
        await self._drivers.waiting.until(position_id, lambda row: row.state.settled or row.resolution is None)
        record = await self.load(position_id)
        if record.state.settled:
            return record
        why = await self._why(position_id, RESOLUTION_REFUSED)
        raise ResolutionRefused(f"position {position_id}: {why}", snapshot(record))

    async def _why(self, position_id: str, cause: str) -> str:
        """The journal's last word on it."""
        history = await self._means.journal.history(position_id)
        return next((e.text for e in reversed(history.entries) if e.cause == cause), "it could not be shown")


def _parted(record: Record, total: Decimal) -> bool:
    """True once that much was closed, or was given up, for good or because all of it is being closed now."""
    if record.state.settled or record.goal is Goal.FLAT:
        return True
    return record.closed_by_us >= total or record.parts_asked < total


def _asked_rule(record: Record, price: object, percent: object) -> StopRule:
    by = record.intent.stop_rule.trigger_by
    if price is not None:
        return StopRule(price=positive("price", price), trigger_by=by)
    found = number("percent", percent)
    if not -HUNDRED < found < HUNDRED:
        raise InvalidRequest(f"percent is {percent!r}; it must lie between -100 and 100 (below 0: a stop in profit)")
    return StopRule(percent=found, trigger_by=by)


def _end(as_: object) -> State:
    names = ", ".join(sorted(state.value for state in SETTLED))
    try:
        end = State(str(as_))
    except ValueError:
        raise InvalidRequest(f"as_ is {as_!r}; it must be one of {names}") from None
    if end not in SETTLED:
        raise InvalidRequest(f"as_ is {end.value!r}; it must be one of {names}")
    return end


def _reason(reason: object) -> str:
    if not isinstance(reason, str) or not reason.strip():
        raise InvalidRequest(f"reason is {reason!r}; an operator's word needs one")
    return reason.strip()
