"""F02: whatever word an exchange or its client has for a state, no position is lost or ended over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from atomicpos.errors import OrphanSuspected
from atomicpos.evidence import OrderView
from atomicpos.exchanges.bybit.parse import order_status
from atomicpos.models import OrderStatus, ProofKind, State
from atomicpos.ports import OrdersReading
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from modes import shaded
from world import TEN, World, assert_safe, play

NATIVE = (
    "Created", "New", "Untriggered", "Triggered", "PartiallyFilled", "Filled", "Rejected", "Cancelled", "Deactivated",
    "PartiallyFilledCanceled", "Active",
)  # fmt: skip
UNIFIED = ("open", "closed", "canceled", "expired", "rejected", "partially_filled")
OURS = tuple(status.value for status in OrderStatus)
DEATHS = {
    "cancelled", "canceled", "rejected", "deactivated", "expired", "partiallyfilledcanceled",
    "partiallyfilledcancelled",
}  # fmt: skip
"""Every word that may mean dead, written down a second time: a word added by accident shows."""
CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.swapcase, lambda word: f" {word} ")

known = st.builds(lambda word, cased: cased(word), st.sampled_from(NATIVE + UNIFIED + OURS), st.sampled_from(CASES))
words = st.one_of(known, st.text(max_size=12), st.none())
quantities = st.none() | st.decimals(0, 20, places=1)


@settings(max_examples=400)
@given(word=words, quantity=quantities, filled=quantities)
def test_f02_only_an_explicit_word_is_dead_and_only_a_whole_fill_is_filled(
    word: str | None, quantity: Decimal | None, filled: Decimal | None
) -> None:
    """Over any text and none, in any case: the normaliser answers, and neither end comes by accident."""
    status = order_status(word, quantity, filled)
    if status is OrderStatus.DEAD:
        assert word is not None
        assert word.strip().lower().replace("_", "") in DEATHS
    if status is OrderStatus.FILLED:
        assert filled is not None
        assert filled >= (quantity or 0) > 0


@given(word=st.sampled_from(NATIVE + UNIFIED), cased=st.sampled_from(CASES), filled=quantities)
def test_f02_the_case_of_a_word_means_nothing(
    word: str, cased: Callable[[str], str], filled: Decimal | None
) -> None:
    """The exchange's own words and its client's come out the same however they are written."""
    assert order_status(cased(word), TEN, filled) is order_status(word, TEN, filled)


def called(word: str | None) -> Callable[[OrdersReading], OrdersReading]:
    """The entry's state is shown in that word, and read by the one normaliser."""

    def renamed(order: OrderView) -> OrderView:
        if order.trigger_price is not None or order.reduce_only:
            return order
        return replace(order, status=order_status(word, order.quantity, order.filled))

    return lambda reading: replace(reading, orders=tuple(renamed(order) for order in reading.orders))


@settings(max_examples=60)
@given(word=words, protection=st.sampled_from(Protection))
def test_f02_a_filled_entry_is_protected_whatever_its_state_is_called(
    word: str | None, protection: Protection
) -> None:
    """The quantity that filled decides, not the word beside it: no word leads to a close of what is open."""

    async def scene(world: World) -> None:
        shaded(world).reads.show_orders = called(word)
        async with world.library() as positions:
            row, error = await world.tried(positions)
            assert error is None
            assert_safe(world, row)
        assert world.sent(Call.PLACE_CLOSE) == []

    play(scene, protection=protection)


@settings(max_examples=40)
@given(word=words, protection=st.sampled_from(Protection))
def test_f02_an_unfilled_entry_is_over_by_an_explicit_word_only(word: str | None, protection: Protection) -> None:
    """A word that is not known neither ends nor fills an order: the row stays suspected, and keeps its slot."""

    async def scene(world: World) -> None:
        shaded(world).reads.show_orders = called(word)
        async with world.library() as positions:
            row, error = await world.tried(positions)
        assert row is not None
        if order_status(word, TEN, Decimal(0)) is OrderStatus.DEAD:
            assert row.proof is not None
            assert (row.state, row.proof.kind) == (State.ROLLED_BACK, ProofKind.DEAD_UNFILLED)
        else:
            assert isinstance(error, OrphanSuspected)
            assert row.filled_quantity == 0

    play(scene, Fault("place_entry", None, "never_fill"), protection=protection)
