"""The measure of a lag: from a fill, by the exchange's clock, to the answer that first showed it, by ours."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.bounds import bounds
from atomicpos.evidence import Evidence, Kind, OrderView, PositionView
from atomicpos.frozen import replace
from atomicpos.lag import LOOKS_APART_US, Lag, Lags, Showing
from atomicpos.models import Fill, OrderSide, OrderStatus, PositionSide
from atomicpos.record import Record
from atomicpos.settings import Settings
from atomicpos.sim import SIM_PROFILE
from atomicpos.testing.samples import a_record

S = 1_000_000
FILLED = 100 * S
BOUNDS = bounds(Settings(), SIM_PROFILE)


def began(record: Record | None = None) -> tuple[Record, Showing]:
    row, showing = record or a_record(), Showing()
    showing.begin(row)
    return row, showing


def at(source: str, asked_s: float, takes_s: float = 0.1, **found: object) -> Evidence:
    asked = round(asked_s * S)
    evidence = Evidence(found.pop("kind", Kind.SEEN), source=source, asked_at_us=asked)  # type: ignore[arg-type]
    return replace(evidence, answered_at_us=asked + round(takes_s * S), **found)


def order(row: Record, asked_s: float, filled: str | None, updated_us: int | None = FILLED) -> Evidence:
    own = row.entry.client_order_id
    if filled is None:
        return at("order_status", asked_s, kind=Kind.ABSENT, absent_ids=(own,))
    status = OrderStatus.FILLED if Decimal(filled) else OrderStatus.OPEN
    view = OrderView(own, "1", status, filled=Decimal(filled), updated_at_us=updated_us)
    return at("order_status", asked_s, orders=(view,))


def fills(row: Record, asked_s: float, *told: tuple[str, int]) -> Evidence:
    rows = tuple(
        Fill(str(n), OrderSide.BUY, Decimal(q), Decimal(1), t, client_order_id=row.entry.client_order_id)
        for n, (q, t) in enumerate(told)
    )
    return at("trade_history", asked_s, kind=Kind.SEEN if rows else Kind.ABSENT, fills=rows)


def slot(asked_s: float, quantity: str, side: PositionSide | None = None) -> Evidence:
    view = PositionView(Decimal(quantity), side)
    return at("position_poll", asked_s, position=view)


def heard(row: Record, showing: Showing, *told: Evidence) -> list[Lag]:
    return [lag for evidence in told for lag in showing.hear(row, evidence)]


def test_a_look_that_missed_the_fill_makes_the_whole_time_since_it_a_lag() -> None:
    """Asked a second after the fill and empty, shown two seconds after it: 2.1 s late."""
    row, showing = began()
    assert heard(row, showing, order(row, 101, None), order(row, 102, "10")) == [Lag("order_status", 2_100_000)]


def test_the_first_look_after_the_fill_is_late_by_its_own_time_only() -> None:
    """Nobody looked for an hour: that the source is an hour late was not seen."""
    row, showing = began()
    assert heard(row, showing, order(row, 99, None), order(row, 3700, "10")) == [Lag("order_status", 100_000)]
    row, showing = began()
    early = at("order_status", 99.5, 1.0, orders=order(row, 0, "10").orders)
    assert heard(row, showing, early) == [Lag("order_status", 500_000)]


def test_between_two_looks_that_lie_far_apart_only_so_much_counts() -> None:
    """A process that was stopped for an hour between a miss and a showing learns half a minute, and no hour."""
    row, showing = began()
    (lag,) = heard(row, showing, order(row, 101, None), order(row, 3700, "10"))
    assert lag.lag_us == S + LOOKS_APART_US


def test_a_fill_is_measured_once_for_each_source() -> None:
    """Looking on teaches nothing: what was shown stays shown."""
    row, showing = began()
    whole = fills(row, 100.2, ("10", FILLED))
    first = heard(row, showing, order(row, 100.1, "10"), whole, slot(100.3, "10", PositionSide.LONG))
    assert [lag.source for lag in first] == ["order_status", "trade_history", "position_poll"]
    assert heard(row, showing, order(row, 105, "10"), slot(105, "10", PositionSide.LONG)) == []


def test_each_fill_of_several_is_measured_by_its_own_time() -> None:
    """Four at 100 s and six at 101 s, shown one by one."""
    row, showing = began()
    one, both = ("4", FILLED), ("6", FILLED + S)
    found = heard(row, showing, fills(row, 100.5, one), fills(row, 101.5, one), fills(row, 102.5, one, both))
    assert found == [Lag("trade_history", 100_000), Lag("trade_history", 1_600_000)]


def test_the_slot_waits_for_the_time_that_another_source_knows() -> None:
    """It shows the fill before anybody has told when that was; the answer that tells it makes both lags known."""
    row, showing = began()
    assert heard(row, showing, slot(100.2, "0"), slot(124, "10", PositionSide.LONG)) == []
    assert heard(row, showing, order(row, 124.5, "10")) == [
        Lag("position_poll", 24_100_000), Lag("order_status", 100_000),
    ]


def test_without_a_time_of_the_exchange_our_send_counts() -> None:
    """The entry fills at once or never: it was filled after it was sent."""
    row = a_record()
    row = row.with_order(replace(row.entry, first_sent_at_us=FILLED - S))
    row, showing = began(row)
    assert heard(row, showing, order(row, 100, None), order(row, 101, "10", None)) == [Lag("order_status", 2_100_000)]


def test_an_error_is_no_miss() -> None:
    """A source that failed for a minute and then shows it at once is not a minute late."""
    row, showing = began()
    failed = at("order_status", 101, kind=Kind.UNKNOWN)
    assert heard(row, showing, failed, order(row, 160, "10")) == [Lag("order_status", 100_000)]


def test_clocks_that_differ_make_no_lag_below_zero() -> None:
    """The exchange's clock is ahead by more than the answer took."""
    row, showing = began()
    assert heard(row, showing, order(row, 99.5, "10")) == [Lag("order_status", 0)]


