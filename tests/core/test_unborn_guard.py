"""When a guard stop under an id of ours, which never came with its entry, is proven never to have come."""

from __future__ import annotations

import pytest
from stories import AT, BOUNDS, S, a_stop, filled_and

from atomicpos.absorb import absorb
from atomicpos.evidence import Evidence, Kind, Source
from atomicpos.models import WITH_ENTRY, Order, Refusal

OVER = AT
"""Since when the entry has been over."""
LOOK = OVER + S
UNKNOWN = Refusal.UNKNOWN_ORDER


def looked_for(asked_at_us: int, cancelled_us: int | None = None, refusal: Refusal | None = None) -> Order:
    """The guard after one lookup that did not find it."""
    guard = a_stop(
        attempt=WITH_ENTRY, status=None, read_back=False, seen_at_us=None, created_at_us=None, first_sent_at_us=AT,
        cancels=0 if cancelled_us is None else 1, cancel_sent_at_us=cancelled_us, refusal=refusal,
    )
    record = filled_and().with_order(guard)
    assert record.entry.over_since_us == OVER
    absent = Evidence(Kind.ABSENT, source=Source.ORDER_STATUS, asked_at_us=asked_at_us,
                      absent_ids=(guard.client_order_id,))  # fmt: skip
    found = absorb(record, absent, BOUNDS)
    return next(order for order in found.orders if order.client_order_id == guard.client_order_id)


@pytest.mark.parametrize(("asked_at_us", "counted"), [(OVER - 1, None), (OVER, OVER), (LOOK, LOOK)])
def test_an_absence_counts_from_the_end_of_the_entry_on(asked_at_us: int, counted: int | None) -> None:
    """To the microsecond; one before it says nothing, for the entry could still bring it."""
    assert looked_for(asked_at_us).absent_since_us == counted


@pytest.mark.parametrize(
    ("cancelled_us", "refusal", "proven"),
    [
        (OVER, UNKNOWN, True), (LOOK, UNKNOWN, True), (OVER - 1, UNKNOWN, False), (LOOK + 1, UNKNOWN, False),
        (OVER, None, False), (LOOK, Refusal.OTHER, False), (None, UNKNOWN, False), (None, None, False),
    ],
)  # fmt: skip
def test_one_absence_is_enough_beside_a_refused_cancel(
    cancelled_us: int | None, refusal: Refusal | None, proven: bool
) -> None:
    """Asked for between the entry's end and the look, and refused as unknown: nothing less."""
    assert looked_for(LOOK, cancelled_us, refusal).proven_absent is proven
