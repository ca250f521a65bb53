"""Folding evidence in: final is sticky, filled only grows, and the order of arrival does not matter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.absorb import absorb, answered, departing
from atomicpos.bounds import Bounds
from atomicpos.evidence import Evidence, Kind, OrderView, Source
from atomicpos.models import Fill, Leg, Order, OrderSide, OrderStatus, Refusal, Sending
from atomicpos.record import Record
from atomicpos.testing.samples import a_record

S = 1_000_000
BOUNDS = Bounds(30 * S, 5 * S, 1 * S, 41 * S, 10 * S, 2 * S)
AT = 1_760_000_000_000_000
ENTRY = departing(a_record().entry, AT)
STOP = Order(Leg.STOP, 1, "apteststop", OrderSide.SELL, Decimal(10), True, trigger_price=Decimal("0.1225"))
IDS = [ENTRY.client_order_id, STOP.client_order_id]


def a_row() -> Record:
    return a_record().with_order(ENTRY).with_order(STOP)


amounts = st.none() | st.integers(0, 12).map(Decimal)
views = st.builds(
    OrderView,
    client_order_id=st.sampled_from([*IDS, "somebody's", None]),
    exchange_order_id=st.none() | st.sampled_from(["x1", "x2"]),
    status=st.sampled_from(OrderStatus),
    order_side=st.none() | st.sampled_from(OrderSide),
    quantity=amounts,
    filled=amounts,
    average=st.none() | st.just(Decimal("0.125")),
    updated_at_us=st.none() | st.integers(AT, AT + 10 * S),
)
our_fills = st.builds(
    Fill,
    fill_id=st.integers(0, 5).map(str),
    order_side=st.just(OrderSide.BUY),
    quantity=st.just(Decimal(2)),
    price=st.just(Decimal("0.125")),
    time_us=st.just(AT),
    client_order_id=st.just(ENTRY.client_order_id),
)
findings = st.builds(
    Evidence,
    kind=st.sampled_from(Kind),
    source=st.sampled_from(Source),
    asked_at_us=st.integers(AT, AT + 90 * S),
    orders=st.lists(views, max_size=2).map(tuple),
    absent_ids=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
    fills=st.lists(our_fills, max_size=2, unique_by=lambda fill: fill.fill_id).map(tuple),
)


def folded(evidences: list[Evidence]) -> Record:
    record = a_row()
    for evidence in evidences:
        record = absorb(record, evidence, BOUNDS)
    return record


def decided(record: Record) -> list[tuple[bool, Decimal]]:
    return [(o.status is not None and o.status.final, o.filled) for o in record.orders]


@given(st.lists(findings, max_size=6), st.randoms(use_true_random=False))
def test_any_order_of_arrival_shows_the_same_fill_and_the_same_finality(evidences: list[Evidence], rng: object) -> None:
    """Whichever source answers first, in the end each order is final or not, and filled as far as anybody showed."""
    shuffled = list(evidences)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decided(folded(evidences)) == decided(folded(shuffled))


@given(st.lists(findings, max_size=8))
def test_final_never_becomes_alive_and_filled_never_shrinks(evidences: list[Evidence]) -> None:
    """Each step keeps a final status as it is and a filled quantity at least as large."""
    record = a_row()
    for evidence in evidences:
        after = absorb(record, evidence, BOUNDS)
        for before, now in zip(record.orders, after.orders, strict=True):
            assert now.filled >= before.filled
            if before.status is not None and before.status.final:
                assert now.status is before.status
        record = after


@given(st.lists(findings, max_size=4))
def test_absorbing_twice_is_absorbing_once(evidences: list[Evidence]) -> None:
    """Repeats change nothing that decides."""
    assert decided(folded(evidences)) == decided(folded([*evidences, *evidences]))


@pytest.mark.parametrize(
    ("status", "filled", "becomes"),
    [
        (OrderStatus.DEAD, None, OrderStatus.UNKNOWN),
        (OrderStatus.FILLED, None, OrderStatus.UNKNOWN),
        (OrderStatus.FILLED, Decimal(0), OrderStatus.UNKNOWN),
        (OrderStatus.FILLED, Decimal(9), OrderStatus.UNKNOWN),
        (OrderStatus.FILLED, Decimal(10), OrderStatus.FILLED),
        (OrderStatus.DEAD, Decimal(0), OrderStatus.DEAD),
        (OrderStatus.DEAD, Decimal(4), OrderStatus.DEAD),
        (OrderStatus.OPEN, Decimal(0), OrderStatus.OPEN),
    ],
)
def test_a_final_view_that_does_not_add_up_is_no_view(
    status: OrderStatus, filled: Decimal | None, becomes: OrderStatus
) -> None:
    """An order called closed with filled 0 or None proves neither a fill nor its impossibility (F03)."""
    view = OrderView(ENTRY.client_order_id, "x1", status, filled=filled)
    row = absorb(a_row(), Evidence(Kind.SEEN, source="order_status", asked_at_us=AT, orders=(view,)), BOUNDS)
    assert row.entry.status is becomes


def test_somebody_elses_order_changes_no_order_of_ours() -> None:
    """A view without our id, or with another's, is nobody's."""
    for client_order_id in (None, "", "somebody's"):
        view = OrderView(client_order_id, "x1", OrderStatus.DEAD, filled=Decimal(0))
        row = absorb(a_row(), Evidence(Kind.SEEN, source="order_status", asked_at_us=AT, orders=(view,)), BOUNDS)
        assert row.orders == a_row().orders


@pytest.mark.parametrize("sending", [Sending.REFUSED, Sending.NOT_SENT])
def test_a_refusal_of_a_resend_is_no_refusal(sending: Sending) -> None:
    """Only the only send can be refused definitely: an earlier one of unknown outcome may have arrived."""
    once = answered(ENTRY, sending, AT + 1, refusal=Refusal.OTHER)
    twice = answered(departing(ENTRY, AT + 2), sending, AT + 3, refusal=Refusal.OTHER)
    assert (once.sending, once.never_existed) == (sending, True)
    assert (twice.sending, twice.never_existed, twice.sent_at_us) == (Sending.UNKNOWN, False, AT + 3)


def test_a_refusal_of_an_order_that_was_seen_is_no_refusal() -> None:
    """What was read back exists, whatever the reply to its send says."""
    seen = replace(ENTRY, status=OrderStatus.OPEN)
    assert answered(seen, Sending.REFUSED, AT + 1).sending is Sending.ACKNOWLEDGED
