"""A look that lags shows the trigger that stood before: that is no doubt about the one that stands (F24, F28)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.absorb import absorb
from atomicpos.bounds import Bounds
from atomicpos.evidence import Evidence, Kind, PositionView, Source
from atomicpos.models import Leg, Order, OrderSide, OrderStatus, PositionSide, Sending, TriggerBy
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.testing.samples import CREATED_AT_US, a_record

S = 1_000_000
BOUNDS = Bounds(30 * S, 5 * S, S, 41 * S, 10 * S, 2 * S, protection=Protection.ATTACHED)
GUARD, EXACT = Decimal("0.1224"), Decimal("0.1225")


def own_stop(attempt: int, trigger: Decimal, status: OrderStatus) -> Order:
    """One of our stops on the position, acknowledged a second after the row was made."""
    at_us = CREATED_AT_US + attempt * S
    return Order(
        Leg.STOP, attempt, f"s{attempt}", OrderSide.SELL, Decimal(10), True, trigger, TriggerBy.MARK, attached=True,
        sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=at_us, sent_at_us=at_us, status=status,
        seen_at_us=at_us, read_back=True,
    )


def amended() -> Record:
    """The guard stop was amended to the exact trigger two seconds in, and read back so."""
    record = replace(a_record(), filled_quantity=Decimal(10))
    return record.with_order(own_stop(1, GUARD, OrderStatus.DEAD)).with_order(
        own_stop(2, EXACT, OrderStatus.UNTRIGGERED)
    )


def looked(record: Record, stop_price: Decimal | None, asked_s: int) -> Record:
    """The row after two looks at the slot that show that stop."""
    view = PositionView(Decimal(10), PositionSide.LONG, stop_price=stop_price)
    for later_us in (0, S):
        asked_us = CREATED_AT_US + asked_s * S + later_us
        seen = Evidence(
            Kind.SEEN, Decimal(10), source=Source.POSITION_POLL.value, asked_at_us=asked_us, position=view
        )
        record = absorb(record, seen, BOUNDS)
    return record


def test_the_trigger_that_stood_before_is_a_late_look() -> None:
    """However often it is shown while reads may lag: what was read back stands."""
    assert looked(amended(), GUARD, 5).of(Leg.STOP)[1] == amended().of(Leg.STOP)[1]


@pytest.mark.parametrize(
    ("stop_price", "asked_s"), [(GUARD, 40), (None, 5), (Decimal("0.1200"), 5)], ids=["too-late", "none", "foreign"]
)
def test_anything_else_twice_is_the_end_of_it(stop_price: Decimal | None, asked_s: int) -> None:
    """No stop, a trigger that was never ours, or an old one when no read may lag that much any more."""
    assert looked(amended(), stop_price, asked_s).of(Leg.STOP)[1].status is OrderStatus.DEAD
