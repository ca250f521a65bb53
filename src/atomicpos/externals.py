"""What the account shows beside our rows: positions that no row claims, and orders that are not in our table. Pure.

They are said aloud and never touched: not adopted, not cancelled, not closed. What carries the ids of a row that is
settled is another matter: it is late evidence, and the row is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .absorb import named
from .evidence import Evidence, Kind, Source
from .ids import installation_of
from .models import PositionMode, PositionSide
from .ports import AccountFill, AccountOrder, AccountPosition
from .record import Record

EXTERNAL_POSITION = "external_position"
FOREIGN_ORDER = "foreign_order"
UNRECORDED_ORDER = "unrecorded_order"


@dataclass(frozen=True, slots=True)
class AccountView:
    """What the account listed at one time."""

    asked_at_us: int
    """Our clock, before any of it was asked for."""
    answered_at_us: int
    positions: tuple[AccountPosition, ...]
    orders: tuple[AccountOrder, ...]
    fills: tuple[AccountFill, ...]

    @property
    def own_ids(self) -> frozenset[str]:
        """The id of every living order in it that an atomicpos may have given, whichever installation it was."""
        shown = (o.view.client_order_id for o in self.orders)
        return frozenset(own_id for own_id in shown if own_id is not None and installation_of(own_id))

    @property
    def filled_ids(self) -> dict[str, str]:
        """The same of every order that filled, each with its symbol."""
        shown = ((f.fill.client_order_id, f.symbol) for f in self.fills)
        return {own_id: symbol for own_id, symbol in shown if own_id is not None and installation_of(own_id)}


@dataclass(frozen=True, slots=True)
class External:
    """Something that no row of ours explains."""

    condition: str
    symbol: str
    key: str
    """What tells it from others of its condition: the slot of a position, the id of an order."""
    text: str
    """One sentence a person can read."""
    side: PositionSide | None = None
    """Of a position: its side in hedge mode, where a symbol has two slots; None in one-way mode."""


Slot = tuple[str, PositionSide | None]
"""A symbol, with the side in hedge mode."""


def unclaimed_positions(view: AccountView, claimed: Collection[Slot]) -> tuple[External, ...]:
    """Positions in slots that no row claims: unsettled rows, and those that settled a moment ago, which a listing
    that lags still shows."""
    return tuple(
        External(EXTERNAL_POSITION, p.symbol, _key(p), _position_text(p), p.position_side)
        for p in view.positions if p.view.quantity > 0 and (p.symbol, p.position_side) not in claimed
    )


def _key(position: AccountPosition) -> str:
    side = position.position_side
    return position.symbol if side is None else f"{position.symbol} {side}"


def unknown_orders(view: AccountView, installation: str, known: Collection[str]) -> tuple[External, ...]:
    """Living orders with the library's prefix that are not in our table: of another installation, or lost records."""
    found = []
    for order in view.orders:
        own_id = order.view.client_order_id or ""
        given_by = installation_of(own_id)
        if given_by is not None and own_id not in known:
            condition = UNRECORDED_ORDER if given_by == installation else FOREIGN_ORDER
            found.append(External(condition, order.symbol, own_id, _order_text(order, condition)))
    return tuple(found)


def unexplained(filled: Mapping[str, str], installation: str, known: Collection[str]) -> dict[str, str]:
    """Of the filled orders those that are not in our table: all with our own prefix, the last of each other one."""
    unknown = {own_id: symbol for own_id, symbol in filled.items() if own_id not in known}
    last = {installation_of(own_id): own_id for own_id in unknown}
    return {i: symbol for i, symbol in unknown.items() if installation_of(i) == installation or i in last.values()}


def unknown_fills(filled: Mapping[str, str], installation: str) -> tuple[External, ...]:
    """One for each other installation that has traded here, and one for each lost record of our own.

    Where stops are kept on the position itself a second database leaves no living order that could be told by its id.
    """
    found = []
    for own_id, symbol in filled.items():
        theirs = installation_of(own_id) or ""
        if theirs == installation:
            text = f"{symbol}: {own_id} filled, carries our own prefix, and no row of ours knows it"
            found.append(External(UNRECORDED_ORDER, symbol, own_id, text))
        else:
            text = f"{symbol}: installation {theirs} trades here too: two databases drive this account"
            found.append(External(FOREIGN_ORDER, symbol, theirs, text))
    return tuple(found)


def late_evidence(view: AccountView, row: Record) -> tuple[Evidence, ...]:
    """What the account shows of a settled row that its proof did not know: an order alive, or more of its entry filled.

    Empty when everything shown is explained.
    """
    entry_id = row.entry.client_order_id
    ids = {o.client_order_id for o in row.orders if not o.attached}
    orders = tuple(o.view for o in view.orders if o.view.client_order_id in ids)
    orders += tuple(
        named(guard, o.view) for guard in row.orders if guard.unnamed and guard.exchange_order_id is not None
        for o in view.orders if o.view.exchange_order_id == guard.exchange_order_id
    )  # fmt: skip
    fills = tuple(f.fill for f in view.fills if f.fill.client_order_id == entry_id)
    filled = sum((fill.quantity for fill in fills), Decimal(0))
    found = []
    if orders:
        found.append(_seen(view, Source.ORDER_STATUS, orders=orders))
    if filled > row.filled_quantity:
        found.append(_seen(view, Source.TRADE_HISTORY, quantity=filled, fills=fills))
    return tuple(found)


def _seen(view: AccountView, source: Source, **what: object) -> Evidence:
    return Evidence(
        Kind.SEEN, source=source.value, asked_at_us=view.asked_at_us, answered_at_us=view.answered_at_us,
        **what,  # type: ignore[arg-type]
    )


def _position_text(position: AccountPosition) -> str:
    view = position.view
    return f"{position.symbol}: the exchange shows {view.quantity} {view.side}, which no row claims; it is not touched"


def _order_text(order: AccountOrder, condition: str) -> str:
    own_id, what = order.view.client_order_id, f"{order.symbol}: the order {order.view.client_order_id}"
    if condition == FOREIGN_ORDER:
        return f"{what} is another installation's: two databases drive this account; it is not touched"
    return f"{what} carries our own prefix, and no row of ours knows {own_id}; it is not touched"


def claimed_slots(rows: Iterable[Record]) -> frozenset[Slot]:
    """The slots of these rows. A row of one mode claims no position of the other: it cannot be its own."""
    intents = (row.intent for row in rows)
    return frozenset((i.symbol, i.side if i.position_mode is PositionMode.HEDGE else None) for i in intents)


Standing = dict[tuple[str, str], External]
"""What is there beside our rows, by condition and key."""


def by_key(found: Iterable[External]) -> Standing:
    """Each once."""
    return {(external.condition, external.key): external for external in found}


def confirmed(now: Standing, before: Standing, standing: Standing) -> Standing:
    """What stands: it did already, or it was listed the last time as well. A row that is stored a moment late, or a
    listing that is a moment late, is no news."""
    return {at: external for at, external in now.items() if at in standing or at in before}
