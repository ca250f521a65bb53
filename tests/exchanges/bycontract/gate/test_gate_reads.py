"""What ccxt asks Gate for each read of ours, and what replies in the documented form are to us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_gate import POSITION

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

pytestmark = pytest.mark.wire

Gate = tuple[Desk, CcxtExchange]
AVL = "AVL/USDT:USDT"
BASE = "/api/v4/futures/usdt"
ORDER: dict[str, Any] = {
    "id": 123028481731, "contract": "AVL_USDT", "tif": "ioc", "is_reduce_only": False, "create_time": 1796079600.123,
    "finish_time": 1796079600.456, "price": "0", "size": 100, "left": 0, "text": "t-apabcdentry",
    "fill_price": "1.3580", "finish_as": "filled", "status": "finished", "is_liq": False, "is_close": False,
}  # fmt: skip
STOP: dict[str, Any] = {
    "user": 10406147, "id": 12604556, "trade_id": 0, "status": "open", "reason": "", "create_time": 1796079601,
    "trigger": {"strategy_type": 0, "price_type": 1, "price": "1.33", "rule": 2, "expiration": 0},
    "initial": {"contract": "AVL_USDT", "size": -100, "price": "0", "tif": "ioc", "text": "t-apabcdstop",
                "is_close": False, "is_reduce_only": True, "auto_size": ""},
}  # fmt: skip
FILL: dict[str, Any] = {
    "size": 60, "order_id": "123028481731", "trade_id": "26884791", "role": "taker", "create_time": 1796079600.3,
    "contract": "AVL_USDT", "price": "1.358", "text": "t-apabcdentry",
}  # fmt: skip
NOT_FOUND = {"label": "ORDER_NOT_FOUND", "message": "Order not found"}


def nothing_else(desk: Desk) -> None:
    """No order of that id, and empty lists."""
    desk.says(f"GET {BASE}/price_orders", [])
    desk.says(f"GET {BASE}/orders_timerange", [])
    desk.says(f"GET {BASE}/orders/t-apabcdentry", NOT_FOUND, status=404)
    desk.says(f"GET {BASE}/orders/t-apabcdstop", NOT_FOUND, status=404)


async def test_an_order_is_looked_up_by_our_id(gate: Gate) -> None:
    """One request where Gate still knows it by its text; sizes become the base asset, times microseconds."""
    desk, exchange = gate
    desk.says(f"GET {BASE}/orders/t-apabcdentry", ORDER)
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert desk.lines == [f"GET {BASE}/orders/t-apabcdentry"]
    assert (view.client_order_id, view.exchange_order_id, view.status) == (
        "apabcdentry", "123028481731", OrderStatus.FILLED,
    )  # fmt: skip
    assert (view.order_side, view.quantity, view.filled, view.average) == (OrderSide.BUY, 10, 10, Decimal("1.358"))
    assert (view.reduce_only, view.updated_at_us) == (False, 1796079600456000)


@pytest.mark.parametrize(("change", "status", "filled"), [
    ({"left": 40, "finish_as": "ioc"}, OrderStatus.DEAD, 6),
    ({"left": 100, "finish_as": "cancelled", "fill_price": "0"}, OrderStatus.DEAD, 0),
    ({"left": 40, "finish_as": "_new"}, OrderStatus.UNKNOWN, 6),
    ({"left": 40, "status": "open", "finish_as": None}, OrderStatus.PARTIAL, 6),
    ({"left": 100, "status": "open", "finish_as": None}, OrderStatus.OPEN, 0),
    ({"left": 0, "status": "weird"}, OrderStatus.UNKNOWN, 10),
    ({"size": "-100", "left": "-40", "finish_as": "reduce_only"}, OrderStatus.DEAD, 6),
])  # fmt: skip
async def test_f02_only_quantities_say_what_filled(
    gate: Gate, change: dict[str, Any], status: OrderStatus, filled: int
) -> None:
    """An order that was cancelled may have filled in part; a word nobody documented is unknown."""
    desk, exchange = gate
    desk.says(f"GET {BASE}/orders/t-apabcdentry", {**ORDER, **change})
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert (view.status, view.filled) == (status, filled)


async def test_a_stop_is_found_among_the_price_triggered_orders(gate: Gate) -> None:
    """They cannot be asked for by our id: the open ones are listed, and ours is told by its text."""
    desk, exchange = gate
    nothing_else(desk)
    desk.says(f"GET {BASE}/price_orders", [{**STOP, "id": 1, "initial": {**STOP["initial"], "text": "web"}}, STOP])
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert desk.lines == [f"GET {BASE}/orders/t-apabcdstop", f"GET {BASE}/price_orders"]
    assert desk.sent[-1].query == {"status": "open", "contract": "AVL_USDT", "limit": "100"}
    assert (view.status, view.order_side, view.quantity) == (OrderStatus.UNTRIGGERED, OrderSide.SELL, 10)
    assert (view.reduce_only, view.trigger_price, view.trigger_by) == (True, Decimal("1.33"), TriggerBy.MARK)
    assert view.exchange_order_id == "12604556"


async def test_a_triggered_stop_shows_what_it_became(gate: Gate) -> None:
    """The price-triggered order knows no fills: the order that it made does, and its id is the one that fills carry."""
    desk, exchange = gate
    nothing_else(desk)
    done = {**STOP, "status": "finished", "finish_as": "succeeded", "trade_id": 900, "finish_time": 1796079700}
    desk.says(f"GET {BASE}/price_orders", [], [done])
    made = {**ORDER, "id": 900, "size": -100, "left": -20, "finish_as": "ioc", "text": "t-apabcdstop"}
    desk.says(f"GET {BASE}/orders/900", made)
    (view,) = (await exchange.reads.orders(AVL, ["apabcdstop"])).orders
    assert (view.exchange_order_id, view.status, view.filled) == ("900", OrderStatus.DEAD, 8)
    assert (view.trigger_price, view.reduce_only) == (Decimal("1.33"), True)


async def test_a_triggered_stop_whose_order_is_not_shown_is_no_answer(gate: Gate) -> None:
    """Neither absent nor dead: it triggered, and what came of it is not known."""
    desk, exchange = gate
    nothing_else(desk)
    done = {**STOP, "status": "finished", "finish_as": "succeeded", "trade_id": 900}
    desk.says(f"GET {BASE}/price_orders", [], [done])
    desk.says(f"GET {BASE}/orders/900", NOT_FOUND, status=404)
    reading = await exchange.reads.orders(AVL, ["apabcdstop"])
    assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_absent_means_that_every_list_answered(gate: Gate) -> None:
    """One lookup that failed leaves the order unknown, not absent (I1)."""
    desk, exchange = gate
    nothing_else(desk)
    assert (await exchange.reads.orders(AVL, ["apabcdentry"])).absent_ids == ("apabcdentry",)
    assert [each.query.get("status") for each in desk.sent] == [None, "open", "finished", None]
    for line in (f"GET {BASE}/price_orders", f"GET {BASE}/orders_timerange"):
        nothing_else(desk)
        desk.says(line, "<html></html>")
        reading = await exchange.reads.orders(AVL, ["apabcdentry"])
        assert (reading.absent_ids, len(reading.failures)) == ((), 1)


async def test_a_full_page_is_not_the_last(gate: Gate) -> None:
    """The next one is asked for from where it ended."""
    desk, exchange = gate
    nothing_else(desk)
    full = [{**ORDER, "id": n + 1, "text": "api"} for n in range(100)]
    desk.says(f"GET {BASE}/orders_timerange", full, [ORDER])
    (view,) = (await exchange.reads.orders(AVL, ["apabcdentry"])).orders
    assert view.status is OrderStatus.FILLED
    assert [each.query.get("offset") for each in desk.sent[-2:]] == [None, "100"]


async def test_fills_carry_side_kind_and_our_id(gate: Gate) -> None:
    """The sign of the size is the side; forced ones are told by their text."""
    desk, exchange = gate
    forced = [
        {**FILL, "trade_id": str(n + 1), "size": -60, "create_time": 1796079700 + n, "text": said}
        for n, said in enumerate(["liq-123", "auto_deleveraging", "web"])
    ]
    desk.says(f"GET {BASE}/my_trades_timerange", [FILL, *forced])
    fills = (await exchange.reads.fills(AVL, 1796079600_000000, all_kinds=True)).fills
    assert [(f.order_side, f.quantity, f.kind) for f in fills] == [
        (OrderSide.BUY, 6, FillKind.TRADE), (OrderSide.SELL, 6, FillKind.LIQUIDATION),
        (OrderSide.SELL, 6, FillKind.ADL), (OrderSide.SELL, 6, FillKind.TRADE),
    ]  # fmt: skip
    assert (fills[0].client_order_id, fills[0].exchange_order_id, fills[0].price) == (
        "apabcdentry", "123028481731", Decimal("1.358"),
    )  # fmt: skip
    query = desk.sent[0].query
    assert (query["contract"], query["from"], query["limit"]) == ("AVL_USDT", "1796079600", "1000")


async def test_the_position_is_signed_and_says_its_time(gate: Gate) -> None:
    """A short's size is below zero; a row of size 0 with its time is a better answer than none."""
    desk, exchange = gate
    line = f"GET {BASE}/positions/AVL_USDT"
    desk.says(line, {**POSITION, "size": -100, "entry_price": "1.36", "liq_price": "1.6"})
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.side, view.entry_price) == (10, PositionSide.SHORT, Decimal("1.36"))
    assert (view.leverage, view.margin_mode, view.updated_at_us) == (5, MarginMode.ISOLATED, 1796079600_000000)
    desk.says(line, POSITION)
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.side, view.updated_at_us) == (0, None, 1796079600_000000)
    desk.says(line, {"label": "POSITION_NOT_FOUND"}, status=400)
    assert (await exchange.reads.position(AVL)).position.updated_at_us is None


