"""The account is swept: what stands beside our rows is said once and resolved once, and never touched."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import AlreadyOpen
from atomicpos.events import EventKind
from atomicpos.externals import EXTERNAL_POSITION, FOREIGN_ORDER, UNRECORDED_ORDER
from atomicpos.models import OrderSide, State, TriggerBy
from atomicpos.sim import Fault
from atomicpos.sim.venue import PlaceRequest
from atomicpos.testing.journals import JournalOver
from modes import in_every_mode
from world import AVL, World, assert_safe, in_world

BTC = "BTC/USDT:USDT"
WATCH_S = 5
TWICE_S = 2 * WATCH_S + 1
"""Two listings, and their answers."""
AUDIT_S = 31
"""Fills are searched for late ones every half minute."""
TWO_AUDITS_S = 2 * AUDIT_S

OTHERS_ID = "apzzzz" + "a" * 20
LOST_ID = "aptest" + "b" * 20


def said(world: World, condition: str) -> list[tuple[EventKind, str]]:
    """Every alert and resolution of that condition: what and about which symbol."""
    return [(e.kind, e.symbol) for e in world.events if e.condition == condition]


ALERTED = (EventKind.ALERT, BTC)
RESOLVED = (EventKind.RESOLVED, BTC)


def by_hand(world: World, symbol: str = BTC, side: OrderSide = OrderSide.BUY, **how: Any) -> None:
    """Somebody trades a hundredth on the symbol."""
    world.venue.foreign_order(symbol, side, Decimal("0.01"), **how)


def stop_of(world: World, own_id: str, symbol: str = BTC) -> None:
    """A stop with that id, far below the mark, on whatever is held."""
    world.venue.place(PlaceRequest(
        symbol, own_id, OrderSide.SELL, Decimal("0.01"), True, Decimal("50000.0"), TriggerBy.MARK
    ), foreign=True)


# --- what no row claims -------------------------------------------------------------------------------------------


@in_world()
async def test_an_external_position_is_said_once_after_two_listings_and_once_when_it_is_gone(world: World) -> None:
    """Held by hand for an hour: one alert, one resolution, no row, and nothing is sent."""
    async with world.library(watch_s=WATCH_S):
        by_hand(world)
        await world.clock.sleep(WATCH_S)
        assert said(world, EXTERNAL_POSITION) == []
        await world.clock.sleep(WATCH_S + 1)
        assert said(world, EXTERNAL_POSITION) == [ALERTED]
        await world.clock.sleep(3600)
        assert said(world, EXTERNAL_POSITION) == [ALERTED]
        by_hand(world, side=OrderSide.SELL, reduce_only=True)
        await world.clock.sleep(TWICE_S)
        assert said(world, EXTERNAL_POSITION) == [ALERTED, RESOLVED]
    assert world.heard(EventKind.ALERT)[0].text == (
        "BTC/USDT:USDT: the exchange shows 0.010 long, which no row claims; it is not touched"
    )
    assert (world.sent(), world.stored()) == ([], ())


@in_world()
async def test_a_position_that_was_listed_only_once_is_no_news(world: World) -> None:
    """Opened and closed between two turns but one: nobody is told."""
    async with world.library(watch_s=WATCH_S):
        await world.clock.sleep(1)
        by_hand(world)
        await world.clock.sleep(WATCH_S)
        by_hand(world, side=OrderSide.SELL, reduce_only=True)
        await world.clock.sleep(60)
    assert world.heard(EventKind.ALERT) == []


@in_every_mode()
async def test_our_own_positions_are_not_external(world: World) -> None:
    """Opening, protected, being closed, closed a moment ago under reads that lag: no word of it."""
    world.venue.faults.add(Fault("account_positions", None, "lag", None, 20))
    async with world.library(watch_s=WATCH_S) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(40)
        await positions.close_position(row.id)
        await world.clock.sleep(60)
    assert said(world, EXTERNAL_POSITION) == []


@in_every_mode()
async def test_ignored_externals_are_not_said_and_keep_their_slot_all_the_same(world: World) -> None:
    """``on_external="ignore"``: no alert about positions and foreign orders, and still AlreadyOpen."""
    async with world.library(watch_s=WATCH_S, on_external="ignore") as positions:
        by_hand(world)
        stop_of(world, OTHERS_ID)
        await world.clock.sleep(60)
        _, error = await world.tried(positions, symbol="BTCUSDT", quantity="0.01")
    assert world.heard(EventKind.ALERT) == []
    assert isinstance(error, AlreadyOpen)
    assert world.sent() == []


@in_world()
async def test_an_order_of_another_installation_is_said_and_left_alone(world: World) -> None:
    """The library's prefix with four other characters: another database drives this account."""
    async with world.library(watch_s=WATCH_S):
        by_hand(world)
        stop_of(world, OTHERS_ID)
        await world.clock.sleep(60)
        assert said(world, FOREIGN_ORDER) == [ALERTED]
        assert OTHERS_ID in world.heard(EventKind.ALERT, FOREIGN_ORDER)[0].text
        assert [stop.client_order_id for stop in world.truth(BTC).stops] == [OTHERS_ID]
        world.venue.cancel(BTC, client_order_id=OTHERS_ID)
        await world.clock.sleep(TWICE_S)
        assert said(world, FOREIGN_ORDER) == [ALERTED, RESOLVED]
    assert world.sent() == []


@pytest.mark.parametrize("own_id", [None, "", "x-1234567", "ap", "apteam-stop-1", "AP" + OTHERS_ID[2:]])
@in_world()
async def test_orders_of_other_programs_are_nobodys_business(world: World, own_id: str | None) -> None:
    """No id, another program's, or one that only begins like ours: positions are said, orders are not."""
    async with world.library(watch_s=WATCH_S):
        by_hand(world)
        stop_of(world, own_id)  # type: ignore[arg-type]
        await world.clock.sleep(60)
    assert said(world, FOREIGN_ORDER) == said(world, UNRECORDED_ORDER) == []


