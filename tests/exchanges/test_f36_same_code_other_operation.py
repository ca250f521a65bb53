"""F36: Bybit's 10001 is a parameter error of any kind; what was tried and the sentence decide, never the code."""

from __future__ import annotations

from decimal import Decimal

import ccxt
import pytest
from scripted import AVL, Script

from atomicpos.exchanges.bybit.refusal_codes import BYBIT_REFUSALS
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.failures import Failure, classify
from atomicpos.exchanges.refusals import Operation
from atomicpos.models import Leg, OrderSide, Refusal, TriggerBy
from atomicpos.ports import AttachedStop, OutcomeKind, PlaceOrder, SetPositionStop, Write

ZERO = "can not set tp/sl/ts for zero position"
BEYOND = "StopLoss:324000000 set for Buy position should lower than base_price:161600000??LastPrice"
SHORT_BEYOND = "sl:257970000 set for Sell position should greater base_price:259477000??LastPrice"
LARGE = "The number of contracts exceeds maximum limit allowed: too large, order_qty:8305400000000 > max_qty:24000000"
SMALL = "The number of contracts exceeds minimum limit allowed"
ENTRY, STOP, CLOSE, CANCEL = Operation.ENTRY, Operation.STOP, Operation.CLOSE, Operation.CANCEL
POSITION_STOP, LEVERAGE = Operation.POSITION_STOP, Operation.LEVERAGE


@pytest.mark.parametrize(("text", "operation", "refusal"), [
    (ZERO, POSITION_STOP, Refusal.NO_POSITION), (ZERO, STOP, Refusal.NO_POSITION), (ZERO, CLOSE, Refusal.NO_POSITION),
    (ZERO, ENTRY, Refusal.OTHER), (ZERO, CANCEL, Refusal.OTHER), (ZERO, LEVERAGE, Refusal.OTHER),
    (BEYOND, POSITION_STOP, Refusal.WOULD_TRIGGER), (SHORT_BEYOND, POSITION_STOP, Refusal.WOULD_TRIGGER),
    (BEYOND, ENTRY, Refusal.WOULD_TRIGGER), (BEYOND, CLOSE, Refusal.OTHER),
    ("StopLoss:1 set for Buy position should greater than liq_price:2", POSITION_STOP, Refusal.OTHER),
    ("TakeProfit:0 set for Buy position should be higher than base_price", POSITION_STOP, Refusal.OTHER),
    ("expect Falling, but trigger_price[1] >= current[1]??laste", STOP, Refusal.WOULD_TRIGGER),
    (LARGE, ENTRY, Refusal.QUANTITY), (LARGE, CLOSE, Refusal.QUANTITY), (LARGE, LEVERAGE, Refusal.OTHER),
    (SMALL, ENTRY, Refusal.OTHER), (SMALL, CLOSE, Refusal.OTHER), (SMALL, STOP, Refusal.OTHER),
    ("Order price is out of permissible range", CLOSE, Refusal.PRICE_BAND),
    ("Qty invalid", CLOSE, Refusal.PRECISION), ("params error: stop_loss invalid", POSITION_STOP, Refusal.PRECISION),
    ("params error: trigger_price invalid", STOP, Refusal.PRECISION), ("Qty invalid", LEVERAGE, Refusal.OTHER),
    ("params error: TriggerDirection invalid", STOP, Refusal.OTHER),
    ("position idx not match position mode", ENTRY, Refusal.OTHER), ("", POSITION_STOP, Refusal.OTHER),
])  # fmt: skip
def test_f36_the_sentence_and_the_operation_decide(text: str, operation: Operation, refusal: Refusal) -> None:
    """The same code and sentence mean different things for an entry, a stop, a close and a setting."""
    failure = classify(ccxt.BadRequest(), 10001, text, operation, True, BYBIT_REFUSALS)
    assert failure == Failure(OutcomeKind.REFUSED, refusal)


@pytest.mark.wire
@pytest.mark.parametrize(("request_", "refusal"), [
    (SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK), Refusal.NO_POSITION),
    (PlaceOrder(AVL, Leg.CLOSE, "ap-close", OrderSide.SELL, Decimal(10), True), Refusal.NO_POSITION),
    (PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False,
                attached_stop=AttachedStop(Decimal(1), TriggerBy.MARK)), Refusal.OTHER),
])  # fmt: skip
async def test_f36_one_reply_three_outcomes_on_the_wire(
    script: tuple[Script, CcxtExchange], request_: Write, refusal: Refusal
) -> None:
    """One and the same reply, with its code as text, through the real client: graded by what was asked (F26)."""
    script[0].body = '{"retCode":"10001","retMsg":"' + ZERO + '","result":{},"retExtInfo":{}}'
    outcome = await script[1].write(request_)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, refusal, "10001")
    assert ZERO in outcome.why
