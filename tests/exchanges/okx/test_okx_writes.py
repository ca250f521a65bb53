"""Writes over the wire on OKX: what leaves word by word, and what its outcome is."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.exchanges import connect
from atomicpos.exchanges.okx.exchange import OkxExchange
from atomicpos.models import Leg, MarginMode, OrderSide, PositionSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, OutcomeKind, PlaceOrder, SetLeverage, SetMarginMode
from atomicpos.sim import Fault, SystemClock
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "apentry", OrderSide.BUY, Decimal("10.00"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, "apclose", OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(AVL, Leg.STOP, "apstop", OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK)
GUARD = AttachedStop(Decimal("1.3200"), TriggerBy.MARK, "apguard")
ORDER, ALGO = "/api/v5/trade/order", "/api/v5/trade/order-algo"


def posted(okx: Server, path: str) -> list[Any]:
    return [json.loads(entry.body) for entry in okx.arrivals.entries if entry.path == path and entry.method == "POST"]


async def test_f14_an_entry_says_mode_side_contracts_and_our_id(okx: Server, exchange: OkxExchange) -> None:
    """One contract is ten of the coin; the remainder of a market order is cancelled; all numbers are text."""
    outcome = await exchange.write(ENTRY)
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert outcome.exchange_order_id
    assert posted(okx, ORDER) == [{
        "instId": "AVL-USDT-SWAP", "tdMode": "isolated", "side": "buy", "posSide": "net", "sz": "1",
        "clOrdId": "apentry", "reduceOnly": False, "ordType": "optimal_limit_ioc",
    }]  # fmt: skip
    assert okx.venue.truth(AVL).quantity == 10


async def test_an_entry_brings_its_stop_under_our_id(okx: Server, exchange: OkxExchange) -> None:
    """With its trigger and its type, at the market once it fires."""
    await exchange.write(replace(ENTRY, attached_stop=GUARD, margin_mode=MarginMode.CROSS))
    (body,) = posted(okx, ORDER)
    assert (body["tdMode"], body["attachAlgoOrds"]) == ("cross", [{
        "attachAlgoClOrdId": "apguard", "slTriggerPx": "1.32", "slTriggerPxType": "mark", "slOrdPx": "-1",
    }])  # fmt: skip


async def test_a_worst_price_is_an_immediate_limit(okx: Server, exchange: OkxExchange) -> None:
    """The price stands in the order, and what cannot be had at it is cancelled."""
    await exchange.write(replace(ENTRY, limit_price=Decimal("1.3700")))
    (body,) = posted(okx, ORDER)
    assert (body["ordType"], body["px"]) == ("ioc", "1.37")


async def test_a_stop_is_an_algo_order_that_may_only_reduce(okx: Server, exchange: OkxExchange) -> None:
    """Our id under both names: without one of them the client would put its own there."""
    await exchange.write(ENTRY)
    assert (await exchange.write(STOP)).kind is OutcomeKind.ACKNOWLEDGED
    assert posted(okx, ALGO) == [{
        "instId": "AVL-USDT-SWAP", "tdMode": "isolated", "side": "sell", "posSide": "net", "sz": "1",
        "clOrdId": "apstop", "algoClOrdId": "apstop", "reduceOnly": True, "ordType": "conditional",
        "slTriggerPx": "1.33", "slTriggerPxType": "mark", "slOrdPx": "-1",
    }]  # fmt: skip


async def test_cancels_go_to_where_the_order_is(okx: Server, exchange: OkxExchange) -> None:
    """What waits for a trigger is cancelled among the algo orders, all else among the orders; each by our id."""
    await exchange.write(ENTRY)
    await exchange.write(STOP)
    assert (await exchange.write(CancelOrder(AVL, "apstop", None, True))).kind is OutcomeKind.ACKNOWLEDGED
    gone = await exchange.write(CancelOrder(AVL, "apentry", None, False))
    assert (gone.kind, gone.refusal, gone.code) == (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER, "51400")
    assert posted(okx, "/api/v5/trade/cancel-algos") == [[{"instId": "AVL-USDT-SWAP", "algoClOrdId": "apstop"}]]
    assert posted(okx, "/api/v5/trade/cancel-order") == [{"instId": "AVL-USDT-SWAP", "clOrdId": "apentry"}]


async def test_what_may_open_or_close_says_until_when(okx: Server, exchange: OkxExchange) -> None:
    """Five seconds after the signed moment; algo orders and cancels have no such header, and reads want none."""
    await exchange.write(ENTRY)
    await exchange.write(STOP)
    await exchange.write(CancelOrder(AVL, "apstop", None, True))
    await exchange.write(CLOSE)
    await exchange.reads.position(AVL)
    dated = {entry.path for entry in okx.arrivals.entries if entry.expires}
    assert dated == {ORDER}
    for entry in okx.arrivals.entries:
        if entry.expires:
            assert int(entry.expires) - int(entry.timestamp) == 5000


async def test_an_order_that_comes_too_late_is_not_taken(okx: Server, okx_bot: Any) -> None:
    """Its connection dropped, and it arrives after the time that it gave itself: nothing is opened."""
    hasty, clock = connect(okx_bot, SystemClock(), recv_window_s=0.1), SystemClock()
    await hasty.open()
    okx.venue.faults.add(Fault("place_entry", AVL, "late_request", nth=1, seconds=0.3))
    assert (await hasty.write(ENTRY)).kind is OutcomeKind.UNKNOWN
    await clock.sleep(0.5)
    assert okx.venue.truth(AVL).entries == 0
    await hasty.close()


async def test_an_order_whose_time_is_over_at_the_gate_is_refused(okx: Server, exchange: OkxExchange) -> None:
    """The exchange's word for it is a definite refusal, though the client has no class for it."""
    okx.venue.faults.add(Fault("place_entry", AVL, "refuse", nth=1, code="50036"))
    late = await exchange.write(ENTRY)
    assert (late.kind, late.code) == (OutcomeKind.REFUSED, "50036")
    assert okx.venue.truth(AVL).entries == 0


