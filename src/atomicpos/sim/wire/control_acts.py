"""What others do to the account and the market, on demand: the acts of the control plane at ``/_venue``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from atomicpos.models import MICROSECONDS, OrderSide, PositionSide
from atomicpos.sim.orders import VenueOrder
from atomicpos.sim.venue import PositionMode, Venue

from .circumstances import Listing
from .control_fields import any_seconds, count, fields, flag, market, price, quantity, rows, seconds, word
from .control_rows import order_row
from .manner import Manner
from .spelling import Json, number

Act = Callable[[Any], Json]


class Codes(StrEnum):
    """How a reply's code is written."""

    NUMBER = "number"
    STRING = "string"


class Acts:
    """Each takes a body and answers with what came of it. Raises ValueError, or Refused where the engine refuses."""

    def __init__(self, venue: Venue, manner: Manner) -> None:
        self._venue = venue
        self._manner = manner

    def paths(self) -> dict[str, Act]:
        """What is posted where."""
        return {
            "/_venue/mark": self._mark,
            "/_venue/script": self._script,
            "/_venue/orders": self._order,
            "/_venue/funding": self._funding,
            "/_venue/liquidate": self._liquidate,
            "/_venue/adl": self._adl,
            "/_venue/mode": self._mode,
            "/_venue/circumstances": self._circumstances,
            "/_venue/listing": self._listing,
        }

    def _mark(self, body: Any) -> Json:
        symbol, moved = _move(fields(body, ("symbol", "price")))
        self._venue.set_mark(symbol, moved)
        return {"symbol": market(symbol).market_id, "price": number(moved)}

    def _script(self, body: Any) -> Json:
        """Price moves by the clock: all are read before the first is set going."""
        given = [fields(row, ("symbol", "after_s", "price")) for row in rows(body, "moves")]
        moves = [(seconds(row["after_s"]), *_move(row)) for row in given]
        for after_s, symbol, moved in moves:
            asyncio.get_running_loop().call_later(after_s, self._venue.set_mark, symbol, moved)
        return {"moves": len(moves)}

    def _order(self, body: Any) -> Json:
        """Somebody else's order on the account."""
        given = fields(body, ("symbol", "side", "quantity"), ("reduce_only", "trigger_price", "position_side"))
        traded = market(given["symbol"])
        trigger = given.get("trigger_price")
        order = self._venue.foreign_order(
            traded.symbol,
            word(given["side"], "side", OrderSide),
            quantity(given["quantity"]),
            reduce_only=flag(given.get("reduce_only", False), "reduce_only"),
            trigger_price=None if trigger is None else price(trigger, traded.tick, "trigger_price"),
            position_side=_side(given),
        )
        return order_row(order)

    def _funding(self, body: Any) -> Json:
        paid = self._venue.funding(*_slot(body))
        return {"funding_id": paid.funding_id if paid else None}

    def _liquidate(self, body: Any) -> Json:
        return _taken(self._venue.liquidate(*_slot(body)))

    def _adl(self, body: Any) -> Json:
        given = fields(body, ("symbol",), ("quantity", "position_side"))
        part = None if given.get("quantity") is None else quantity(given["quantity"])
        return _taken(self._venue.adl(market(given["symbol"]).symbol, part, _side(given)))

    def _mode(self, body: Any) -> Json:
        given = fields(body, (), ("position_mode", "codes", "page_rows"))
        mode = word(given.get("position_mode", self._venue.position_mode), "position_mode", PositionMode)
        codes = word(given.get("codes", Codes.STRING if self._manner.string_codes else Codes.NUMBER), "codes", Codes)
        rows_max = given.get("page_rows", self._manner.page_rows)
        rows_max = None if rows_max is None else count(rows_max, "page_rows")
        self._venue.set_position_mode(mode)
        self._manner.string_codes, self._manner.page_rows = codes is Codes.STRING, rows_max
        return {"position_mode": mode.value, "codes": codes.value, "page_rows": rows_max}

    def _circumstances(self, body: Any) -> Json:
        """The exchange's clock, and what the key may do from here."""
        found = self._manner.circumstances
        given = fields(body, (), ("clock_offset_s", "address_refused", "may_trade"))
        offset_s = any_seconds(given.get("clock_offset_s", found.clock_offset_s), "clock_offset_s")
        refused = flag(given.get("address_refused", found.address_refused), "address_refused")
        may_trade = flag(given.get("may_trade", found.may_trade), "may_trade")
        found.clock_offset_s, found.address_refused, found.may_trade = offset_s, refused, may_trade
        return {"clock_offset_s": offset_s, "address_refused": refused, "may_trade": may_trade}

    def _listing(self, body: Any) -> Json:
        """How a market is listed, and in how many seconds it will be taken off the list."""
        given = fields(body, ("symbol",), ("listing", "ends_in_s"))
        listed, found = market(given["symbol"]), self._manner.circumstances
        listing = word(given.get("listing", found.listing(listed.market_id)), "listing", Listing)
        ends_in_s = None if given.get("ends_in_s") is None else any_seconds(given["ends_in_s"], "ends_in_s")
        found.listings[listed.market_id] = listing
        if ends_in_s is not None:
            found.ends_at_us[listed.market_id] = self._venue.now_us() + round(ends_in_s * MICROSECONDS)
        self._venue.set_only_closable(listed.symbol, not listing.takes_entries)
        return {"symbol": listed.market_id, "listing": listing.value, "ends_in_s": ends_in_s}


def _move(given: Any) -> tuple[str, Decimal]:
    moved = market(given["symbol"])
    return moved.symbol, price(given["price"], moved.tick)


def _slot(body: Any) -> tuple[str, PositionSide | None]:
    """A symbol; in hedge mode with its side."""
    given = fields(body, ("symbol",), ("position_side",))
    return market(given["symbol"]).symbol, _side(given)


def _side(given: Any) -> PositionSide | None:
    named = given.get("position_side")
    return None if named is None else word(named, "position_side", PositionSide)


def _taken(order: VenueOrder | None) -> Json:
    """The exchange's own order; none where there was no position."""
    return {"order": order_row(order) if order else None}
