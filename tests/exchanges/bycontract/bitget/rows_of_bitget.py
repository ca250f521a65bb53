"""Rows as Bitget documents them for its classic futures."""

from __future__ import annotations

from typing import Any

CONTRACT: dict[str, Any] = {
    "symbol": "AVLUSDT", "baseCoin": "AVL", "quoteCoin": "USDT", "buyLimitPriceRatio": "0.05",
    "sellLimitPriceRatio": "0.05", "feeRateUpRatio": "0.005", "makerFeeRate": "0.0002", "takerFeeRate": "0.0006",
    "openCostUpRatio": "0.01", "supportMarginCoins": ["USDT"], "minTradeNum": "0.1", "priceEndStep": "5",
    "volumePlace": "1", "pricePlace": "4", "sizeMultiplier": "0.1", "symbolType": "perpetual", "minTradeUSDT": "5",
    "maxSymbolOrderNum": "200", "maxProductOrderNum": "400", "maxPositionNum": "150", "symbolStatus": "normal",
    "offTime": "-1", "limitOpenTime": "-1", "deliveryTime": "", "deliveryStartTime": "", "deliveryPeriod": "",
    "launchTime": "", "fundInterval": "8", "minLever": "1", "maxLever": "50", "posLimit": "0.05", "maintainTime": "",
    "maxMarketOrderQty": "5000",
}  # fmt: skip
CHEAP = {
    **CONTRACT, "symbol": "PEPEUSDT", "baseCoin": "PEPE", "priceEndStep": "1", "pricePlace": "8",
    "sizeMultiplier": "1000", "minTradeNum": "1000", "volumePlace": "0",
}  # fmt: skip
ACCOUNT = {
    "marginCoin": "USDT", "available": "1000", "crossedMarginLeverage": "20", "isolatedLongLever": "5",
    "isolatedShortLever": "5", "marginMode": "isolated", "posMode": "one_way_mode", "assetMode": "single",
}  # fmt: skip
ORDER: dict[str, Any] = {
    "symbol": "AVLUSDT", "size": "10", "orderId": "1111465253393825792", "clientOid": "apabcdentry",
    "baseVolume": "10", "fee": "0", "price": "", "priceAvg": "1.358", "state": "filled", "side": "buy", "force": "gtc",
    "posSide": "net", "marginCoin": "USDT", "leverage": "5", "marginMode": "isolated", "reduceOnly": "NO",
    "tradeSide": "buy_single", "posMode": "one_way_mode", "orderType": "market", "cTime": "1796079600123",
    "uTime": "1796079600456",
}  # fmt: skip
STOP: dict[str, Any] = {
    "planType": "loss_plan", "symbol": "AVLUSDT", "size": "10", "orderId": "1111491399869075457",
    "clientOid": "apabcdstop", "price": "", "triggerPrice": "1.33", "triggerType": "mark_price", "planStatus": "live",
    "side": "sell", "posSide": "net", "marginCoin": "USDT", "marginMode": "isolated", "tradeSide": "sell_single",
    "posMode": "one_way_mode", "orderType": "market", "cTime": "1796079601000", "uTime": "1796079601000",
}  # fmt: skip
GUARD: dict[str, Any] = {
    **STOP, "planType": "pos_loss", "size": "", "orderId": "9", "clientOid": "1111491399869075458",
    "triggerType": "fill_price",
}  # fmt: skip
"""What a preset stop becomes: over the whole position, under ids of Bitget's own."""
POSITION: dict[str, Any] = {
    "marginCoin": "USDT", "symbol": "AVLUSDT", "holdSide": "short", "marginSize": "2.7", "available": "10",
    "locked": "0", "total": "10", "leverage": "5", "openPriceAvg": "1.36", "marginMode": "isolated",
    "posMode": "one_way_mode", "liquidationPrice": "1.6", "markPrice": "1.3571", "cTime": "1796079600000",
    "uTime": "1796079600500",
}  # fmt: skip
FILL: dict[str, Any] = {
    "tradeId": "1111468664328269825", "symbol": "AVLUSDT", "orderId": "1111465253393825792", "price": "1.358",
    "baseVolume": "6", "side": "buy", "quoteVolume": "8.148", "tradeSide": "buy_single", "posMode": "one_way_mode",
    "tradeScope": "taker", "cTime": "1796079600300",
}  # fmt: skip


def data(inner: object) -> dict[str, object]:
    """A reply that carries this."""
    return {"code": "00000", "msg": "success", "requestTime": 1796079600999, "data": inner}


def page(name: str, *rows: object) -> dict[str, object]:
    """A page of a list; one of none is written as null."""
    return data({name: list(rows) or None, "endId": "1" if rows else None})
