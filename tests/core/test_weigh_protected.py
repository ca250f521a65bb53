"""Protected means read back: every quality of the stop counts (I3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import AT, BOUNDS, LATE, TEN, S, a_stop, at_the_end, filled_and, order, sending, slot, told

from atomicpos.evidence import Evidence, Kind, OrderView
from atomicpos.models import (
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Sending,
    State,
    TriggerBy,
)
from atomicpos.sightings import Sightings
from atomicpos.testing.samples import a_record
from atomicpos.weigh import Verdict, weigh

SLOT = slot("10", AT + S, AT + S, PositionSide.LONG)


def covered_by(stop: Order, *evidences: Evidence) -> Verdict:
    """The verdict on a filled row with that stop, whose slot was looked at."""
    record = filled_and(*(evidences or (SLOT,))).with_order(stop)
    return weigh(replace(record, state=State.VERIFYING), BOUNDS, AT + 3 * S)


def test_a_stop_read_back_at_our_trigger_over_our_share_protects() -> None:
    """All that I3 asks for, and the verdict names that stop."""
    assert covered_by(a_stop()).stop == a_stop()


@pytest.mark.parametrize("how", [Evidence.unknown("no answer"), Evidence.absent()])
def test_the_slot_is_looked_at_before_anything_is_called_protected(how: Evidence) -> None:
    """Without any look our share of what is there is a guess; an error or a lagging look holds nothing up."""
    unlooked = replace(filled_and().with_order(a_stop()), state=State.VERIFYING)
    assert weigh(unlooked, BOUNDS, AT + 3 * S).stop is None
    looked = told(unlooked, replace(how, source="position_poll", asked_at_us=AT + S))
    assert weigh(looked, BOUNDS, AT + 3 * S).stop == a_stop()


@pytest.mark.parametrize(
    "changes",
    [
        {"read_back": False},
        {"status": OrderStatus.TRIGGERED},
        {"status": OrderStatus.DEAD},
        {"status": OrderStatus.UNKNOWN},
        {"status": None},
        {"quantity": Decimal(9)},
        {"trigger_price": Decimal("0.1223")},
        {"trigger_price": Decimal("0.1227")},
        {"trigger_price": None},
        {"leg": Leg.CLOSE},
        {"seen_at_us": AT + 3 * S - LATE - 1},
    ],
    ids=str,
)
def test_a_stop_that_lacks_one_of_them_does_not(changes: dict[str, Any]) -> None:
    """Each quality taken away, one at a time: not protected."""
    assert covered_by(a_stop(**changes)).stop is None


def test_an_entry_that_is_not_final_is_not_protected() -> None:
    """What may still grow is not covered by what covers it now."""
    record = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.PARTIAL, "10", average=Decimal("0.125")))
    assert weigh(record.with_order(a_stop()), BOUNDS, AT + 3 * S).stop is None


def test_a_fresh_look_at_an_empty_slot_or_the_other_side_is_no_protection() -> None:
    """There is nothing to protect, or not ours."""
    assert covered_by(a_stop(), slot("0", AT + 2 * S, AT + 2 * S)).stop is None
    turned = covered_by(a_stop(), slot("10", AT + 2 * S, AT + 2 * S, PositionSide.SHORT))
    assert (turned.stop, turned.reversed) == (None, True)


@pytest.mark.parametrize(
    ("changes", "read_back"),
    [
        ({}, True),
        ({"trigger_price": Decimal("0.1226")}, True),
        ({"trigger_price": Decimal("0.1227")}, False),
        ({"trigger_price": None}, False),
        ({"trigger_by": TriggerBy.LAST}, False),
        ({"trigger_by": None}, False),
        ({"order_side": OrderSide.BUY}, False),
        ({"order_side": None}, False),
        ({"reduce_only": False}, False),
        ({"reduce_only": None}, False),
        ({"quantity": Decimal(9)}, False),
        ({"quantity": Decimal(11)}, True),
        ({"quantity": None}, False),
        ({"client_order_id": "somebody's"}, False),
    ],
    ids=str,
)
def test_reading_back_means_every_field(changes: dict[str, Any], read_back: bool) -> None:
    """Closing side, unable to enlarge, our trigger within a tick, our type, our size, under our id (I3, F24)."""
    view = OrderView(
        "apteststop", "x2", OrderStatus.UNTRIGGERED, OrderSide.SELL, TEN, Decimal(0), None, True, Decimal("0.1225"),
        TriggerBy.MARK, AT, AT,
    )
    seen = Evidence(Kind.SEEN, source="order_status", asked_at_us=AT + 1, orders=(replace(view, **changes),))
    row = told(a_record().with_order(a_stop(read_back=False, status=None, seen_at_us=None)), seen)
    assert row.of(Leg.STOP)[0].read_back is read_back


def test_nothing_sighted_is_nothing_known() -> None:
    """A new row shows nothing, proves nothing and is not exposed."""
    verdict = at_the_end(replace(sending(Sending.IN_FLIGHT), sightings=Sightings()))
    assert verdict.filled == 0
    assert (verdict.flat, verdict.never_filled, verdict.stop) == (None, None, None)