@pytest.mark.parametrize("said", [
    "<html></html>", "", "{", [], {}, {**POSITION, "mode": "?"}, {**POSITION, "size": "many"},
    {**POSITION, "contract": "BTC_USDT"}, {"label": "SERVER_ERROR"}, {**POSITION, "size": None},
])  # fmt: skip
async def test_a_position_that_cannot_be_understood_is_not_flat(gate: Gate, said: object) -> None:
    """I1: an error is never an empty answer."""
    desk, exchange = gate
    desk.says(f"GET {BASE}/positions/AVL_USDT", said)
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_dual_mode_is_named(gate: Gate) -> None:
    """A row of dual mode is not taken for the slot, and the mode is read from the account."""
    desk, exchange = gate
    assert await exchange.reads.position_mode(AVL) is PositionMode.ONE_WAY  # type: ignore[attr-defined]
    desk.says(f"GET {BASE}/positions/AVL_USDT", {**POSITION, "mode": "dual_long"})
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)
    desk.says(f"GET {BASE}/accounts", {"user": 1, "in_dual_mode": True})
    assert await exchange.reads.position_mode(AVL) is PositionMode.HEDGE  # type: ignore[attr-defined]


async def test_the_mark_price_is_the_contract_s(gate: Gate) -> None:
    """Public, exact, and of the contract that was asked for."""
    desk, exchange = gate
    desk.says(f"GET {BASE}/contracts/AVL_USDT", {"name": "AVL_USDT", "mark_price": "1.3571"})
    assert await exchange.reads.mark_price(AVL) == Decimal("1.3571")
    desk.says(f"GET {BASE}/contracts/AVL_USDT", {"name": "BTC_USDT", "mark_price": "1.3571"})
    with pytest.raises(ReadFailed):
        await exchange.reads.mark_price(AVL)


