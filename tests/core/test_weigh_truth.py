"""What is proven, and by what: never filled, and flat, each true only with its whole proof."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stories import (
    AT,
    BOUNDS,
    CLOSED_AT,
    ENTRY_ID,
    FILLED_AT,
    GAP,
    HORIZON,
    LATE,
    SOLD,
    SOURCES,
    S,
    a_fill,
    a_round,
    a_stop,
    absent,
    at_the_end,
    filled_and,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.absorb import answered, departing
from atomicpos.evidence import Evidence, Source
from atomicpos.models import (
    OrderSide,
    OrderStatus,
    PositionSide,
    ProofKind,
    Sending,
)
from atomicpos.testing.samples import a_record
from atomicpos.weigh import weigh


@pytest.mark.parametrize(
    ("how", "proof"),
    [
        (Sending.NOT_SENT, ProofKind.NOT_SENT),
        (Sending.REFUSED, ProofKind.REFUSED),
        (Sending.ACKNOWLEDGED, None),
        (Sending.IN_FLIGHT, None),
        (Sending.UNKNOWN, None),
    ],
)
def test_only_certain_outcomes_prove_that_it_never_filled(how: Sending, proof: ProofKind | None) -> None:
    """Not sent and refused prove it at once; acknowledged, in flight and unknown never do by themselves."""
    verdict = at_the_end(sending(how))
    assert (verdict.never_filled.kind if verdict.never_filled else None) is proof
    assert (verdict.ended is not None) is (proof is not None)
    assert verdict.filled == 0


def test_an_acknowledgement_is_no_fill_and_outweighs_every_absence() -> None:
    """Acknowledged and absent in any number of rounds past the horizon: neither filled nor never filled (I1)."""
    record = told(sending(Sending.ACKNOWLEDGED), *(e for n in range(20) for e in a_round(AT + HORIZON + n * GAP)))
    verdict = at_the_end(record)
    assert (verdict.filled, verdict.never_filled, verdict.ended, verdict.entry_final) == (0, None, None, False)


def test_a_refusal_of_a_resend_proves_nothing() -> None:
    """The first send of unknown outcome may be at the exchange."""
    entry = answered(departing(departing(a_record().entry, AT), AT + 1), Sending.REFUSED, AT + 2)
    assert at_the_end(a_record().with_order(entry)).never_filled is None


@pytest.mark.parametrize(
    ("status", "filled", "proven"),
    [
        (OrderStatus.DEAD, "0", True),
        (OrderStatus.DEAD, None, False),
        (OrderStatus.DEAD, "4", False),
        (OrderStatus.FILLED, "0", False),
        (OrderStatus.FILLED, None, False),
        (OrderStatus.OPEN, "0", False),
        (OrderStatus.UNKNOWN, "0", False),
    ],
)
def test_a_dead_order_with_filled_zero_decides_and_nothing_less(
    status: OrderStatus, filled: str | None, proven: bool
) -> None:
    """Dead with a stated zero: proven. No zero stated, a fill, or an unexplained "filled": not."""
    verdict = at_the_end(told(sending(Sending.ACKNOWLEDGED), order(status, filled)))
    assert (verdict.never_filled is not None) is proven


def test_where_final_rows_may_grow_a_dead_order_decides_only_after_the_horizon() -> None:
    """Without the exchange's word that final rows are whole, the horizon is waited for, to the microsecond."""
    bounds = replace(BOUNDS, final_rows_are_whole=False)
    record = told(sending(Sending.ACKNOWLEDGED), order(OrderStatus.DEAD, "0"), bounds=bounds)
    assert weigh(record, bounds, AT + HORIZON - 1).never_filled is None
    assert weigh(record, bounds, AT + HORIZON).never_filled is not None


def test_absence_needs_two_rounds_past_the_horizon_to_the_microsecond() -> None:
    """One microsecond before the horizon, or less than a gap apart: not yet; both kept: absent."""
    def proven(first: int, second: int) -> bool:
        record = told(sending(Sending.UNKNOWN), *a_round(AT + first), *a_round(AT + second))
        return at_the_end(record).never_filled is not None

    assert not proven(HORIZON - 1, HORIZON - 1 + GAP)
    assert not proven(HORIZON, HORIZON)
    assert not proven(HORIZON, HORIZON + GAP - 1)
    assert proven(HORIZON, HORIZON + GAP)
    assert proven(HORIZON + 5, HORIZON + 5 + GAP)


