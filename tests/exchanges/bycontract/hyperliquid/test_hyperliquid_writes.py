"""What ccxt sends to Hyperliquid for each write of ours, word by word, and what its replies come to."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from captured import Desk, Sent
from rows_of_hyperliquid import ADDRESS, ASSET, ENTRY_CLOID, ENTRY_ID, KEY, STOP_ID, statuses

from atomicpos import ids
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.hyperliquid import words
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, CancelOrder, OutcomeKind, PlaceOrder, SetLeverage, SetMarginMode

pytestmark = pytest.mark.wire

Hyperliquid = tuple[Desk, CcxtExchange, dict[str, Any]]
AVL, PEPE = "AVL/USDC:USDC", "KPEPE/USDC:USDC"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, ENTRY_ID, OrderSide.BUY, Decimal("10.0"), False)
CLOSE = PlaceOrder(AVL, Leg.CLOSE, STOP_ID, OrderSide.SELL, Decimal(10), True)
STOP = PlaceOrder(AVL, Leg.STOP, STOP_ID, OrderSide.SELL, Decimal(10), True, Decimal("1.3300"), TriggerBy.MARK)
RESTING = statuses({"resting": {"oid": 77738308}})


def actions(desk: Desk) -> list[Sent]:
    """What was signed and sent; everything else is a read."""
    assert {each.line for each in desk.sent} <= {"POST /info", "POST /exchange"}
    return [each for each in desk.sent if each.path == "/exchange"]


async def test_an_entry_is_immediate_or_cancel_under_our_id(hyperliquid: Hyperliquid) -> None:
    """There is no market order: five percent beyond the mark price of the moment, rounded to what is a price there."""
    desk, exchange, said = hyperliquid
    said["order"] = statuses({"filled": {"totalSz": "10.0", "avgPx": "1.358", "oid": 77747314}})
    outcome = await exchange.write(ENTRY)
    assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.ACKNOWLEDGED, "77747314")
    (sent,) = actions(desk)
    assert set(sent.body) == {"action", "nonce", "signature", "expiresAfter"}
    assert sent.body["action"] == {
        "type": "order", "grouping": "na",
        "orders": [{"a": 7, "b": True, "p": "1.425", "s": "10", "r": False, "t": {"limit": {"tif": "Ioc"}},
                    "c": ENTRY_CLOID}],
    }  # fmt: skip


async def test_nothing_but_what_was_asked_is_ever_signed(hyperliquid: Hyperliquid) -> None:
    """No builder is approved, no referrer set, and no builder's fee is on an order: ccxt itself does all three."""
    desk, exchange, said = hyperliquid
    said["order"], said["cancelByCloid"] = RESTING, statuses("success")
    said["updateLeverage"] = {"status": "ok", "response": {"type": "default"}}
    for request in (ENTRY, STOP, CLOSE, CancelOrder(AVL, STOP_ID, None, True), SetLeverage(AVL, Decimal(5))):
        assert (await exchange.write(request)).kind is OutcomeKind.ACKNOWLEDGED
    assert [each.body["action"]["type"] for each in actions(desk)] == [
        "order", "order", "order", "cancelByCloid", "updateLeverage",
    ]  # fmt: skip
    assert not any("builder" in each.body["action"] for each in actions(desk))


async def test_the_signature_covers_until_when_it_may_be_taken(hyperliquid: Hyperliquid) -> None:
    """The pinned time is the nonce, the receive window ends it, and no two nonces are alike."""
    desk, exchange, said = hyperliquid
    said["order"] = RESTING
    await exchange.write(STOP)
    await exchange.write(STOP)
    first, second = (each.body for each in actions(desk))
    assert first["nonce"] < second["nonce"]
    assert abs(first["nonce"] - time.time() * 1000) < 5000
    assert first["expiresAfter"] == first["nonce"] + 5000
    signer = ccxt.hyperliquid({"walletAddress": ADDRESS, "privateKey": KEY})
    for body in (first, second):
        signed = signer.sign_l1_action(body["action"], body["nonce"], None, body["expiresAfter"])
        assert body["signature"] == signed
    await signer.close()


