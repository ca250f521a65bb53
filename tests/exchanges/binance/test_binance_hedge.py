"""Hedge mode on Binance: every request is bound to its side, and every read shows that side only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from asked import ALGO, AVL, CLOSE, ENTRY, ORDER, QUICK, sent, stop

from atomicpos import sim
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import FillKind, OrderSide, PositionMode, PositionSide, Refusal, State
from atomicpos.ports import OutcomeKind, ReadFailed, WrongPositionMode
from atomicpos.sim.wire.server import Server
from wired import library

pytestmark = pytest.mark.wire

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT
SELL = replace(ENTRY, client_order_id="ap-short", order_side=OrderSide.SELL, quantity=Decimal(4))


@pytest.fixture
async def sides(venue: Server, exchange: CcxtExchange) -> tuple[CcxtExchange, CcxtExchange]:
    """The account in hedge mode, through its long and through its short side."""
    venue.venue.set_position_mode("hedge")
    return exchange.hedged(LONG), exchange.hedged(SHORT)


def since() -> int:
    return sim.SystemClock().now_us() - 3_600_000_000


async def test_every_order_names_its_side_and_none_says_reduce_only(
    venue: Server, sides: tuple[CcxtExchange, CcxtExchange]
) -> None:
    """Unable to enlarge is there what is bound to our side with the closing order side: reduceOnly may not be sent."""
    long, short = sides
    for exchange, request in ((long, ENTRY), (short, SELL), (long, stop()), (long, CLOSE)):
        assert (await exchange.write(request)).kind is OutcomeKind.ACKNOWLEDGED
    plain, (conditional,) = sent(venue, ORDER, "POST"), sent(venue, ALGO, "POST")
    assert [(body["side"], body["positionSide"]) for body in plain] == [
        ("BUY", "LONG"), ("SELL", "SHORT"), ("SELL", "LONG"),
    ]  # fmt: skip
    assert (conditional["side"], conditional["positionSide"]) == ("SELL", "LONG")
    assert all("reduceOnly" not in body for body in (*plain, conditional))


async def test_each_side_sees_itself_only(sides: tuple[CcxtExchange, CcxtExchange]) -> None:
    """A long of ten beside a short of four: positions, fills and orders are each one's own."""
    long, short = sides
    await long.write(ENTRY)
    await short.write(SELL)
    views = [(await side.reads.position(AVL)).position for side in sides]
    assert [(view.side, view.quantity) for view in views] == [(LONG, 10), (SHORT, 4)]
    for side, name in ((long, "ap-entry"), (short, "ap-short")):
        fills = (await side.reads.fills(AVL, since())).fills
        assert {fill.client_order_id for fill in fills} == {name}
        assert [order.client_order_id for order in (await side.reads.orders(AVL, [name])).orders] == [name]
    strange = await short.reads.orders(AVL, ["ap-entry"])
    assert (strange.orders, strange.absent_ids, len(strange.failures)) == ((), (), 1)


async def test_a_stop_of_the_closing_side_reads_as_unable_to_enlarge(
    venue: Server, sides: tuple[CcxtExchange, CcxtExchange]
) -> None:
    """Whatever ``reduceOnly`` shows; it fires on its side alone and leaves the other as it is."""
    long, short = sides
    await long.write(ENTRY)
    await short.write(SELL)
    await long.write(stop())
    (shown,) = (await long.reads.orders(AVL, ["ap-stop"])).orders
    assert shown.reduce_only is True
    venue.venue.set_mark(AVL, Decimal("1.3200"))
    assert (await long.reads.position(AVL)).position.quantity == 0
    assert (await short.reads.position(AVL)).position.quantity == 4


async def test_the_listings_name_the_side(exchange: CcxtExchange, sides: tuple[CcxtExchange, CcxtExchange]) -> None:
    """Both positions of one symbol, and of each order the side that it is bound to."""
    long, short = sides
    await long.write(ENTRY)
    await short.write(SELL)
    await long.write(stop())
    held = {(row.position_side, row.view.quantity) for row in await exchange.account.positions()}
    assert held == {(LONG, 10), (SHORT, 4)}
    assert [row.position_side for row in await exchange.account.open_orders()] == [LONG]
    assert sum(row.fill.quantity for row in await exchange.account.fills(since())) == 14


