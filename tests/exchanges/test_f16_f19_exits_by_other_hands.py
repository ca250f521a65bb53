"""F16, F19: an exit that the exchange made itself is found by its own name, and money moved is no quantity moved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scripted import AVL, Script

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, OrderSide
from atomicpos.ports import FillsReading
from atomicpos.sim import SystemClock

pytestmark = pytest.mark.wire

NOW_MS = SystemClock().now_us() // 1000
ENTRY = {
    "symbol": "AVLUSDT", "execId": "x-1", "execType": "Trade", "side": "Buy", "execQty": "10", "execPrice": "1.36",
    "execTime": str(NOW_MS), "orderLinkId": "ap-entry", "orderId": "u-1",
}  # fmt: skip
EXIT = {**ENTRY, "execId": "x-2", "side": "Sell", "execPrice": "1.1", "orderLinkId": "", "orderId": "their-own"}
FUNDING = {**ENTRY, "execId": "x-3", "execType": "Funding", "orderLinkId": ""}


async def fills(script: tuple[Script, CcxtExchange], rows: list[dict[str, Any]], *, all_kinds: bool) -> FillsReading:
    """What is read from an exchange that shows only executions of the type asked for, and funding with each."""
    script[0].executions = rows
    return await script[1].reads.fills(AVL, (NOW_MS - 1000) * 1000, all_kinds=all_kinds)


@pytest.mark.parametrize(("word", "kind"), [
    ("BustTrade", FillKind.LIQUIDATION), ("AdlTrade", FillKind.ADL), ("Settle", FillKind.SETTLEMENT),
])  # fmt: skip
async def test_f19_an_exit_that_only_its_own_type_shows_is_found(
    script: tuple[Script, CcxtExchange], word: str, kind: FillKind
) -> None:
    """Trades alone leave the position looking open; with every type asked for by name they sum to nothing."""
    rows = [ENTRY, {**EXIT, "execType": word}]
    trades = (await fills(script, rows, all_kinds=False)).fills
    assert [(fill.kind, fill.order_side) for fill in trades] == [(FillKind.TRADE, OrderSide.BUY)]
    found = (await fills(script, rows, all_kinds=True)).fills
    assert sum(fill.quantity if fill.order_side is OrderSide.BUY else -fill.quantity for fill in found) == 0
    assert [(fill.kind, fill.client_order_id) for fill in found if fill.order_side is OrderSide.SELL] == [(kind, None)]


async def test_f16_a_funding_row_is_no_fill(script: tuple[Script, CcxtExchange]) -> None:
    """Funding between entry and exit changes no quantity, whichever answer it comes with."""
    found = (await fills(script, [ENTRY, FUNDING], all_kinds=True)).fills
    assert [(fill.fill_id, fill.quantity) for fill in found] == [("x-1", Decimal(10))]
