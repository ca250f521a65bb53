"""Steps and limits of a Binance USD-M perpetual, from the exchange's own rows, where they are exact text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument
from atomicpos.ports import ReadFailed

from .. import frames
from ..fields import Row, inner, must, price, time_us, whole
from ..markets import LOAD_AGAIN
from ..transport import Transport
from . import parse, queries, replies


@dataclass(frozen=True, slots=True)
class Bracket:
    """The first risk bracket of a symbol: the highest leverage, and the maintenance margin as a share."""

    max_leverage: Decimal | None = None
    maintenance_rate: Decimal | None = None


Brackets = Mapping[str, Bracket]

NEVER_US = 4_133_404_800_000_000
"""2100-12-25, the ``deliveryDate`` of a perpetual whose end is not announced (documented)."""


async def read_brackets(transport: Transport) -> Brackets:
    """The first bracket of every symbol: the markets tell neither of the two. Raises ReadFailed."""
    exchanged = await transport.read(queries.brackets())
    listed = replies.rows(exchanged, "leverage brackets", {})
    return {parse.market_id(row): frames.parsed(_first, row, exchanged.raw) for row in listed}


def _first(row: Row) -> Bracket:
    listed = row.get("brackets")
    for bracket in listed if isinstance(listed, list) else []:
        if isinstance(bracket, dict) and whole(bracket.get("bracket")) == 1:
            return Bracket(price(bracket, "initialLeverage"), price(bracket, "maintMarginRatio"))
    return Bracket()


def instrument(market: Row, brackets: Brackets) -> Instrument:
    """The instrument of that market. Raises InvalidRequest for data that cannot be used.

    Market orders have a filter of their own beside the one for all: the stricter of the two holds.
    """
    symbol, market_id = str(market.get("symbol")), str(market.get("id"))
    filters = _filters(inner(market, "info"))
    lot, market_lot = inner(filters, "LOT_SIZE"), inner(filters, "MARKET_LOT_SIZE")
    bracket = brackets.get(market_id, Bracket())
    try:
        return Instrument(
            symbol=symbol,
            market_id=market_id,
            tick=must(inner(filters, "PRICE_FILTER"), "tickSize"),
            step=max(must(lot, "stepSize"), price(market_lot, "stepSize") or Decimal(0)),
            min_quantity=max(must(lot, "minQty"), price(market_lot, "minQty") or Decimal(0)),
            max_quantity=_least(price(lot, "maxQty"), price(market_lot, "maxQty")),
            min_notional=price(inner(filters, "MIN_NOTIONAL"), "notional"),
            max_leverage=bracket.max_leverage,
            price_band=_band(inner(filters, "PERCENT_PRICE")),
            maintenance_rate=bracket.maintenance_rate,
            ends_at_us=_ends_at_us(inner(market, "info")),
        )
    except ReadFailed as failed:
        raise InvalidRequest(
            f"{symbol}: the exchange's market data cannot be used: {failed}; trade another symbol, or {LOAD_AGAIN}"
        ) from None


def _ends_at_us(info: Row) -> int | None:
    """``deliveryDate`` of a perpetual that will be taken off the list; all others show the year 2100 (documented)."""
    ends_at_us = time_us(info, "deliveryDate")
    return None if ends_at_us is None or ends_at_us >= NEVER_US else ends_at_us


def _filters(info: Row) -> Row:
    listed = info.get("filters")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return {str(row.get("filterType")): row for row in rows}


def _least(*values: Decimal | None) -> Decimal | None:
    return min((value for value in values if value is not None), default=None)


def _band(percent: Row) -> Decimal | None:
    """The narrower of the two sides of the band around the mark price (documented)."""
    up, down = price(percent, "multiplierUp"), price(percent, "multiplierDown")
    widths = [width for width in (up and up - 1, down and 1 - down) if width is not None and width > 0]
    return min(widths, default=None)
