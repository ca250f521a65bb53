"""Rows as Hyperliquid documents them, and ids of ours in its spelling."""

from __future__ import annotations

from typing import Any

ADDRESS = "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955"
KEY = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"
ENTRY_ID, STOP_ID = "apabcdabcdefghijklmnopqrst", "apabcd77777777777777777777"
ENTRY_CLOID = "0xa90044300443214c74254b635cf84653"
MARKET: dict[str, Any] = {
    "baseId": 7, "name": "AVL", "szDecimals": 1, "maxLeverage": 10, "markPx": "1.3571", "midPx": "1.357",
    "oraclePx": "1.3570",
}  # fmt: skip
CHEAP = {**MARKET, "baseId": 8, "name": "kPEPE", "szDecimals": 0, "markPx": "0.024805"}
ORDER: dict[str, Any] = {
    "children": [], "cloid": None, "coin": "AVL", "isPositionTpsl": False, "isTrigger": False, "limitPx": "1.425",
    "oid": 3991946565, "orderType": "Limit", "origSz": "10.0", "reduceOnly": False, "side": "B", "sz": "0.0",
    "tif": "Ioc", "timestamp": 1796079600123, "triggerCondition": "N/A", "triggerPx": "0.0",
}  # fmt: skip
STOP = {
    **ORDER, "isTrigger": True, "orderType": "Stop Market", "reduceOnly": True, "side": "A", "sz": "10.0", "tif": None,
    "oid": 3991946566, "triggerCondition": "Price below 1.33", "triggerPx": "1.33", "limitPx": "1.197",
}  # fmt: skip
POSITION: dict[str, Any] = {
    "position": {
        "coin": "AVL", "entryPx": "1.358", "leverage": {"type": "isolated", "value": 5, "rawUsd": "-1"},
        "liquidationPx": "1.1", "marginUsed": "2.7", "maxLeverage": 10, "positionValue": "13.58", "szi": "10.0",
        "unrealizedPnl": "0.0",
    },
    "type": "oneWay",
}  # fmt: skip
FILL: dict[str, Any] = {
    "closedPnl": "0.0", "coin": "AVL", "crossed": True, "dir": "Open Long", "fee": "0.01", "feeToken": "USDC",
    "hash": "0x0", "oid": 3991946565, "px": "1.358", "side": "B", "startPosition": "0.0", "sz": "6.0",
    "tid": 128423918764978, "time": 1796079600300,
}  # fmt: skip
ASSET: dict[str, Any] = {
    "user": ADDRESS, "coin": "AVL", "leverage": {"type": "isolated", "value": 5, "rawUsd": "0.0"},
    "maxTradeSzs": ["1.0", "1.0"], "availableToTrade": ["1.0", "1.0"], "markPx": "1.3571",
}  # fmt: skip


def state(*positions: object) -> dict[str, object]:
    """clearinghouseState with these positions."""
    return {"assetPositions": positions, "time": 1796079600999, "withdrawable": "1000.0"}


def statuses(*rows: object) -> dict[str, object]:
    """What an action is answered with."""
    return {"status": "ok", "response": {"type": "order", "data": {"statuses": rows}}}
