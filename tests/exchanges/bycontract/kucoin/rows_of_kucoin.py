"""Rows as KuCoin documents them."""

from __future__ import annotations

from typing import Any

CONTRACT: dict[str, Any] = {
    "symbol": "AVLUSDTM", "rootSymbol": "USDT", "type": "FFWCSX", "expireDate": None, "settleDate": None,
    "baseCurrency": "AVL", "quoteCurrency": "USDT", "settleCurrency": "USDT", "maxOrderQty": 1000000,
    "marketMaxOrderQty": 500000, "maxPrice": 1000000.0, "lotSize": 1, "tickSize": 0.0001, "multiplier": 0.1,
    "initialMargin": 0.02, "maintainMargin": 0.01, "isInverse": False, "status": "Open", "maxLeverage": 50,
    "makerFeeRate": 0.0002, "takerFeeRate": 0.0006, "firstOpenDate": 1591086000000, "nextFundingRateTime": 25481884,
}  # fmt: skip
CHEAP = {**CONTRACT, "symbol": "PEPEUSDTM", "baseCurrency": "PEPE", "tickSize": 0.00000001, "multiplier": 10000.0}
ORDER: dict[str, Any] = {
    "id": "64507d02921f1c0001ff6892", "symbol": "AVLUSDTM", "type": "market", "side": "buy", "price": None,
    "size": 100, "value": "13.58", "stop": "", "stopPriceType": "", "stopTriggered": False, "stopPrice": None,
    "timeInForce": "GTC", "leverage": "5", "closeOrder": False, "clientOid": "apabcdentry", "isActive": False,
    "cancelExist": False, "createdAt": 1796079600123, "updatedAt": 1796079600456, "settleCurrency": "USDT",
    "status": "done", "filledValue": "13.58", "filledSize": 100, "reduceOnly": False,
}  # fmt: skip
STOP = {
    **ORDER, "id": "64507d02921f1c0001ff6893", "side": "sell", "stop": "down", "stopPriceType": "MP",
    "stopPrice": "1.33", "clientOid": "apabcdstop", "isActive": True, "status": "open", "filledValue": "0",
    "filledSize": 0, "reduceOnly": True,
}  # fmt: skip
POSITION: dict[str, Any] = {
    "id": "615ba79f83a3410001cde321", "symbol": "AVLUSDTM", "crossMode": False, "marginMode": "ISOLATED",
    "positionSide": "BOTH", "leverage": 5, "realLeverage": 5.01, "currentTimestamp": 1796079600999, "currentQty": 100,
    "isOpen": True, "markPrice": 1.3571, "avgEntryPrice": 1.358, "liquidationPrice": 1.1, "settleCurrency": "USDT",
}  # fmt: skip
FILL: dict[str, Any] = {
    "symbol": "AVLUSDTM", "tradeId": "1828954878212", "orderId": "64507d02921f1c0001ff6892", "side": "buy",
    "liquidity": "taker", "price": "1.358", "size": 60, "value": "8.148", "tradeType": "trade",
    "tradeTime": 1796079600300000000, "createdAt": 1796079600301,
}  # fmt: skip


def data(inner: object) -> dict[str, object]:
    """A reply that carries this."""
    return {"code": "200000", "data": inner}


def page(*rows: object, current: int = 1, last: int = 1) -> dict[str, object]:
    """A page of a list."""
    return data({"currentPage": current, "pageSize": 100, "totalNum": len(rows), "totalPage": last, "items": rows})
