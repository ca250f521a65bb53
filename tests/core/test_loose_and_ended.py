"""What of ours may still do something, what ends a row, and over how much of it a stop was missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import (
    AT,
    BOUGHT,
    BOUNDS,
    CLOSED_AT,
    FILLED_AT,
    SOLD,
    S,
    a_fill,
    a_stop,
    at_the_end,
    filled_and,
    fills,
    order,
    planned,
    sending,
    slot,
    told,
)

from atomicpos.evidence import Evidence
from atomicpos.explanation import explain
from atomicpos.models import (
    Goal,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    ProofKind,
    Refusal,
    Sending,
    State,
)
from atomicpos.plan import Cancel
from atomicpos.record import Record
from atomicpos.weigh import weigh

# --- loose --------------------------------------------------------------------------------------------------------

OWN = a_stop(attempt=2, attached=True)


def beside_others(row: Record) -> Record:
    """All of ours was sold by an order of ours; the slot still shows five of others, and our stop on them."""
    close = replace(
        row.entry, leg=Leg.CLOSE, client_order_id="c1", order_side=OrderSide.SELL, status=OrderStatus.FILLED,
        updated_at_us=CLOSED_AT,
    )
    looked = slot("5", CLOSED_AT + S, CLOSED_AT, PositionSide.LONG)
    assert looked.position is not None
    shown = replace(looked, position=replace(looked.position, stop_price=OWN.trigger_price))
    theirs = fills(BOUGHT, a_fill("3", OrderSide.BUY, "5", CLOSED_AT))
    return told(row.with_order(close).with_order(OWN), theirs, shown)


def test_our_stop_on_somebody_else_s_position_is_left_over() -> None:
    """It would close what is theirs: it has to go before the row may end."""
    verdict = at_the_end(beside_others(filled_and()))
    assert verdict.flat is not None
    assert [o.client_order_id for o in verdict.loose] == [OWN.client_order_id]


def test_where_another_row_has_the_slot_the_stop_is_that_row_s() -> None:
    """What stands on its position is its own business."""
    verdict = at_the_end(replace(beside_others(filled_and()), slotless=True))
    assert verdict.flat is not None
    assert verdict.loose == ()


@pytest.mark.parametrize(
    "row",
    [
        sending(Sending.NOT_SENT), sending(Sending.REFUSED),
        told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "0")),
    ],
    ids=["not sent", "refused", "dead"],
)
def test_an_entry_that_never_filled_is_not_loose(row: Record) -> None:
    """Whatever proves that it never filled proves that it arrives no more."""
    verdict = at_the_end(row)
    assert verdict.never_filled is not None
    assert verdict.loose == ()


# --- ended --------------------------------------------------------------------------------------------------------


def refused_stop(at_us: int) -> Order:
    """A stop that was refused then: it is nowhere."""
    return a_stop(
        sending=Sending.REFUSED, refusal=Refusal.NO_POSITION, status=None, read_back=False, seen_at_us=None,
        sent_at_us=at_us,
    )


def test_what_was_never_sent_has_ended_whatever_was_sent_later() -> None:
    """No byte of the entry left: there is nothing that a later request of ours could have met."""
    verdict = at_the_end(sending(Sending.NOT_SENT).with_order(refused_stop(AT + 5 * S)))
    assert verdict.ended is not None
    assert verdict.ended.kind is ProofKind.NOT_SENT


@pytest.mark.parametrize(("sent_us", "ended"), [(AT + S - 1, True), (AT + S, True), (AT + S + 1, False)])
def test_every_other_proof_is_not_older_than_the_last_send(sent_us: int, ended: bool) -> None:
    """Of the same moment is new enough (I2)."""
    dead = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "0", AT + S))
    assert (at_the_end(dead.with_order(refused_stop(sent_us))).ended is not None) is ended


# --- over how much ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sold", "exposed_s"),
    [(4, 4, 0), (4, 0, 9), (0, 0, 9), (10, 10, 1), (4, 10, 0)],
    ids=["the part is sold", "it is not sold yet", "no part", "all of it in parts", "sold by others too"],
)
def test_a_stop_of_six_covers_what_is_to_stay(asked: int, sold: int, exposed_s: int) -> None:
    """Of ten, from the first fill on: enough once four of them were asked for and are gone, else for nothing."""
    exits = (a_fill("2", OrderSide.SELL, str(sold), CLOSED_AT),) if sold else ()
    row = told(filled_and().with_order(a_stop(quantity=Decimal(6), created_at_us=FILLED_AT)), fills(BOUGHT, *exits))
    verdict = weigh(replace(row, parts_asked=Decimal(asked)), BOUNDS, FILLED_AT + 9 * S)
    assert verdict.exposure_us == exposed_s * S


# --- set once more by a send that came late -----------------------------------------------------------------------

SET_AT = CLOSED_AT - S
"""When the position's own stop was sent for the last time."""


