"""What the account may do at the engine: orders, cancels, the position's own stop, leverage and modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from atomicpos.frozen import replace
from atomicpos.models import MarginMode, OrderStatus, PositionMode, PositionSide, TriggerBy

from .book import Book
from .faults import Faults
from .ledger import Ledger
from .markets import MARKETS, Market
from .matching import Matcher
from .orders import PlaceRequest, RefusalReason, Refused, VenueOrder
from .position_stop import take_down
from .riding import due, generate
from .rules import check_leverage, check_order, check_stop

REFUSE = "refuse"
ACCEPT = "accept"

FOR_EVER = "for_ever"
WHILE_OPEN = "while_open"

WHOLE = Decimal(1)


class Account(Ledger):
    """The writes. Each raises ``Refused`` or takes effect at once."""

    def __init__(
        self,
        now_us: Callable[[], int],
        *,
        seed: int = 0,
        stop_when_flat: str = REFUSE,
        ids_taken: str = FOR_EVER,
        markets: Sequence[Market] = MARKETS,
    ) -> None:
        if stop_when_flat not in (REFUSE, ACCEPT):
            raise ValueError(f"stop_when_flat is {stop_when_flat!r}; it must be {REFUSE!r} or {ACCEPT!r}")
        if ids_taken not in (FOR_EVER, WHILE_OPEN):
            raise ValueError(f"ids_taken is {ids_taken!r}; it must be {FOR_EVER!r} or {WHILE_OPEN!r}")
        super().__init__(now_us, markets)
        self._matcher = Matcher(seed)
        self._stops_need_position = stop_when_flat == REFUSE
        self._ids: set[str] = set()
        self._brought: set[str] = set()
        self._ids_come_free = ids_taken == WHILE_OPEN
        self._only_closable: set[str] = set()
        self.faults = Faults()

    # --- orders -------------------------------------------------------------------------------------------------

    def place(
        self,
        request: PlaceRequest,
        *,
        fill: bool = True,
        fraction: Decimal = WHOLE,
        rests: bool = False,
        foreign: bool = False,
    ) -> VenueOrder:
        """Take an order: a market order fills at once, a stop waits for its trigger.

        It fills by that ``fraction`` (rounded down to the step, one step at least), not at all with ``fill=False``.
        What is not filled is cancelled at once; with ``rests`` it stays open, for ``grow``. ``foreign`` marks
        somebody else's order.

        In hedge mode the request names its side, and an order on that side's closing order side is reduce-only
        whether it says so or not: it can never open or enlarge.
        """
        request = replace(request, reduce_only=request.only_reduces)
        book = self._book(request.symbol, request.position_side)
        self._check(book, request)
        at_us = self.now_us()
        self._count(book, request, at_us, foreign)
        order = book.put(at_us, self._matcher.accepted(book, request, at_us, foreign))
        if order.conditional:
            return order if fill else book.put(at_us, replace(order, status=OrderStatus.DEAD))
        largest = _share(request.quantity, fraction, book.market.step) if fill else Decimal(0)
        return self._generating(book, self._matcher.execute(book, order, at_us, largest=largest, rests=rests))

    def grow(self, symbol: str, order_id: str) -> VenueOrder:
        """Fill the rest of an order that was left open."""
        for book in self._all(symbol):
            for order in book.live:
                if order.order_id == order_id and not order.conditional:
                    return self._generating(book, self._matcher.execute(book, order, self.now_us()))
        raise Refused(RefusalReason.UNKNOWN_ORDER, f"no order {order_id} is open")

    def cancel(self, symbol: str, client_order_id: str | None = None, order_id: str | None = None) -> VenueOrder:
        """Cancel the live order with that id of either kind."""
        for book in self._all(symbol):
            for order in book.live:
                named = client_order_id is not None and client_order_id == order.client_order_id
                if named or order_id == order.order_id:
                    return book.put(self.now_us(), replace(order, status=OrderStatus.DEAD))
        raise Refused(RefusalReason.UNKNOWN_ORDER, f"no open order is called {client_order_id or order_id}")

    def amend_stop(self, symbol: str, order_id: str, trigger: Decimal, by: TriggerBy) -> VenueOrder:
        """Move a waiting stop of an order's kind to another trigger, in place."""
        for book in self._all(symbol):
            for order in book.live:
                if order.order_id == order_id and order.is_stop and not order.position_stop:
                    check_stop(order.order_side, trigger, book.market, book.mark)
                    return book.put(self.now_us(), replace(order, trigger_price=trigger, trigger_by=by))
        raise Refused(RefusalReason.UNKNOWN_ORDER, f"no waiting stop is called {order_id}")

    def set_position_stop(
        self, symbol: str, trigger: Decimal | None, by: TriggerBy = TriggerBy.MARK, side: PositionSide | None = None
    ) -> None:
        """Set the position's own stop, or take it away with None; refused as unchanged when it is that already."""
        book = self._book(symbol, side)
        position = book.position
        self._check_mode(side)
        if position.side is None:
            raise Refused(RefusalReason.NO_POSITION, f"{book.market.symbol} is flat: there is nothing to set a stop on")
        if trigger is not None:
            check_stop(position.side.closing, trigger, book.market, book.mark)
        if trigger == position.stop_price and (trigger is None or by is position.stop_by):
            raise Refused(RefusalReason.STOP_UNCHANGED, f"the stop is {trigger} already")
        if trigger is None:
            take_down(book, self.now_us())
        else:
            self._matcher.set_stop(book, trigger, by, self.now_us())

    # --- settings -----------------------------------------------------------------------------------------------

    def set_leverage(self, symbol: str, leverage: Decimal, side: PositionSide | None = None) -> None:
        """Set the symbol's leverage, or that of one side; refused as unchanged when it is that already."""
        check_leverage(leverage, self.market(symbol))
        books = [book for book in self._asked(symbol, side) if leverage != book.position.leverage]
        if not books:
            raise Refused(RefusalReason.LEVERAGE_UNCHANGED, f"the leverage is {leverage} already")
        at_us = self.now_us()
        for book in books:
            book.set_leverage(at_us, leverage)

    def set_margin_mode(self, mode: MarginMode) -> None:
        """Set the account's margin mode; refused as unchanged, or while any position is open."""
        if mode is self.margin_mode():
            raise Refused(RefusalReason.MARGIN_MODE_UNCHANGED, f"the margin mode is {mode} already")
        held = [book.market.symbol for book in self._every() if book.position.quantity]
        if held:
            raise Refused(RefusalReason.MARGIN_MODE, f"the margin mode stays while a position is open on {held[0]}")
        self._margin_modes.append(self.now_us(), mode)

    def set_position_mode(self, mode: str) -> None:
        """Put the account into "one_way" or "hedge" mode; refused while it holds a position or a live order."""
        wanted = PositionMode(mode)
        used = next((book.market.symbol for book in self._every() if book.used), None)
        if wanted is not self._position_mode and used is not None:
            said = f"the position mode stays while {used} holds a position or an order"
            raise Refused(RefusalReason.POSITION_MODE_IN_USE, said)
        self._position_mode = wanted

    def set_only_closable(self, symbol: str, only: bool) -> None:
        """Refuse whatever opens or enlarges on the symbol from now on, or take it again."""
        named = self._book(symbol).market.symbol
        (self._only_closable.add if only else self._only_closable.discard)(named)

    def only_closable(self, symbol: str) -> bool:
        """True while whatever opens or enlarges on the symbol is refused."""
        return self._book(symbol).market.symbol in self._only_closable

    # --- inside ---------------------------------------------------------------------------------------------------

    def _generating(self, book: Book, order: VenueOrder) -> VenueOrder:
        """The order; the stop that it brought along under an id stands as soon as it has filled whole, one without
        an id with its first fill.

        An id that somebody has taken meanwhile generates nothing: what an exchange then does is told nowhere.
        """
        if due(order) and order.order_id not in self._brought and not self._is_taken(book, order.attached_id):
            self._brought.add(order.order_id)
            if order.attached_id is not None:
                self._ids.add(order.attached_id)
            generate(book, order, order.updated_at_us, self._matcher.fresh_id())
        return order

    def _check(self, book: Book, request: PlaceRequest) -> None:
        for own_id in (request.client_order_id, request.attached_id):
            if self._is_taken(book, own_id):
                raise Refused(RefusalReason.DUPLICATE_ID, f"client order id {own_id} is taken")
        self._check_mode(request.position_side)
        if not request.reduce_only and self.only_closable(request.symbol):
            raise Refused(RefusalReason.NOT_TRADABLE, f"{request.symbol} may only be closed")
        check_order(request, book, stops_need_position=self._stops_need_position)

    def _is_taken(self, book: Book, client_order_id: str | None) -> bool:
        if client_order_id is None or client_order_id not in self._ids:
            return False
        books = self._all(book.market.symbol)
        return not self._ids_come_free or any(o.client_order_id == client_order_id for b in books for o in b.live)

    def _check_mode(self, side: PositionSide | None) -> None:
        if (side is None) == (self._position_mode is PositionMode.HEDGE):
            kind = "a one-way request" if side is None else f"a request about the {side} side of hedge mode"
            raise Refused(RefusalReason.POSITION_MODE, f"the account is in {self._position_mode.words}; this is {kind}")

    def _count(self, book: Book, request: PlaceRequest, at_us: int, foreign: bool) -> None:
        if request.client_order_id is not None:
            self._ids.add(request.client_order_id)
        if not request.reduce_only and not foreign:
            book.entries += 1
            if book.position.side is None:
                self.faults.entered(request.symbol, at_us)


def _share(quantity: Decimal, fraction: Decimal, step: Decimal) -> Decimal:
    return max(step, quantity * fraction // step * step)
