"""Order rows become one vocabulary, whatever stands in them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exchange_strategies import json_values
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.parse import _DEAD, order_status, order_view
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


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("New", OrderStatus.OPEN), ("open", OrderStatus.OPEN), ("Created", OrderStatus.OPEN),
        ("PartiallyFilled", OrderStatus.PARTIAL), ("partially_filled", OrderStatus.PARTIAL),
        ("Untriggered", OrderStatus.UNTRIGGERED), ("Triggered", OrderStatus.TRIGGERED),
        ("Cancelled", OrderStatus.DEAD), ("canceled", OrderStatus.DEAD), ("REJECTED", OrderStatus.DEAD),
        ("Deactivated", OrderStatus.DEAD), ("PartiallyFilledCanceled", OrderStatus.DEAD),
        ("Filled", OrderStatus.UNKNOWN), ("closed", OrderStatus.UNKNOWN), ("ok", OrderStatus.UNKNOWN),
        (None, OrderStatus.UNKNOWN), ("", OrderStatus.UNKNOWN), (1, OrderStatus.UNKNOWN),
    ],
)  # fmt: skip
def test_f02_native_and_unified_words_go_through_one_normaliser(word: object, status: OrderStatus) -> None:
    """Words of the exchange and of ccxt, in any case, mean the same; strange ones mean unknown, never failed."""
    assert order_status(word, Decimal(10), Decimal(0)) is status


@given(word=st.none() | st.text() | st.integers(), filled=st.none() | st.integers(0, 20).map(Decimal))
def test_f02_nothing_is_dead_or_filled_by_accident(word: object, filled: Decimal | None) -> None:
    """Dead comes from an explicit word only, filled only when the filled quantity covers the order's."""
    status = order_status(word, Decimal(10), filled)
    if status is OrderStatus.DEAD:
        assert isinstance(word, str)
        assert word.strip().lower().replace("_", "") in _DEAD
    if status is OrderStatus.FILLED:
        assert filled is not None
        assert filled >= 10


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
