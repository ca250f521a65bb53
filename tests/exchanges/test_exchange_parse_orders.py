"""Order rows become one vocabulary, whatever stands in them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exchange_strategies import json_values
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.bybit.parse import order_view
from atomicpos.models import OrderSide, OrderStatus, TriggerBy
from atomicpos.ports import ReadFailed

ROW = {
    "symbol": "AVLUSDT", "orderId": "u-1", "orderLinkId": "ap-1", "side": "Sell", "orderType": "Market",
    "price": "1.5", "qty": "10", "orderStatus": "Filled", "avgPrice": "1.3584", "cumExecQty": "10",
    "reduceOnly": True, "triggerPrice": "1.33", "triggerBy": "MarkPrice",
    "createdTime": "1700000000123", "updatedTime": "1700000000456",
}  # fmt: skip


def test_an_order_row_is_read_field_by_field() -> None:
    """A whole row comes out with our sides, decimals and microseconds."""
    view = order_view(ROW)
    assert (view.client_order_id, view.exchange_order_id) == ("ap-1", "u-1")
    assert (view.status, view.order_side, view.reduce_only) == (OrderStatus.FILLED, OrderSide.SELL, True)
    assert (view.quantity, view.filled, view.average) == (Decimal(10), Decimal(10), Decimal("1.3584"))
    assert (view.trigger_price, view.trigger_by) == (Decimal("1.33"), TriggerBy.MARK)
    assert (view.created_at_us, view.updated_at_us) == (1_700_000_000_123_000, 1_700_000_000_456_000)


@pytest.mark.parametrize("filled", ["0", "", None, "9.99"])
def test_f03_closed_without_the_whole_quantity_is_not_filled(filled: object) -> None:
    """A row that says it is done but shows no covering fill is unknown."""
    for word in ("closed", "Filled"):
        assert order_view({**ROW, "orderStatus": word, "cumExecQty": filled}).status is OrderStatus.UNKNOWN


def test_f01_a_row_without_a_status_is_unknown() -> None:
    """A key that holds None is a missing status, not a failed order."""
    view = order_view({"orderId": "u-1", "orderLinkId": "ap-1", "orderStatus": None})
    assert (view.status, view.filled, view.average) == (OrderStatus.UNKNOWN, None, None)


@pytest.mark.parametrize("average", ["0", "", "0E-16", None, 0])
def test_f21_no_average_is_none_and_never_zero_nor_the_slippage_cap(average: object) -> None:
    """Without an average price there is none: zero is not a price, and neither is the order's price field."""
    assert order_view({**ROW, "avgPrice": average}).average is None


@pytest.mark.parametrize("bad", ["abc", "NaN", "Infinity", "-1", "1e400", True, [], {}])
def test_a_quantity_that_is_no_number_fails_the_read(bad: object) -> None:
    """A malformed number is never taken for a missing one."""
    with pytest.raises(ReadFailed):
        order_view({**ROW, "cumExecQty": bad})


@given(row=st.fixed_dictionaries({}, optional=dict.fromkeys(ROW, json_values)))
def test_any_row_parses_or_fails_the_read(row: dict[str, object]) -> None:
    """Over arbitrary JSON in every field nothing but ReadFailed comes out."""
    try:
        view = order_view(row)
    except ReadFailed:
        return
    assert view.average is None or view.average > 0