@pytest.mark.parametrize("early", SOURCES)
def test_an_answer_from_before_the_horizon_is_no_round(early: Source) -> None:
    """A source that said absent once too early and once in time has spoken in one round only."""
    others = tuple(source for source in SOURCES if source is not early)
    answers = (absent(early, AT + HORIZON - 1), *a_round(AT + HORIZON, others), *a_round(AT + HORIZON + GAP))
    record = told(sending(Sending.UNKNOWN), *answers)
    assert at_the_end(record).never_filled is None
    assert at_the_end(told(record, *a_round(AT + HORIZON + 2 * GAP))).never_filled is not None


@pytest.mark.parametrize("missing", SOURCES)
def test_a_source_that_did_not_answer_both_rounds_is_not_absent(missing: Source) -> None:
    """An error is never an empty answer: without one source's second word nothing is proven."""
    others = tuple(source for source in SOURCES if source is not missing)
    error = replace(Evidence.unknown("timeout"), source=missing, asked_at_us=AT + HORIZON + GAP)
    record = told(sending(Sending.UNKNOWN), *a_round(AT + HORIZON), *a_round(AT + HORIZON + GAP, others), error)
    assert at_the_end(record).never_filled is None
    assert at_the_end(told(record, absent(missing, AT + HORIZON + GAP))).never_filled is not None


@pytest.mark.parametrize("missing", SOURCES)
def test_two_rounds_of_errors_prove_nothing(missing: Source) -> None:
    """A source that only ever failed has said nothing, however long the others say absent."""
    others = tuple(source for source in SOURCES if source is not missing)
    rounds = (AT + HORIZON, AT + HORIZON + GAP, AT + HORIZON + 9 * GAP)
    errors = tuple(replace(Evidence.unknown("502"), source=missing, asked_at_us=at) for at in rounds)
    record = told(sending(Sending.UNKNOWN), *(e for at in rounds for e in a_round(at, others)), *errors)
    assert at_the_end(record).never_filled is None


@pytest.mark.parametrize("source", [Source.TRADE_HISTORY, Source.POSITION_POLL])
def test_one_sight_starts_the_rounds_afresh(source: Source) -> None:
    """What a source has shown after its absence empties its run."""
    rounds = (*a_round(AT + HORIZON), *a_round(AT + HORIZON + GAP))
    shown = replace(Evidence.seen(1), source=source, asked_at_us=AT + HORIZON + GAP + 1)
    assert at_the_end(told(sending(Sending.UNKNOWN), *rounds, shown)).never_filled is None


def test_a_users_source_that_sees_exposure_vetoes_the_end() -> None:
    """It proves nothing, and yet while it sees something the row does not settle."""
    seen = replace(Evidence.seen(10), source="mine", asked_at_us=AT)
    record = told(sending(Sending.REFUSED), seen)
    assert (at_the_end(record).never_filled is not None, at_the_end(record).ended) == (True, None)
    gone = told(record, replace(Evidence.absent(), source="mine", asked_at_us=AT + 1))
    assert at_the_end(gone).ended is not None




def test_flat_needs_the_exits_and_a_fresh_look_at_an_empty_slot() -> None:
    """Fills that sum to the entry and a look not older than the last of them: flat, and dated by the look."""
    verdict = at_the_end(filled_and(fills(SOLD), slot("0", CLOSED_AT + 1, CLOSED_AT)))
    assert verdict.flat is not None
    assert (verdict.flat.kind, verdict.flat.at_us) == (ProofKind.EXITED, CLOSED_AT + 1)
    assert (verdict.share, verdict.closed, verdict.closed_by_us) == (0, 10, 0)
    assert verdict.ended is not None


