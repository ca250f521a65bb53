"""F56: whatever order its pieces are told in, an exit is its closing fills since the entry, each of them once."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import (
    AT,
    BOUGHT,
    BOUNDS,
    CLOSED_AT,
    FILLED_AT,
    SOLD,
    S,
    a_fill,
    at_the_end,
    fills,
    order,
    sending,
    slot,
    told,
)

from atomicpos.evidence import Evidence
from atomicpos.models import OrderSide, OrderStatus, ProofKind, Sending
from atomicpos.weigh import weigh

NEWS: tuple[Evidence, ...] = (
    order(OrderStatus.FILLED, "10", FILLED_AT), fills(BOUGHT), fills(SOLD), slot("0", CLOSED_AT + S, CLOSED_AT)
)  # fmt: skip
DECISIVE = {1, 2, 3}
"""Both fills and the empty slot: fills that sum to the order leave nothing of it to be read."""


@pytest.mark.parametrize("news", list(permutations(NEWS)), ids=lambda news: "-".join(str(NEWS.index(n)) for n in news))
def test_f56_every_order_of_the_news_comes_to_the_same(news: tuple[Evidence, ...]) -> None:
    """The empty slot first or last, the exit before the entry: closed ten, proven by fills and slot, never before."""
    row, told_so_far = sending(Sending.ACKNOWLEDGED), set()
    for piece in news:
        row = told(row, piece)
        told_so_far.add(NEWS.index(piece))
        verdict = at_the_end(row)
        assert (verdict.flat is not None) is (told_so_far >= DECISIVE)
        assert verdict.never_filled is None
    assert (verdict.filled, verdict.closed) == (10, 10)
    assert verdict.flat is not None
    assert verdict.flat.kind is ProofKind.EXITED


@given(st.permutations([BOUGHT, SOLD, SOLD, BOUGHT]), st.booleans())
def test_f56_what_is_told_twice_counts_once(told_fills: list[object], at_once: bool) -> None:
    """The same execution in two listings is one execution."""
    pieces = [fills(*told_fills)] if at_once else [fills(fill) for fill in told_fills]  # type: ignore[arg-type]
    verdict = at_the_end(told(sending(Sending.ACKNOWLEDGED), NEWS[0], *pieces))
    assert (verdict.filled, verdict.closed) == (10, 10)


def test_f56_a_fill_of_the_entry_is_no_exit_however_late_it_is_told() -> None:
    """The stale buy that was taken for the exit in the field: the slot reads empty, and nothing is closed."""
    late = a_fill("3", OrderSide.BUY, "10", CLOSED_AT + S)
    verdict = at_the_end(told(sending(Sending.ACKNOWLEDGED), NEWS[0], fills(BOUGHT), fills(late), NEWS[3]))
    assert (verdict.filled, verdict.closed) == (10, 0)
    assert verdict.flat is None


def test_f56_what_was_sold_before_the_entry_is_no_exit_of_it() -> None:
    """The last position's closing fill, in the same listing as our entry, is not ours."""
    before = a_fill("0", OrderSide.SELL, "10", FILLED_AT - 1)
    verdict = at_the_end(told(sending(Sending.ACKNOWLEDGED), NEWS[0], fills(before, BOUGHT), NEWS[3]))
    assert verdict.closed == 0
    assert verdict.flat is None


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_f56_slices_count_as_they_come(sizes: list[int], shuffled: object) -> None:
    """An exit in slices: flat once they sum to the entry, whatever order they are shown in; never more than that."""
    slices = [a_fill(f"s{n}", OrderSide.SELL, str(size), CLOSED_AT + n) for n, size in enumerate(sizes)]
    shuffled.shuffle(slices)  # type: ignore[attr-defined]
    row = told(sending(Sending.ACKNOWLEDGED), NEWS[0], fills(BOUGHT), slot("0", CLOSED_AT + 9 * S, CLOSED_AT + S))
    shown = 0
    for piece in slices:
        row, shown = told(row, fills(piece)), shown + int(piece.quantity)
        verdict = weigh(row, BOUNDS, AT + 1000 * S)
        assert verdict.closed == shown
        assert (verdict.flat is not None) is (shown >= 10)
