"""Position and execution rows: sizes are raw sizes, kinds are told apart, nonsense fails the read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exchange_strategies import json_values
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.bybit.parse import fill, position_view
from atomicpos.models import FillKind, OrderSide, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode

POSITION = {
    "symbol": "AVLUSDT", "positionIdx": 0, "side": "Sell", "size": "10", "avgPrice": "1.36", "markPrice": "1.35",
    "liqPrice": "1.6", "leverage": "5", "updatedTime": "1700000000123",
}  # fmt: skip
EXECUTION = {
    "symbol": "AVLUSDT", "execId": "x-1", "execType": "Trade", "side": "Buy", "execQty": "5", "execPrice": "1.36",
    "execTime": "1700000000123", "orderLinkId": "", "orderId": "u-1",
}  # fmt: skip


def test_a_position_row_is_read_field_by_field() -> None:
    """Side and prices come out in our words, the exchange's own time in microseconds."""
    view = position_view(POSITION)
    assert (view.quantity, view.side, view.entry_price) == (Decimal(10), PositionSide.SHORT, Decimal("1.36"))
    assert (view.leverage, view.updated_at_us) == (Decimal(5), 1_700_000_000_123_000)


def test_f52_a_row_of_size_zero_is_no_position_whatever_else_it_says() -> None:
    """The raw size decides: a side or an average beside a size of 0 is no exposure, and the time is kept."""
    view = position_view({**POSITION, "size": "0", "contracts": 0.5})
    assert (view.quantity, view.side, view.entry_price) == (Decimal(0), None, None)
    assert view.updated_at_us == 1_700_000_000_123_000


@pytest.mark.parametrize(("shown", "stop"), [("1.33", Decimal("1.33")), ("", None), ("0", None), ("0.0000", None)])
def test_the_stop_on_the_position_is_read_and_zero_is_none(shown: str, stop: Decimal | None) -> None:
    """Empty and zero both say that there is no stop."""
    assert position_view({**POSITION, "stopLoss": shown}).stop_price == stop


@pytest.mark.parametrize("index", [1, 2, "1", "2"])
def test_f14_hedge_mode_is_refused_by_name(index: object) -> None:
    """A row of hedge mode fails the read by a class of its own, with a sentence that names it."""
    with pytest.raises(WrongPositionMode, match="holds the symbol in hedge mode"):
        position_view({**POSITION, "positionIdx": index})


@pytest.mark.parametrize("change", [{"size": ""}, {"size": None}, {"side": ""}, {"side": "long"}, {"size": "-3"}])
def test_a_position_without_size_or_side_fails_the_read(change: dict[str, object]) -> None:
    """An exposure that cannot be understood is never shown as flat."""
    with pytest.raises(ReadFailed):
        position_view({**POSITION, **change})


@pytest.mark.parametrize(
    ("word", "kind"),
    [("Trade", FillKind.TRADE), ("BustTrade", FillKind.LIQUIDATION), ("AdlTrade", FillKind.ADL),
     ("Settle", FillKind.SETTLEMENT)],
)  # fmt: skip
def test_execution_types_become_kinds_of_fills(word: str, kind: FillKind) -> None:
    """What the exchange does on its own is told from a trade; its empty client id is None."""
    seen = fill({**EXECUTION, "execType": word})
    assert seen is not None
    assert (seen.kind, seen.order_side, seen.client_order_id) == (kind, OrderSide.BUY, None)


def test_a_funding_row_is_no_fill() -> None:
    """Funding moves money and no quantity."""
    assert fill({**EXECUTION, "execType": "Funding"}) is None


@pytest.mark.parametrize("change", [{"execQty": "0"}, {"execPrice": ""}, {"execId": ""}, {"execTime": "soon"},
                                    {"execType": "MovePosition"}, {"side": None}])  # fmt: skip
def test_an_execution_that_cannot_be_understood_fails_the_read(change: dict[str, object]) -> None:
    """No execution is left out because it is strange."""
    with pytest.raises(ReadFailed):
        fill({**EXECUTION, **change})


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(POSITION, json_values)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(EXECUTION, json_values)),
)
def test_any_row_parses_or_fails_the_read(position: dict[str, object], execution: dict[str, object]) -> None:
    """Over arbitrary JSON in every field nothing but ReadFailed comes out."""
    for read, row in ((position_view, position), (fill, execution)):
        try:
            read(row)
        except ReadFailed:
            continue
