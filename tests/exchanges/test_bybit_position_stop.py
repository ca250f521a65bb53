"""The stop that the exchange keeps on the position itself: how it is set, and how it is found again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scripted import AVL, Script

from atomicpos.exchanges.bybit.reads import ORDER_PAGES_MAX
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import (
    AttachedStop,
    OutcomeKind,
    PlaceOrder,
    ReadFailed,
    SetPositionStop,
    WrongPositionMode,
)

pytestmark = pytest.mark.wire

Scripted = tuple[Script, CcxtExchange]
CREATE, TRADING_STOP, REALTIME = "/v5/order/create", "/v5/position/trading-stop", "/v5/order/realtime"
OK: dict[str, Any] = {"retCode": "0", "retMsg": "OK", "retExtInfo": {}}
STOP = {
    "symbol": "AVLUSDT", "orderId": "s-1", "orderLinkId": "", "side": "Sell", "orderType": "Market", "qty": "0",
    "orderStatus": "Untriggered", "stopOrderType": "StopLoss", "createType": "CreateByStopLoss", "reduceOnly": True,
    "closeOnTrigger": True, "triggerPrice": "1.33", "triggerBy": "MarkPrice", "positionIdx": 0, "tpslMode": "Full",
    "cumExecQty": "0", "createdTime": "1700000000123", "updatedTime": "1700000000456",
}  # fmt: skip
OTHERS = [
    {**STOP, "orderId": "ours", "orderLinkId": "ap-stop", "stopOrderType": "Stop", "createType": "CreateByUser"},
    {**STOP, "orderId": "named", "orderLinkId": "somebody-elses"},
    {**STOP, "orderId": "target", "stopOrderType": "TakeProfit", "createType": "CreateByTakeProfit"},
    {**STOP, "orderId": "part", "stopOrderType": "PartialStopLoss", "createType": "CreateByPartialStopLoss"},
    {**STOP, "orderId": "dead", "orderStatus": "Deactivated"},
    {**STOP, "orderId": "limit", "stopOrderType": "", "createType": "CreateByUser", "orderStatus": "New"},
]


def listed(*rows: dict[str, Any], cursor: str = "") -> dict[str, Any]:
    return {**OK, "result": {"list": list(rows), "nextPageCursor": cursor}}


async def test_an_attached_stop_travels_in_the_body_of_the_entry(script: Scripted) -> None:
    """Trigger as plain text, its type, the whole position, at the market; the entry itself is as ever."""
    script[0].says(CREATE, {**OK, "result": {"orderId": "u-1", "orderLinkId": "ap-entry"}})
    stop = AttachedStop(Decimal("0.0000233000"), TriggerBy.MARK)
    entry = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False, attached_stop=stop)
    outcome = await script[1].write(entry)
    assert (outcome.kind, outcome.order) == (OutcomeKind.ACKNOWLEDGED, None)
    assert script[0].asked == [(CREATE, {
        "category": "linear", "symbol": "AVLUSDT", "side": "Buy", "orderType": "Market", "qty": "10",
        "positionIdx": 0, "orderLinkId": "ap-entry", "reduceOnly": False,
        "stopLoss": "0.0000233", "slTriggerBy": "MarkPrice", "tpslMode": "Full", "slOrderType": "Market",
    })]  # fmt: skip


async def test_a_worst_price_makes_it_an_immediate_or_cancel_limit_order(script: Scripted) -> None:
    """With a limit price the order never rests, and an attached stop goes with it all the same."""
    script[0].says(CREATE, {**OK, "result": {"orderId": "u-1", "orderLinkId": "ap-entry"}})
    await script[1].write(PlaceOrder(
        AVL, Leg.ENTRY, "ap-entry", OrderSide.SELL, Decimal(10), False, limit_price=Decimal("1.3500"),
        attached_stop=AttachedStop(Decimal("1.4"), TriggerBy.LAST),
    ))  # fmt: skip
    ((_, body),) = script[0].asked
    assert (body["orderType"], body["timeInForce"], body["price"]) == ("Limit", "IOC", "1.35")
    assert (body["stopLoss"], body["slTriggerBy"]) == ("1.4", "LastPrice")


@pytest.mark.parametrize(("trigger", "text"), [(Decimal("1.3300"), "1.33"), (None, "0")])
async def test_the_position_stop_is_set_over_the_whole_position(
    script: Scripted, trigger: Decimal | None, text: str
) -> None:
    """Symbol, one-way mode, the whole position, the trigger as plain text; zero takes it away."""
    script[0].says(TRADING_STOP, {**OK, "result": {}})
    assert (await script[1].write(SetPositionStop(AVL, trigger, TriggerBy.MARK))).kind is OutcomeKind.ACKNOWLEDGED
    assert script[0].asked == [(TRADING_STOP, {
        "category": "linear", "symbol": "AVLUSDT", "positionIdx": 0, "tpslMode": "Full", "stopLoss": text,
        "slTriggerBy": "MarkPrice",
    })]  # fmt: skip


async def test_f26_a_position_that_is_not_there_yet_is_asked_again_later(script: Scripted) -> None:
    """A zero position refuses this attempt and says nothing of the next one."""
    refusal = {**OK, "retCode": "10001", "retMsg": "can not set tp/sl/ts for zero position", "result": {}}
    script[0].says(TRADING_STOP, refusal, {**OK, "result": {}})
    stop = SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK)
    first, second = await script[1].write(stop), await script[1].write(stop)
    assert (first.kind, first.refusal) == (OutcomeKind.REFUSED, Refusal.NO_POSITION)
    assert second.kind is OutcomeKind.ACKNOWLEDGED


async def test_the_position_stop_is_read_as_an_order_without_an_id_of_ours(script: Scripted) -> None:
    """Side, trigger, type and what it cannot do come out as of any order; its quantity of 0 is shown as it is."""
    script[0].says(REALTIME, listed(*OTHERS, STOP))
    stop = (await script[1].reads.position_stop(AVL)).stop
    assert stop is not None
    assert (stop.client_order_id, stop.exchange_order_id, stop.status) == (None, "s-1", OrderStatus.UNTRIGGERED)
    assert (stop.order_side, stop.reduce_only, stop.quantity) == (OrderSide.SELL, True, Decimal(0))
    assert (stop.trigger_price, stop.trigger_by) == (Decimal("1.33"), TriggerBy.MARK)
    assert (stop.created_at_us, stop.updated_at_us) == (1_700_000_000_123_000, 1_700_000_000_456_000)
    assert script[0].asked == [(REALTIME, {"category": "linear", "symbol": "AVLUSDT", "limit": "50"})]


@pytest.mark.parametrize("rows", [[], OTHERS])
async def test_f24_other_orders_are_not_the_position_stop(script: Scripted, rows: list[dict[str, Any]]) -> None:
    """A stop of ours, one with an id, a target, a stop over a part, a dead one and a limit order: none is it."""
    script[0].says(REALTIME, listed(*rows))
    assert (await script[1].reads.position_stop(AVL)).stop is None


async def test_the_position_stop_is_looked_for_on_every_page(script: Scripted) -> None:
    """A stop behind fifty other orders is found, and one that two pages show counts once."""
    script[0].says(REALTIME, listed(*OTHERS, STOP, cursor="next"), listed(STOP))
    stop = (await script[1].reads.position_stop(AVL)).stop
    assert stop is not None
    assert script[0].asked[1][1]["cursor"] == "next"


async def test_two_position_stops_fail_the_read(script: Scripted) -> None:
    """Which of them holds is not guessed."""
    script[0].says(REALTIME, listed(STOP, {**STOP, "orderId": "s-2"}))
    with pytest.raises(ReadFailed, match="2 stops"):
        await script[1].reads.position_stop(AVL)


async def test_pages_of_orders_without_end_fail_the_read(script: Scripted) -> None:
    """A cursor that never ends is an incomplete answer."""
    script[0].says(REALTIME, *(listed(*OTHERS, cursor=f"page-{number}") for number in range(ORDER_PAGES_MAX)))
    with pytest.raises(ReadFailed, match="more than"):
        await script[1].reads.position_stop(AVL)
    assert len(script[0].asked) == ORDER_PAGES_MAX


@pytest.mark.parametrize("index", [1, "2"])
async def test_f14_hedge_mode_has_a_failure_of_its_own(script: Scripted, index: object) -> None:
    """Rows of hedge mode fail both reads by their own class, with the raw reply."""
    script[0].says(REALTIME, listed({**STOP, "positionIdx": index}))
    script[0].says("/v5/position/list", listed({"symbol": "AVLUSDT", "size": "0", "positionIdx": index}))
    for read in (script[1].reads.position_stop, script[1].urgent_reads.position):
        with pytest.raises(WrongPositionMode, match="one-way mode") as failed:
            await read(AVL)
        assert "positionIdx" in failed.value.raw


async def test_the_position_row_shows_the_trigger_of_its_stop(script: Scripted) -> None:
    """The position list carries the trigger, so one read shows position and stop together."""
    row = {"symbol": "AVLUSDT", "size": "10", "side": "Buy", "positionIdx": 0, "stopLoss": "1.3300"}
    script[0].says("/v5/position/list", listed(row))
    assert (await script[1].reads.position(AVL)).position.stop_price == Decimal("1.33")
