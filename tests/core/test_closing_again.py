"""How a close goes on after what became of the last one: when, how much, at what price, and when not at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import (
    AT,
    BOUNDS,
    ENTRY_ID,
    FILLED_AT,
    SEEN,
    TEN,
    S,
    a_fill,
    a_stop,
    filled_and,
    fills,
    order,
    planned,
    sending,
    slot,
    told,
)

from atomicpos.models import Goal, Leg, Order, OrderSide, OrderStatus, PositionSide, Refusal, Sending, State
from atomicpos.plan import Place
from atomicpos.record import Record

OTHER, LARGE, BAND = Refusal.OTHER, Refusal.QUANTITY, Refusal.PRICE_BAND
IDS_REFUSED = replace(BOUNDS, duplicate_ids_refused=True)


def a_close(attempt: int, why: Refusal | None, at_us: int = AT + 5 * S, **changes: Any) -> Order:
    """A close of all ten, refused for that reason."""
    close = Order(
        Leg.CLOSE, attempt, f"c{attempt}", OrderSide.SELL, TEN, True, sending=Sending.REFUSED, refusal=why, sends=1,
        first_sent_at_us=at_us, sent_at_us=at_us, answered_at_us=at_us,
    )
    return replace(close, **changes)


def leaving(row: Record, *orders: Order) -> Record:
    """The row on its way out, with these orders."""
    for one in orders:
        row = row.with_order(one)
    return replace(row, goal=Goal.FLAT, state=State.VERIFYING)


def closes(row: Record, at_us: int = AT + 60 * S, **bounds: Any) -> list[Place]:
    """The closes of it."""
    steps = planned(row, at_us, **bounds).steps
    return [step for step in steps if isinstance(step, Place) and step.leg is Leg.CLOSE]


def test_the_first_close_goes_at_once() -> None:
    """All of the share, at the market, whatever the time."""
    assert closes(leaving(filled_and(SEEN)), AT + 3 * S) == [Place(Leg.CLOSE, 1, TEN)]


def test_the_next_one_waits_for_the_pause_after_the_last_that_left() -> None:
    """Half a second after two, counted from the later of their sends, which need not be the later attempt's."""
    row = leaving(filled_and(SEEN), a_close(1, OTHER, AT + 9 * S), a_close(2, OTHER, AT + 5 * S))
    due = AT + 9 * S + S // 2
    early = planned(row, due - 1)
    assert closes(row, due - 1) == []
    assert early.wake_at_us == due
    assert closes(row, due) == [Place(Leg.CLOSE, 3, TEN)]


def test_a_close_refused_as_too_large_goes_in_pieces() -> None:
    """Half of it, in whole steps, and no more of it for a reason that says nothing about size."""
    assert [step.quantity for step in closes(leaving(filled_and(SEEN), a_close(1, LARGE)))] == [Decimal(5)]
    assert [step.quantity for step in closes(leaving(filled_and(SEEN), a_close(1, OTHER)))] == [TEN]


def test_a_close_refused_for_the_band_is_a_limit_within_it() -> None:
    """The price of the order that goes next, from the mark that was seen."""
    row = leaving(filled_and(SEEN), a_close(1, BAND))
    marked = replace(row, sightings=replace(row.sightings, mark_price=Decimal("0.1250")))
    assert [step.limit_price for step in closes(marked)] == [Decimal("0.1230")]


def test_what_never_left_was_refused_by_nobody() -> None:
    """Three closes of which no byte left are no three refusals: the next one is at the market still."""
    unsent = [a_close(n, None, sending=Sending.NOT_SENT) for n in (1, 2, 3)]
    row = leaving(filled_and(SEEN), *unsent)
    marked = replace(row, sightings=replace(row.sightings, mark_price=Decimal("0.1250")))
    assert [step.limit_price for step in closes(marked)] == [None]


def test_what_the_exchange_has_all_the_same_was_not_too_large() -> None:
    """A refusal that a reading gives the lie to makes no pieces."""
    had = a_close(1, LARGE, status=OrderStatus.DEAD)
    assert [step.quantity for step in closes(leaving(filled_and(SEEN), had))] == [TEN]


# --- beside somebody else's position ------------------------------------------------------------------------------


@pytest.mark.parametrize(("filled", "again"), [("10", True), ("9.5", False), ("0.5", False)])
def test_a_close_of_more_than_our_share_is_not_sent_again_beside_others(filled: str, again: bool) -> None:
    """Of exactly our share it is, however much is theirs; of a little more it is not, however little filled (I6)."""
    row = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD if filled != "10" else OrderStatus.FILLED, filled),
        fills(a_fill("1", OrderSide.BUY, filled, FILLED_AT, ENTRY_ID)),
        slot("15", FILLED_AT + S, FILLED_AT, PositionSide.LONG),
    )
    unknown = a_close(1, None, sending=Sending.UNKNOWN, answered_at_us=None)
    assert [step.attempt for step in closes(leaving(row, unknown), duplicate_ids_refused=True)] == [1] * again


# --- ahead of the fill --------------------------------------------------------------------------------------------

CROSSED = a_stop(sending=Sending.REFUSED, refusal=Refusal.WOULD_TRIGGER, status=None, read_back=False, seen_at_us=None)


def test_a_crossed_stop_ahead_of_the_fill_is_replaced_by_a_close() -> None:
    """The entry was taken, the market is beyond the stop, nothing was seen yet: all that was asked for is closed."""
    assert closes(leaving(sending(Sending.ACKNOWLEDGED), CROSSED)) == [Place(Leg.CLOSE, 1, TEN)]


@pytest.mark.parametrize(
    ("how", "orders"),
    [
        (Sending.ACKNOWLEDGED, ()),
        (Sending.ACKNOWLEDGED, (replace(CROSSED, refusal=Refusal.OTHER),)),
        (Sending.UNKNOWN, (CROSSED,)),
        (Sending.ACKNOWLEDGED, (CROSSED, a_close(1, Refusal.NO_POSITION))),
    ],
    ids=["no stop", "refused for something else", "an entry nobody acknowledged", "the second close"],
)
def test_it_is_not_in_any_other_case(how: Sending, orders: tuple[Order, ...]) -> None:
    """Once, in the refused stop's place, and only behind an entry that the exchange said it took."""
    assert closes(leaving(sending(how), *orders)) == []
