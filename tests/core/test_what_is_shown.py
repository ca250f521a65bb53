"""What is shown of an entry, of the slot and of the exits, where two readings differ by little: amounts and times."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import (
    AT,
    BOUNDS,
    CLOSED_AT,
    ENTRY_ID,
    FILLED_AT,
    GAP,
    HORIZON,
    SOLD,
    TEN,
    S,
    a_fill,
    absent,
    at_the_end,
    filled_and,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.evidence import Evidence, Source
from atomicpos.models import Leg, OrderSide, OrderStatus, PositionSide, Proof, ProofKind, Sending, total
from atomicpos.record import Record
from atomicpos.weigh import weigh
from atomicpos.weigh.exits import gone_at

LONG = PositionSide.LONG


def shows(quantity: str, side: PositionSide | None = LONG, price: str | None = "0.1240") -> Evidence:
    """A fresh look at the slot with its entry price."""
    seen = slot(quantity, CLOSED_AT + S, CLOSED_AT, side)
    assert seen.position is not None
    return replace(seen, position=replace(seen.position, entry_price=price and Decimal(price)))


def test_a_sum_is_a_decimal() -> None:
    """Of nothing too: what is divided, rounded or stored is never a whole number by chance."""
    assert repr(total([])) == "Decimal('0')"
    assert total([Decimal("0.5"), Decimal(1)]) == Decimal("1.5")


# --- the entry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("updated_us", "filled"), [(AT + S - 1, 0), (AT + S, 4), (AT + 2 * S, 4), (None, 0)], ids=str
)
def test_a_position_shows_our_fill_when_it_changed_after_our_order_was_known(
    updated_us: int | None, filled: int
) -> None:
    """At the moment of it included; a look without the exchange's own time shows none, however late it is."""
    known = order(OrderStatus.OPEN, "0", created_at_us=AT + S)
    looked = told(sending(Sending.ACKNOWLEDGED), known, slot("4", AT + 90 * S, updated_us, LONG))
    assert at_the_end(looked).filled == filled


def test_no_look_is_no_fill() -> None:
    """An order that the exchange knows, and nothing seen of the slot."""
    assert at_the_end(told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.OPEN, "0", created_at_us=AT))).filled == 0


def average(row: Record, **changes: Any) -> Decimal | None:
    """The average fill of the row with those changes."""
    return at_the_end(replace(row, **changes)).average


def test_the_stored_average_counts_for_all_that_it_was_taken_of() -> None:
    """For more than that it says nothing, and the position's own entry price does."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10", updated_at_us=FILLED_AT), shows("10"))
    assert average(row, entry_price=Decimal("0.1230"), filled_quantity=TEN) == Decimal("0.1230")
    assert average(row, entry_price=Decimal("0.1230"), filled_quantity=Decimal(9)) == Decimal("0.1240")
    assert average(row, entry_price=None, filled_quantity=TEN) == Decimal("0.1240")


def test_an_empty_slot_has_no_average() -> None:
    """Whatever side and price an exchange keeps on showing there."""
    sold = a_fill("2", OrderSide.SELL, "1", CLOSED_AT)
    row = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.OPEN, "0", created_at_us=AT), fills(sold), shows("0")
    )
    assert at_the_end(row).fresh is not None
    assert at_the_end(row).average is None


@pytest.mark.parametrize(("why", "said"), [("too poor", "too poor"), (None, "")])
def test_a_refusal_is_proof_from_now_on(why: str | None, said: str) -> None:
    """It says why, in the exchange's words, and is newer than whatever was sent."""
    row = sending(Sending.REFUSED, why=why)
    expected = Proof(ProofKind.REFUSED, AT + 5 * S, f"the exchange refused the only send: {said}")
    assert weigh(row, BOUNDS, AT + 5 * S).never_filled == expected


FIRST, SECOND = AT + HORIZON, AT + HORIZON + GAP


def test_absence_is_as_old_as_the_source_that_was_asked_longest_ago() -> None:
    """Two rounds everywhere, a third from one source: the proof is of the second."""
    rounds = (*(absent(s, at) for at in (FIRST, SECOND) for s in Source), absent(Source.POSITION_POLL, SECOND + S))
    detail = "order, fills and position were absent in two rounds past the horizon"
    assert at_the_end(told(sending(Sending.UNKNOWN), *rounds)).never_filled == Proof(ProofKind.ABSENT, SECOND, detail)


@pytest.mark.parametrize("silent", [Source.TRADE_HISTORY, Source.POSITION_POLL])
def test_a_source_that_was_never_asked_proves_no_absence(silent: Source) -> None:
    """However absent the order is."""
    rounds = [absent(s, at) for at in (FIRST, SECOND, SECOND + S) for s in Source if s is not silent]
    assert at_the_end(told(sending(Sending.UNKNOWN), *rounds)).never_filled is None


# --- the slot and the exits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "side", "turned"),
    [("10", PositionSide.SHORT, True), ("10", None, False), ("0", PositionSide.SHORT, False), ("10", LONG, False)],
)
def test_reversed_is_a_position_on_the_other_side(quantity: str, side: PositionSide | None, turned: bool) -> None:
    """A side that is not said is not the other one, and an empty slot has none."""
    assert at_the_end(filled_and(shows(quantity, side))).reversed is turned


@pytest.mark.parametrize("at_us", [FILLED_AT - 1, FILLED_AT, FILLED_AT + S])
def test_what_others_opened_since_our_first_fill_is_theirs(at_us: int) -> None:
    """Between our two fills and at the moment of the first; what was there before it may be ours to close."""
    ours = (a_fill("1", OrderSide.BUY, "5", FILLED_AT, ENTRY_ID), a_fill("2", OrderSide.BUY, "5", CLOSED_AT, ENTRY_ID))
    row = told(
        sending(Sending.ACKNOWLEDGED), order(OrderStatus.FILLED, "10"),
        fills(*ours, a_fill("3", OrderSide.BUY, "3", at_us)),
    )
    exit_ = {"leg": Leg.CLOSE, "client_order_id": "c1", "order_side": OrderSide.SELL, "status": OrderStatus.FILLED}
    close = replace(row.entry, **exit_)
    closed = told(row.with_order(close), slot("3", CLOSED_AT + S, CLOSED_AT, LONG))
    assert (at_the_end(closed).flat is not None) is (at_us >= FILLED_AT)


def test_what_never_filled_is_not_gone() -> None:
    """Somebody's sale after our order was known ends nothing of ours."""
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.OPEN, "0", created_at_us=AT), fills(SOLD))
    assert gone_at(row, TEN, Decimal(0)) is None
    assert gone_at(row, TEN, TEN) == CLOSED_AT