@pytest.mark.parametrize("quantity", ["1.5", "0.1", "10.000001"])
async def test_f57_no_whole_number_of_lots_never_leaves(okx: Server, exchange: OkxExchange, quantity: str) -> None:
    """A lot is a tenth of a contract of ten: refused here, with the sizes in a sentence."""
    left = len(okx.arrivals.entries)
    outcome = await exchange.write(replace(ENTRY, quantity=Decimal(quantity)))
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.PRECISION)
    assert "a contract is 10" in outcome.why
    assert len(okx.arrivals.entries) == left


async def test_f57_sizes_and_limits_are_in_the_base_asset(exchange: OkxExchange) -> None:
    """Contracts of ten, of a hundredth and of a million: the face knows the coin only."""
    found = {name: await exchange.instrument(f"{name}-USDT-SWAP") for name in ("AVL", "BTC", "SHIB")}
    assert {name: str(one.step) for name, one in found.items()} == {"AVL": "1", "BTC": "0.001", "SHIB": "100"}
    assert found["AVL"].min_quantity == 1
    assert found["AVL"].max_quantity == 200_000
    assert (found["SHIB"].tick, found["BTC"].max_leverage) == (Decimal("0.00000001"), 100)


async def test_the_leverage_is_that_of_a_margin_mode(okx: Server, exchange: OkxExchange) -> None:
    """Set and read back for the one that was named, and for the account's default without one."""
    await exchange.write(SetLeverage(AVL, Decimal(5), MarginMode.CROSS))
    await exchange.write(SetLeverage(AVL, Decimal(7)))
    assert posted(okx, "/api/v5/account/set-leverage") == [
        {"instId": "AVL-USDT-SWAP", "lever": "5", "mgnMode": "cross"},
        {"instId": "AVL-USDT-SWAP", "lever": "7", "mgnMode": "isolated"},
    ]


async def test_exits_are_of_the_positions_own_mode(okx: Server, exchange: OkxExchange) -> None:
    """Whatever is asked for: in the other mode there would be nothing to close."""
    await exchange.write(replace(ENTRY, margin_mode=MarginMode.CROSS))
    await exchange.write(STOP)
    assert (await exchange.write(CLOSE)).kind is OutcomeKind.ACKNOWLEDGED
    assert [body["tdMode"] for body in (*posted(okx, ORDER), *posted(okx, ALGO))] == ["cross"] * 3


