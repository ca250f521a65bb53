"""Bybit in hedge mode, row by row: which side a position, a stop and an execution belong to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.exchanges.bybit import parse, writes
from atomicpos.models import Leg, OrderSide, PositionSide, TriggerBy
from atomicpos.ports import PlaceOrder, ReadFailed, SetPositionStop, WrongPositionMode

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
EXECUTION = {
    "symbol": "AVLUSDT", "execId": "x-1", "execType": "Trade", "execQty": "5", "execPrice": "1.36",
    "execTime": "1700000000123", "orderLinkId": "", "orderId": "u-1",
}  # fmt: skip
POSITION = {"symbol": "AVLUSDT", "size": "10", "side": "Sell", "positionIdx": 2, "updatedTime": "1700000000123"}


@pytest.mark.parametrize(("side", "closed", "of"), [
    ("Buy", "0", LONG), ("Sell", "5", LONG), ("Sell", "0", SHORT), ("Buy", "5", SHORT), ("Buy", "5.0", SHORT),
])  # fmt: skip
def test_an_execution_is_told_by_what_it_closed(side: str, closed: str, of: PositionSide) -> None:
    """A sell that closed was the long's, one that closed nothing opened the short; and so for a buy."""
    row = {**EXECUTION, "side": side, "closedSize": closed}
    shown = {each: parse.fill(row, each) for each in PositionSide}
    assert shown[of] is not None
    assert shown[of.other] is None
    assert parse.fill(row) is not None


@pytest.mark.parametrize("kind", ["BustTrade", "AdlTrade", "Settle"])
@pytest.mark.parametrize("closed", [{}, {"closedSize": "0"}, {"closedSize": "5"}])
def test_the_exchanges_own_executions_only_close(kind: str, closed: dict[str, str]) -> None:
    """Whatever they say of a closed size: a liquidating sell took a long."""
    row = {**EXECUTION, **closed, "execType": kind, "side": "Sell"}
    assert parse.fill(row, LONG) is not None
    assert parse.fill(row, SHORT) is None


@pytest.mark.parametrize("said", [None, "", "3", "6", []])
def test_an_execution_that_does_not_tell_its_side_fails_the_read(said: object) -> None:
    """It is never left out, and never given to a side by guess."""
    row = {**EXECUTION, "closedSize": said, "side": "Sell"}
    for side in PositionSide:
        with pytest.raises(ReadFailed):
            parse.fill(row, side)


def test_funding_is_no_fill_of_either_side() -> None:
    """It names no closed size, and needs none."""
    assert [parse.fill({"execType": "Funding", "symbol": "AVLUSDT"}, side) for side in PositionSide] == [None, None]


def test_a_position_row_is_its_own_sides() -> None:
    """Told by its index; one of one-way mode is of the other mode, and one whose side contradicts its index is none."""
    shown = parse.position_view(POSITION, SHORT)
    assert shown is not None
    assert (shown.side, shown.quantity) == (SHORT, 10)
    assert parse.position_view(POSITION, LONG) is None
    with pytest.raises(WrongPositionMode):
        parse.position_view({**POSITION, "positionIdx": 0}, SHORT)
    with pytest.raises(WrongPositionMode):
        parse.position_view(POSITION)
    with pytest.raises(ReadFailed):
        parse.position_view({**POSITION, "positionIdx": 1}, LONG)
    with pytest.raises(ReadFailed):
        parse.position_view({**POSITION, "positionIdx": 3}, LONG)


@pytest.mark.parametrize(("side", "index"), [(None, 0), (LONG, 1), (SHORT, 2)])
def test_every_write_names_the_index(side: PositionSide | None, index: int) -> None:
    """Entry, exit and the position's own stop; an exit stays reduce-only beside it."""
    exit_ = PlaceOrder("AVL/USDT:USDT", Leg.CLOSE, "ap-1", OrderSide.SELL, Decimal(5), reduce_only=True)
    own_stop = SetPositionStop("AVL/USDT:USDT", Decimal("1.3"), TriggerBy.MARK)
    asked = writes.place(exit_, "AVLUSDT", side).params
    assert (asked["positionIdx"], asked["reduceOnly"]) == (index, True)
    assert writes.set_position_stop(own_stop, "AVLUSDT", side).params["positionIdx"] == index
