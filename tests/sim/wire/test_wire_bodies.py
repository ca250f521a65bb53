"""Whatever a body holds, it becomes a request of the engine or a refusal with a code: never a crash."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atomicpos.models import OrderSide, TriggerBy
from atomicpos.sim import SystemClock, Venue
from atomicpos.sim.orders import RefusalReason, Refused
from atomicpos.sim.wire.bybit.orders import cancelled_ids, place_request
from atomicpos.sim.wire.bybit.refusals import order_refusal, refusal, stop_refusal
from atomicpos.sim.wire.bybit.replies import Rejection
from atomicpos.sim.wire.bybit.settings import leverage_asked, margin_mode_asked, stop_asked
from atomicpos.sim.wire.parent import gone, watched

VENUE = Venue(SystemClock().now_us)
ENTRY = {"category": "linear", "symbol": "AVLUSDT", "side": "Buy", "orderType": "Market", "qty": "10"}
STOP = {**ENTRY, "side": "Sell", "triggerPrice": "1.3", "triggerDirection": 2, "reduceOnly": True}

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(["10", "0", "-1", "1e999999", "NaN", "sNaN", "1.3", "Buy", "linear", "AVLUSDT"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
names = st.sampled_from([
    *STOP, "triggerBy", "orderLinkId", "orderId", "positionIdx", "buyLeverage", "sellLeverage", "price", "timeInForce",
    "stopLoss", "slTriggerBy", "tpslMode", "slOrderType", "setMarginMode",
])  # fmt: skip


@given(st.dictionaries(names, values))
@example({"qty": "1e999999"})
@example({"qty": "sNaN"})
@example({"symbol": ["AVLUSDT"]})
def test_any_body_is_taken_or_refused(changed: dict[str, Any]) -> None:
    """Reading and placing raise nothing but refusals, whatever single fields hold."""
    venue = Venue(SystemClock().now_us)
    for base in (ENTRY, STOP):
        try:
            venue.place(place_request({**base, **changed}))
        except (Rejection, Refused):
            continue


@given(st.dictionaries(names, values))
def test_any_cancel_and_leverage_is_read_or_refused(changed: dict[str, Any]) -> None:
    """The other writes are as sturdy."""
    for read in (cancelled_ids, partial(leverage_asked, venue=VENUE), stop_asked, margin_mode_asked):
        try:
            read({**ENTRY, **changed})
        except Rejection:
            continue


def test_a_stop_is_read_as_it_was_meant() -> None:
    """Side, quantity, trigger and its type arrive; without a type it is the last price, as Bybit's default is."""
    read = place_request({**STOP, "triggerBy": "MarkPrice", "orderLinkId": "stop-1"})
    assert (read.symbol, read.order_side, read.reduce_only) == ("AVL/USDT:USDT", OrderSide.SELL, True)
    assert (str(read.quantity), str(read.trigger_price)) == ("10", "1.3")
    assert (read.trigger_by, read.client_order_id) == (TriggerBy.MARK, "stop-1")
    assert place_request(STOP).trigger_by is TriggerBy.LAST


def test_every_refusal_of_the_engine_has_a_code() -> None:
    """No reason is left without a translation."""
    asked = stop_asked({**ENTRY, "stopLoss": "1.3"})
    for reason, body in product(RefusalReason, (ENTRY, STOP, {**ENTRY, "stopLoss": "1.3"})):
        refused, request = Refused(reason, "because"), place_request(body)
        assert refusal(refused).message
        assert order_refusal(refused, request, Decimal("1.2")).message
        assert stop_refusal(refused, asked, OrderSide.BUY, Decimal("1.2")).message


async def test_a_parent_is_gone_once_its_process_is() -> None:
    """While the process runs the wait goes on; after its end it returns."""
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=subprocess.PIPE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(gone(watched(other.pid), period_s=0.01), 0.05)
    await other.communicate(b"\n")
    await asyncio.wait_for(gone(watched(other.pid), period_s=0.01), 1)