@pytest.mark.parametrize(("side", "worst"), [(OrderSide.SELL, "1.197"), (OrderSide.BUY, "1.463")])
async def test_a_stop_waits_for_its_trigger_and_only_reduces(
    hyperliquid: Hyperliquid, side: OrderSide, worst: str
) -> None:
    """Its worst price lies beyond its trigger on the paying side; from the mark price it would be refused."""
    desk, exchange, said = hyperliquid
    said["order"] = RESTING
    assert (await exchange.write(replace(STOP, order_side=side))).kind is OutcomeKind.ACKNOWLEDGED
    (sent,) = actions(desk)
    (order,) = sent.body["action"]["orders"]
    assert (order["b"], order["r"], order["s"], order["p"]) == (side is OrderSide.BUY, True, "10", worst)
    assert order["t"] == {"trigger": {"isMarket": True, "triggerPx": "1.33", "tpsl": "sl"}}


@pytest.mark.parametrize("by", [TriggerBy.LAST, TriggerBy.INDEX])
async def test_another_trigger_than_the_mark_is_not_sent(hyperliquid: Hyperliquid, by: TriggerBy) -> None:
    """It would be compared with the mark price whatever was asked."""
    desk, exchange, _ = hyperliquid
    outcome = await exchange.write(replace(STOP, trigger_by=by))
    assert (outcome.kind, "mark" in outcome.why, actions(desk)) == (OutcomeKind.NOT_SENT, True, [])


async def test_f27_a_tiny_price_arrives_as_it_was_asked(hyperliquid: Hyperliquid) -> None:
    """No exponent, no lost digit; a size with more decimals than the coin has is not sent (F57)."""
    desk, exchange, said = hyperliquid
    said["order"] = RESTING
    await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal("1.230E+5"), trigger_price=Decimal("0.0248000")))
    (order,) = actions(desk)[0].body["action"]["orders"]
    assert (order["s"], order["t"]["trigger"]["triggerPx"], order["p"]) == ("123000", "0.0248", "0.02232")
    assert (await exchange.write(replace(STOP, symbol=PEPE, quantity=Decimal("0.5")))).kind is OutcomeKind.NOT_SENT
    assert len(actions(desk)) == 1


async def test_an_attached_stop_is_not_sent(hyperliquid: Hyperliquid) -> None:
    """It would bear the entry's own id."""
    desk, exchange, _ = hyperliquid
    asked = replace(ENTRY, attached_stop=AttachedStop(Decimal("1.33"), TriggerBy.MARK))
    assert ((await exchange.write(asked)).kind, actions(desk)) == (OutcomeKind.NOT_SENT, [])


async def test_without_the_mark_price_an_order_at_the_market_is_not_sent(hyperliquid: Hyperliquid) -> None:
    """Its worst price would be a guess; a stop and a limit have one of their own."""
    desk, exchange, said = hyperliquid
    said["order"] = RESTING
    await exchange.write(STOP)
    said["activeAssetData"] = {**ASSET, "markPx": None}
    assert (await exchange.write(CLOSE)).kind is OutcomeKind.NOT_SENT
    assert (await exchange.write(replace(CLOSE, limit_price=Decimal("1.3400")))).kind is OutcomeKind.ACKNOWLEDGED
    assert actions(desk)[-1].body["action"]["orders"][0]["p"] == "1.34"


