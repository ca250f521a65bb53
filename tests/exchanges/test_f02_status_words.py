"""F02: two vocabularies of order status go through one normaliser, and strange words mean unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.bybit.parse import _DEAD, order_status
from atomicpos.models import OrderStatus


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