async def test_the_account_lists_positions_orders_and_fills(gate: Gate) -> None:
    """One call a list, whatever the account holds; a market nobody loaded fails it, since its size is not known."""
    desk, exchange = gate
    desk.says(f"GET {BASE}/positions", [{**POSITION, "size": 100, "entry_price": "1.36"}, POSITION])
    desk.says(f"GET {BASE}/orders", [{**ORDER, "status": "open", "left": 100, "finish_as": None}])
    desk.says(f"GET {BASE}/price_orders", [STOP])
    desk.says(f"GET {BASE}/my_trades_timerange", [FILL])
    (position,) = await exchange.account.positions()
    assert (position.symbol, position.view.quantity) == (AVL, 10)
    orders = await exchange.account.open_orders()
    assert [(o.symbol, o.view.client_order_id) for o in orders] == [(AVL, "apabcdentry"), (AVL, "apabcdstop")]
    (fill,) = await exchange.account.fills(1796079600_000000)
    assert (fill.symbol, fill.fill.quantity) == (AVL, 6)
    desk.says(f"GET {BASE}/positions", [{**POSITION, "contract": "NEW_USDT", "size": 1}])
    with pytest.raises(ReadFailed):
        await exchange.account.positions()


async def test_steps_and_limits_are_in_the_base_asset(gate: Gate) -> None:
    """F57: one contract is a tenth here, so sizes are multiples of it; the key's account is Gate's own number."""
    _desk, exchange = gate
    instrument = await exchange.instrument("avl_usdt")
    assert (instrument.tick, instrument.step, instrument.min_quantity, instrument.max_quantity) == (
        Decimal("0.0001"), Decimal("0.1"), Decimal("0.1"), Decimal(100000),
    )  # fmt: skip
    assert (instrument.max_leverage, instrument.maintenance_rate) == (50, Decimal("0.01"))
    assert (await exchange.instrument("PEPE_USDT")).step == 10000