@pytest.mark.parametrize(
    "evidences",
    [
        pytest.param((slot("0", CLOSED_AT + 1, CLOSED_AT),), id="an empty slot without exits"),
        pytest.param((fills(SOLD),), id="exits without a look"),
        pytest.param((fills(SOLD), slot("0", CLOSED_AT + 1, CLOSED_AT - 1)), id="a look from before the exit"),
        pytest.param((fills(SOLD), slot("0", CLOSED_AT + 1, None)), id="an undated look too soon"),
        pytest.param((fills(SOLD), slot("0", CLOSED_AT + LATE - 1, None)), id="a microsecond too soon"),
        pytest.param(
            (fills(a_fill("2", OrderSide.SELL, "9", CLOSED_AT)), slot("0", CLOSED_AT + 1, CLOSED_AT)), id="9 of 10"
        ),
        pytest.param((fills(SOLD), slot("3", CLOSED_AT + 1, CLOSED_AT, PositionSide.LONG)), id="a position left"),
        pytest.param((fills(SOLD), slot("3", CLOSED_AT + 1, CLOSED_AT, PositionSide.SHORT)), id="the other side"),
        pytest.param(
            (fills(a_fill("0", OrderSide.SELL, "10", FILLED_AT - 1)), slot("0", CLOSED_AT, CLOSED_AT)),
            id="a sale from before the entry",
        ),
    ],
)
def test_flat_is_not_proven_by_less(evidences: tuple[Evidence, ...]) -> None:
    """Each part of the proof left out, one at a time: not flat."""
    verdict = at_the_end(filled_and(*evidences))
    assert (verdict.flat, verdict.ended) == (None, None)


def test_an_undated_look_is_fresh_once_it_was_asked_late_enough() -> None:
    """Asked visibility and skew after the last fill it counts, to the microsecond."""
    assert at_the_end(filled_and(fills(SOLD), slot("0", CLOSED_AT + LATE, None))).flat is not None


def test_flat_needs_a_final_entry() -> None:
    """An entry that may still fill is not over, though what filled so far was sold again."""
    partial = order(OrderStatus.PARTIAL, "4")
    sold = a_fill("2", OrderSide.SELL, "4", CLOSED_AT)
    bought = a_fill("1", OrderSide.BUY, "4", FILLED_AT, ENTRY_ID)
    looked = slot("0", CLOSED_AT + 1, CLOSED_AT)
    record = told(sending(Sending.ACKNOWLEDGED), partial, fills(bought, sold), looked)
    assert at_the_end(record).flat is None
    assert at_the_end(told(record, order(OrderStatus.DEAD, "4", AT + 3 * S))).flat is not None


def test_an_order_of_ours_that_may_still_arrive_keeps_the_row_open() -> None:
    """Flat, and yet no end while a stop of unknown outcome is about (I2)."""
    stop = replace(a_stop(), sending=Sending.UNKNOWN, status=None, sent_at_us=AT)
    verdict = at_the_end(filled_and(fills(SOLD), slot("0", CLOSED_AT + 1, CLOSED_AT)).with_order(stop))
    assert verdict.flat is not None
    assert (verdict.loose, verdict.ended) == ((stop,), None)


def test_a_proof_older_than_the_last_send_ends_nothing() -> None:
    """Whatever was sent after the look may have changed what it showed (I2)."""
    refused = replace(a_stop(), sending=Sending.REFUSED, status=None, sent_at_us=CLOSED_AT + 2)
    verdict = at_the_end(filled_and(fills(SOLD), slot("0", CLOSED_AT + 1, CLOSED_AT)).with_order(refused))
    assert (verdict.flat is not None, verdict.ended) == (True, None)


@pytest.mark.parametrize(("filled", "shown"), [("0", 10), ("1", 1)])
def test_a_position_shows_a_fill_only_where_the_order_shows_none(filled: str, shown: int) -> None:
    """Of one filled and ten held, nine are others'; without any fill of ours that is read, the slot is believed."""
    partly = order(OrderStatus.PARTIAL, filled, created_at_us=AT, order_side=OrderSide.BUY)
    row = told(sending(Sending.ACKNOWLEDGED), partly, slot("10", FILLED_AT, FILLED_AT, PositionSide.LONG))
    verdict = at_the_end(row)
    assert (verdict.filled, verdict.entry_final) == (shown, False)
