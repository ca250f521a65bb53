"""Writes to Binance over the wire: what leaves word by word, and what its outcome is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from asked import ALGO, AVL, CANCEL, CLOSE, ENTRY, ORDER, WINDOW, sent, stop

from atomicpos import sim
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import MarginMode, OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, OutcomeKind, SetLeverage, SetMarginMode, SetPositionStop
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire


async def test_an_entry_says_side_position_side_and_our_id(venue: Server, exchange: CcxtExchange) -> None:
    """Everything that Binance wants is in the body, numbers as text, and nothing else is."""
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    assert sent(venue, ORDER) == [{
        "symbol": "AVLUSDT", "side": "BUY", "positionSide": "BOTH", "type": "MARKET", "quantity": "10",
        "newClientOrderId": "ap-entry", "newOrderRespType": "RESULT", "recvWindow": WINDOW,
    }]  # fmt: skip


async def test_an_entry_with_a_worst_price_is_immediate_or_cancel(venue: Server, exchange: CcxtExchange) -> None:
    """A limit order whose remainder dies at once, at that price."""
    await exchange.write(replace(ENTRY, limit_price=Decimal("1.3600")))
    (body,) = sent(venue, ORDER)
    assert (body["type"], body["timeInForce"], body["price"]) == ("LIMIT", "IOC", "1.36")


async def test_f25_a_stop_goes_to_the_algo_service_reduce_only_by_the_mark(
    venue: Server, exchange: CcxtExchange
) -> None:
    """Conditional, at the market, over our quantity, by the mark price, unable to enlarge, under our id."""
    await exchange.write(ENTRY)
    outcome = await exchange.write(stop())
    assert (outcome.kind, outcome.order) == (OutcomeKind.ACKNOWLEDGED, None)
    assert sent(venue, ALGO) == [{
        "algoType": "CONDITIONAL", "symbol": "AVLUSDT", "side": "SELL", "positionSide": "BOTH", "quantity": "10",
        "reduceOnly": "true", "type": "STOP_MARKET", "triggerPrice": "1.33", "workingType": "MARK_PRICE",
        "clientAlgoId": "ap-stop", "recvWindow": WINDOW,
    }]  # fmt: skip


async def test_a_shorts_stop_buys_by_the_last_price_where_that_is_asked(venue: Server, exchange: CcxtExchange) -> None:
    """The other side, and the other of the two prices that Binance compares with."""
    await exchange.write(replace(ENTRY, order_side=OrderSide.SELL))
    last = replace(stop("1.5", side=OrderSide.BUY), trigger_by=TriggerBy.LAST)
    assert (await exchange.write(last)).kind is OutcomeKind.ACKNOWLEDGED
    (body,) = sent(venue, ALGO)
    assert (body["side"], body["workingType"]) == ("BUY", "CONTRACT_PRICE")


async def test_a_close_can_only_reduce(venue: Server, exchange: CcxtExchange) -> None:
    """reduceOnly is the word, and only where it holds."""
    await exchange.write(ENTRY)
    assert (await exchange.write(CLOSE)).kind is OutcomeKind.ACKNOWLEDGED
    assert [body.get("reduceOnly") for body in sent(venue, ORDER)] == [None, "true"]


async def test_a_cancel_goes_by_our_id_to_where_the_order_is(venue: Server, exchange: CcxtExchange) -> None:
    """A stop is cancelled at the algo service, a plain order at its own endpoint; a second time finds nothing."""
    await exchange.write(ENTRY)
    await exchange.write(stop())
    assert (await exchange.write(CANCEL)).kind is OutcomeKind.ACKNOWLEDGED
    assert sent(venue, ALGO, "DELETE") == [{"clientAlgoId": "ap-stop", "recvWindow": WINDOW}]
    again = await exchange.write(CANCEL)
    assert (again.kind, again.refusal, again.code) == (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER, "-2011")
    await exchange.write(replace(CANCEL, client_order_id="ap-entry", conditional=False))
    assert sent(venue, ORDER, "DELETE") == [
        {"symbol": "AVLUSDT", "origClientOrderId": "ap-entry", "recvWindow": WINDOW}
    ]


async def test_what_binance_has_no_words_for_never_leaves(venue: Server, exchange: CcxtExchange) -> None:
    """A stop on the position, one that travels with the entry, an index trigger, half a leverage: not sent, and why."""
    asked = (
        SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK),
        replace(ENTRY, attached_stop=AttachedStop(Decimal("1.33"), TriggerBy.MARK)),
        replace(stop(), trigger_by=TriggerBy.INDEX),
        SetLeverage(AVL, Decimal("2.5")),
    )
    for request in asked:
        outcome = await exchange.write(request)
        assert outcome.kind is OutcomeKind.NOT_SENT
        assert "Binance USD-M" in outcome.why
    assert sent(venue, ORDER) + sent(venue, ALGO) + sent(venue, "/fapi/v1/leverage") == []


async def test_f08_the_reply_shows_what_filled_and_its_average(venue: Server, exchange: CcxtExchange) -> None:
    """RESULT is asked for, and the reply is a reading of the order: filled, at the average it paid."""
    outcome = await exchange.write(ENTRY)
    assert outcome.order is not None
    assert (outcome.order.status, outcome.order.filled) == (OrderStatus.FILLED, Decimal(10))
    assert outcome.order.average == venue.venue.truth(AVL).average


async def test_f08_a_reply_that_shows_nothing_filled_is_no_failure(venue: Server, exchange: CcxtExchange) -> None:
    """NEW, 0 filled, average 0: acknowledged and open; what filled is for the reading to say, never ``price``."""
    def as_ack(request: Any, reply: Any) -> Any:
        if request.method == "POST" and request.path == ORDER:
            text = reply.text.replace('"FILLED"', '"NEW"').replace('"executedQty":"10"', '"executedQty":"0"')
            reply.text = text.replace('"avgPrice":"1.35815"', '"avgPrice":"0.00000"').replace(
                '"price":"0"', '"price":"9.99"'
            )
        return reply

    venue.tampering.hand = as_ack
    outcome = await exchange.write(ENTRY)
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert outcome.order is not None
    assert (outcome.order.status, outcome.order.filled, outcome.order.average) == (OrderStatus.OPEN, Decimal(0), None)
    (seen,) = (await exchange.reads.orders(AVL, ["ap-entry"])).orders
    assert (seen.status, seen.average) == (OrderStatus.FILLED, venue.venue.truth(AVL).average)


@pytest.mark.parametrize("kind", ["lose_request", "http_502_executed", "http_502_not_executed"])
async def test_f10_a_lost_entry_is_unknown_and_sent_once(venue: Server, exchange: CcxtExchange, kind: str) -> None:
    """A dropped connection and a 502 say nothing about execution, and nothing is sent again."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, kind))
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, None)
    assert len(sent(venue, ORDER)) == 1
    reading = await exchange.reads.orders(AVL, ["ap-entry"])
    assert (len(reading.orders), reading.absent_ids) == ((1, ()) if "_executed" in kind and "not" not in kind
                                                         else (0, ("ap-entry",)))  # fmt: skip