def test_what_was_known_before_is_not_measured() -> None:
    """A row that is taken over: when its fill was first shown nobody here can say."""
    row = a_record()
    row, showing = began(row.with_order(replace(row.entry, filled=Decimal(10))))
    assert heard(row, showing, order(row, 200, "10"), slot(200, "10", PositionSide.LONG)) == []


def test_what_is_on_the_other_side_or_closed_again_says_nothing_of_the_entry() -> None:
    """A short where we are long is somebody else's; a slot that we have closed is empty for another reason."""
    row, showing = began()
    assert heard(row, showing, slot(101, "10", PositionSide.SHORT), order(row, 101, "10")) == [
        Lag("order_status", 100_000)
    ]
    closed = replace(row, closed_quantity=Decimal(10))
    assert heard(closed, showing, slot(102, "0"), slot(103, "10", PositionSide.LONG)) == []


def test_a_plug_in_that_sees_nothing_teaches_nothing() -> None:
    """It shows no orders, fills or positions, so it is never late."""
    row, showing = began()
    assert heard(row, showing, at("mine", 101, kind=Kind.ABSENT), at("mine", 102, quantity=Decimal(10))) == []
    assert heard(row, showing, order(row, 102, "10")) == [Lag("order_status", 100_000)]


# --- what is made of it -------------------------------------------------------------------------------------------


def test_nothing_learnt_leaves_the_very_bounds() -> None:
    """Not equal ones: the same object, so that nothing can have changed."""
    lags = Lags("bybit", "live")
    assert lags.widened(BOUNDS) is BOUNDS
    assert not lags.add(Lag("order_status", 29 * S), BOUNDS)
    assert lags.widened(BOUNDS) is BOUNDS


def test_a_lag_beyond_the_bound_widens_horizon_and_deadline_and_nothing_else() -> None:
    """Forty seconds where thirty were allowed for: ten more of each."""
    lags = Lags("bybit", "live")
    assert lags.add(Lag("order_status", 40 * S), BOUNDS)
    wide = lags.widened(BOUNDS)
    assert wide == replace(
        BOUNDS, visibility_us=40 * S, verification_deadline_us=BOUNDS.verification_deadline_us + 10 * S
    )
    assert wide.horizon_us == BOUNDS.horizon_us + 10 * S
    assert lags.widened(wide) is wide


def test_no_lag_widens_further_than_ten_minutes() -> None:
    """An hour of lag is another trouble, and no reason to wait for an hour."""
    lags = Lags("bybit", "live")
    lags.add(Lag("order_status", 3600 * S), BOUNDS)
    assert lags.widened(BOUNDS).visibility_us == 600 * S


def test_what_comes_while_it_is_being_written_is_written_next_time() -> None:
    """Counts are subtracted when they were stored, and what others stored is added."""
    lags = Lags("bybit", "live")
    lags.add(Lag("order_status", 50_000), BOUNDS)
    first = lags.unstored()
    lags.add(Lag("order_status", 50_000), BOUNDS)
    lags.was_stored(first)
    (left,) = lags.unstored()
    assert left.samples == 1
    stored = replace(first[0], samples=2000, longest_us=50 * S)
    lags.recall([stored, replace(first[0], exchange="okx", longest_us=90 * S)])
    assert lags.learnt_us < S  # of two thousand and one the longest does not decide
    assert lags.unstored() == (left,)