async def test_a_cancel_goes_by_our_id(hyperliquid: Hyperliquid) -> None:
    """One order, and an answer that says so."""
    desk, exchange, said = hyperliquid
    said["cancelByCloid"] = statuses("success")
    request = CancelOrder(AVL, ENTRY_ID, None, False)
    assert (await exchange.write(request)).kind is OutcomeKind.ACKNOWLEDGED
    assert actions(desk)[0].body["action"] == {"type": "cancelByCloid", "cancels": [{"asset": 7, "cloid": ENTRY_CLOID}]}
    said["cancelByCloid"] = statuses({"error": "Order was never placed, already canceled, or filled. asset=7"})
    outcome = await exchange.write(request)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER)
    said["cancelByCloid"] = statuses()
    assert (await exchange.write(request)).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(("asked", "sentence", "refusal"), [
    (ENTRY, "Insufficient margin to place order. asset=7", Refusal.FUNDS),
    (ENTRY, "Order could not immediately match against any resting orders. asset=7", Refusal.PRICE_BAND),
    (ENTRY, "Order must have minimum value of $10. asset=7", Refusal.OTHER),
    (CLOSE, "Reduce only order would increase position. asset=7", Refusal.NO_POSITION),
    (STOP, "Invalid TP/SL price. asset=7", Refusal.WOULD_TRIGGER),
    (STOP, "Price must be divisible by tick size. asset=7", Refusal.PRECISION),
])  # fmt: skip
async def test_a_sentence_says_why_it_was_refused(
    hyperliquid: Hyperliquid, asked: PlaceOrder, sentence: str, refusal: Refusal
) -> None:
    """Errors come inside of a reply that says ok."""
    _, exchange, said = hyperliquid
    said["order"] = statuses({"error": sentence})
    outcome = await exchange.write(asked)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, refusal)


@pytest.mark.parametrize("reply", [
    statuses({"error": "Something nobody documented"}), {"status": "err", "response": "?"}, statuses(), {},
    statuses("waitingForTrigger"), statuses({"resting": {}}), {"status": "ok", "response": None},
])  # fmt: skip
async def test_what_is_not_certain_is_unknown(hyperliquid: Hyperliquid, reply: object) -> None:
    """Sentences that nobody documented, and replies that name no order: they are looked up by our id."""
    desk, exchange, said = hyperliquid
    said["order"] = reply
    assert (await exchange.write(STOP)).kind is OutcomeKind.UNKNOWN
    assert len(actions(desk)) == 1


async def test_leverage_and_margin_mode_are_set_together_and_read_back(hyperliquid: Hyperliquid) -> None:
    """Each keeps the other as it is; a reading that differs is a refusal."""
    desk, exchange, said = hyperliquid
    said["updateLeverage"] = {"status": "ok", "response": {"type": "default"}}
    assert (await exchange.write(SetLeverage(AVL, Decimal(5)))).kind is OutcomeKind.ACKNOWLEDGED
    assert (await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))).kind is OutcomeKind.REFUSED
    assert (await exchange.write(SetLeverage(AVL, Decimal("2.5")))).kind is OutcomeKind.NOT_SENT
    assert [each.body["action"] for each in actions(desk)] == [
        {"type": "updateLeverage", "asset": 7, "isCross": False, "leverage": 5},
        {"type": "updateLeverage", "asset": 7, "isCross": True, "leverage": 5},
    ]  # fmt: skip


def test_an_id_of_ours_is_told_again_from_its_128_bits() -> None:
    """Both ways, for every id that the library makes; another's id stays what it is."""
    for attempt in range(50):
        own = ids.client_order_id("ab2z", f"position{attempt}", Leg.STOP, attempt)
        spelled = words.cloid(own)
        assert (len(spelled), words.client_order_id(spelled)) == (34, own)
    assert words.client_order_id("0x1234567890abcdef1234567890abcdef") == "0x1234567890abcdef1234567890abcdef"
    assert words.client_order_id(None) is None


async def test_an_id_that_is_not_in_the_library_s_form_is_not_sent(hyperliquid: Hyperliquid) -> None:
    """Cut to 128 bits it could not be told again."""
    desk, exchange, _ = hyperliquid
    assert (await exchange.write(replace(STOP, client_order_id="my-stop"))).kind is OutcomeKind.NOT_SENT
    assert actions(desk) == []
