"""Writes over the wire: what leaves word by word, and what its outcome is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, OrderSide, Refusal, TriggerBy
from atomicpos.ports import CancelOrder, OutcomeKind, PlaceOrder, SetLeverage
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal("10.00"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "ap-close", OrderSide.SELL, Decimal(10), True)


def stop(trigger: str, name: str = "ap-stop", side: OrderSide = OrderSide.SELL) -> PlaceOrder:
    return PlaceOrder(AVL, Leg.STOP, name, side, Decimal(10), True, Decimal(trigger), TriggerBy.MARK)


def bodies(venue: Server, path: str) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in venue.arrivals.entries if entry.path == path]


async def test_f14_an_entry_says_category_position_index_and_our_id(venue: Server, exchange: CcxtExchange) -> None:
    """Everything Bybit wants is in the body, numbers as text, and nothing else is."""
    outcome = await exchange.write(ENTRY)
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert outcome.exchange_order_id
    assert bodies(venue, "/v5/order/create") == [{
        "category": "linear", "symbol": "AVLUSDT", "side": "Buy", "orderType": "Market", "qty": "10",
        "positionIdx": 0, "orderLinkId": "ap-entry", "reduceOnly": False,
    }]  # fmt: skip


async def test_a_stop_says_trigger_direction_and_reduce_only(venue: Server, exchange: CcxtExchange) -> None:
    """A long's stop sells when the mark price falls to the trigger, and can only reduce."""
    await exchange.write(ENTRY)
    outcome = await exchange.write(stop("1.3300"))
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert bodies(venue, "/v5/order/create")[-1] == {
        "category": "linear", "symbol": "AVLUSDT", "side": "Sell", "orderType": "Market", "qty": "10",
        "positionIdx": 0, "orderLinkId": "ap-stop", "reduceOnly": True,
        "triggerPrice": "1.33", "triggerDirection": 2, "triggerBy": "MarkPrice",
    }  # fmt: skip


async def test_a_shorts_stop_buys_when_the_price_rises(venue: Server, exchange: CcxtExchange) -> None:
    """The direction follows from the order side."""
    await exchange.write(PlaceOrder(AVL, Leg.ENTRY, "ap-short", OrderSide.SELL, Decimal(10), False))
    assert (await exchange.write(stop("1.5", side=OrderSide.BUY))).kind is OutcomeKind.ACKNOWLEDGED
    assert bodies(venue, "/v5/order/create")[-1]["triggerDirection"] == 1


async def test_f10_a_second_order_with_our_id_is_unknown(venue: Server, exchange: CcxtExchange) -> None:
    """A duplicate-id answer is no refusal, and the adapter sent each request once."""
    await exchange.write(ENTRY)
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID, "110072")
    assert len(bodies(venue, "/v5/order/create")) == 2


@pytest.mark.parametrize("kind", ["lose_request", "http_502_executed", "http_502_not_executed"])
async def test_f10_a_lost_write_is_unknown_and_sent_once(venue: Server, exchange: CcxtExchange, kind: str) -> None:
    """A dropped connection and a 502 say nothing about execution, and nothing is sent again."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, kind))
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, None)
    assert len(bodies(venue, "/v5/order/create")) == 1


async def test_f06_a_lost_reply_is_unknown_though_it_was_executed(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """A reply that never comes ends in the client's timeout: unknown, and the order exists."""
    client.timeout = 200
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "lose_reply", seconds=15))
    outcome = await exchange.write(ENTRY)
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert venue.venue.truth(AVL).quantity == 10


async def test_definite_refusals_are_graded(venue: Server, exchange: CcxtExchange) -> None:
    """Nothing to reduce, beyond the trigger, unknown order, no funds: each by its code."""
    assert (await exchange.write(CLOSE)).refusal is Refusal.NO_POSITION
    assert (await exchange.write(CancelOrder(AVL, "ap-none", None, True))).refusal is Refusal.UNKNOWN_ORDER
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "refuse", nth=1))
    refused = await exchange.write(ENTRY)
    assert (refused.kind, refused.refusal, refused.code) == (OutcomeKind.REFUSED, Refusal.FUNDS, "110007")
    await exchange.write(PlaceOrder(AVL, Leg.ENTRY, "ap-2", OrderSide.BUY, Decimal(10), False))
    beyond = await exchange.write(stop("99", "ap-stop-2"))
    assert (beyond.kind, beyond.refusal) == (OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER)


async def test_f36_a_refused_stop_with_the_generic_code_is_a_refused_stop(
    venue: Server, exchange: CcxtExchange
) -> None:
    """Code 10001 on a stop refuses the stop, and says nothing of the entry that stands."""
    await exchange.write(ENTRY)
    venue.venue.faults.add(sim.Fault("place_stop", AVL, "refuse"))
    outcome = await exchange.write(stop("1.33"))
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, Refusal.OTHER, "10001")


async def test_a_cancel_goes_by_our_id(venue: Server, exchange: CcxtExchange) -> None:
    """The exchange's own id is not needed, and a second cancel finds nothing."""
    await exchange.write(ENTRY)
    await exchange.write(stop("1.33"))
    cancel = CancelOrder(AVL, "ap-stop", None, True)
    assert (await exchange.write(cancel)).kind is OutcomeKind.ACKNOWLEDGED
    assert bodies(venue, "/v5/order/cancel") == [{"category": "linear", "symbol": "AVLUSDT", "orderLinkId": "ap-stop"}]
    assert (await exchange.write(cancel)).refusal is Refusal.UNKNOWN_ORDER


async def test_leverage_is_set_and_read_back(venue: Server, exchange: CcxtExchange) -> None:
    """Set and shown alike is acknowledged; set again it is unchanged, which is acknowledged too."""
    for _ in range(2):
        assert (await exchange.write(SetLeverage(AVL, Decimal(5)))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.reads.position(AVL)).position.leverage == 5


async def test_leverage_behind_a_lagging_read_is_confirmed_by_the_engine(
    venue: Server, exchange: CcxtExchange
) -> None:
    """When the reading still shows the old one, a second set that changes nothing is the proof."""
    venue.venue.faults.add(sim.Fault("position", AVL, "lag", seconds=20))
    outcome = await exchange.write(SetLeverage(AVL, Decimal(7)))
    assert (outcome.kind, outcome.code) == (OutcomeKind.ACKNOWLEDGED, "110043")
    assert len(bodies(venue, "/v5/position/set-leverage")) == 2


async def test_a_refused_leverage_is_refused(venue: Server, exchange: CcxtExchange) -> None:
    """A leverage that the exchange does not offer is a definite refusal."""
    outcome = await exchange.write(SetLeverage(AVL, Decimal(500)))
    assert outcome.kind is OutcomeKind.REFUSED


async def test_what_cannot_leave_is_not_sent(venue: Server) -> None:
    """A port where nobody listens: the trace saw no byte, so the write was certainly not sent."""
    client = ccxt.bybit({"apiKey": venue.api_key, "secret": venue.secret, "enableRateLimit": False})
    client.verify = False
    sim.connect(client, venue.url)
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    sim.connect(client, "http://127.0.0.1:9")
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.NOT_SENT, None)
    client.socksProxy = "socks5://127.0.0.1:9"
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    await exchange.close()
    await client.close()


async def test_a_write_on_a_symbol_without_a_market_is_not_sent(exchange: CcxtExchange) -> None:
    """Nothing is guessed about an id."""
    outcome = await exchange.write(CancelOrder("NOPE/USDT:USDT", "ap-1", None, False))
    assert (outcome.kind, "NOPE" in outcome.why) == (OutcomeKind.NOT_SENT, True)
