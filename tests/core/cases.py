"""Cases for the core: rows and what was seen of them, drawn by number, and small enough to be read.

Every amount and every moment is taken from a few that matter: a bound, and a microsecond beside it; all of a quantity,
a part of it, a little more. One number draws one case, the same on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from atomicpos.absorb import absorb, answered, cancelling, departing
from atomicpos.bounds import Bounds
from atomicpos.evidence import Evidence, Kind, OrderView, PositionView, Source
from atomicpos.models import (
    Fill,
    FillKind,
    Goal,
    Leg,
    MarginMode,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Refusal,
    Sending,
    State,
    StopRule,
    TriggerBy,
)
from atomicpos.profile import Protection
from atomicpos.record import Record, Resolution
from atomicpos.sightings import Sightings
from atomicpos.testing.samples import a_record

S = 1_000_000
AT = 1_760_000_000_000_000
TICK = Decimal("0.0001")
FILL = Decimal("0.1250")
WHOLE = Decimal("1.5")
"""What is asked for: no round number of steps is one."""
AMOUNTS = tuple(Decimal(text) for text in ("0", "0.5", "1", "1.5", "2"))
DRAWN = (Protection.ATTACHED, Protection.ON_ACKNOWLEDGEMENT, Protection.AFTER_FILL)
"""How early a stop can be had, as the cases draw it: what comes with an id of its own has tests by itself."""

AGES = (0, 1, 2 * S - 1, 2 * S, 2 * S + 1, 5 * S, 6 * S, 7 * S, 9 * S, 31 * S, 36 * S - 1, 36 * S, 36 * S + 1, 44 * S)
"""How long ago something was: the patience, the receive window, the visibility, the horizon, and beside them."""
SETTLED_SENDING = (Sending.ACKNOWLEDGED, Sending.UNKNOWN, Sending.REFUSED, Sending.NOT_SENT)
OURS = ("order_status", "trade_history", "position_poll")


@dataclass(frozen=True, slots=True)
class Case:
    """A row, what was found of it since, the bounds, and the moment at which it is decided."""

    record: Record
    findings: tuple[Evidence, ...]
    bounds: Bounds
    now_us: int

    @property
    def row(self) -> Record:
        """The row with all findings folded in."""
        row = self.record
        for finding in self.findings:
            row = absorb(row, finding, self.bounds)
        return row


def case(number: int) -> Case:
    """The case of that number."""
    return _Drawing(number).case()


class _Drawing:
    """Draws one case; everything happened between AT and ``now_us``."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        self.now_us = AT + 60 * S
        self.side = self.one(*PositionSide)
        self.calm = self.one(True, True, False)
        """The entry has filled a while ago, and what was seen is of now; else anything goes with anything."""
        self.bounds = Bounds(
            30 * S, 5 * S, 1 * S, 41 * S, self.one(10 * S, 3 * S), 2 * S,
            flatten_unprotectable=self.one(True, False), protection=self.one(*DRAWN),
            final_rows_are_whole=self.one(True, True, False), duplicate_ids_refused=self.one(True, False),
        )

    def one(self, *choices: Any) -> Any:
        """One of them."""
        return choices[self.random.randrange(len(choices))]

    def some(self, likely: float, value: Any, otherwise: Any = None) -> Any:
        """That value as likely as that, else the other."""
        return value if self.random.random() < likely else otherwise

    def ago(self) -> int:
        """A moment that matters; a late one where it is calm."""
        return int(self.now_us - self.one(*(AGES[:9] if self.calm else AGES)))

    def amount(self) -> Decimal:
        return Decimal(self.one(*AMOUNTS))

    def trigger(self) -> Decimal:
        """Where the stop belongs, or beside it: a tick, two, on the other side of what was asked."""
        base = Decimal("0.1225") if self.side is PositionSide.LONG else Decimal("0.1275")
        beside = (0, 0, 0, 0, 0, 0, 1, -1) if self.calm else (0, 0, 0, 1, -1, 2, -2, 25)
        return Decimal(base + self.one(*beside) * TICK)

    def case(self) -> Case:
        record = self.row()
        for order in self.orders(record):
            record = record.with_order(order)
        return Case(record, tuple(self.findings(record)), self.bounds, self.now_us)

    # --- the row ----------------------------------------------------------------------------------------------

    def rule(self) -> StopRule:
        return StopRule(percent=Decimal(2)) if self.one(True, True, False) else StopRule(price=self.trigger())

    def row(self) -> Record:
        record = a_record(
            side=self.side, quantity=WHOLE, step=Decimal("0.5"), mark_price=FILL + self.one(0, 0, 3) * TICK,
            stop_rule=self.rule(), leverage=self.some(0.2, Decimal(5)), margin_mode=self.some(0.2, MarginMode.CROSS),
        )
        state = self.one(State.PENDING_ENTRY, State.VERIFYING, State.VERIFYING, State.PROTECTED, State.ORPHAN_SUSPECTED)
        filled = self.some(0.4, self.amount(), Decimal(0))
        suspected = state is State.ORPHAN_SUSPECTED
        return replace(
            record, state=state, goal=self.one(Goal.PROTECT, Goal.PROTECT, Goal.FLAT), deadline_us=self.ago() + 41 * S,
            leverage_confirmed=self.one(True, False), margin_mode_confirmed=self.one(True, False),
            rule=self.some(0.2, self.rule()), moving=self.some(0.2, self.rule()),
            parts_asked=self.some(0.2, self.amount(), Decimal(0)), filled_quantity=filled,
            entry_price=self.some(0.5, FILL) if filled else None,
            closed_quantity=self.some(0.2, self.amount(), Decimal(0)),
            protected_at_us=self.some(0.5, self.ago()), asking_rule=self.some(0.1, True, False),
            sightings=Sightings(since_us=self.some(0.7, self.ago(), 0), taken_over=self.one(True, False)),
            resolution=self.some(0.5, Resolution(State.CLOSED, "seen", "ann", self.ago())) if suspected else None,
        )

    # --- its orders -------------------------------------------------------------------------------------------

    def orders(self, record: Record) -> Iterator[Order]:
        side = self.side.opening
        entry = replace(record.entry, order_side=side, quantity=WHOLE, limit_price=self.some(0.1, FILL))
        if self.calm:
            yield self.long_filled(entry)
        else:
            yield self.lived(entry) if self.one(True, True, True, True, False) else entry
        rides = self.some(0.5, 1, 0)
        for attempt in range(2 - rides, 2 + self.one(0, 0, 1, 1, 2, 3)):
            yield self.lived(self.order(Leg.STOP, attempt, attached=attempt == 1 or self.one(True, False)))
        for attempt in range(1, 1 + self.one(0, 0, 0, 1, 1, 2, 3, 4)):
            yield self.lived(self.order(Leg.CLOSE, attempt))

    def long_filled(self, entry: Order) -> Order:
        """The entry, sent and answered a while ago and read as filled or dead since."""
        at_us = self.now_us - self.one(31, 36, 44) * S
        sent = answered(departing(entry, at_us), Sending.ACKNOWLEDGED, at_us + S, exchange_order_id="xentry")
        filled = self.one(WHOLE, WHOLE, WHOLE, Decimal("0.5"), Decimal(0))
        return replace(
            sent, status=OrderStatus.FILLED if filled == WHOLE else OrderStatus.DEAD, filled=filled,
            average=self.some(0.9, FILL) if filled else None, seen_at_us=at_us + 2 * S, created_at_us=at_us,
            updated_at_us=at_us + S,
        )

    def order(self, leg: Leg, attempt: int, *, attached: bool = False) -> Order:
        stop = leg is Leg.STOP
        return Order(
            leg, attempt, f"ap{leg.value}{attempt}", self.side.closing,
            self.some(0.5, WHOLE, self.amount() or WHOLE), True,
            trigger_price=self.trigger() if stop else None, trigger_by=TriggerBy.MARK if stop else None,
            limit_price=None if stop else self.some(0.2, FILL), attached=attached,
        )

    def lived(self, order: Order) -> Order:
        """The order as it may be by now: sent once or more, answered or not, read or not, cancelled or not."""
        for _ in range(self.one(1, 1, 1, 2)):
            order = departing(order, self.ago())
        if self.one(True, True, True, False):
            how = self.one(Sending.ACKNOWLEDGED, Sending.ACKNOWLEDGED, *SETTLED_SENDING)
            why = self.one(*Refusal) if how is Sending.REFUSED else None
            own_id = f"x{order.leg}"
            order = answered(order, how, self.ago(), refusal=why, why=why and why.value, exchange_order_id=own_id)
        if self.one(True, True, False):
            order = self.read(order)
        for _ in range(self.some(0.15, self.one(1, 2), 0)):
            order = replace(cancelling(order, self.ago()), refusal=self.some(0.5, Refusal.UNKNOWN_ORDER, order.refusal))
        return order

    def read(self, order: Order) -> Order:
        status = self.status(order.leg)
        filled = order.quantity if status is OrderStatus.FILLED else self.some(0.3, self.amount(), Decimal(0))
        return replace(
            order, status=status, filled=filled, average=self.some(0.5, FILL) if filled else None,
            read_back=self.calm or self.one(True, False), seen_at_us=self.ago(),
            created_at_us=self.some(0.7, self.ago()), updated_at_us=self.some(0.7, self.ago()),
            absent_since_us=self.some(0.15, self.ago()), proven_absent=False,
        )

    def status(self, leg: Leg) -> OrderStatus:
        """Of a stop mostly that it waits, of the others that they are open or over."""
        waiting = (OrderStatus.UNTRIGGERED,) * (6 if self.calm else 3)
        living = waiting if leg is Leg.STOP else (OrderStatus.OPEN, OrderStatus.PARTIAL)
        ends = (OrderStatus.FILLED, OrderStatus.DEAD, OrderStatus.TRIGGERED, OrderStatus.UNKNOWN)
        return OrderStatus(self.one(*living, *living, *ends))

    # --- what was found since ---------------------------------------------------------------------------------

    def findings(self, record: Record) -> Iterator[Evidence]:
        ids = [order.client_order_id for order in record.orders]
        times = self.one(1, 1, 2, 2, 3)
        for _ in range(times):
            for source in OURS:
                if self.one(True, True, False):
                    yield self.finding(source, record, ids)
        if self.one(*[False] * 9, True):
            yield replace(Evidence.seen(self.one("0", "1")), source="mine", asked_at_us=self.ago())

    def finding(self, source: str, record: Record, ids: list[str]) -> Evidence:
        if self.one(*[False] * 7, True):
            return replace(Evidence.unknown("no answer"), source=source, asked_at_us=self.ago())
        found: dict[str, Any] = {"source": source, "asked_at_us": self.ago(), "mark_price": self.some(0.3, FILL)}
        match source:
            case Source.ORDER_STATUS:
                views = tuple(self.view(order) for order in record.orders if self.one(True, True, False))
                known = {view.client_order_id for view in views}
                absent = tuple(one for one in ids if one not in known and self.one(True, False))
                found |= {"orders": views, "absent_ids": absent}
                found["kind"] = Kind.SEEN if views else Kind.ABSENT
            case Source.TRADE_HISTORY:
                fills = tuple(self.fill(record, n) for n in range(self.one(0, 0, 1, 2, 3)))
                found |= {"fills": fills, "kind": Kind.SEEN if fills else Kind.ABSENT}
            case _:
                position = self.position()
                found |= {"position": position, "kind": Kind.SEEN if position.quantity else Kind.ABSENT}
                found["position_stop"] = self.some(0.4, self.own_stop(record))
        return Evidence(**found)

    def view(self, order: Order) -> OrderView:
        seen = self.read(order)
        return OrderView(
            self.some(0.95, order.client_order_id), self.one("x1", None), seen.status or OrderStatus.OPEN,
            self.some(0.9, order.order_side, OrderSide.BUY), self.some(0.9, order.quantity, self.amount()),
            self.some(0.9, seen.filled), self.some(0.6, seen.average or FILL), self.some(0.9, order.reduce_only, False),
            self.some(0.85, order.trigger_price, self.trigger()), self.some(0.95, order.trigger_by, TriggerBy.LAST),
            seen.created_at_us, seen.updated_at_us,
        )

    def fill(self, record: Record, number: int) -> Fill:
        order = self.one(*record.orders)
        foreign = self.one(*[False] * 4, True)
        side = self.one(*OrderSide) if foreign else order.order_side
        return Fill(
            f"f{number}", side, self.one(*AMOUNTS[1:4]), FILL, self.ago(), FillKind.TRADE,
            None if foreign else self.some(0.8, order.client_order_id), None if foreign else order.exchange_order_id,
        )

    def position(self) -> PositionView:
        quantity = self.one(WHOLE, WHOLE, Decimal(0), self.amount()) if self.calm else self.amount()
        other = self.one(*PositionSide)
        return PositionView(
            quantity, self.some(0.85, self.side, other) if quantity else None, self.some(0.7, FILL),
            liquidation_price=self.some(0.3, self.trigger()), stop_price=self.some(0.5, self.trigger()),
            updated_at_us=self.some(0.5, self.ago()),
        )

    def own_stop(self, record: Record) -> OrderView:
        attached = [order for order in record.orders if order.attached]
        order = self.one(*attached) if attached else self.order(Leg.STOP, 9, attached=True)
        return replace(self.view(order), client_order_id=None)