@pytest.mark.parametrize("policy", ["alert", "ignore"])
@in_world()
async def test_an_order_of_our_own_prefix_that_no_row_knows_is_always_said(world: World, policy: str) -> None:
    """A record was lost: no policy hides that, and the order is still not touched."""
    async with world.library(watch_s=WATCH_S, on_external=policy):
        by_hand(world)
        stop_of(world, LOST_ID)
        await world.clock.sleep(60)
    assert said(world, UNRECORDED_ORDER) == [ALERTED]
    assert [stop.client_order_id for stop in world.truth(BTC).stops] == [LOST_ID]
    assert world.sent() == []


def traded(world: World, own_id: str, symbol: str = BTC) -> None:
    """An order with that id buys and is done: its id lives on in the account's fills alone."""
    world.venue.place(PlaceRequest(symbol, own_id, OrderSide.BUY, Decimal("0.01")), foreign=True)


@in_world()
async def test_another_installation_is_told_by_what_it_traded(world: World) -> None:
    """Its stops ride on its positions, so no living order bears its name: one alert for it, however much it trades."""
    async with world.library(watch_s=WATCH_S):
        for n in range(20):
            traded(world, f"apzzzz{'abcdefghij'[n % 10] * 19}{'ab'[n // 10]}")
            await world.clock.sleep(AUDIT_S)
        assert said(world, FOREIGN_ORDER) == [ALERTED]
        traded(world, "apyyyy" + "a" * 20)
        await world.clock.sleep(TWO_AUDITS_S)
        assert said(world, FOREIGN_ORDER) == [ALERTED, ALERTED]
    texts = [event.text for event in world.heard(EventKind.ALERT, FOREIGN_ORDER)]
    assert texts[0] == "BTC/USDT:USDT: installation zzzz trades here too: two databases drive this account"


@pytest.mark.parametrize("policy", ["alert", "ignore"])
@in_world()
async def test_a_lost_record_is_told_by_what_it_traded(world: World, policy: str) -> None:
    """A fill with our own prefix, and no row knows its order: said whatever the policy, and nothing is adopted."""
    async with world.library(watch_s=WATCH_S, on_external=policy):
        traded(world, LOST_ID)
        await world.clock.sleep(TWO_AUDITS_S)
    assert said(world, UNRECORDED_ORDER) == [ALERTED]
    assert (world.sent(), world.stored()) == ([], ())


class Forgetful(JournalOver):
    """A database that does not know any order for a while: what is stored late is no lost record."""

    forgets = True

    async def find_orders(self, scope: Any, client_order_ids: Any) -> dict[str, str]:
        return {} if self.forgets else await super().find_orders(scope, client_order_ids)


@in_every_mode()
async def test_what_is_recorded_late_is_resolved(world: World) -> None:
    """The writes of an open were spooled for a while: said at worst, and resolved once they are stored."""
    world.journal = journal = Forgetful(world.journal)
    async with world.library(watch_s=WATCH_S) as positions:
        await world.tried(positions)
        await world.clock.sleep(TWO_AUDITS_S)
        journal.forgets = False
        await world.clock.sleep(TWICE_S)
        alerts, over = (world.heard(kind, UNRECORDED_ORDER) for kind in (EventKind.ALERT, EventKind.RESOLVED))
        assert sorted(event.text for event in alerts) == sorted(event.text for event in over) != []


@pytest.mark.parametrize("listing", ["account_positions", "account_orders", "account_fills"])
@in_every_mode()
async def test_a_listing_that_fails_changes_nothing(world: World, listing: str) -> None:
    """What stood alerted stays so, nothing is resolved, no row moves; it is listed again in the next turn."""
    async with world.library(watch_s=WATCH_S) as positions:
        row, _ = await world.tried(positions)
        by_hand(world)
        stop_of(world, OTHERS_ID)
        await world.clock.sleep(60)
        before, sent = list(world.heard(EventKind.ALERT)), world.sent()
        world.venue.faults.add(Fault(listing, None, "error"))
        await world.clock.sleep(120)
        assert (world.heard(EventKind.ALERT), world.heard(EventKind.RESOLVED)) == (before, [])
        assert (world.stored()[0].state, world.sent()) == (State.PROTECTED, sent)
        world.venue.faults.clear()
        world.venue.cancel(BTC, client_order_id=OTHERS_ID)
        by_hand(world, side=OrderSide.SELL, reduce_only=True)
        await world.clock.sleep(AUDIT_S + TWICE_S)
        assert {e.condition for e in world.heard(EventKind.RESOLVED)} == {EXTERNAL_POSITION, FOREIGN_ORDER}
        assert row is not None
        assert_safe(world, await positions.get(row.id))


# --- its place ----------------------------------------------------------------------------------------------------


@in_world()
async def test_the_sweep_waits_for_nobody_and_nobody_for_it(world: World) -> None:
    """Its listings hang: the positions are watched on, and turns of the watchdog go on."""
    hanging: Callable[..., Any] = world.exchange.account.fills

    async def never(since_us: int) -> Any:
        await world.clock.sleep(10**6)
        return await hanging(since_us)

    world.exchange.account.fills = never
    async with world.library(watch_s=WATCH_S) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        await world.clock.sleep(60)
        (stop,) = world.truth().stops
        world.venue.cancel(AVL, order_id=stop.order_id)
        await world.clock.sleep(30)
        assert world.truth().stop_quantity >= 10
        assert (await positions.health()).watchdog_s <= WATCH_S  # type: ignore[operator]
