"""What bots and operators do in the scripts, and what others do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from ....app import AtomicPositions
from ....errors import ExchangeUnsupported
from ....evidence import OrderView
from ....ids import ALPHABET, CLIENT_ORDER_ID_LENGTH, HASH_LENGTH, LIBRARY_PREFIX
from ....models import Leg, MarginMode, OrderSide, OrderStatus, Position, State
from ....ports import OrdersReading, PositionStopReading, Reads
from ....sim import Fault, hands
from ....sim.orders import PlaceRequest
from ..canaries.staged import entry_arrives
from ..stage import SYMBOL
from .scripted import Scripted
from .situation import Situation

MOMENT_S, AWAY_S, WHILE_S, LONG_S = 0.151, 3.0, 15.0, 60.0
"""Until the entry is on its way; longer than a stop waits for the database; three turns of the watchdog; longer than
any horizon."""
READS = ("orders", "fills", "position", "position_stop")
BLIND = tuple(Fault(call, SYMBOL, "error") for call in READS)
TIGHTER = Decimal("1.34")
"""A stop nearer to the market than two percent."""


async def opens(played: Scripted, positions: AtomicPositions) -> None:
    """One open."""
    await played.open(positions)


async def closes(played: Scripted, positions: AtomicPositions) -> None:
    """One open, and its end."""
    row = await played.open(positions)
    if row is not None:
        await played.hear(positions.close_position(row.id))


async def moves(played: Scripted, positions: AtomicPositions) -> None:
    """One open, and its stop moved."""
    row = await played.open(positions)
    if row is not None:
        await played.hear(positions.move_stop(row.id, percent="1"))


async def opens_levered(played: Scripted, positions: AtomicPositions) -> None:
    """One open that sets the leverage first."""
    await played.open(positions, leverage="5")


async def opens_far(played: Scripted, positions: AtomicPositions) -> None:
    """With shared margin and a stop behind the exchange's own liquidation price."""
    played.venue.set_margin_mode(MarginMode.CROSS)
    await played.open(positions, stop_loss_percent="12")


async def asks_a_function(played: Scripted, positions: AtomicPositions) -> None:
    """The stop is what a function of the bot answers."""
    await played.open(positions, stop_loss=lambda price, side: price * Decimal("0.98"))


async def goes_away(played: Scripted, positions: AtomicPositions) -> None:
    """The bot stops waiting as soon as its entry is on its way."""
    opening = asyncio.ensure_future(positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent="2"))
    await played.clock.sleep(MOMENT_S)
    opening.cancel()
    await played.clock.sleep(WHILE_S)
    if opening.cancelled() and any(row.state is State.PROTECTED for row in played.rows.values()):
        played.witness.note("happened", Situation.CALLER_LEFT)


async def repeats(played: Scripted, positions: AtomicPositions) -> None:
    """The same key twice."""
    first = await played.open(positions, idempotency_key="signal")
    second = await played.open(positions, idempotency_key="signal")
    if first is not None and second is not None and first.id == second.id and played.venue.truth(SYMBOL).entries == 1:
        played.witness.note("happened", Situation.SAME_KEY)


async def asks_amiss(played: Scripted, positions: AtomicPositions) -> None:
    """What can only be refused, and sends nothing."""
    await played.hear(positions.open_position_atomic(SYMBOL, "buy", "-1", stop_loss_percent="2"))
    await played.hear(positions.get("nobody"))
    await played.open(positions)
    await played.open(positions)
    unknown = SimpleNamespace(id="nowhere", fetch2=print, options={}, synchronous=False)
    with suppress(ExchangeUnsupported):
        await played.hear(_connected(unknown))


async def _connected(client: Any) -> AtomicPositions:
    return AtomicPositions(client)


async def flattens(played: Scripted, positions: AtomicPositions) -> None:
    """Everything is closed at once."""
    await played.open(positions)
    await positions.flatten_all()


async def closes_while_opening(played: Scripted, positions: AtomicPositions) -> None:
    """The bot changes its mind before it is answered."""
    opening = asyncio.ensure_future(played.open(positions))
    await played.clock.sleep(MOMENT_S)
    for position_id in tuple(played.rows):
        await played.hear(positions.close_position(position_id))
    await opening


async def is_refused(played: Scripted, positions: AtomicPositions) -> None:
    """The exchange refuses to move the stop and to close a part; both stay as they are."""
    row = await played.open(positions)
    if row is None:
        return
    played.venue.faults.add(*(Fault(call, SYMBOL, "refuse") for call in ("set_stop", "place_stop", "place_close")))
    await played.hear(positions.move_stop(row.id, percent="1"))
    await played.hear(positions.close_position(row.id, "4"))
    played.venue.faults.clear()


async def keeps_theirs(played: Scripted, positions: AtomicPositions) -> None:
    """Somebody else sets a tighter stop, and the settings say that it may stay."""
    await played.open(positions)
    played.venue.set_position_stop(SYMBOL, TIGHTER)
    await played.clock.sleep(WHILE_S)


