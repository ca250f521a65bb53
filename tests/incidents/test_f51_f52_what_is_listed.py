"""F51 and F52: a read that fails or leaves out ends nothing, and what is listed without a row of ours becomes none."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.app import AtomicPositions
from atomicpos.events import EventKind
from atomicpos.evidence import PositionView
from atomicpos.externals import EXTERNAL_POSITION
from atomicpos.models import OrderSide, PositionSide, State
from atomicpos.ports import AccountPosition
from atomicpos.record import Record
from atomicpos.sim import Fault, SimExchange, Venue
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.markets import numbered
from atomicpos.sim.wire.server import Server
from modes import in_every_mode
from wired import bybit_client, library
from world import AVL, ORDERS, World, assert_safe, in_world

THIRTY = 30
LISTINGS = ("account_positions", "account_orders", "account_fills")
SINGLE = ("orders", "fills", "position", "position_stop")
EVERYTHING = LISTINGS + SINGLE


async def thirty(world: World) -> AtomicPositions:
    """A library that holds thirty protected positions, at rest."""
    world.venue = Venue(world.clock.now_us, seed=1, markets=numbered(THIRTY))
    world.exchange = SimExchange(world.venue, world.clock, profile=world.profile)
    positions = await world.library().__aenter__()
    opened = await asyncio.gather(
        *(world.tried(positions, symbol=symbol, quantity="40") for symbol in world.venue.symbols())
    )
    assert [error for _, error in opened] == [None] * THIRTY
    await world.clock.sleep(60)
    return positions


def facts(record: Record) -> tuple[object, ...]:
    """What the row says, but for when it was looked at last."""
    orders = [(o.client_order_id, o.trigger_price, o.status, o.filled, o.sends, o.cancels) for o in record.orders]
    return (record.id, record.state, record.goal, record.filled_quantity, record.closed_quantity, record.proof, orders)


async def moves(world: World) -> list[str]:
    """Every transition of every row."""
    histories = [await world.journal.history(record.id) for record in world.stored()]
    return [entry.text for history in histories for entry in history.entries if entry.kind == "transition"]


async def left(positions: AtomicPositions) -> None:
    await positions.__aexit__(None, None, None)


# --- F51: an error is no data -------------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", [1, None], ids=["once", "from now on"])
@pytest.mark.parametrize("kind", ["omit", "error"])
@pytest.mark.parametrize("listing", LISTINGS)
@in_every_mode()
async def test_f51_a_listing_of_none_of_thirty_changes_no_row(
    world: World, listing: str, kind: str, nth: int | None
) -> None:
    """Empty or an error, once or for two minutes: thirty rows say what they said, and nothing is sent or alerted."""
    positions = await thirty(world)
    before, moved, sent = set(map(str, map(facts, world.stored()))), await moves(world), world.sent()
    world.venue.faults.add(Fault(listing, None, kind, nth))
    await world.clock.sleep(120)
    assert set(map(str, map(facts, world.stored()))) == before
    assert (await moves(world), world.sent()) == (moved, sent)
    assert world.heard(EventKind.ALERT) == []
    await left(positions)


@pytest.mark.parametrize("seconds", [None, 120])
@in_every_mode()
async def test_f51_an_exchange_that_answers_with_errors_only_changes_no_row(world: World, seconds: int | None) -> None:
    """Every read fails, once or for two minutes: protected rows keep their word, nothing is sent, nothing closed."""
    positions = await thirty(world)
    before, sent = set(map(str, map(facts, world.stored()))), world.sent()
    world.venue.faults.add(*(Fault(call, None, "error", None if seconds else 1) for call in EVERYTHING))
    await world.clock.sleep(seconds or 30)
    assert set(map(str, map(facts, world.stored()))) == before
    assert world.sent() == sent
    await left(positions)


@in_every_mode()
async def test_f51_what_is_missing_from_the_listing_and_from_its_own_read_once_is_asked_again(world: World) -> None:
    """Two empty answers in one moment are a doubt: no order leaves, nobody is alarmed, it is over within seconds."""
    positions = await thirty(world)
    sent = world.sent()
    world.venue.faults.add(*(Fault(call, None, "omit", 1) for call in EVERYTHING))
    await world.clock.sleep(20)
    assert world.sent() == sent
    assert {record.state for record in world.stored()} == {State.PROTECTED}
    assert world.heard(EventKind.ALERT) == []
    await left(positions)


@in_every_mode()
async def test_f51_an_account_that_shows_nothing_for_good_closes_no_row(world: World) -> None:
    """Minutes of empty answers from every source: suspected and announced, never ended, and no close leaves."""
    positions = await thirty(world)
    sent = world.sent(Call.PLACE_CLOSE, Call.CANCEL)
    world.venue.faults.add(*(Fault(call, None, "omit") for call in EVERYTHING))
    await world.clock.sleep(200)
    assert {record.state for record in world.stored()} == {State.ORPHAN_SUSPECTED}
    assert world.sent(Call.PLACE_CLOSE, Call.CANCEL) == sent
    assert len(world.heard(EventKind.ALERT, "orphan_suspected")) == THIRTY
    world.venue.faults.clear()
    await world.clock.sleep(60)
    assert {record.state for record in world.stored()} == {State.PROTECTED}
    for record in world.stored():
        assert_safe(world, await positions.get(record.id), record.intent.symbol)
    await left(positions)


@pytest.mark.parametrize("listing", LISTINGS)
@in_world()
async def test_f51_an_error_resolves_nothing_that_was_announced(world: World, listing: str) -> None:
    """A position by hand stands alerted while the account cannot be listed, and is resolved when it is seen gone."""
    async with world.library():
        world.venue.foreign_order(AVL, OrderSide.BUY, Decimal(5))
        await world.clock.sleep(60)
        world.venue.faults.add(Fault(listing, None, "error"))
        await world.clock.sleep(600)
        assert len(world.heard(EventKind.ALERT, EXTERNAL_POSITION)) == 1
        assert world.heard(EventKind.RESOLVED) == []
        world.venue.faults.clear()
        world.venue.foreign_order(AVL, OrderSide.SELL, Decimal(5), reduce_only=True)
        await world.clock.sleep(60)
        assert len(world.heard(EventKind.RESOLVED, EXTERNAL_POSITION)) == 1


# --- F52: a size is the exchange's own ----------------------------------------------------------------------------


class Listed:
    """The account's listing of positions with rows of the test's own added."""

    def __init__(self, exchange: SimExchange, *rows: AccountPosition) -> None:
        self._account = exchange.account
        self._rows = rows
        self.open_orders, self.fills = exchange.account.open_orders, exchange.account.fills

    async def positions(self) -> tuple[AccountPosition, ...]:
        return (*await self._account.positions(), *self._rows)


@in_world()
async def test_f52_a_listed_row_of_size_zero_is_no_position(world: World) -> None:
    """A stale row with a side and a price and nothing in it: nobody is alarmed, its symbol is free, no row is made."""
    stale = PositionView(Decimal(0), PositionSide.LONG, entry_price=Decimal("1.30"))
    world.exchange.account = Listed(world.exchange, AccountPosition(AVL, stale))
    async with world.library() as positions:
        await world.clock.sleep(60)
        assert (world.events, world.stored()) == ([], ())
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)


class HalfAContract(ccxt.bybit):
    """A client that computes half a contract from every row, as one did in the field."""

    def parse_position(self, position: Any, market: Any = None) -> Any:
        return {**super().parse_position(position, market), "contracts": 0.5, "side": "long"}


@pytest.mark.wire
async def test_f52_what_the_client_computes_of_an_empty_slot_is_ignored(bybit: Server) -> None:
    """``contracts`` 0.5 over a raw size of 0: the slot is empty, the open goes through, nothing external is said."""
    told: list[str] = []
    client = bybit_client(bybit, HalfAContract)
    async with library(client, alerts=lambda event: told.append(event.condition), watch_s=0.3) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        await asyncio.sleep(1)
        assert (row.state, row.filled_quantity) == (State.PROTECTED, 10)
        assert len(await positions.list()) == 1
    assert told == []


@in_every_mode()
async def test_f52_nothing_on_the_account_becomes_a_row_of_ours(world: World) -> None:
    """Positions by hand, with and without stops, before and during two lives of the bot: announced, and no row made."""
    for symbol in world.venue.symbols()[1:]:
        world.venue.foreign_order(symbol, OrderSide.SELL, Decimal(world.worth(symbol)))
    for _ in range(2):
        async with world.library(journal=world.journal.reopened()) as positions:
            row, _ = await world.tried(positions)
            await world.clock.sleep(120)
            assert [(r.id, r.symbol) for r in await positions.list()] == [(row.id if row else "", AVL)]
    assert len(world.heard(EventKind.ALERT, EXTERNAL_POSITION)) == 2 * 14
    assert {symbol for _, call, symbol in world.exchange.requests if call in ORDERS | {Call.CANCEL}} == {AVL}
