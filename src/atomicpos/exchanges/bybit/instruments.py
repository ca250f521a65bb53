"""Steps and limits of a Bybit perpetual, from the exchange's own row, where they are exact text."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument
from atomicpos.ports import ReadFailed

from ..fields import Row, half_of_initial, inner, must, price, time_us
from ..markets import LOAD_AGAIN


def instrument(market: Row) -> Instrument:
    """The instrument of that market. Raises InvalidRequest for data that cannot be used."""
    symbol = str(market.get("symbol"))
    info = inner(market, "info")
    lot, leverage = inner(info, "lotSizeFilter"), inner(info, "leverageFilter")
    try:
        return Instrument(
            symbol=symbol,
            market_id=str(market.get("id")),
            tick=must(inner(info, "priceFilter"), "tickSize"),
            step=must(lot, "qtyStep"),
            min_quantity=must(lot, "minOrderQty"),
            max_quantity=price(lot, "maxMktOrderQty"),
            min_notional=price(lot, "minNotionalValue"),
            max_leverage=price(leverage, "maxLeverage"),
            price_band=price(inner(info, "riskParameters"), "priceLimitRatioX"),
            maintenance_rate=_maintenance_rate(price(leverage, "maxLeverage")),
            ends_at_us=time_us(info, "deliveryTime"),  # of a perpetual: when it is delisted, "0" for none (documented)
        )
    except ReadFailed as failed:
        raise InvalidRequest(
            f"{symbol}: the exchange's market data cannot be used: {failed}; trade another symbol, or {LOAD_AGAIN}"
        ) from None


def _maintenance_rate(max_leverage: Decimal | None) -> Decimal | None:
    """An estimate: half of the initial margin at the highest leverage.

    The instruments' data has no maintenance rate. In the published first risk tier of most contracts it is half of the
    initial margin rate (BTCUSDT: 100 times and 0.5 percent); it is not exact for all, and larger in every later tier.
    """
    return half_of_initial(max_leverage)
