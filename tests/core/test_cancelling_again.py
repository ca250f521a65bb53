"""When a cancel is sent again, and what is not cancelled at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stories import AT, BOUNDS, FILLED_AT, SOLD, S, a_stop, filled_and, fills, slot

from atomicpos.models import Leg, Order, Refusal, Sending, State
from atomicpos.plan import Cancel, Plan, plan
from atomicpos.plan.again import cancel
from atomicpos.record import Record
from atomicpos.weigh import weigh

STEP = Cancel(Leg.STOP, 1)


def cancelled(order: Order, now_us: int) -> Plan:
    """The plan after that order was to be cancelled."""
    result = Plan()
    cancel(result, order, now_us)
    return result


def test_the_first_cancel_goes_at_once() -> None:
    """Nothing was sent that could still be answered."""
    assert cancelled(a_stop(), 0).steps == [STEP]


@pytest.mark.parametrize(
    ("cancels", "refusal", "seconds"),
    [
        (1, None, 2), (2, None, 4), (3, None, 8), (4, None, 16), (5, None, 30), (500, None, 30),
        (1, Refusal.OTHER, 2), (1, Refusal.UNKNOWN_ORDER, 10), (2, Refusal.UNKNOWN_ORDER, 20),
        (3, Refusal.UNKNOWN_ORDER, 30),
    ],
)
def test_the_next_one_waits(cancels: int, refusal: Refusal | None, seconds: int) -> None:
    """Two seconds, or ten where it was refused as unknown; doubling, and thirty at the most, to the microsecond."""
    stop, due = a_stop(cancels=cancels, cancel_sent_at_us=AT, refusal=refusal), AT + seconds * S
    early = cancelled(stop, due - 1)
    assert (early.steps, early.wake_at_us) == ([], due)
    assert cancelled(stop, due).steps == [STEP]


GONE: Record = replace(
    filled_and(slot("10", FILLED_AT, FILLED_AT), fills(SOLD), slot("0", AT + 3 * S, AT + 3 * S)), state=State.VERIFYING
)


@pytest.mark.parametrize(
    ("how", "cancels"),
    [(Sending.INTENDED, 0), (Sending.IN_FLIGHT, 0), (Sending.UNKNOWN, 1), (Sending.ACKNOWLEDGED, 1)],
)
def test_what_has_not_been_answered_is_not_cancelled(how: Sending, cancels: int) -> None:
    """A stop that has not left, or is on its way, is nowhere to be cancelled yet; of every other it is not known."""
    loose = a_stop(sending=how, status=None, read_back=False, seen_at_us=None)
    row = GONE.with_order(loose)
    verdict = weigh(row, BOUNDS, AT + 60 * S)
    assert verdict.flat is not None
    assert verdict.loose == (loose,)
    assert [step for step in plan(row, verdict, BOUNDS).steps if isinstance(step, Cancel)] == [STEP] * cancels
