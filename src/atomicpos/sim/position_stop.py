"""The stop that the exchange keeps on a position itself: one a slot, over the whole position, without a client id.

It is an order like any other to whoever lists orders. Setting it again amends it in place; it follows the position's
size, and it dies with the position.
"""

from __future__ import annotations

from decimal import Decimal

from atomicpos.frozen import replace
from atomicpos.models import OrderStatus, TriggerBy

from .book import Book
from .orders import VenueOrder, VenuePosition


def follow(book: Book, at_us: int) -> None:
    """Let the stop take the position's new size; it dies when the position is flat or on the other side."""
    stop = book.position_stop
    if stop is None:
        return
    if not _guards(stop, book.position):
        book.put(at_us, replace(stop, status=OrderStatus.DEAD))
    elif stop.quantity != book.position.quantity:
        book.put(at_us, replace(stop, quantity=book.position.quantity))


def attach(book: Book, order: VenueOrder, at_us: int, fresh_id: str) -> None:
    """After a first fill: the order's attached stop becomes the position's own, or replaces its trigger.

    An order that has only reduced what was there, or turned nothing over, attaches nothing.
    """
    side = book.position.side
    if order.stop_loss is not None and side is not None and side.opening is order.order_side:
        put_up(book, order.stop_loss, order.stop_loss_by or TriggerBy.LAST, at_us, fresh_id)


def put_up(book: Book, trigger: Decimal, by: TriggerBy, at_us: int, fresh_id: str) -> None:
    """Put the stop up, or amend the one that is there. The position is not flat."""
    side = book.position.side
    if side is None:
        raise ValueError(f"{book.market.symbol} is flat: it has no stop of its own")
    stop = book.position_stop or VenueOrder(
        order_id=fresh_id,
        client_order_id=None,
        symbol=book.market.symbol,
        order_side=side.closing,
        quantity=book.position.quantity,
        reduce_only=True,
        created_at_us=at_us,
        updated_at_us=at_us,
        status=OrderStatus.UNTRIGGERED,
        position_stop=True,
        position_side=book.side,
    )
    book.put(at_us, replace(stop, trigger_price=trigger, trigger_by=by, quantity=book.position.quantity))


def take_down(book: Book, at_us: int) -> None:
    """Take the stop away, if there is one."""
    if book.position_stop is not None:
        book.put(at_us, replace(book.position_stop, status=OrderStatus.DEAD))


def _guards(stop: VenueOrder, position: VenuePosition) -> bool:
    return position.side is not None and position.side.closing is stop.order_side
