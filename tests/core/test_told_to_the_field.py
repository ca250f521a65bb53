"""What one message of the stream makes of an order, field by field."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from test_what_is_told import AT, BOUNDS, RECORD, WHOLE, S, row, sent, told

from atomicpos.absorb import absorb
from atomicpos.evidence import OURS, POSITION_STREAM
from atomicpos.models import Order, OrderStatus, Sending

HALF = WHOLE / 2
OPEN, DEAD, FILLED = OrderStatus.OPEN, OrderStatus.DEAD, OrderStatus.FILLED
TOLD = {"exchange_order_id": "x1", "created_at_us": AT - S, "updated_at_us": AT - S // 2}
"""What every message here says of the order."""
OWN: dict[str, Any] = {"exchange_order_id": "x0", "created_at_us": AT - 3 * S, "updated_at_us": AT}
"""What the order had of it, later than the message."""


def after(
    status: OrderStatus, filled: Decimal | int, view: dict[str, Any], entry: dict[str, Any]
) -> tuple[Order, Order]:
    """The entry before and after the message."""
    record = sent(RECORD, **entry)
    return record.entry, absorb(record, told(orders=(replace(row(record, status, filled), **view),)), BOUNDS).entry


@pytest.mark.parametrize(
    ("status", "filled", "view", "entry", "changed"),
    [
        (OPEN, 0, {}, {}, {"status": OPEN, "sending": Sending.ACKNOWLEDGED, **TOLD}),
        (OPEN, 0, {}, {"sending": Sending.REFUSED}, {"status": OPEN, **TOLD}),
        (OPEN, 0, {}, {"sending": Sending.ACKNOWLEDGED, "status": OrderStatus.UNTRIGGERED, **OWN}, {}),
        (OPEN, 0, {"filled": None}, {"sending": Sending.ACKNOWLEDGED, **OWN}, {"status": OPEN}),
        (OPEN, WHOLE, {}, {"sending": Sending.ACKNOWLEDGED, **OWN},
         {"status": OPEN, "filled": WHOLE, "average": Decimal("0.5")}),
        (FILLED, HALF, {}, {"sending": Sending.ACKNOWLEDGED, **OWN}, {"filled": HALF, "average": Decimal("0.5")}),
        (FILLED, 0, {"filled": None}, {"sending": Sending.ACKNOWLEDGED, "quantity": Decimal(1), **OWN}, {}),
        (FILLED, WHOLE, {}, {"sending": Sending.ACKNOWLEDGED, **OWN},
         {"status": FILLED, "filled": WHOLE, "average": Decimal("0.5")}),
        (DEAD, 0, {}, {"sending": Sending.ACKNOWLEDGED, **OWN}, {}),
        (DEAD, 0, {}, {"sending": Sending.UNKNOWN, "proven_absent": True, **OWN}, {"sending": Sending.ACKNOWLEDGED}),
        (OPEN, 0, {}, {"sending": Sending.ACKNOWLEDGED, "proven_absent": True, **OWN},
         {"status": OPEN, "proven_absent": False}),
        (DEAD, HALF, {}, {"sending": Sending.ACKNOWLEDGED, "proven_absent": True, **OWN},
         {"filled": HALF, "average": Decimal("0.5"), "proven_absent": False}),
    ],
    ids=["the first word of it", "refused, and there", "nothing new", "no quantity", "all of it, but open",
         "filled by half", "filled by nothing", "filled", "dead", "dead, and taken", "there after all",
         "filled after all"],
)  # fmt: skip
def test_a_message_changes_these_fields_and_no_other(
    status: OrderStatus, filled: Decimal | int, view: dict[str, Any], entry: dict[str, Any], changed: dict[str, Any]
) -> None:
    """The order is what it was, but for what the message shows to have happened."""
    before, told_of = after(status, filled, view, entry)
    assert told_of == replace(before, **changed)


def test_what_the_stream_told_is_stored_under_this_word() -> None:
    """Rows of every version name it so, and a plug-in of that name would be taken for it."""
    assert POSITION_STREAM == "position_stream"
    assert POSITION_STREAM in OURS
