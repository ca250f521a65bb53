"""What anyone may read of Bybit: instruments, tickers and the clock; and the little ccxt asks of the account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from atomicpos.models import MarginMode
from atomicpos.sim.markets import MARKETS, SPOT_TWINS, Market

from ..circumstances import Circumstances
from ..spelling import Json, milliseconds, number
from ..views import View
from .instrument_rows import PRE_LAUNCH, listed
from .replies import Code, Rejection

CATEGORIES = ("spot", "linear", "inverse", "option")
LINEAR = "linear"
LAUNCHED_US = 1_600_000_000_000_000
TAKER_FEE = Decimal("0.0006")
MARGIN_MODES = {MarginMode.ISOLATED: "ISOLATED_MARGIN", MarginMode.CROSS: "REGULAR_MARGIN"}

_LINEAR = {market.market_id: market for market in MARKETS}
_SPOT = {market.market_id: market for market in SPOT_TWINS}


def linear_market(market_id: str) -> Market:
    """The perpetual with this raw id. Raises Rejection 10001 when there is none."""
    try:
        return _LINEAR[market_id]
    except KeyError:
        raise Rejection(Code.PARAMETER, f"symbol {market_id!r} is not a linear perpetual of this venue") from None


def category_of(asked: Mapping[str, str]) -> str:
    """The category asked for. Raises Rejection 10001 when it is missing or none of Bybit's."""
    category = asked.get("category", "")
    if category not in CATEGORIES:
        raise Rejection(Code.PARAMETER, f"category {category!r} must be one of {', '.join(CATEGORIES)}")
    return category


def instruments(asked: Mapping[str, str], circumstances: Circumstances | None = None) -> Json:
    """``/v5/market/instruments-info``: one page; inverse and option are empty.

    What is in pre-launch is listed only where that status is asked for.
    """
    category = category_of(asked)
    rows = listed(category, _instrument_rows(category), circumstances or Circumstances())
    status, wanted = asked.get("status"), asked.get("symbol")
    rows = [row for row in rows if (row["status"] != PRE_LAUNCH if status is None else row["status"] == status)]
    return _page(category, [row for row in rows if wanted in (None, row["symbol"])])


def tickers(view: View, asked: Mapping[str, str]) -> Json:
    """``/v5/market/tickers`` for one symbol or all of a category."""
    category = category_of(asked)
    wanted = asked.get("symbol")
    markets = [m for m in _markets(category).values() if wanted in (None, m.market_id)]
    if wanted is not None and not markets:
        raise Rejection(Code.PARAMETER, f"symbol {wanted!r} does not exist in category {category}")
    if category == LINEAR:
        return _page(category, [_linear_ticker(m, view.mark(m.symbol)) for m in markets])
    return _page(category, [_spot_ticker(m) for m in markets])


def server_time(now_us: int) -> Json:
    """``/v5/market/time``."""
    return {"timeSecond": str(now_us // 1_000_000), "timeNano": str(now_us * 1000)}


def coins() -> Json:
    """``/v5/asset/coin/query-info``: the coins of the markets, each without a chain to withdraw over."""
    names = sorted({coin for market in MARKETS for coin in (market.base, market.quote)})
    return {"rows": [{"name": name, "coin": name, "remainAmount": "0", "chains": []} for name in names]}


def key_information(api_key: str, *, may_trade: bool = True) -> Json:
    """``/v5/user/query-api``: a key of a unified trading account, bound to no address."""
    permissions = {"ContractTrade": ["Order", "Position"] if may_trade else [], "Derivatives": []}
    return {
        "id": "1",
        "apiKey": api_key,
        "readOnly": 0,
        "permissions": permissions,
        "ips": ["*"],
        "unified": 0,
        "uta": 1,
        "userID": 1,
    }


def account_information(mode: MarginMode, now_us: int) -> Json:
    """``/v5/account/info``: unified trading account 2.0 pro, and the margin mode of the whole account."""
    return {"marginMode": MARGIN_MODES[mode], "unifiedMarginStatus": 6, "updatedTime": milliseconds(now_us)}


def _markets(category: str) -> Mapping[str, Market]:
    return {"linear": _LINEAR, "spot": _SPOT}.get(category, {})


def _instrument_rows(category: str) -> list[Json]:
    row = _linear_instrument if category == LINEAR else _spot_instrument
    return [row(market) for market in _markets(category).values()]


def _linear_instrument(market: Market) -> Json:
    largest = number(market.max_quantity)
    return {
        "symbol": market.market_id,
        "contractType": "LinearPerpetual",
        "status": "Trading",
        "baseCoin": market.base,
        "quoteCoin": market.quote,
        "settleCoin": market.quote,
        "launchTime": milliseconds(LAUNCHED_US),
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": str(_decimals(market.tick)),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": number(market.max_leverage), "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": number(market.tick),
            "maxPrice": number(market.price * 1000),
            "tickSize": number(market.tick),
        },
        "lotSizeFilter": {
            "maxOrderQty": largest,
            "minOrderQty": number(market.min_quantity),
            "qtyStep": number(market.step),
            "postOnlyMaxOrderQty": largest,
            "maxMktOrderQty": largest,
            "minNotionalValue": number(market.min_notional),
        },
        "riskParameters": {
            "priceLimitRatioX": number(market.price_band),
            "priceLimitRatioY": number(market.price_band * 2),
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "copyTrading": "none",
        "isPreListing": False,
    }


def _spot_instrument(market: Market) -> Json:
    return {
        "symbol": market.market_id,
        "baseCoin": market.base,
        "quoteCoin": market.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "lotSizeFilter": {
            "basePrecision": number(market.step),
            "quotePrecision": "0.00000001",
            "minOrderQty": number(market.min_quantity),
            "maxOrderQty": number(market.max_quantity),
            "minOrderAmt": number(market.min_notional),
            "maxOrderAmt": "1000000",
        },
        "priceFilter": {"tickSize": number(market.tick)},
    }


def _linear_ticker(market: Market, mark: Decimal) -> Json:
    # ccxt tells a contract's row from a spot row by the presence of openInterestValue (its source, 4.5.90).
    return {
        **_prices(market, mark),
        "markPrice": number(mark),
        "indexPrice": number(mark),
        "openInterest": "0",
        "openInterestValue": "0",
        "fundingRate": "0.0001",
        "nextFundingTime": "0",
        "deliveryTime": "0",
    }


def _spot_ticker(market: Market) -> Json:
    return {**_prices(market, market.price), "usdIndexPrice": number(market.price)}


def _prices(market: Market, price: Decimal) -> Json:
    names = ("lastPrice", "prevPrice24h", "highPrice24h", "lowPrice24h")
    return {
        "symbol": market.market_id,
        **dict.fromkeys(names, number(price)),
        "bid1Price": number(price - market.tick),
        "bid1Size": number(market.min_quantity),
        "ask1Price": number(price + market.tick),
        "ask1Size": number(market.min_quantity),
        "price24hPcnt": "0",
        "turnover24h": "0",
        "volume24h": "0",
    }


def _page(category: str, rows: list[Json]) -> Json:
    return {"category": category, "list": rows, "nextPageCursor": ""}


def _decimals(tick: Decimal) -> int:
    exponent = tick.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
