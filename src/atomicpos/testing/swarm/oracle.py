"""The invariants as checks of a running world against the venue's own truth: of many rows, either side, any order.

Stated anew for many rows on many symbols, one after the other on a symbol, and independent of what the interleavings
check for their one row: two oracles that were written apart do not share a mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ...evidence import Evidence, Kind
from ...models import MICROSECONDS, Goal, Leg, PositionSide, State
from ...ports import CancelOrder, Change, PlaceOrder, SetPositionStop, Write
from ...record import Record
from ...sim.orders import VenueOrder
from ...weigh import wanted
from .stakes import NOTHING, Stake, SwarmVenue, alive, covering, filled_since, own_triggers, stake

Counts = Callable[[VenueOrder], bool]
"""Which stops are meant."""

LOOKS_APART_US = 3 * MICROSECONDS
"""How far apart the looks at the slot and at its stop may lie, and the answers of the slowest of them."""


class Oracle:
    """Sees every request before it leaves and every change once it is stored, and holds them to I1 to I8.

    ``strict``: nothing but our requests changes anything, and looks are decided on at once: what is called protected
    must be so now; else it must have been so at a moment that a look may still show, ``looks_back_s`` ago at the most.
    """

    def __init__(self, venue: SwarmVenue, *, strict: bool, looks_back_s: float) -> None:
        self.venue = venue
        self.rows: dict[str, Record] = {}
        """Each row as last stored, by position id."""
        self.broken: list[str] = []
        """Every invariant that was broken, in order."""
        self._back_us = 0 if strict else round(looks_back_s * MICROSECONDS) + LOOKS_APART_US
        self._row_of: dict[str, str] = {}
        self._ids_on: dict[str, dict[str, None]] = {}
        self._entries: set[str] = set()
        self._ahead_of_the_fill: set[str] = set()
        self._ahead: dict[str, set[Decimal | None]] = {}
        """By symbol, where its own stop was asked for ahead of the journal since the last row of it was admitted."""

    def hold(self, holds: bool, sentence: Callable[[], str]) -> None:
        """Note the sentence unless it holds."""
        if not holds:
            self.broken.append(sentence())

    # --- requests ---------------------------------------------------------------------------------------------

    def request(self, request: Write, *, unrecorded: bool) -> None:
        """A request is about to leave; ``unrecorded``: its database is gone, and what only protects may go first."""
        match request:
            case PlaceOrder(leg=Leg.ENTRY):
                self._entry(request)
            case PlaceOrder():
                self._exit(request, unrecorded)
            case SetPositionStop(trigger_price=Decimal()):
                self._position_stop(request, unrecorded)
            case SetPositionStop():
                self._uncover(request.symbol, "the position's own stop", lambda stop: not stop.position_stop)
            case CancelOrder():
                one = request.client_order_id
                stops = self.venue.truth(request.symbol).stops
                if any(stop.client_order_id == one for stop in stops):
                    self._uncover(request.symbol, f"the stop {one}", lambda stop: stop.client_order_id != one)

    def _entry(self, request: PlaceOrder) -> None:
        own_id, record = request.client_order_id, self._row(request)
        self.hold(record is not None, lambda: f"I4: the entry {own_id} leaves unrecorded")
        self.hold(own_id not in self._entries, lambda: f"I5: the entry {own_id} is sent again")
        self._entries.add(own_id)
        if record is not None:
            self.hold(not record.state.settled, lambda: f"I2: the entry {own_id} leaves, and its row is settled")
            rides, attached = record.riding, request.attached_stop
            agrees = attached is None or (rides is not None and rides.trigger_price == attached.trigger_price)
            self.hold(agrees, lambda: f"I4: the stop {attached} rides unrecorded on {own_id}")

    def _exit(self, request: PlaceOrder, unrecorded: bool) -> None:
        record, what = self._row(request), f"the {request.leg.value} {request.client_order_id}"
        self.hold(request.reduce_only, lambda: f"I6: {what} may open or enlarge")
        self.hold(record is not None or unrecorded, lambda: f"I4: {what} leaves unrecorded")
        if record is not None:
            most = self._most(request, record)
            self.hold(request.order_side is record.intent.side.closing, lambda: f"I6: {what} is on the opening side")
            self.hold(request.quantity <= most, lambda: f"I6: {what} is {request.quantity}, our share {most}")

    def _most(self, request: PlaceOrder, record: Record) -> Decimal:
        """A stop may go ahead of the fill, and so may the close in the place of one that was crossed, again as well
        where nobody else holds anything; any other close is never larger than what the entry has filled.
        """
        now = self._stake(record)
        again = request.client_order_id in self._ahead_of_the_fill and not now.foreign
        ahead = request.leg is Leg.STOP or record.filled_quantity == 0 or again
        return record.intent.quantity if ahead else now.opened

    def _position_stop(self, request: SetPositionStop, unrecorded: bool) -> None:
        known = any(
            order.attached and order.trigger_price == request.trigger_price
            for record in self.on(request.symbol) for order in record.orders
        )
        if unrecorded:
            self._ahead.setdefault(request.symbol, set()).add(request.trigger_price)
        self.hold(known or unrecorded, lambda: f"I4: the stop {request.trigger_price} of {request.symbol} leaves "
                  "unrecorded")

    def _uncover(self, symbol: str, what: str, counts: Counts) -> None:
        """No stop is taken from a share of ours that nothing else covers."""
        for record in self.on(symbol):
            if not record.state.settled:
                beside = self._lately(record, counts) or self._stake(record).ours == 0
                self.hold(beside, lambda: f"I1: {what} of {symbol} is taken away while our share is open")

    def knows(self, client_order_id: str) -> bool:
        """Whether that order is in a row."""
        return client_order_id in self._row_of

    def on(self, symbol: str) -> list[Record]:
        """The rows of that symbol, as they were first stored."""
        return [self.rows[one] for one in self._ids_on.get(symbol, ())]

    def _row(self, request: PlaceOrder) -> Record | None:
        return self.rows.get(self._row_of.get(request.client_order_id, ""))

    # --- changes ----------------------------------------------------------------------------------------------

    def change(self, change: Change) -> None:
        """A change was stored."""
        record, before = change.record, self.rows.get(change.record.id)
        stays = before is not None and before.state is State.PROTECTED
        self.know(record)
        if record.filled_quantity == 0:
            self._ahead_of_the_fill.update(order.client_order_id for order in record.of(Leg.CLOSE))
        self._closed_only_ours(record)
        if record.state.settled:
            self.settled(record)
        elif record.state is State.PROTECTED and (not stays or any(map(_shows, change.evidence))):
            self.hold(self._lately(record, _serving(record)), lambda: f"I3: {record.id} is called protected, the venue "
                      f"has {self.venue.truth(record.intent.symbol)}")

    def know(self, record: Record) -> None:
        """So the row is stored."""
        if record.id not in self.rows:
            self._ahead.pop(record.intent.symbol, None)
        self.rows[record.id] = record
        self._ids_on.setdefault(record.intent.symbol, {})[record.id] = None
        for order in record.orders:
            self._row_of[order.client_order_id] = record.id

    def settled(self, record: Record) -> None:
        """The row says that it is over: nothing of it may be left."""
        called, ours = f"{record.id} is called {record.state.value}", self._stake(record).ours
        self.hold(ours == 0, lambda: f"I1: {called}, the venue holds {ours} of {record.intent.symbol} for it")
        left = alive(self.venue, record, self._of_others(record))
        self.hold(not left, lambda: f"I2: {called}, and {left} live")
        self.hold(record.proof is not None, lambda: f"I2: {called} without a proof")

    def _of_others(self, record: Record) -> set[Decimal | None]:
        """The triggers at which the position's own stop may be another row's of the symbol, and not this settled one's.

        It is whose row set it last: one that is not settled, to which it is held once it is; else the latest, so that
        it is always held against one of them. What left ahead of its journal line is of one that is not settled.
        """
        rows = self.on(record.intent.symbol)
        later = rows[rows.index(record) + 1 :]
        open_ = [row for row in rows if not row.state.settled]
        theirs = {trigger for row in (*later, *open_) for trigger in own_triggers(row)}
        return theirs | self._ahead.get(record.intent.symbol, set()) if open_ else theirs

    def _closed_only_ours(self, record: Record) -> None:
        """What we close is ours. Where others hold as much beside it and looks lag, a close may follow a stop that has
        fired and is not seen so yet: each is no larger than what was opened.
        """
        now = self._stake(record)
        each = (now.closes, now.stopped, now.reached)
        closed = max(each) if now.foreign else sum(each)
        self.hold(closed <= now.opened, lambda: f"I6: our orders closed {closed} of {now.opened} of {record.id}")
        self.hold(now.closes <= record.parts_asked or record.goal is Goal.FLAT,
                  lambda: f"I6: {now.closes} of {record.id} were closed, and {record.parts_asked} were to be")

    def protected(self, record: Record) -> bool:
        """The row's share is open now, and covered by stops none of which is looser than the row says."""
        return self._protected_at(record, _serving(record), self.venue.now_us())

    def _protected_at(self, record: Record, counts: Counts, at_us: int) -> bool:
        return 0 < self._share(record, at_us) <= self._cover(record, counts, at_us)

    def _lately(self, record: Record, counts: Counts) -> bool:
        """Whether stops that count cover an open share now; where looks lag, whether looks may show such a share, and
        such stops: each of a moment of its own.
        """
        now_us = self.venue.now_us()
        if self._protected_at(record, counts, now_us):
            return True
        if not self._back_us:
            return False
        earliest_us = now_us - self._back_us
        moments = [*self.venue.moments(record.intent.symbol, earliest_us), earliest_us]
        shares = [share for at_us in moments if (share := self._share(record, at_us)) > 0]
        if not shares and filled_since(self.venue, record, earliest_us):
            shares = [self._stake(record).opened]  # gone in the very moment in which it was filled: the fill was seen
        return bool(shares) and any(self._cover(record, counts, at_us) >= min(shares) for at_us in moments)

    def _cover(self, record: Record, counts: Counts, at_us: int) -> Decimal:
        stops = covering(self.venue, record.intent.symbol, record.intent.side, at_us)
        return sum((stop.quantity for stop in stops if counts(stop)), NOTHING)

    def covered(self, record: Record) -> bool:
        """The row's share is covered now, by whatever stops."""
        now_us = self.venue.now_us()
        return self._cover(record, lambda stop: True, now_us) >= self._share(record, now_us)

    def share(self, record: Record) -> Decimal:
        """What the venue holds of it now."""
        return self._stake(record).ours

    def _stake(self, record: Record) -> Stake:
        return stake(self.venue, record, self.venue.now_us())

    def _share(self, record: Record, at_us: int) -> Decimal:
        return stake(self.venue, record, at_us).ours


def _shows(finding: Evidence) -> bool:
    """False for an answer that was empty and undated, or none at all: it shows nothing (I1), so a row that stays
    protected after it is not called so anew, but by the looks before, which were judged in their time.
    """
    return finding.kind is Kind.SEEN or finding.exchange_time_us is not None


def _serving(record: Record) -> Counts:
    """The stops that are as tight as the row says."""
    loosest, side = _loosest(record), record.intent.side
    return lambda stop: _as_tight(stop, loosest, side)


def _loosest(record: Record) -> Decimal | None:
    """The trigger that the row says, or the one that its stop is being moved to: either may stand."""
    if record.moving is None or record.stop_price is None:
        return record.stop_price
    looser = min if record.intent.side is PositionSide.LONG else max
    return looser(record.stop_price, wanted(record, record.entry_price, record.moving))


def _as_tight(stop: VenueOrder, trigger: Decimal | None, side: PositionSide) -> bool:
    if trigger is None or stop.trigger_price is None:
        return trigger is None
    return stop.trigger_price >= trigger if side is PositionSide.LONG else stop.trigger_price <= trigger
