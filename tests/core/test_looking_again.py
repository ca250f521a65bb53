"""When a plan looks, when it waits for an answer instead, and what it leaves alone until it has looked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import AT, BOUNDS, SEEN, S, a_stop, filled_and

from atomicpos.models import Leg, Order, Sending, State
from atomicpos.plan import Cancel, Plan, plan
from atomicpos.record import Record
from atomicpos.testing.samples import settled
from atomicpos.weigh import weigh

PATIENCE = BOUNDS.write_patience_us
NOW = AT + 5 * S


def known(*orders: Order) -> Record:
    """All that led to it is known: ten filled at an average, the slot was seen, and a stop is at work, not read yet."""
    row = filled_and(SEEN)
    entry = replace(row.entry, average=Decimal("0.125"))
    working = a_stop(status=None, read_back=False, seen_at_us=None)
    for one in (entry, working, *orders):
        row = row.with_order(one)
    return replace(row, state=State.VERIFYING, deadline_us=AT + 41 * S)


def another(**changes: object) -> Order:
    """A second stop, which nothing is known of."""
    return a_stop(attempt=2, client_order_id="s2", status=None, read_back=False, seen_at_us=None, **changes)


def looks(row: Record, now_us: int = NOW) -> bool:
    """True when the plan looks then."""
    return plan(row, weigh(row, BOUNDS, now_us), BOUNDS).look


@pytest.mark.parametrize(
    ("order", "look"),
    [
        (another(sending=Sending.IN_FLIGHT, sent_at_us=NOW - PATIENCE + 1), False),
        (another(sending=Sending.IN_FLIGHT, sent_at_us=NOW - PATIENCE), True),
        (another(sending=Sending.INTENDED, sends=0, sent_at_us=None), False),
        (another(sending=Sending.ACKNOWLEDGED, sent_at_us=NOW), True),
    ],
    ids=["under way", "under way for too long", "about to leave", "answered"],
)
def test_a_stop_that_is_under_way_is_waited_for(order: Order, look: bool) -> None:
    """Its answer is all that is missing, until it has been under way for as long as a write may take."""
    assert looks(known(order)) is look


def test_the_stop_that_rides_on_the_entry_has_no_answer_of_its_own() -> None:
    """It leaves with the entry; whether it is there only a look tells."""
    riding = a_stop(attached=True, status=None, read_back=False, seen_at_us=None, sending=Sending.IN_FLIGHT,
                    sent_at_us=NOW - 1)  # fmt: skip
    assert looks(known(riding, another(sending=Sending.ACKNOWLEDGED, sent_at_us=NOW)))


def test_nothing_is_planned_for_what_is_over() -> None:
    """No step, no look, no haste, and no time to wake."""
    over = settled(filled_and(), AT)
    assert plan(over, weigh(over, BOUNDS, NOW), BOUNDS) == Plan([], False, False, None)


SINCE = AT + 3 * S


@pytest.mark.parametrize(
    ("seen_us", "cancelled"),
    [((SINCE - 1, SINCE), False), ((SINCE, SINCE - 1), False), ((SINCE, SINCE), True), ((SINCE + S, SINCE), True)],
)
def test_no_stop_is_cancelled_on_the_strength_of_a_memory(seen_us: tuple[int, int], cancelled: bool) -> None:
    """Two halves cover the position, a third is too many: it goes once both were read since the row was taken."""
    row = filled_and(SEEN)
    halves = [
        a_stop(attempt=n, client_order_id=f"s{n}", quantity=Decimal(5), seen_at_us=at_us)
        for n, at_us in enumerate(seen_us, start=1)
    ]
    surplus = a_stop(attempt=3, client_order_id="s3", quantity=Decimal(5), trigger_price=Decimal("0.1100"))
    for one in (*halves, surplus):
        row = row.with_order(one)
    row = replace(row, state=State.PROTECTED, sightings=replace(row.sightings, since_us=SINCE))
    verdict = weigh(row, BOUNDS, SINCE + S)
    assert verdict.stops == tuple(halves)
    steps = plan(row, verdict, BOUNDS).steps
    assert [step for step in steps if isinstance(step, Cancel)] == [Cancel(Leg.STOP, 3)] * cancelled
