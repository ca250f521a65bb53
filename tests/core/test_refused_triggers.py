"""Where a stop belongs after its trigger was refused, and after it was moved; and what serves meanwhile."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import AT, BOUNDS, SEEN, S, a_stop, filled_and

from atomicpos.models import Order, Refusal, Sending, State, StopRule
from atomicpos.record import Record
from atomicpos.weigh import wanted, weigh

PRECISION, BAND = Refusal.PRECISION, Refusal.PRICE_BAND
PRICE = Decimal("0.12513")
"""What was paid; the mark was at 0.1250 before, and the stop is two percent away."""
GUARD, WANTED, FAR = "0.1225", "0.1226274", "0.1220"
COARSER = ("0.1226280", "0.1226300", "0.1227000")
"""On a tick ten, a hundred, a thousand times as coarse, rounded toward the market."""
NEARER = ("0.1238787", "0.1245044", "0.1248172")
"""At a half, a quarter, an eighth of the distance."""
RULE = StopRule(percent=Decimal(2))
STANDS = None


def a_row(*stops: tuple[str, Refusal | None], **changes: Any) -> Record:
    """A long of ten at a fine tick, whose stops had those triggers and were refused for those reasons, or stand."""
    row = filled_and(SEEN)
    row = replace(row, intent=replace(row.intent, tick=Decimal("0.0000001")), state=State.VERIFYING)
    for attempt, (trigger, why) in enumerate(stops, start=1):
        stop = a_stop(attempt=attempt, client_order_id=f"s{attempt}", trigger_price=Decimal(trigger))
        refused = replace(stop, status=None, sending=Sending.REFUSED, refusal=why, read_back=False, seen_at_us=None)
        row = row.with_order(stop if why is STANDS else refused)
    return replace(row, **changes)


def belongs(*stops: tuple[str, Refusal | None], **changes: Any) -> str:
    """Where the next one belongs."""
    return f"{wanted(a_row(*stops, **changes), PRICE):.7f}"


def chain(why: Refusal, *triggers: str) -> list[tuple[str, Refusal | None]]:
    """Each of them refused for that reason, one after the other."""
    return [(trigger, why) for trigger in triggers]


@pytest.mark.parametrize("times", range(5))
def test_a_refused_precision_makes_the_tick_coarser(times: int) -> None:
    """Ten times as coarse for each refusal of it, three times at the most."""
    tried = [WANTED, *COARSER, COARSER[-1]]
    assert belongs(*chain(PRECISION, *tried[:times])) == tried[min(times, 3)]


@pytest.mark.parametrize("times", range(5))
def test_a_refused_band_halves_the_distance(times: int) -> None:
    """To the average fill, for each refusal of it, three times at the most."""
    tried = [WANTED, *NEARER, NEARER[-1]]
    assert belongs(*chain(BAND, *tried[:times])) == tried[min(times, 3)]


def test_one_refusal_does_not_undo_another() -> None:
    """Half the distance on the coarser tick, whichever came first."""
    assert belongs((WANTED, PRECISION), (COARSER[0], BAND)) == "0.1238790"
    assert belongs((WANTED, BAND), (NEARER[0], PRECISION)) == "0.1238790"


@pytest.mark.parametrize("why", [Refusal.OTHER, Refusal.QUANTITY, Refusal.WOULD_TRIGGER])
def test_other_refusals_move_nothing(why: Refusal) -> None:
    """They are about something else than the trigger."""
    assert belongs((WANTED, why)) == WANTED


def test_the_guard_from_the_mark_was_the_same_trigger() -> None:
    """Its refusal counts although the fill moved it; that of one farther off was about another wish."""
    assert belongs((GUARD, PRECISION)) == COARSER[0]
    assert belongs((FAR, PRECISION)) == WANTED


def test_a_move_forgets_what_was_refused_before_it_stood() -> None:
    """Where a stop came to stand by a rule of its own, refusals count from there on, in full and from none."""
    stood = ((WANTED, PRECISION), (WANTED, STANDS))
    assert belongs(*stood, rule=RULE) == WANTED
    assert belongs(*stood, (WANTED, PRECISION), rule=RULE) == COARSER[0]
    assert belongs(*stood, (WANTED, BAND), rule=RULE) == NEARER[0]
    assert belongs((WANTED, PRECISION), rule=RULE) == COARSER[0]
    assert belongs((WANTED, PRECISION), (FAR, STANDS), rule=RULE) == COARSER[0]


def test_without_a_move_nothing_is_forgotten() -> None:
    """The rule that the position was opened with: what was refused of it stays refused."""
    assert belongs((WANTED, PRECISION), (WANTED, STANDS)) == COARSER[0]


# --- what serves --------------------------------------------------------------------------------------------------


def confirmed(row: Record, at_us: int = AT + 3 * S) -> tuple[int, ...]:
    """The attempts of the stops that fulfil I3."""
    entry = replace(row.entry, average=PRICE)
    return tuple(stop.attempt for stop in weigh(row.with_order(entry), BOUNDS, at_us).stops)


def test_a_stop_at_the_adjusted_trigger_protects() -> None:
    """Where the refusals have moved it; at the trigger that was refused it would not be where it is wanted."""
    assert confirmed(a_row((WANTED, PRECISION), (COARSER[0], STANDS))) == (2,)
    assert confirmed(a_row((WANTED, PRECISION), (FAR, STANDS))) == ()


MOVING = StopRule(percent=Decimal(1))
AS_MOVED, AS_MOVED_FROM_THE_MARK = Decimal("0.1238787"), Decimal("0.1237500")


def moving(trigger: Decimal) -> Record:
    """The position's own stop stands; it was set again at that trigger, and nobody knows what came of it."""
    own: Order = a_stop(attempt=2, attached=True, trigger_price=Decimal(WANTED))
    again = replace(
        own, attempt=3, client_order_id="s3", trigger_price=trigger, sending=Sending.UNKNOWN, status=None,
        read_back=False, seen_at_us=None,
    )
    return a_row(moving=MOVING).with_order(own).with_order(again)


def test_the_stop_that_is_being_moved_goes_on_protecting() -> None:
    """Either trigger serves the caller; any third one that may stand there by now does not."""
    assert confirmed(moving(AS_MOVED)) == (2,)
    assert confirmed(moving(AS_MOVED_FROM_THE_MARK)) == ()
    assert confirmed(replace(moving(AS_MOVED), moving=None)) == ()


def test_a_stop_that_was_read_at_no_known_time_does_not() -> None:
    """Not even where a protected row keeps its word."""
    unseen = a_stop(trigger_price=Decimal(WANTED), seen_at_us=None)
    row = a_row(state=State.PROTECTED).with_order(unseen)
    assert confirmed(row, 3 * S) == ()
    assert confirmed(row.with_order(replace(unseen, seen_at_us=0)), 3 * S) == (1,)
