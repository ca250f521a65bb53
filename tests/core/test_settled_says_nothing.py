"""A row that is over has nothing to say about its slot: what is there by now is its successor's, or nobody's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stories import AT, BOUGHT, BOUNDS, CLOSED_AT, SOLD, S, a_stop, filled_and, fills, slot

from atomicpos.conditions import OF_THE_SLOT, POSITION_LARGER, POSITION_REVERSED, conditions
from atomicpos.models import PositionSide, State
from atomicpos.record import Record
from atomicpos.weigh import weigh

SEEN_AT = AT + 60 * S
OTHERS = {
    POSITION_REVERSED: slot("10", SEEN_AT, SEEN_AT, PositionSide.SHORT),
    POSITION_LARGER: slot("25", SEEN_AT, SEEN_AT, PositionSide.LONG),
}


def said(row: Record) -> set[str]:
    """The conditions of the slot that hold of it."""
    return set(conditions(row, weigh(row, BOUNDS, SEEN_AT), BOUNDS)) & OF_THE_SLOT


@pytest.mark.parametrize("condition", OTHERS)
def test_a_position_of_others_is_said_of_a_row_that_goes_on(condition: str) -> None:
    """A position on the other side, or a larger one, is said of the row that holds the slot."""
    row = filled_and(OTHERS[condition]).with_order(a_stop())
    assert said(replace(row, state=State.VERIFYING)) == {condition}


@pytest.mark.parametrize("condition", OTHERS)
@pytest.mark.parametrize("state", [State.CLOSED, State.ROLLED_BACK, State.CLOSED_IMMEDIATELY])
def test_a_settled_row_that_is_looked_at_again_says_nothing_of_the_slot(condition: str, state: State) -> None:
    """What others hold there is no news of a row that is over: its successor's position was alerted as reversed, each
    time the old row was looked at again (F31, F60; swarm, brief seed 27).
    """
    row = filled_and(fills(BOUGHT, SOLD), slot("0", AT + 3 * S, CLOSED_AT), OTHERS[condition])
    assert said(replace(row, state=state, closed_quantity=Decimal(10))) == set()
