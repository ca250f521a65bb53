"""What ccxt asks Hyperliquid for each read of ours, and what replies in the documented form are to us."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from captured import Desk
from rows_of_hyperliquid import ADDRESS, ASSET, ENTRY_CLOID, ENTRY_ID, FILL, ORDER, POSITION, STOP, STOP_ID, state

from atomicpos.errors import NotReady
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.hyperliquid.words import cloid
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed

pytestmark = pytest.mark.wire

Hyperliquid = tuple[Desk, CcxtExchange, dict[str, Any]]
AVL = "AVL/USDC:USDC"


def known(order: dict[str, Any], status: str) -> dict[str, Any]:
    return {"status": "order", "order": {"order": order, "status": status, "statusTimestamp": 1796079600456}}


async def test_an_order_is_looked_up_by_our_id(hyperliquid: Hyperliquid) -> None:
    """Named by its 128 bits and our address; what is left of it says what filled."""
    desk, exchange, said = hyperliquid
    said["orderStatus"] = known({**ORDER, "cloid": ENTRY_CLOID}, "filled")
    (view,) = (await exchange.reads.orders(AVL, [ENTRY_ID])).orders
    assert desk.sent[0].body == {"type": "orderStatus", "oid": ENTRY_CLOID, "user": ADDRESS}
    assert (view.client_order_id, view.exchange_order_id, view.status) == (ENTRY_ID, "3991946565", OrderStatus.FILLED)
    assert (view.order_side, view.quantity, view.filled, view.average) == (OrderSide.BUY, 10, 10, None)
    assert view.updated_at_us == 1796079600456000


@pytest.mark.parametrize(("word", "left", "status", "filled"), [
    ("open", "4.0", OrderStatus.PARTIAL, 6), ("open", "10.0", OrderStatus.OPEN, 0),
    ("canceled", "4.0", OrderStatus.DEAD, 6), ("marginCanceled", "10.0", OrderStatus.DEAD, 0),
    ("reduceOnlyCanceled", "10.0", OrderStatus.DEAD, 0), ("perpMarginRejected", "10.0", OrderStatus.DEAD, 0),
    ("filled", "4.0", OrderStatus.UNKNOWN, 6), ("weird", "0.0", OrderStatus.UNKNOWN, 10),
])  # fmt: skip
async def test_f02_every_word_of_theirs(
    hyperliquid: Hyperliquid, word: str, left: str, status: OrderStatus, filled: int
) -> None:
    """Filled only where nothing is left; words that nobody documented are unknown."""
    _, exchange, said = hyperliquid
    said["orderStatus"] = known({**ORDER, "cloid": ENTRY_CLOID, "sz": left}, word)
    (view,) = (await exchange.reads.orders(AVL, [ENTRY_ID])).orders
    assert (view.status, view.filled) == (status, filled)


async def test_a_waiting_stop_is_read_back_with_its_trigger(hyperliquid: Hyperliquid) -> None:
    """By our id, or among the open orders where the lookup does not know it."""
    _, exchange, said = hyperliquid
    said["orderStatus"] = {"status": "unknownOid"}
    said["frontendOpenOrders"] = [{**STOP, "cloid": cloid(STOP_ID)}, {**ORDER, "coin": "@107"}]
    (view,) = (await exchange.reads.orders(AVL, [STOP_ID])).orders
    assert (view.status, view.reduce_only, view.quantity) == (OrderStatus.UNTRIGGERED, True, 10)
    assert (view.trigger_price, view.trigger_by, view.order_side) == (Decimal("1.33"), TriggerBy.MARK, OrderSide.SELL)


async def test_absent_means_that_every_lookup_answered(hyperliquid: Hyperliquid) -> None:
    """An order that is not known and not open; a list that is none leaves it unknown (I1)."""
    _, exchange, said = hyperliquid
    said["orderStatus"], said["frontendOpenOrders"] = {"status": "unknownOid"}, []
    assert (await exchange.reads.orders(AVL, [ENTRY_ID])).absent_ids == (ENTRY_ID,)
    for name, reply in (("frontendOpenOrders", {}), ("orderStatus", {"status": "err", "response": "?"})):
        said["orderStatus"], said["frontendOpenOrders"] = {"status": "unknownOid"}, []
        said[name] = reply
        reading = await exchange.reads.orders(AVL, [ENTRY_ID])
        assert (reading.absent_ids, len(reading.failures)) == ((), 1)


async def test_a_liquidation_is_ours_only_where_it_names_us(hyperliquid: Hyperliquid) -> None:
    """Both sides of one are told of it: who only took the other side was not liquidated."""
    _, exchange, said = hyperliquid
    said["userFillsByTime"] = [
        {**FILL, "cloid": ENTRY_CLOID},
        {**FILL, "tid": 2, "side": "A", "liquidation": {"liquidatedUser": ADDRESS.lower(), "method": "market"}},
        {**FILL, "tid": 3, "side": "A", "liquidation": {"liquidatedUser": "0x0", "method": "market"}},
        {**FILL, "tid": 4, "side": "A", "dir": "Auto-Deleveraging"},
        {**FILL, "tid": 5, "coin": "@107"}, {**FILL, "tid": 6, "coin": "ETH"},
    ]
    await exchange.open()
    fills = (await exchange.reads.fills(AVL, 1796079600_000000, all_kinds=True)).fills
    assert [(fill.fill_id, fill.kind) for fill in fills if fill.fill_id != "128423918764978"] == [
        ("2", FillKind.LIQUIDATION), ("3", FillKind.TRADE), ("4", FillKind.ADL),
    ]  # fmt: skip
    (first,) = [fill for fill in fills if fill.client_order_id == ENTRY_ID]
    assert (first.quantity, first.price, first.order_side) == (6, Decimal("1.358"), OrderSide.BUY)


async def test_a_full_reply_of_fills_is_not_the_last(hyperliquid: Hyperliquid) -> None:
    """It goes on from its latest time; when that does not lead on, the read fails."""
    _, exchange, said = hyperliquid
    said["userFillsByTime"] = [{**FILL, "tid": n + 1} for n in range(2000)]
    with pytest.raises(ReadFailed):
        await exchange.reads.fills(AVL, 1796079600_000000)


async def test_the_position_is_signed_and_has_no_time(hyperliquid: Hyperliquid) -> None:
    """A short's size is below zero; a symbol that is not listed is the weakest of answers."""
    desk, exchange, said = hyperliquid
    short = {**POSITION, "position": {**POSITION["position"], "szi": "-10.0"}}
    said["clearinghouseState"] = state(short)
    view = (await exchange.reads.position(AVL)).position
    assert desk.sent[0].body == {"type": "clearinghouseState", "user": ADDRESS}
    assert (view.quantity, view.side, view.entry_price) == (10, PositionSide.SHORT, Decimal("1.358"))
    assert (view.leverage, view.margin_mode, view.updated_at_us) == (5, MarginMode.ISOLATED, None)
    said["clearinghouseState"] = state()
    view = (await exchange.reads.position(AVL)).position
    assert (view.quantity, view.side) == (0, None)


