"""Where a target belongs, and that a request without one is the same request as ever."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from atomicpos.models import PositionSide, TargetRule
from atomicpos.request import read_request
from atomicpos.target_price import reached, target_trigger

TICK = Decimal("0.05")


@given(
    side=st.sampled_from(PositionSide),
    price=st.decimals("10", "1000", places=3),
    percent=st.decimals("0.001", "50", places=3),
)
def test_it_never_takes_less_than_asked(side: PositionSide, price: Decimal, percent: Decimal) -> None:
    """On the tick, at the asked distance or less than a tick beyond it, and not reached at the entry price."""
    trigger = target_trigger(TargetRule(percent=percent), side, price, TICK)
    gained = trigger - price if side is PositionSide.LONG else price - trigger
    assert trigger % TICK == 0
    assert 0 <= gained - price * percent / 100 < TICK
    assert not reached(trigger, side, price)
    assert reached(trigger, side, trigger)


def test_a_hash_of_before_stays() -> None:
    """A key that was stored without a target belongs to the same request; with one it is another request."""
    asked = {"symbol": "AVL", "side": "buy", "quantity": "10", "stop_loss_percent": "2"}
    before = hashlib.sha256(b"AVL|long|10||2/|mark").hexdigest()
    assert read_request(**asked).hash == before
    with_target = {read_request(**asked, **target).hash for target in (
        {"take_profit_percent": "5"}, {"take_profit_percent": "5.0"}, {"take_profit_price": "5"}
    )}  # fmt: skip
    assert len(with_target) == 2
    assert before not in with_target