def taken_away(sends: int = 2, status: OrderStatus = OrderStatus.DEAD, **changes: Any) -> Order:
    """The position's own stop, sent so often, cancelled since, and gone by what was read."""
    sent = {"sends": sends, "sent_at_us": SET_AT, "cancels": 1, "cancel_sent_at_us": CLOSED_AT, "status": status}
    return replace(OWN, **sent | changes)


def closed_beside(quantity: str, stop: Order) -> Record:
    """All of ours was sold by an order of ours; the slot shows so much of others, without a stop."""
    close = replace(
        filled_and().entry, leg=Leg.CLOSE, client_order_id="c1", order_side=OrderSide.SELL, status=OrderStatus.FILLED,
        updated_at_us=CLOSED_AT,
    )
    left = slot(quantity, CLOSED_AT + S, CLOSED_AT, PositionSide.LONG if quantity != "0" else None)
    theirs = (a_fill("3", OrderSide.BUY, quantity, CLOSED_AT),) if quantity != "0" else (SOLD,)
    return told(filled_and().with_order(close).with_order(stop), fills(BOUGHT, *theirs), left)


@pytest.mark.parametrize(("quantity", "awaited_us"), [("5", BOUNDS.horizon_us), ("0", BOUNDS.last_word_us)])
def test_one_that_was_sent_twice_may_be_set_once_more(quantity: str, awaited_us: int) -> None:
    """An earlier send had no answer, and no id tells the exchange that it is the same. On what others hold it must be
    seen as well, if it comes; an empty slot takes none."""
    row, due = closed_beside(quantity, taken_away()), SET_AT + awaited_us
    early, late = weigh(row, BOUNDS, due), weigh(row, BOUNDS, due + 1)
    assert early.flat is not None
    assert (early.loose, early.ended) == ((), None)
    assert late.ended is not None


@pytest.mark.parametrize("quantity", ["5", "0"])
def test_a_cancel_that_was_sent_twice_may_take_the_next_one_s_stop_away(quantity: str) -> None:
    """Whatever stands there by then: so the slot is given to nobody before that can arrive no more."""
    twice = taken_away(sends=1, cancels=2, cancel_sent_at_us=CLOSED_AT + S)
    row, due = closed_beside(quantity, twice), CLOSED_AT + S + BOUNDS.last_word_us
    assert weigh(row, BOUNDS, due).ended is None
    assert weigh(row, BOUNDS, due + 1).ended is not None


def test_the_later_of_both_counts() -> None:
    """It was set twice and taken away twice."""
    row = closed_beside("0", taken_away(cancels=2, cancel_sent_at_us=CLOSED_AT))
    assert weigh(row, BOUNDS, CLOSED_AT + 2 * S).late_until_us == CLOSED_AT + BOUNDS.last_word_us
    early = closed_beside("5", taken_away(cancels=2, cancel_sent_at_us=CLOSED_AT))
    assert weigh(early, BOUNDS, CLOSED_AT + 2 * S).late_until_us == SET_AT + BOUNDS.horizon_us


