"""The guard stop without an id of ours: told by its value, never enough for ``protected``, never forgotten (I2, I3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import AT, BOUGHT, BOUNDS, SOLD, TEN, S, a_stop, at_the_end, filled_and, fills, slot
from stories import told as told_of

from atomicpos.absorb import absorb, told
from atomicpos.absorb.unnamed import LEAD_US
from atomicpos.evidence import Evidence, Kind, OrderView
from atomicpos.ids import client_order_id
from atomicpos.models import UNNAMED, Leg, Order, OrderSide, OrderStatus, PositionSide, Sending, State, TriggerBy
from atomicpos.plan import Cancel, Place, plan
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.weigh import weigh

TICK = Decimal("0.0001")
MODE = replace(BOUNDS, protection=Protection.ATTACHED_UNNAMED)
SLOT = slot("10", AT + S, AT + S, PositionSide.LONG)
NAME = client_order_id("test", "p1", Leg.STOP, UNNAMED)


def a_guard(**changes: Any) -> Order:
    """As it left with the entry, and nothing was seen of it."""
    guard = Order(
        Leg.STOP, UNNAMED, NAME, OrderSide.SELL, TEN, reduce_only=True, trigger_price=Decimal("0.1225"),
        trigger_by=TriggerBy.MARK, sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=AT, sent_at_us=AT,
    )  # fmt: skip
    return replace(guard, **changes)


def seen(**changes: Any) -> OrderView:
    """A waiting stop on the symbol, as the exchange lists it."""
    view = OrderView(
        "theirs-1", "x1", OrderStatus.UNTRIGGERED, OrderSide.SELL, TEN, Decimal(0), None, True, Decimal("0.1225"),
        TriggerBy.LAST, AT + S // 10, AT + S // 10,
    )  # fmt: skip
    return replace(view, **changes)


def read(record: Record, view: OrderView, asked_at_us: int = AT + 2 * S) -> Record:
    """The row after a look that showed the guard so."""
    named = replace(view, client_order_id=NAME)
    found = Evidence(Kind.SEEN, source="order_status", asked_at_us=asked_at_us, answered_at_us=asked_at_us,
                     orders=(named,))  # fmt: skip
    return absorb(record, found, MODE)


def guarded(*stops: Order) -> Record:
    """A filled row whose slot was looked at, with these stops."""
    record = filled_and(SLOT)
    for stop in stops:
        record = record.with_order(stop)
    return replace(record, state=State.VERIFYING)


@pytest.mark.parametrize(("changes", "is_it"), [
    ({}, True), ({"client_order_id": None}, True), ({"trigger_price": Decimal("0.12255")}, True),
    ({"created_at_us": AT - LEAD_US}, True), ({"reduce_only": False}, True), ({"quantity": None}, True),
    ({"trigger_price": Decimal("0.1226")}, False), ({"trigger_price": None}, False),
    ({"order_side": OrderSide.BUY}, False), ({"order_side": None}, False), ({"created_at_us": AT - LEAD_US - 1}, False),
    ({"created_at_us": None}, False), ({"exchange_order_id": None}, False),
    ({"client_order_id": client_order_id("test", "p2", Leg.STOP, 1)}, False),
])  # fmt: skip
def test_it_is_told_by_side_trigger_and_time(changes: dict[str, Any], is_it: bool) -> None:
    """By the exchange's clock alone; and by having no id of the library's, of whichever database."""
    found = told(a_guard(), [seen(**changes)], TICK, AT)
    assert [view.client_order_id for view in found] == ([NAME] if is_it else [])


@pytest.mark.parametrize(("changes", "covers"), [
    ({}, True), ({"trigger_by": None}, True), ({"quantity": None}, True), ({"quantity": Decimal(0)}, True),
    ({"quantity": Decimal(9)}, False), ({"reduce_only": False}, False), ({"reduce_only": None}, False),
])  # fmt: skip
def test_it_covers_where_it_closes_enough_and_never_protects(changes: dict[str, Any], covers: bool) -> None:
    """By whatever price, and as the whole position's without a quantity; I3 asks for a stop of our id all the same."""
    verdict = weigh(read(guarded(a_guard()), seen(**changes)), MODE, AT + 3 * S)
    assert (verdict.covered, verdict.stop) == (covers, None)
    assert (verdict.exposure_us > S) is not covers


def test_one_of_our_id_is_sent_beside_it_at_once_and_as_the_first() -> None:
    """Whether it was seen or not: it stands for none that can be called by its name."""
    for record in (guarded(a_guard()), read(guarded(a_guard()), seen())):
        steps = plan(record, weigh(record, MODE, AT + 3 * S), MODE).steps
        assert [(step.attempt, step.quantity) for step in steps if isinstance(step, Place)] == [(1, TEN)]


def test_it_goes_by_the_exchange_s_id_once_the_other_was_read_back() -> None:
    """New before old; one that was never seen has nothing to be called by, and is looked for on."""
    unseen = guarded(a_guard(), a_stop())
    assert plan(unseen, weigh(unseen, MODE, AT + 3 * S), MODE).steps == []
    found = read(unseen, seen())
    assert plan(found, weigh(found, MODE, AT + 3 * S), MODE).steps == [Cancel(Leg.STOP, UNNAMED)]
    alone = read(guarded(a_guard()), seen())
    assert not any(isinstance(step, Cancel) for step in plan(alone, weigh(alone, MODE, AT + 3 * S), MODE).steps)


def test_i2_no_row_ends_while_it_may_be_alive() -> None:
    """Unseen, seen or being cancelled it holds the row; dead, or absent twice past the horizon, it does not."""
    record = told_of(filled_and(), fills(BOUGHT, SOLD), slot("0", AT + 9 * S, AT + 9 * S))
    assert at_the_end(record, MODE).ended is not None
    for guard in (
        a_guard(), a_guard(status=OrderStatus.UNTRIGGERED, exchange_order_id="x1"),
        a_guard(status=OrderStatus.UNTRIGGERED, exchange_order_id="x1", cancels=1, cancel_sent_at_us=AT + 2 * S),
        a_guard(status=OrderStatus.TRIGGERED, exchange_order_id="x1"),
    ):  # fmt: skip
        assert at_the_end(record.with_order(guard), MODE).ended is None
    for guard in (a_guard(status=OrderStatus.DEAD), a_guard(proven_absent=True)):
        assert at_the_end(record.with_order(guard), MODE).ended is not None


@pytest.mark.parametrize("first_us", [2 * S, BOUNDS.horizon_us])
def test_absent_means_two_looks_the_later_one_past_the_horizon(first_us: int) -> None:
    """There is nothing to cancel, so nobody's refusal shortens it."""
    record = guarded(a_guard(), a_stop())
    past_us = max(BOUNDS.horizon_us, first_us + BOUNDS.round_gap_us)
    for asked_at_us, gone in ((AT + first_us, False), (AT + past_us - 1, False), (AT + past_us, True)):
        found = Evidence(Kind.ABSENT, source="order_status", asked_at_us=asked_at_us, answered_at_us=asked_at_us,
                         absent_ids=(NAME,))  # fmt: skip
        record = absorb(record, found, MODE)
        (guard,) = (o for o in record.of(Leg.STOP) if o.unnamed)
        assert guard.proven_absent is gone


def test_a_guard_stop_may_be_a_tenth_of_a_second_older_than_its_entry() -> None:
    """By the exchange's clock: those that set both in one request date them one after the other."""
    assert LEAD_US == 100_000
