"""What other hands do to a position: the market, and somebody else on the account. Nothing in a flat slot.

In hedge mode each names the side that it does it to.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_UP, Decimal

from atomicpos.models import PositionSide, TriggerBy

from .orders import VenueOrder, VenuePosition
from .venue import Venue

GAP = Decimal("0.025")
"""A stop two percent away is passed by it."""

STOP_OUT = Decimal("0.03")

LOOSENED = Decimal("0.01")


def gap(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """The mark jumps against the position; whatever stop it passes fires."""
    if (position := _open(venue, symbol, side)) is not None:
        venue.set_mark(symbol, _against(venue, position, venue.mark(symbol), GAP))


def stop_out(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """The mark moves to the trigger of the nearest live stop; three percent against the position without one."""
    position = _open(venue, symbol, side)
    if position is None or position.side is None:
        return
    triggers = [trigger for stop in venue.truth(symbol, side).stops if (trigger := _guard(stop, position)) is not None]
    nearest = max(triggers, default=None) if position.side is PositionSide.LONG else min(triggers, default=None)
    venue.set_mark(symbol, nearest or _against(venue, position, venue.mark(symbol), STOP_OUT))


def scale_in(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """Somebody else doubles the position."""
    _foreign(venue, symbol, side, enlarges=True)


def close(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """Somebody else closes the position."""
    _foreign(venue, symbol, side, enlarges=False)


def reverse(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """Somebody else turns the position over, to the same size on the other side: in hedge mode by two orders."""
    position = _open(venue, symbol, side)
    if side is None:
        _foreign(venue, symbol, side, enlarges=False, times=2)
    elif position is not None:
        _foreign(venue, symbol, side, enlarges=False)
        venue.foreign_order(symbol, side.closing, position.quantity, position_side=side.other)


def alter_stop(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """Somebody else moves the position's own stop away from the market, by one percent; nothing without a stop."""
    position = _open(venue, symbol, side)
    if position is not None and position.stop_price is not None:
        looser = _against(venue, position, position.stop_price, LOOSENED)
        venue.set_position_stop(symbol, looser, position.stop_by or TriggerBy.MARK, side)


def clear_stop(venue: Venue, symbol: str, side: PositionSide | None = None) -> None:
    """Somebody else takes away the position's own stop, and cancels the separate ones of ours."""
    for stop in venue.truth(symbol, side).stops:
        if not stop.foreign:
            venue.cancel(symbol, order_id=stop.order_id)


def _open(venue: Venue, symbol: str, side: PositionSide | None) -> VenuePosition | None:
    position = venue.position_as_of(symbol, venue.now_us(), side)
    return position if position.quantity else None


def _guard(stop: VenueOrder, position: VenuePosition) -> Decimal | None:
    closes = position.side is not None and stop.order_side is position.side.closing
    return stop.trigger_price if closes else None


def _against(venue: Venue, position: VenuePosition, price: Decimal, share: Decimal) -> Decimal:
    """That share of the price away to the position's loss, on the tick."""
    long = position.side is PositionSide.LONG
    tick = venue.market(position.symbol).tick
    exact = price * (1 - share if long else 1 + share)
    return max(tick, (exact / tick).to_integral_value(ROUND_DOWN if long else ROUND_UP) * tick)


def _foreign(
    venue: Venue, symbol: str, side: PositionSide | None, *, enlarges: bool, times: int = 1
) -> None:
    position = _open(venue, symbol, side)
    if position is not None and position.side is not None:
        order_side = position.side.opening if enlarges else position.side.closing
        venue.foreign_order(symbol, order_side, position.quantity * times, position_side=side)
