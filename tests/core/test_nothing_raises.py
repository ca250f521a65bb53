"""No evidence whatsoever makes the pure core raise: it decides on all that a source can say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.absorb import absorb
from atomicpos.advance import advance
from atomicpos.bounds import Bounds
from atomicpos.conditions import conditions
from atomicpos.evidence import Evidence, Kind, OrderView, PositionView, Source
from atomicpos.models import Fill, FillKind, OrderSide, OrderStatus, PositionSide, State, TriggerBy
from atomicpos.plan import plan
from atomicpos.record import Record
from atomicpos.snapshot import exposed, failure, snapshot
from atomicpos.testing import strategies as rows
from atomicpos.weigh import weigh

S = 1_000_000
amounts = st.none() | st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)
known = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)
times = st.none() | st.integers(-S, 200 * S)
bounds = st.builds(
    Bounds, *(st.integers(1, 60 * S) for _ in range(6)), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)


def views(ids: list[str]) -> st.SearchStrategy[OrderView]:
    return st.builds(
        OrderView, st.none() | st.sampled_from([*ids, "", "x"]), st.none() | st.sampled_from(["", "x1"]),
        st.sampled_from(OrderStatus), st.none() | st.sampled_from(OrderSide), amounts, amounts, amounts,
        st.none() | st.booleans(), amounts, st.none() | st.sampled_from(TriggerBy), times, times,
    )


def evidences(ids: list[str]) -> st.SearchStrategy[Evidence]:
    fill = st.builds(
        Fill, st.sampled_from(["1", "2", ""]), st.sampled_from(OrderSide), known, known, st.integers(-S, 200 * S),
        st.sampled_from(FillKind), st.none() | st.sampled_from([*ids, "", "x"]), st.none() | st.just("x1"),
    )
    position = st.builds(
        PositionView, known, st.none() | st.sampled_from(PositionSide), amounts, amounts, amounts, amounts, times
    )
    return st.builds(
        Evidence, st.sampled_from(Kind), amounts, amounts, st.text(max_size=3),
        st.sampled_from([*Source, "mine", ""]), st.integers(-S, 200 * S), st.integers(-S, 200 * S), times,
        st.just(""), st.lists(views(ids), max_size=3).map(tuple),
        st.lists(st.sampled_from([*ids, "x"]), max_size=3).map(tuple), st.lists(fill, max_size=3).map(tuple),
        st.none() | position,
    )


def turned(record: Record, limits: Bounds, now_us: int) -> Record:
    """One turn of the loop, without its I/O."""
    verdict = weigh(record, limits, now_us)
    after, *_ = advance(record, verdict, limits)
    todo = plan(after, verdict, limits)
    conditions(after, verdict, limits)
    position = snapshot(after)
    failure(after, position)
    exposed(after)
    assert all(getattr(step, "quantity", Decimal(1)) > 0 for step in todo.steps)
    return after


@st.composite
def lives(draw: st.DrawFn) -> tuple[Record, list[Evidence]]:
    """A lawful row in any state, and what its sources might say next."""
    record = draw(rows.records())
    intent = replace(
        record.intent, quantity=abs(draw(known)) + 1, mark_price=abs(draw(known)) + 1, tick=Decimal("0.01"),
        created_at_us=0,
    )
    record = replace(record, intent=intent, filled_quantity=abs(draw(known)), closed_quantity=abs(draw(known)))
    ids = [order.client_order_id for order in record.orders]
    return record, draw(st.lists(evidences(ids), max_size=4))


@settings(max_examples=150)
@given(lives(), bounds, st.lists(st.integers(0, 200 * S), min_size=5, max_size=5))
def test_no_evidence_makes_a_turn_raise(
    life: tuple[Record, list[Evidence]], limits: Bounds, times_us: list[int]
) -> None:
    """Whatever state a row is in and whatever is said, a turn decides, and no step has a quantity of zero or less."""
    record, said = life
    record = turned(record, limits, times_us[0])
    for evidence, now_us in zip(said, times_us[1:], strict=False):
        record = turned(absorb(record, evidence, limits), limits, now_us)
    assert record.state in State