async def test_f10_a_cancel_whose_connection_drops_is_not_sent_again(venue: Server, exchange: CcxtExchange) -> None:
    """aiohttp would send a DELETE a second time, and its answer would read as if there were no such order."""
    await exchange.write(ENTRY)
    await exchange.write(stop())
    venue.venue.faults.add(sim.Fault("cancel", AVL, "lose_reply", nth=1, seconds=0))
    outcome = await exchange.write(CANCEL)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.UNKNOWN, None)
    assert "not sent a second time" in outcome.why
    assert len(sent(venue, ALGO, "DELETE")) == 1
    assert venue.venue.truth(AVL).stops == ()


async def test_f27_numbers_leave_without_zeros_behind_and_the_exchange_refuses_those(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """Sixteen digits are written as four; sent by hand, they are refused with -1111, which is a matter of precision."""
    await exchange.write(ENTRY)
    assert (await exchange.write(stop("1.3300000000000000"))).kind is OutcomeKind.ACKNOWLEDGED
    assert sent(venue, ALGO)[-1]["triggerPrice"] == "1.33"
    refused = await exchange.write(stop("1.33001", "ap-fine"))
    assert (refused.kind, refused.refusal, refused.code) == (OutcomeKind.REFUSED, Refusal.PRECISION, "-1111")
    words = {"symbol": "AVLUSDT", "side": "SELL", "algoType": "CONDITIONAL", "type": "STOP_MARKET", "quantity": "10"}
    with pytest.raises(Exception, match="-1111"):
        await client.fapiPrivatePostAlgoOrder({**words, "triggerPrice": "1.3300000000000000"})


async def test_f25_a_stop_on_the_plain_endpoint_is_refused_with_4120(client: Any, exchange: CcxtExchange) -> None:
    """The venue knows conditional orders at the algo service only, as Binance does since 2025-12-09."""
    words = {"symbol": "AVLUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "10", "stopPrice": "1.33"}
    with pytest.raises(Exception, match="-4120"):
        await client.fapiPrivatePostOrder(words)


async def test_settings_are_set_and_read_back(venue: Server, exchange: CcxtExchange) -> None:
    """Leverage and margin type of the symbol; set again they are as they were, which is acknowledged too."""
    for _ in range(2):
        assert (await exchange.write(SetLeverage(AVL, Decimal(5)))).kind is OutcomeKind.ACKNOWLEDGED
    assert sent(venue, "/fapi/v1/leverage") == [{"symbol": "AVLUSDT", "leverage": "5", "recvWindow": WINDOW}] * 2
    first, second = [await exchange.write(SetMarginMode(AVL, MarginMode.CROSS)) for _ in range(2)]
    assert (first.kind, second.kind, second.code) == (OutcomeKind.ACKNOWLEDGED, OutcomeKind.ACKNOWLEDGED, "-4046")
    assert sent(venue, "/fapi/v1/marginType")[0] == {
        "symbol": "AVLUSDT", "marginType": "CROSSED", "recvWindow": WINDOW
    }  # fmt: skip
    view = (await exchange.reads.position(AVL)).position
    assert (view.leverage, view.margin_mode) == (Decimal(5), MarginMode.CROSS)


@pytest.mark.parametrize(("shown", "kind"), [('"leverage":10', OutcomeKind.REFUSED), ("<html>", OutcomeKind.UNKNOWN)])
async def test_a_leverage_that_reads_otherwise_is_not_had(
    venue: Server, exchange: CcxtExchange, shown: str, kind: OutcomeKind
) -> None:
    """Another leverage read back is a refusal; none read back leaves it unknown."""
    def otherwise(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v1/symbolConfig":
            reply.text = shown if shown == "<html>" else reply.text.replace('"leverage":5', shown)
        return reply

    venue.tampering.hand = otherwise
    assert (await exchange.write(SetLeverage(AVL, Decimal(5)))).kind is kind