async def test_another_margin_mode_is_refused_while_a_position_is_held(okx: Server, exchange: OkxExchange) -> None:
    """An entry in it would open a second position beside the first; nothing is sent to find that out."""
    await exchange.write(ENTRY)
    left = len([entry for entry in okx.arrivals.entries if entry.method == "POST"])
    refused = await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))
    assert (refused.kind, refused.refusal) == (OutcomeKind.REFUSED, Refusal.OTHER)
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.ISOLATED))).kind is OutcomeKind.ACKNOWLEDGED
    assert len([entry for entry in okx.arrivals.entries if entry.method == "POST"]) == left


@pytest.mark.parametrize(("code", "kind", "refusal"), [
    ("51149", OutcomeKind.UNKNOWN, None), ("50004", OutcomeKind.UNKNOWN, None), ("50026", OutcomeKind.UNKNOWN, None),
    ("51054", OutcomeKind.UNKNOWN, None), ("50071", OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID),
    ("51016", OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID), ("59999", OutcomeKind.UNKNOWN, None),
    ("50037", OutcomeKind.REFUSED, Refusal.OTHER), ("51008", OutcomeKind.REFUSED, Refusal.FUNDS),
    ("51202", OutcomeKind.REFUSED, Refusal.QUANTITY), ("51121", OutcomeKind.REFUSED, Refusal.PRECISION),
    ("51137", OutcomeKind.REFUSED, Refusal.PRICE_BAND), ("50011", OutcomeKind.REFUSED, Refusal.RATE_LIMITED),
    ("50110", OutcomeKind.REFUSED, Refusal.OTHER), ("51304", OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER),
])  # fmt: skip
async def test_f09_f59_a_code_is_graded_as_it_is_meant(
    okx: Server, exchange: OkxExchange, code: str, kind: OutcomeKind, refusal: Refusal | None
) -> None:
    """In the row of the order or at the gate, with whatever status it comes: a time-out is never a refusal."""
    okx.venue.faults.add(Fault("place_entry", AVL, "refuse", nth=1, code=code))
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.refusal, outcome.code) == (kind, refusal, code)


@pytest.mark.parametrize(("code", "refusal"), [
    ("51058", Refusal.NO_POSITION), ("51169", Refusal.NO_POSITION), ("51302", Refusal.WOULD_TRIGGER),
    ("51280", Refusal.WOULD_TRIGGER), ("51261", Refusal.TOO_MANY_STOPS), ("51150", Refusal.PRECISION),
])  # fmt: skip
async def test_a_refused_stop_says_why(okx: Server, exchange: OkxExchange, code: str, refusal: Refusal) -> None:
    """What the next step depends on is told apart, though the client has no class for most of it."""
    await exchange.write(ENTRY)
    okx.venue.faults.add(Fault("place_stop", AVL, "refuse", nth=1, code=code))
    outcome = await exchange.write(STOP)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, refusal)


async def test_through_a_side_of_hedge_mode_the_side_is_said(okx: Server, exchange: OkxExchange) -> None:
    """Bound to the position side by its name, with the closing order side; the flag that does not apply is left out."""
    short = exchange.hedged(PositionSide.SHORT)
    await short.write(replace(ENTRY, order_side=OrderSide.SELL, attached_stop=replace(GUARD, trigger_price=Decimal(2))))
    await short.write(replace(STOP, order_side=OrderSide.BUY, trigger_price=Decimal("1.4")))
    await short.write(replace(CLOSE, order_side=OrderSide.BUY))
    await short.write(SetLeverage(AVL, Decimal(5)))
    sent = [*posted(okx, ORDER), *posted(okx, ALGO)]
    assert [(body["side"], body["posSide"]) for body in sent] == [("sell", "short"), ("buy", "short"), ("buy", "short")]
    assert all("reduceOnly" not in body for body in sent)
    assert posted(okx, "/api/v5/account/set-leverage")[0]["posSide"] == "short"
    await exchange.write(ENTRY)
    assert posted(okx, ORDER)[-1]["posSide"] == "net"
