"""The axis of time: its scale, its marks, and where a position was naked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import SECOND, at, entry, filled, protected, stop

from atomicpos.bounds import bounds
from atomicpos.dashboard.axis import GAP, GAPS_MOST, WIDTH, Scale, axis
from atomicpos.dashboard.story import position_page
from atomicpos.evidence import Evidence, Kind
from atomicpos.exchanges import QUIRKS
from atomicpos.explanation import explain
from atomicpos.models import Fill, Leg, Order, OrderSide, OrderStatus, Sending
from atomicpos.ports import History, Repeats, Story
from atomicpos.record import Record
from atomicpos.settings import Settings
from atomicpos.story.plain import plain
from atomicpos.testing.samples import CREATED_AT_US, a_record, settled
from atomicpos.weigh import weigh

BYBIT = bounds(Settings.read({}), QUIRKS["bybit"].profile)
DAY = 86_400 * SECOND
moments = st.lists(st.integers(0, 3 * DAY), max_size=40)


@given(moments, st.integers(0, 3 * DAY))
def test_a_scale_never_turns_back_and_has_room_for_all(given_at: list[int], end: int) -> None:
    """Places grow with time, from 0 to the whole width; a broken gap is as wide as every other broken one."""
    scale = Scale(given_at, 0, end)
    places = [scale(at_us) for at_us in sorted({0, end, *(m for m in given_at if m <= end)})]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= WIDTH
    assert scale(-1) == 0.0
    assert scale(end + SECOND) == WIDTH
    assert len(scale.quiet) <= GAPS_MOST
    assert all(abs(scale(b) - scale(a) - GAP) <= 0.2 for a, b in scale.quiet)


def test_milliseconds_and_days_are_both_legible() -> None:
    """Four marks within 30 ms, one a day later: each pair is apart, and the quiet day is one broken gap."""
    at_us = [0, 5_000, 12_000, 30_000, DAY]
    scale = Scale(at_us, 0, DAY)
    assert scale.quiet == {(30_000, DAY)}
    assert all(scale(b) - scale(a) >= 30 for a, b in pairwise(at_us))


def drawn(record: Record, history: History = History(), now: float = 10.0) -> list[tuple[str, str]]:  # noqa: B008
    """The stretches as (kind, length)."""
    return [(span["kind"], span["text"]) for span in axis(record, history, at(now))["stretches"]]


def closed(record: Record, seconds: float) -> Record:
    """The row settled, its close filled at that time by the exchange."""
    exit_ = Order(
        Leg.CLOSE, 1, f"close-{record.id}", OrderSide.SELL, Decimal(10), reduce_only=True, sends=1,
        sending=Sending.ACKNOWLEDGED, status=OrderStatus.FILLED, filled=Decimal(10), created_at_us=at(seconds),
        updated_at_us=at(seconds),
    )  # fmt: skip
    return replace(settled(record, at(seconds + 1)), closed_quantity=Decimal(10)).with_order(exit_)


@pytest.mark.parametrize(("record", "stretches"), [
    (a_record(), []),
    (filled(a_record(), 1), [("naked", "9 s")]),
    (protected(a_record(), since_s=2), [("naked", "1 s"), ("covered", "8 s")]),
    (filled(a_record(), 1).with_order(stop(a_record(), 1)), [("covered", "9 s")]),
    (filled(a_record(), 1).with_order(stop(a_record(), 2, status=OrderStatus.DEAD, updated_at_us=at(5))),
     [("naked", "1 s"), ("covered", "3 s"), ("naked", "5 s")]),
    (closed(filled(a_record(), 1), 4), [("naked", "3 s")]),
    (closed(filled(a_record(), 1).with_order(stop(a_record(), 2, status=OrderStatus.DEAD, updated_at_us=at(6))), 4),
     [("naked", "1 s"), ("covered", "2 s")]),
])
def test_where_it_was_naked(record: Record, stretches: list[tuple[str, str]]) -> None:
    """From the first fill to flatness or now, less what a stop covered, by the exchange's times."""
    assert drawn(record) == stretches


def test_a_fills_own_time_is_better_than_the_orders() -> None:
    """The stretch begins with the fill that a source showed."""
    own_id = a_record().entry.client_order_id
    fill = Fill("f1", OrderSide.BUY, Decimal(10), Decimal("0.1251"), at(1.5), client_order_id=own_id)
    look = Evidence(Kind.SEEN, Decimal(10), source="trade_history", answered_at_us=at(2), fills=(fill,))
    assert drawn(filled(a_record(), 1), History((), (look,), (Repeats(0, at(2)),))) == [("naked", "8.5 s")]


def test_marks_have_lanes_of_their_own() -> None:
    """What was sent, what each source said and in which way, and what was concluded from it."""
    looks = (
        Evidence(Kind.ABSENT, source="position_poll", asked_at_us=at(1), answered_at_us=at(1)),
        Evidence(Kind.UNKNOWN, why="HTTP 502", source="trade_history", asked_at_us=at(1), answered_at_us=at(1.2)),
        Evidence(Kind.SEEN, Decimal(10), source="order_status", asked_at_us=at(2), answered_at_us=at(2)),
    )
    moved = {"from": "pending_entry", "to": "order_filled"}
    history = History(
        (entry(0, "intent", "asked: long 10 AVL/USDT:USDT"),
         entry(2.1, "transition", "pending_entry to order_filled: a fill", **moved),
         entry(3, "alert", "it is exposed")),
        looks, (Repeats(7, at(4)), Repeats(0, at(1.2)), Repeats(0, at(2))),
    )
    found = axis(filled(a_record()), history, at(5))
    lanes = {(mark["lane"], mark["kind"]) for mark in found["marks"]}
    assert {("intended", "asked"), ("sent", "sent"), ("position_poll", "absent"), ("trade_history", "unknown"),
            ("order_status", "seen"), ("concluded", "concluded"), ("concluded", "alert")} <= lanes
    assert [(s["kind"], s["x"] == 0.0) for s in found["states"]] == [("pending_entry", True), ("order_filled", False)]
    assert any("8 times, until 3 s later" in mark["text"] for mark in found["marks"])
    assert found["ticks"][0]["text"] == "0"


def test_a_page_says_what_is_proven_what_is_not_and_what_would_prove_it() -> None:
    """The very sentences of the command line, for the row as it is stored."""
    for row in (filled(a_record()), protected(a_record()), a_record(), settled(a_record(), at(1))):
        told = position_page(Story(row, History()), at(9), BYBIT)["explanation"]
        assert told == plain(explain(row, weigh(row, BYBIT, at(9))))
    assert told["summary"] == "No money is at risk: it is rolled_back, and that is proven."


def test_the_page_carries_no_raw_answers() -> None:
    """What an exchange answered word for word stays in the database."""
    look = Evidence(Kind.SEEN, Decimal(10), source="order_status", answered_at_us=CREATED_AT_US + 1, raw="secret-ish")
    page = position_page(Story(filled(a_record()), History((), (look,), (Repeats(0, 0),))), at(9), BYBIT)
    assert "secret-ish" not in str(page)
