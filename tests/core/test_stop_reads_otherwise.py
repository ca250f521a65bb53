"""A separate stop that reads otherwise than our row says: another is put up beside it, a few times and not for ever."""

from __future__ import annotations

from decimal import Decimal

from stories import AT, SEEN, TEN, S, a_stop, filled_and, planned, with_orders

from atomicpos.models import Leg, Order, OrderStatus
from atomicpos.plan import Place
from atomicpos.plan.stops import OTHERWISE_MAX

ASKED = Decimal("0.1225")
LATER = AT + 60 * S


def another(attempt: int, **changes: object) -> Order:
    """One that waits under an id of ours, and was not sent as the row says: a killed process sent it by another
    trigger, and its row was never stored."""
    given = {"attempt": attempt, "client_order_id": f"stop-{attempt}", "trigger_price": ASKED, "read_back": False}
    return a_stop(**given | {"status": OrderStatus.UNTRIGGERED} | changes)


def stops(*orders: Order) -> list[Place]:
    """The stops that are planned then, beside those."""
    plan = planned(with_orders(filled_and(SEEN), *orders), LATER)
    return [step for step in plan.steps if isinstance(step, Place) and step.leg is Leg.STOP]


def test_another_is_put_up_beside_it() -> None:
    """It would stand for ever otherwise, and the row be suspected with it."""
    assert stops(another(1)) == [Place(Leg.STOP, 2, TEN, ASKED)]


def test_one_that_reads_as_it_was_sent_stands() -> None:
    """Nothing is put up beside it."""
    assert stops(another(1, read_back=True)) == []


def test_one_that_was_not_read_yet_is_waited_for() -> None:
    """Its acceptance is worth something until a look answers."""
    assert stops(another(1, status=None)) == []


def test_a_few_times_and_not_for_ever() -> None:
    """An exchange that shows none as it was sent is not filled with stops."""
    several = [another(attempt) for attempt in range(1, OTHERWISE_MAX + 2)]
    assert stops(*several[:-1]) == [Place(Leg.STOP, OTHERWISE_MAX + 1, TEN, ASKED)]
    assert stops(*several) == []
    assert OTHERWISE_MAX == 3