async def goes_blind(played: Scripted, positions: AtomicPositions) -> Position | None:
    """From the entry's departure on no read answers: a suspected orphan."""
    opening = asyncio.ensure_future(played.open(positions))
    await played.clock.sleep(MOMENT_S)
    played.venue.faults.add(*BLIND)
    await opening
    return next(iter(await positions.list()), None)


async def closes_blindly(played: Scripted, positions: AtomicPositions) -> None:
    """It is to be flat, and nothing can be seen."""
    row = await played.open(positions)
    played.venue.faults.add(*BLIND)
    if row is not None:
        await played.hear(positions.close_position(row.id))


async def has_the_word(played: Scripted, positions: AtomicPositions) -> None:
    """An operator says how it ended, where no source answers; the position is gone indeed."""
    row = await goes_blind(played, positions)
    if row is not None:
        await played.hear(positions.resolve(row.id, "rolled_back", "support says so", by="ada"))


async def is_contradicted(played: Scripted, positions: AtomicPositions) -> None:
    """An operator says that it is gone, and the slot shows it."""
    row = await goes_blind(played, positions)
    played.venue.faults.clear()
    played.venue.faults.add(*BLIND[:2])
    if row is not None:
        await played.hear(positions.resolve(row.id, "rolled_back", "support says so", by="ada"))
    played.venue.faults.clear()


async def loses_the_database(played: Scripted, positions: AtomicPositions) -> None:
    """Nothing can be stored from the entry's departure on, for a few seconds."""
    opening = asyncio.ensure_future(played.open(positions))
    await played.clock.sleep(MOMENT_S)
    await played.journal.close()
    await played.clock.sleep(AWAY_S)
    played.journal._closed = False
    await opening


# --- late, and of others ----------------------------------------------------------------------------------------------


async def fills_late(played: Scripted, positions: AtomicPositions) -> None:
    """The entry is lost, proven absent, and carried out after all."""
    await _rolled_back(played, positions)
    played.venue.faults.clear()
    entry_arrives(played)
    await played.clock.sleep(LONG_S)


async def fills_late_beside(played: Scripted, positions: AtomicPositions) -> None:
    """The same when another row has the slot by then."""
    await _rolled_back(played, positions)
    played.venue.faults.clear()
    late = tuple(played.rows.values())
    await played.open(positions)
    entry_arrives(played, late)
    await played.clock.sleep(2 * LONG_S)


async def _rolled_back(played: Scripted, positions: AtomicPositions) -> None:
    row = await played.open(positions)
    if row is not None:
        await positions.wait(row.id)


async def stop_comes_late(played: Scripted, positions: AtomicPositions) -> None:
    """It is over, and a stop of it that was refused long ago lives on a position that somebody opened since."""
    row = await played.open(positions)
    played.venue.faults.clear()
    if row is not None and row.state is State.PROTECTED:
        await positions.close_position(row.id)
    await played.clock.sleep(LONG_S)
    played.venue.foreign_order(SYMBOL, OrderSide.BUY, Decimal(10))
    for stored in tuple(played.rows.values()):
        stop = next(order for order in stored.of(Leg.STOP) if order.never_existed)
        played.venue.place(PlaceRequest(
            SYMBOL, stop.client_order_id, stop.order_side, stop.quantity, True, Decimal("1.2")
        ))  # fmt: skip
    await played.clock.sleep(LONG_S)
    hands.close(played.venue, SYMBOL)
    await played.clock.sleep(LONG_S)


async def others_trade(played: Scripted, positions: AtomicPositions) -> None:
    """Somebody's position, an order of another installation, and one of ours that no row has."""
    played.venue.foreign_order(SYMBOL, OrderSide.BUY, Decimal(10))
    for installation in ("zzzz", played.journal.installation):
        own_id = f"{LIBRARY_PREFIX}{installation}{ALPHABET[0] * HASH_LENGTH}"[:CLIENT_ORDER_ID_LENGTH]
        played.venue.place(PlaceRequest(SYMBOL, own_id, OrderSide.SELL, Decimal(10), True, Decimal("1.2")))
    await played.clock.sleep(WHILE_S)
    for stop in played.watch.truth.stops:
        played.venue.cancel(SYMBOL, order_id=stop.order_id)


# --- other words ------------------------------------------------------------------------------------------------------


class StuckReads:
    """Reads of an exchange on which a stop has triggered and never fills."""

    def __init__(self, inner: Reads) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
        """As they are, but for stops."""
        reading = await self._inner.orders(symbol, client_order_ids)
        return replace(reading, orders=tuple(map(_stuck, reading.orders)))

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The same of the position's own."""
        reading = await self._inner.position_stop(symbol)
        return reading if reading.stop is None else replace(reading, stop=_stuck(reading.stop))


def _stuck(view: OrderView) -> OrderView:
    waits = view.status is OrderStatus.UNTRIGGERED
    return replace(view, status=OrderStatus.TRIGGERED) if waits else view
