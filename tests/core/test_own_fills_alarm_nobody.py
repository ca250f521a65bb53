"""While the entry may still fill, a position larger than the fills that are known is no other hand's (F31)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import AT, BOUGHT, BOUNDS, ENTRY_ID, FILLED_AT, S, fills, order, sending, slot, told

from atomicpos.conditions import POSITION_LARGER, conditions
from atomicpos.models import OrderStatus, PositionSide, Sending, State
from atomicpos.record import Record
from atomicpos.weigh import weigh

SEEN_AT = AT + 2 * S
HALF = replace(BOUGHT, quantity=Decimal(4), client_order_id=ENTRY_ID)


def said(row: Record) -> bool:
    """Whether a larger position is said of the row."""
    return POSITION_LARGER in conditions(row, weigh(row, BOUNDS, SEEN_AT), BOUNDS)


@pytest.mark.parametrize(("shown", "alarm"), [("4", False), ("10", False), ("10.1", True)])
def test_our_own_fills_that_are_not_known_yet_alarm_nobody(shown: str, alarm: bool) -> None:
    """Four of ten are known to have filled and the slot shows all ten: they are ours. More than that is another's."""
    seen = slot(shown, SEEN_AT, FILLED_AT, PositionSide.LONG)
    row = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.OPEN, "4"), fills(HALF), seen)
    assert said(replace(row, state=State.VERIFYING)) is alarm
