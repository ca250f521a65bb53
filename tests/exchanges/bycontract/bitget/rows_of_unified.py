"""Rows as Bitget documents them for its unified account."""

from __future__ import annotations

from typing import Any

CONTRACT: dict[str, Any] = {
    "symbol": "AVLUSDT", "category": "USDT-FUTURES", "baseCoin": "AVL", "quoteCoin": "USDT",
    "buyLimitPriceRatio": "0.05", "sellLimitPriceRatio": "0.05", "feeRateUpRatio": "0.005", "makerFeeRate": "0.0002",
    "takerFeeRate": "0.0006", "openCostUpRatio": "0.01", "minOrderQty": "0.1", "maxOrderQty": "10000",
    "maxMarketOrderQty": "5000", "pricePrecision": "4", "quantityPrecision": "1", "quotePrecision": None,
    "priceMultiplier": "0.0005", "quantityMultiplier": "0.1", "type": "perpetual", "minOrderAmount": "5",
    "maxLeverage": "50", "minLeverage": "1", "status": "online", "fundInterval": "8", "isReality": "no",
}  # fmt: skip
CHEAP = {
    **CONTRACT, "symbol": "PEPEUSDT", "baseCoin": "PEPE", "priceMultiplier": "0.00000001", "pricePrecision": "8",
    "quantityMultiplier": "1000", "minOrderQty": "1000", "quantityPrecision": "0",
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "uid": "1111111111", "accountMode": "unified", "assetMode": "multi_assets", "holdMode": "one_way_mode",
    "stpMode": "none", "symbolConfigList": [
        {"category": "USDC-FUTURES", "symbol": "AVLUSDT", "marginMode": "isolated", "leverage": "9"},
        {"category": "USDT-FUTURES", "symbol": "AVLUSDT", "marginMode": "crossed", "leverage": "5"},
    ],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "orderId": "1320244799629316096", "clientOid": "apabcdentry", "category": "USDT-FUTURES", "symbol": "AVLUSDT",
    "orderType": "market", "side": "buy", "price": "", "qty": "10", "amount": "0", "cumExecQty": "10",
    "cumExecValue": "13.58", "avgPrice": "1.358", "timeInForce": "gtc", "orderStatus": "filled", "posSide": "long",
    "holdMode": "one_way_mode", "reduceOnly": "NO", "createdTime": "1796079600123", "updatedTime": "1796079600456",
    "cancelReason": "", "execType": "normal", "stpMode": "none",
}  # fmt: skip
STOP: dict[str, Any] = {
    "orderId": "1330984742276198400", "clientOid": "apabcdstop", "symbol": "AVLUSDT", "category": "USDT-FUTURES",
    "qty": "10", "posSide": "long", "status": "pending", "tpTriggerBy": "market", "slTriggerBy": "mark",
    "takeProfit": "", "stopLoss": "1.33", "tpOrderType": "market", "slOrderType": "market", "tpLimitPrice": "",
    "slLimitPrice": "", "createdTime": "1796079601000", "updatedTime": "1796079601000",
}  # fmt: skip
POSITION: dict[str, Any] = {
    "category": "USDT-FUTURES", "symbol": "AVLUSDT", "marginCoin": "USDT", "holdMode": "one_way_mode",
    "posSide": "short", "marginMode": "crossed", "available": "10", "frozen": "0", "total": "10", "leverage": "5",
    "avgPrice": "1.36", "positionStatus": "normal", "liquidationPrice": "0", "markPrice": "1.3571",
    "createdTime": "1796079600000", "updatedTime": "1796079600500",
}  # fmt: skip
FILL: dict[str, Any] = {
    "execId": "1322441401010528257", "orderId": "1320244799629316096", "category": "USDT-FUTURES",
    "symbol": "AVLUSDT", "orderType": "market", "side": "buy", "execPrice": "1.358", "execQty": "6",
    "execValue": "8.148", "tradeScope": "taker", "createdTime": "1796079600300", "updatedTime": "1796079600301",
    "execPnl": "0",
}  # fmt: skip
