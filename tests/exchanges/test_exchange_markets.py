"""What the caller typed names one active linear perpetual, or is refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.exchanges.bybit import instruments
from atomicpos.exchanges.markets import market_id, perpetual
from atomicpos.models import Instrument

INFO = {
    "priceFilter": {"tickSize": "0.0001"},
    "lotSizeFilter": {"qtyStep": "1", "minOrderQty": "1", "maxMktOrderQty": "200000", "minNotionalValue": "5"},
    "leverageFilter": {"maxLeverage": "25.00"},
    "riskParameters": {"priceLimitRatioX": "0.05", "priceLimitRatioY": "0.1"},
}


def instrument(markets: dict[str, Any], symbol: object) -> Instrument:
    return instruments.instrument(perpetual(markets, symbol))


def market(symbol: str, market_id: str, **change: Any) -> dict[str, Any]:
    base, rest = symbol.split("/")
    quote = rest.split(":")[0]
    return {"symbol": symbol, "id": market_id, "base": base, "quote": quote, "settle": quote, "swap": True,
            "linear": True, "active": True, "spot": False, "future": False, "option": False, "info": INFO,
            **change}  # fmt: skip


SPOT = {"swap": False, "linear": None, "settle": None, "spot": True}
MARKETS = {
    row["symbol"]: row
    for row in (
        market("AVL/USDT", "AVLUSDT", **SPOT),
        market("AVL/USDT:USDT", "AVLUSDT"),
        market("HNT/USDT:USDT", "HNTUSDT", active=False),
        market("BTC/USD:BTC", "BTCUSD", linear=False, settle="BTC"),
        market("BTC/USDT:USDT-261225", "BTCUSDT-25DEC26", swap=False, future=True),
        market("BTC/USDT:USDT", "BTCUSDT"),
        market("BTC/USDC:USDC", "BTCPERP"),
        market("ODD/USDT:USDT", "ODDUSDT", info={}),
        market("OLD/USDT:USDT", "OLDUSDT", info={**INFO, "riskParameters": None, "leverageFilter": {}}),
        market("TWO/USDT:USDT", "TWO"),
        market("TWO/USDC:USDC", "TWO"),
    )
}


@pytest.mark.parametrize("symbol", ["AVLUSDT", " avlusdt\n", "AVL/USDT:USDT", "avl/usdt:usdt"])
def test_f12_a_raw_id_that_a_spot_market_shares_means_the_perpetual(symbol: str) -> None:
    """Raw id or unified symbol, in any case, with the exchange's own steps as exact decimals."""
    found = instrument(MARKETS, symbol)
    assert (found.symbol, found.market_id) == ("AVL/USDT:USDT", "AVLUSDT")
    assert (found.tick, found.step, found.min_quantity) == (Decimal("0.0001"), Decimal(1), Decimal(1))
    assert (found.max_quantity, found.min_notional, found.max_leverage) == (Decimal(200000), Decimal(5), Decimal(25))


def test_the_price_band_is_read_and_the_maintenance_rate_estimated() -> None:
    """The narrower of the two ratios counts, the rate is half of one over the leverage, and missing stays None."""
    found = instrument(MARKETS, "AVLUSDT")
    assert (found.price_band, found.maintenance_rate) == (Decimal("0.05"), Decimal("0.02"))
    bare = instrument(MARKETS, "OLDUSDT")
    assert (bare.price_band, bare.maintenance_rate, bare.max_leverage) == (None, None, None)


@pytest.mark.parametrize(
    ("symbol", "sentence"),
    [
        ("AVL/USDT", r"'AVL/USDT' is a spot market.*use AVL/USDT:USDT"),
        ("HNTUSDT", "'HNTUSDT' is not open for trading"),
        ("BTCUSD", r"inverse contract.*use BTC/USDC:USDC or BTC/USDT:USDT"),
        ("BTCUSDT-25DEC26", "dated future"),
        ("TWO", r"ambiguous.*TWO/USDC:USDC or TWO/USDT:USDT"),
        ("AVLUSD", "'AVLUSD' is not among"),
        ("AVL", r"did you mean AVL/USDT:USDT\?"),
        ("ODDUSDT", "tickSize is missing"),
        ("  ", "symbol is '  '"),
        (None, "symbol is None"),
    ],
)
def test_what_names_no_single_perpetual_is_refused_by_name(symbol: object, sentence: str) -> None:
    """The message names the value, and what to use instead where there is something."""
    with pytest.raises(InvalidRequest, match=sentence):
        instrument(MARKETS, symbol)


def test_an_inactive_market_still_has_its_id() -> None:
    """A position on a symbol that stopped trading can still be read and closed."""
    assert market_id(MARKETS, "HNT/USDT:USDT") == "HNTUSDT"
    with pytest.raises(InvalidRequest, match="NOPE"):
        market_id(MARKETS, "NOPE")
