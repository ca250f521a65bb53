"""What of ours may still do something, what ends a row, and over how much of it a stop was missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import (
    AT,
    BOUGHT,
    BOUNDS,
    CLOSED_AT,
    FILLED_AT,
    S,
    a_fill,
    a_stop,
    at_the_end,
    filled_and,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.models import Leg, Order, OrderSide, OrderStatus, PositionSide, ProofKind, Refusal, Sending
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