async def test_what_is_of_one_way_mode_is_refused_and_read_as_an_error(
    exchange: CcxtExchange, sides: tuple[CcxtExchange, CcxtExchange]
) -> None:
    """-4061 for a one-way order; a position of a side, and an empty list of a hedged account, are none of one-way."""
    refused = await exchange.write(ENTRY)
    assert (refused.kind, refused.refusal, refused.code) == (OutcomeKind.REFUSED, Refusal.OTHER, "-4061")
    assert await exchange.reads.position_mode(AVL) is PositionMode.HEDGE
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)
    await sides[0].write(ENTRY)
    with pytest.raises(WrongPositionMode):
        await exchange.reads.position(AVL)


async def test_a_side_of_an_account_in_one_way_mode_is_none(exchange: CcxtExchange) -> None:
    """The other way round: refused, and no position of a side."""
    long = exchange.hedged(LONG)
    assert (await long.write(ENTRY)).code == "-4061"
    await exchange.write(ENTRY)
    with pytest.raises(WrongPositionMode):
        await long.reads.position(AVL)


@pytest.mark.parametrize("word", ["SIDEWAYS", ""])
async def test_a_side_that_nobody_knows_fails_the_read(
    venue: Server, sides: tuple[CcxtExchange, CcxtExchange], word: str
) -> None:
    """It is neither ours nor the other's."""
    await sides[0].write(ENTRY)

    def other(request: Any, reply: Any) -> Any:
        reply.text = reply.text.replace('"positionSide":"LONG"', f'"positionSide":"{word}"')
        return reply

    venue.tampering.hand = other
    for read in (sides[0].reads.position(AVL), sides[0].reads.fills(AVL, since())):
        with pytest.raises(ReadFailed):
            await read


async def test_a_liquidation_is_of_its_side(venue: Server, sides: tuple[CcxtExchange, CcxtExchange]) -> None:
    """The short is taken over; the long has had no part in it."""
    long, short = sides
    await long.write(ENTRY)
    await short.write(SELL)
    venue.venue.liquidate(AVL, SHORT)
    kinds = [
        {fill.kind for fill in (await side.reads.fills(AVL, since(), all_kinds=True)).fills} for side in sides
    ]
    assert kinds == [{FillKind.TRADE}, {FillKind.TRADE, FillKind.LIQUIDATION}]


async def test_a_long_and_a_short_live_side_by_side(venue: Server, client: Any) -> None:
    """Whole positions: both protected on one symbol at once; the one that is closed leaves the other as it was."""
    venue.venue.set_position_mode("hedge")
    async with library(client, **QUICK) as positions:
        long = await positions.open_position_atomic("AVLUSDT", "buy", 10, stop_loss_percent=2)
        short = await positions.open_position_atomic("AVLUSDT", "sell", 4, stop_loss_percent=2)
        assert (long.state, short.state) == (State.PROTECTED, State.PROTECTED)
        held = [venue.venue.truth(AVL, side) for side in (LONG, SHORT)]
        assert [(truth.quantity, truth.stop_quantity) for truth in held] == [(10, 10), (-4, 4)]
        assert (await positions.close_position(long.id)).state is State.CLOSED
        held = [venue.venue.truth(AVL, side) for side in (LONG, SHORT)]
        assert [(truth.quantity, len(truth.stops)) for truth in held] == [(0, 0), (-4, 1)]
        assert (await positions.get(short.id)).state is State.PROTECTED
    assert all("reduceOnly" not in body for body in sent(venue, ORDER, "POST") + sent(venue, ALGO, "POST"))


async def test_a_lost_reply_in_hedge_mode_is_looked_up_and_protected(venue: Server, client: Any) -> None:
    """F10 on a side: executed and not heard of, found by its id, sent once."""
    venue.venue.set_position_mode("hedge")
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "http_502_executed"))
    async with library(client) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "sell", 10, stop_loss_percent=2)
        assert row.state is State.PROTECTED
    truth = venue.venue.truth(AVL, SHORT)
    assert (truth.quantity, truth.stop_quantity, len(sent(venue, ORDER, "POST"))) == (-10, 10, 1)
