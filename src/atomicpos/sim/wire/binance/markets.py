"""What anyone may read of Binance USD-M, and what ccxt and we ask of the account beside its positions."""

from __future__ import annotations

from atomicpos.models import PositionMode
from atomicpos.sim.markets import MARKETS, Market
from atomicpos.sim.netting import MAINTENANCE
from atomicpos.sim.venue import Venue

from ..circumstances import Circumstances
from ..spelling import MICROSECONDS_PER_MS, Json, number
from ..views import View
from .fields import Asked, decimals, markets_asked
from .symbol_rows import listed
from .words import CONDITIONAL_TYPES, MARGIN_TYPES

PERPETUAL_UNTIL_MS = 4_133_404_800_000
LAUNCHED_MS = 1_600_000_000_000
ALIAS = "SgsR"
"""The account's own name (``accountAlias``)."""

ORDER_TYPES = ["LIMIT", "MARKET", *sorted(CONDITIONAL_TYPES)]


def server_time(now_us: int) -> Json:
    """``/fapi/v1/time``."""
    return {"serverTime": now_us // MICROSECONDS_PER_MS}


def exchange_info(now_us: int, circumstances: Circumstances) -> Json:
    """``/fapi/v1/exchangeInfo``: every perpetual that is listed, with its filters and order types."""
    limits = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400},
        {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
    ]
    rows = listed((_symbol(market) for market in MARKETS), circumstances)
    return {"timezone": "UTC", **server_time(now_us), "rateLimits": limits, "exchangeFilters": [], "symbols": rows}


def _symbol(market: Market) -> Json:
    return {
        "symbol": market.market_id,
        "pair": market.market_id,
        "contractType": "PERPETUAL",
        "deliveryDate": PERPETUAL_UNTIL_MS,
        "onboardDate": LAUNCHED_MS,
        "status": "TRADING",
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": market.base,
        "quoteAsset": market.quote,
        "marginAsset": market.quote,
        "pricePrecision": decimals(market.tick),
        "quantityPrecision": decimals(market.step),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "triggerProtect": number(market.price_band),
        "marketTakeBound": number(market.price_band),
        "filters": _filters(market),
        "orderTypes": ORDER_TYPES,
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    }


def _filters(market: Market) -> list[Json]:
    lot = {
        "minQty": number(market.min_quantity),
        "maxQty": number(market.max_quantity),
        "stepSize": number(market.step),
    }
    prices = {
        "minPrice": number(market.tick),
        "maxPrice": number(market.price * 1000),
        "tickSize": number(market.tick),
    }
    return [
        {"filterType": "PRICE_FILTER", **prices},
        {"filterType": "LOT_SIZE", **lot},
        {"filterType": "MARKET_LOT_SIZE", **lot},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        {"filterType": "MIN_NOTIONAL", "notional": number(market.min_notional)},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": number(1 + market.price_band),
            "multiplierDown": number(1 - market.price_band),
            "multiplierDecimal": "4",
        },
    ]


def premium_index(view: View, asked: Asked, now_us: int) -> list[Json] | Json:
    """``/fapi/v1/premiumIndex``: the mark price of one symbol, or of all."""
    rows = [_premium(market, view, now_us) for market in markets_asked(asked)]
    return rows[0] if asked.get("symbol") else rows


def _premium(market: Market, view: View, now_us: int) -> Json:
    mark = number(view.mark(market.symbol))
    return {
        "symbol": market.market_id,
        "markPrice": mark,
        "indexPrice": mark,
        "estimatedSettlePrice": mark,
        "lastFundingRate": "0.00010000",
        "interestRate": "0.00010000",
        "nextFundingTime": 0,
        "time": now_us // MICROSECONDS_PER_MS,
    }


def leverage_brackets(asked: Asked) -> list[Json]:
    """``/fapi/v1/leverageBracket``: one bracket a symbol, with JSON numbers as the exchange has them."""
    return [
        {"symbol": market.market_id, "brackets": [{
            "bracket": 1, "initialLeverage": int(market.max_leverage), "notionalCap": 1_000_000_000,
            "notionalFloor": 0, "maintMarginRatio": float(MAINTENANCE), "cum": 0.0,
        }]}
        for market in markets_asked(asked)
    ]  # fmt: skip


def symbol_config(venue: Venue, asked: Asked) -> list[Json]:
    """``/fapi/v1/symbolConfig``: leverage and margin type of one symbol, or of all."""
    return [
        {
            "symbol": market.market_id,
            "marginType": MARGIN_TYPES[venue.margin_mode()],
            "isAutoAddMargin": "false",
            "leverage": int(venue.position_as_of(market.symbol, venue.now_us()).leverage),
            "maxNotionalValue": "1000000000",
        }
        for market in markets_asked(asked)
    ]


def account_config(mode: PositionMode) -> Json:
    """``/fapi/v1/accountConfig``: an account that may trade."""
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": mode is PositionMode.HEDGE,
        "updateTime": 0,
        "multiAssetsMargin": False,
        "tradeGroupId": -1,
    }


def key_restrictions(*, may_trade: bool) -> Json:
    """``/sapi/v1/account/apiRestrictions``: what the key may do, of which only futures are of interest here."""
    others = dict.fromkeys(
        ("enableWithdrawals", "enableInternalTransfer", "enableMargin", "enableSpotAndMarginTrading"), False
    )
    return {"ipRestrict": False, "createTime": LAUNCHED_MS, "enableReading": True, "enableFutures": may_trade, **others}


def balances() -> list[Json]:
    """``/fapi/v3/balance``: money is not modelled; the row tells the account's own name."""
    sums = dict.fromkeys(
        ("balance", "crossWalletBalance", "availableBalance", "maxWithdrawAmount"), "1000000.00000000"
    )
    return [{"accountAlias": ALIAS, "asset": "USDT", **sums, "crossUnPnl": "0", "marginAvailable": True}]
