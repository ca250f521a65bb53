"""Steps and limits of an OKX swap in the base asset, from the exchange's own row, where they are exact text."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument
from atomicpos.ports import ReadFailed

from ..fields import Row, half_of_initial, inner, must, price, time_us
from ..markets import LOAD_AGAIN
from .contracts import contract_size


def instrument(market: Row) -> Instrument:
    """The instrument of that market: contracts become quantities. Raises InvalidRequest for data that cannot be used.

    There is no least notional and no fixed price band on OKX: ``public/price-limit`` moves with the market.
    """
    symbol, info = str(market.get("symbol")), inner(market, "info")
    try:
        size, most = contract_size(market), price(info, "maxMktSz")
        return Instrument(
            symbol=symbol,
            market_id=str(market.get("id")),
            tick=must(info, "tickSz"),
            step=_plain(must(info, "lotSz") * size),
            min_quantity=_plain(must(info, "minSz") * size),
            max_quantity=None if most is None else _plain(most * size),
            max_leverage=price(info, "lever"),
            maintenance_rate=_maintenance_rate(price(info, "lever")),
            ends_at_us=time_us(info, "expTime"),  # of a swap: when it is taken off the list, else empty (documented)
        )
    except ReadFailed as failed:
        raise InvalidRequest(
            f"{symbol}: the exchange's market data cannot be used: {failed}; trade another symbol, or {LOAD_AGAIN}"
        ) from None


def _plain(value: Decimal) -> Decimal:
    """Without the zeros that a product brings: 1.0 is 1."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _maintenance_rate(max_leverage: Decimal | None) -> Decimal | None:
    """An estimate: half of the initial margin at the highest leverage.

    The instruments' data have no maintenance rate; OKX's published first tiers lie about there. Not verified for each.
    """
    return half_of_initial(max_leverage)