@pytest.mark.parametrize("reply", [
    {}, [], {"assetPositions": None}, {"error": "?"}, {"status": "err", "response": "?"},
    state({**POSITION, "position": {**POSITION["position"], "szi": "many"}}), state({**POSITION, "type": "hedged"}),
    state("?"),
])  # fmt: skip
async def test_a_position_that_cannot_be_understood_is_not_flat(hyperliquid: Hyperliquid, reply: object) -> None:
    """I1: an error is never an empty answer."""
    _, exchange, said = hyperliquid
    said["clearinghouseState"] = reply
    with pytest.raises(ReadFailed):
        await exchange.reads.position(AVL)


async def test_the_account_lists_positions_orders_and_fills(hyperliquid: Hyperliquid) -> None:
    """One call a list; what belongs to spot pairs is none of ours."""
    _, exchange, said = hyperliquid
    said["clearinghouseState"] = state(POSITION)
    said["frontendOpenOrders"] = [{**STOP, "cloid": cloid(STOP_ID)}, {**ORDER, "coin": "PURR/USDC"}]
    said["userFillsByTime"] = [FILL, {**FILL, "tid": 5, "coin": "@107"}]
    (position,) = await exchange.account.positions()
    assert (position.symbol, position.view.quantity) == (AVL, 10)
    (order,) = await exchange.account.open_orders()
    assert (order.symbol, order.view.client_order_id) == (AVL, STOP_ID)
    (fill,) = await exchange.account.fills(1796079600_000000)
    assert (fill.symbol, fill.fill.quantity) == (AVL, 6)


async def test_steps_follow_from_digits(hyperliquid: Hyperliquid) -> None:
    """Five significant digits up to twice the mark price, sizes in the coin's decimals, the mark price as it is."""
    _, exchange, said = hyperliquid
    instrument = await exchange.instrument("AVL/USDC:USDC")
    assert (instrument.tick, instrument.step, instrument.min_notional, instrument.maintenance_rate) == (
        Decimal("0.0001"), Decimal("0.1"), 10, Decimal("0.05"),
    )  # fmt: skip
    said["activeAssetData"] = {**ASSET, "coin": "kPEPE", "markPx": "0.024805"}
    assert (await exchange.instrument("KPEPE/USDC:USDC")).tick == Decimal("0.000001")
    said["activeAssetData"] = ASSET
    assert await exchange.reads.mark_price(AVL) == Decimal("1.3571")


async def test_an_account_of_another_is_refused(hyperliquid: Hyperliquid) -> None:
    """A vault or sub-account would be asked about itself and be acted on as the key's own account."""
    _, exchange, _ = hyperliquid
    exchange._view.options["vaultAddress"] = ADDRESS
    with pytest.raises(NotReady, match="another account"):
        await exchange.open()
    del exchange._view.options["vaultAddress"]
