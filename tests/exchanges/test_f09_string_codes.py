"""F09: return codes come as numbers and as text, and both mean the same; on the way of the position's own stop too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scripted import AVL, Script

from atomicpos.exchanges.bybit.outcomes import of_setting
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.refusals import Operation
from atomicpos.exchanges.transport import Exchanged
from atomicpos.models import Refusal, TriggerBy
from atomicpos.ports import OutcomeKind, SetLeverage, SetPositionStop

wire = pytest.mark.wire

STOP = SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK)
TRADING_STOP = "/v5/position/trading-stop"


@wire
@pytest.mark.parametrize(("code", "says"), [
    (0, "OK"), ("0", "OK"), (34040, "not modified"), ("34040", "not modified"),
])  # fmt: skip
async def test_f09_set_and_not_modified_are_both_acknowledged(
    script: tuple[Script, CcxtExchange], code: object, says: str
) -> None:
    """Zero and "not modified" acknowledge the stop, whatever type the code has; reading it back is another step."""
    script[0].says(TRADING_STOP, {"retCode": code, "retMsg": says, "result": {}, "retExtInfo": {}})
    outcome = await script[1].write(STOP)
    assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.ACKNOWLEDGED, None, str(code))
    assert (outcome.exchange_order_id, outcome.order) == (None, None)


@wire
@pytest.mark.parametrize("code", [110043, "110043"])
async def test_f09_a_leverage_that_is_there_already_is_acknowledged(
    script: tuple[Script, CcxtExchange], code: object
) -> None:
    """Not modified is a success of the setting as well, once the reading agrees."""
    row = {"symbol": "AVLUSDT", "size": "0", "positionIdx": 0, "leverage": "5"}
    script[0].says("/v5/position/set-leverage", {"retCode": code, "retMsg": "leverage not modified", "result": {}})
    script[0].says("/v5/position/list", {"retCode": "0", "retMsg": "OK", "result": {"list": [row]}})
    assert (await script[1].write(SetLeverage(AVL, Decimal(5)))).kind is OutcomeKind.ACKNOWLEDGED


@wire
@pytest.mark.parametrize(("code", "kind", "refusal"), [
    ("10006", OutcomeKind.REFUSED, Refusal.RATE_LIMITED), ("110017", OutcomeKind.REFUSED, Refusal.NO_POSITION),
    ("110072", OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID), ("10016", OutcomeKind.UNKNOWN, None),
    ("00", OutcomeKind.UNKNOWN, None), ("", OutcomeKind.UNKNOWN, None), ("x", OutcomeKind.UNKNOWN, None),
    (None, OutcomeKind.UNKNOWN, None), (True, OutcomeKind.UNKNOWN, None), (0.0, OutcomeKind.UNKNOWN, None),
])  # fmt: skip
async def test_f09_any_other_code_is_graded_or_unknown(
    script: tuple[Script, CcxtExchange], code: object, kind: OutcomeKind, refusal: Refusal | None
) -> None:
    """Codes in text are graded like numbers; what is no code acknowledges nothing."""
    script[0].says(TRADING_STOP, {"retCode": code, "retMsg": "something", "result": {}})
    outcome = await script[1].write(STOP)
    assert (outcome.kind, outcome.refusal) == (kind, refusal)


def test_what_never_left_is_not_acknowledged_by_any_code() -> None:
    """Without a byte on the wire there is no answer, whatever stands in the error's text."""
    lost = Exchanged(None, OSError(), False, None, "", 34040, "not modified", 0, 0)
    assert of_setting(lost, Operation.POSITION_STOP, frozenset({34040})).kind is OutcomeKind.NOT_SENT
