"""F13: one instrument, however it is spelled; and an answer about another one is no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.errors import AlreadyOpen
from atomicpos.evidence import Kind, Source
from atomicpos.exchanges.bybit import replies
from atomicpos.exchanges.bybit.instruments import instrument
from atomicpos.exchanges.markets import perpetual
from atomicpos.exchanges.transport import Exchanged
from atomicpos.models import State
from atomicpos.ports import ReadFailed
from atomicpos.sim import MARKETS, SPOT_TWINS, Market, Venue
from atomicpos.sim.translation import resolve
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library

AVL = "AVL/USDT:USDT"
SPELLINGS = ["AVLUSDT", "avlusdt", "AvlUsdt", "AVL/USDT:USDT", "avl/usdt:usdt", " AVLUSDT "]


def listed(market: Market) -> dict[str, Any]:
    """The market as ccxt lists it: a perpetual and its spot twin share their raw id."""
    lot = {"qtyStep": str(market.step), "minOrderQty": str(market.min_quantity)}
    return {
        "symbol": market.symbol, "id": market.market_id, "base": market.base, "quote": market.quote, "active": True,
        "swap": not market.spot, "linear": not market.spot, "spot": market.spot,
        "settle": None if market.spot else market.quote,
        "info": {"priceFilter": {"tickSize": str(market.tick)}, "lotSizeFilter": lot},
    }  # fmt: skip


LISTED = {market.symbol: listed(market) for market in (*SPOT_TWINS, *MARKETS)}
VENUE = Venue(lambda: 0)


@given(market=st.sampled_from(MARKETS), data=st.data())
def test_f13_every_spelling_of_a_perpetual_names_that_perpetual(market: Market, data: st.DataObject) -> None:
    """Raw or unified, in any mix of cases, with blanks around it: never another market, never the spot twin."""
    name = data.draw(st.sampled_from([market.symbol, market.market_id]))
    mixed = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in name)
    spelled = data.draw(st.sampled_from(["", " "])) + mixed
    found = instrument(perpetual(LISTED, spelled))
    assert (found.symbol, found.market_id) == (market.symbol, market.market_id)
    assert resolve(spelled, VENUE) is market, "and the venue in process agrees"


@pytest.mark.wire
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_f13_every_source_finds_the_position_under_every_spelling(bybit: Server, spelling: str) -> None:
    """Opened under one spelling: the order and the position are seen at once, and it is listed under each of them."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic(spelling, "buy", "10", stop_loss_percent="2")
        for other in SPELLINGS:
            assert [listed.id for listed in await positions.list(symbol=other)] == [row.id]
    assert (row.state, row.symbol) == (State.PROTECTED, AVL)
    seen = {found.source for found in row.evidence if found.kind is Kind.SEEN}
    assert seen >= {Source.ORDER_STATUS, Source.POSITION_POLL}
    assert bybit.venue.truth(AVL).quantity == 10


@pytest.mark.wire
async def test_f13_what_is_open_under_one_spelling_is_taken_under_all(bybit: Server) -> None:
    """A second open under any other spelling is AlreadyOpen with the occupant, and nothing is sent."""
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        for spelling in SPELLINGS:
            with pytest.raises(AlreadyOpen) as taken:
                await positions.open_position_atomic(spelling, "sell", "10", stop_loss_percent="2")
            assert taken.value.position is not None
            assert taken.value.position.id == row.id
    assert bybit.venue.truth(AVL).entries == 1


@pytest.mark.parametrize("shown", ["AVL/USDT:USDT", "AVL/USDT", "avlusdt", "AVLPERP", None])
def test_f13_a_row_of_another_name_than_the_one_asked_for_fails_the_read(shown: str | None) -> None:
    """An answer that does not show the id that was asked for is an error: neither the position nor its absence."""
    reply = {"retCode": "0", "result": {"list": [{"symbol": shown, "size": "10", "side": "Buy"}]}}
    with pytest.raises(ReadFailed, match="asked for symbol AVLUSDT"):
        replies.rows(answered(reply), "position", {"symbol": "AVLUSDT"})


def answered(reply: dict[str, Any]) -> Exchanged:
    """The reply as it comes from the transport."""
    return Exchanged(reply, None, True, 200, json.dumps(reply), 0, "OK", asked_at_us=1, answered_at_us=2)