@pytest.mark.parametrize("stop", [
    taken_away(sends=1, cancels=2, cancel_sent_at_us=None), taken_away(sends=1),
    replace(taken_away(cancels=2), attached=False), taken_away(sent_at_us=None),
], ids=["nobody knows when it was cancelled", "sent once", "with an id of its own", "nobody knows when"])  # fmt: skip
def test_nothing_else_is_waited_for_so(stop: Order) -> None:
    """What was sent once has arrived, or has not; what has an id is refused, or is seen."""
    assert weigh(closed_beside("5", stop), BOUNDS, CLOSED_AT + 2 * S).ended is not None


def test_it_is_looked_for_until_then() -> None:
    """Also where the row is protected: a stop that was executed within seconds of being sent again."""
    row, due = replace(closed_beside("0", taken_away()), state=State.PROTECTED), SET_AT + BOUNDS.last_word_us
    early, late = planned(row, due), planned(row, due + 1)
    assert (early.look, early.wake_at_us, late.look) == (True, due + 1, False)


def test_whoever_asks_is_told_so() -> None:
    """As one of the things that are not proven yet, with how long that is."""
    row = closed_beside("0", taken_away())
    found = explain(row, weigh(row, BOUNDS, SET_AT + 2 * S))
    assert "Whether an earlier request for the position's own stop still arrives: it can for 4.0 s." in found.unproven


def a_look(trigger: Decimal | None, at_us: int) -> Evidence:
    """The slot with five of others, and that stop on them."""
    seen = slot("5", at_us, CLOSED_AT, PositionSide.LONG)
    assert seen.position is not None
    return replace(seen, position=replace(seen.position, stop_price=trigger))


def test_one_that_is_seen_again_lives_and_goes_again() -> None:
    """It was held to be gone, and stands on what others hold: it is loose, and is cancelled once more."""
    row = told(closed_beside("5", taken_away()), a_look(OWN.trigger_price, CLOSED_AT + 3 * S))
    assert [o.alive for o in row.of(Leg.STOP)] == [True]
    todo = planned(replace(row, goal=Goal.FLAT, state=State.VERIFYING), CLOSED_AT + 4 * S)
    assert todo.steps == [Cancel(Leg.STOP, 2)]


@pytest.mark.parametrize(("stop", "trigger"), [
    (taken_away(), Decimal("0.1200")), (taken_away(), None), (taken_away(sends=1), OWN.trigger_price),
    (taken_away(status=OrderStatus.FILLED), OWN.trigger_price),
    (replace(taken_away(), attached=False), OWN.trigger_price),
])  # fmt: skip
def test_what_is_seen_is_somebody_else_s_unless_it_is_that_one(stop: Order, trigger: Decimal | None) -> None:
    """Another trigger, none, one that cannot have come again, one that was executed, and one that stood by itself."""
    row = told(closed_beside("5", stop), a_look(trigger, CLOSED_AT + 3 * S))
    assert [o.status for o in row.of(Leg.STOP)] == [stop.status]


def test_while_another_of_ours_is_to_stand_there_it_is_that_one_s_doubt() -> None:
    """The old trigger is seen where the new one should be: the newer stop is doubted, and the old one stays dead."""
    newer = replace(OWN, attempt=3, trigger_price=Decimal("0.1230"), sent_at_us=SET_AT)
    row = told(filled_and().with_order(replace(taken_away(), cancels=0)).with_order(newer),
               a_look(OWN.trigger_price, CLOSED_AT + 40 * S))  # fmt: skip
    assert [(o.attempt, o.status) for o in row.of(Leg.STOP)] == [
        (2, OrderStatus.DEAD), (3, OrderStatus.UNTRIGGERED)
    ]
