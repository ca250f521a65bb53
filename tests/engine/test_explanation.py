"""A position in sentences: for every state, and for the incidents that people are woken for."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from acts import opened
from atomicpos.bounds import bounds
from atomicpos.explanation import CLOSE, LOOK, MOVE_STOP, RESOLVE, Explanation, at_risk, explain, lasting, recalled
from atomicpos.models import Goal, OrderSide, OrderStatus, Sending, State
from atomicpos.profile import Protection
from atomicpos.record import Record
from atomicpos.settings import Settings
from atomicpos.sim import SIM_PROFILE, Fault
from atomicpos.testing.samples import CREATED_AT_US, a_record, sent, settled
from atomicpos.weigh import weigh
from modes import in_every_mode
from world import AVL, TEN, World, in_world

BOUNDS = bounds(Settings.read({}), SIM_PROFILE)
READS = ("orders", "fills", "position", "position_stop")
LONGEST = 240
"""Characters of a sentence: two lines of a terminal and a half."""


async def told(world: World, position_id: str | None = None) -> Explanation:
    """The newest row, or that one, as a stranger reads it from the database."""
    record = world.stored()[-1] if position_id is None else await world.journal.load(position_id)
    history = await world.journal.history(record.id)
    known = recalled(replace(record, sightings=type(record.sightings)()), history.evidence)
    return explain(known, weigh(known, BOUNDS, world.clock.now_us()))


def said(sentences: tuple[str, ...], pattern: str) -> bool:
    return any(re.search(pattern, sentence) for sentence in sentences)


# --- every state --------------------------------------------------------------------------------------------------


def rows() -> list[Record]:
    """Every state with either goal, each with an entry in every stage of its sending and of its life."""
    found = []
    for state, goal, sending, status in product(State, Goal, Sending, (None, *OrderStatus)):
        row = a_record()
        filled = TEN if status is OrderStatus.FILLED else Decimal(0)
        entry = replace(
            row.entry, sending=sending, sends=0 if sending is Sending.INTENDED else 1, status=status, filled=filled,
            average=Decimal("0.125") if filled else None, first_sent_at_us=CREATED_AT_US, sent_at_us=CREATED_AT_US,
        )  # fmt: skip
        row = replace(row.with_order(entry), goal=goal, filled_quantity=filled)
        found.append(replace(settled(row, CREATED_AT_US) if state.settled else row, state=state))
    return found


def test_every_row_can_be_explained_in_whole_short_sentences() -> None:
    """Whatever is stored: no field is empty text, each sentence ends, and something can be done or looked at."""
    for row in rows():
        found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 60_000_000))
        sentences = (found.summary, *found.proven, *found.unproven, *found.would_prove)
        assert all(s.endswith(".") and len(s) <= LONGEST and "None" not in s for s in sentences), sentences
        assert all(tried and "None" not in tried for tried in found.tried)
        assert LOOK in found.acts
        assert found.at_risk is at_risk(row)


def test_what_is_over_is_no_risk_and_leaves_nothing_to_prove() -> None:
    """Every end: one sentence says so, with the proof."""
    for row in rows():
        found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 60_000_000))
        if row.state.settled:
            assert (found.at_risk, found.unproven, found.would_prove, found.acts) == (False, (), (), (LOOK,))
            assert found.summary == f"No money is at risk: it is {row.state.value}, and that is proven."
            assert found.proven[0].startswith("It is over (dead_unfilled): the entry was read as dead with 0 filled")


def test_a_suspected_orphan_is_always_a_risk_and_can_be_resolved() -> None:
    """Whatever is known of it, nobody may read that all is well."""
    for row in rows():
        found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 60_000_000))
        assert (RESOLVE in found.acts) is (row.state is State.ORPHAN_SUSPECTED)
        if row.state is State.ORPHAN_SUSPECTED:
            assert found.at_risk is True
            assert found.summary.startswith(("Money is at risk: ", "Money may be at risk: "))
            assert said(found.would_prove, "Or your word on how it ended")


def test_a_known_fill_without_a_stop_is_always_a_risk() -> None:
    """In every state that is not over, ``protected`` too: what is stored must show the stop."""
    for row in rows():
        if row.filled_quantity and not row.state.settled:
            found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 60_000_000))
            assert found.at_risk is True
            assert found.summary.startswith("Money is at risk: 10 long AVL/USDT:USDT is open without a live stop")
            assert said(found.unproven, "That a stop of ours is at work over 10")


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (-5, "0.0 s"), (0, "0.0 s"), (12_345_678, "12.3 s"), (59_999_999, "59.9 s"), (60_000_000, "1 min 0 s"),
        (312_000_000, "5 min 12 s"), (3_599_900_000, "59 min 59 s"), (3_600_000_000, "1 h 0 min"),
        (11_100_000_000, "3 h 5 min"), (86_400_000_000, "1 d 0 h"), (187_200_000_000, "2 d 4 h"),
    ],
)  # fmt: skip
def test_a_duration_is_two_numbers_at_the_most(microseconds: int, words: str) -> None:
    """At three in the morning nobody divides by sixty."""
    assert lasting(microseconds) == words


# --- the incidents ------------------------------------------------------------------------------------------------


@in_every_mode()
async def test_a_protected_position_names_its_stop(world: World) -> None:
    """What is open, behind which stop, read back how long ago; nothing is left to prove."""
    async with world.library() as positions:
        row = await opened(world, positions)
        found = await told(world, row.id)
        assert (found.at_risk, found.unproven, found.would_prove) == (False, (), ())
        stop = f"{row.stop_price:f}"
        assert found.summary == (
            f"No money is at risk beyond the stop: 10 long {AVL} stands behind a stop of ours at {stop}."
        )
        assert said(found.proven, rf"The entry filled 10 of 10 at {row.entry_price:f} on average, and no more of it")
        assert said(found.proven, rf"Our stop \(sell .* at {stop} by mark price\) was read back .* s ago, unable to")
        assert found.acts == (LOOK, MOVE_STOP, CLOSE)


@in_world(Fault("place_entry", None, "lose_reply"))
async def test_an_entry_whose_reply_was_lost_is_open_and_says_what_would_decide_it(world: World) -> None:
    """Nobody knows yet: neither calm nor alarm, and both proofs are named."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.151)  # the preflight has read
        world.venue.faults.add(*(Fault(call, None, "empty", seconds=30) for call in READS[:3]))
        await world.clock.sleep(10)
        found = await told(world)
        assert found.at_risk is None
        assert re.match(rf"Too early to say: 10 long {AVL} was asked for, and no fill is known; it is ", found.summary)
        assert said(found.unproven, "Whether the entry filled: its request left and was not answered")
        assert said(found.would_prove, "That it filled: the order ap.* read with a filled quantity, or a fill of it")
        assert said(found.would_prove, "That it never filled: .* absent in two rounds")
        assert said(found.tried, "entry: entry 1 in flight")
        assert found.acts == (LOOK, CLOSE)
        world.venue.faults.clear()
        await opening


UNPROTECTABLE = (
    Fault("place_stop", None, "refuse"), Fault("set_stop", None, "refuse"), Fault("place_entry", None, "drop_attached"),
)


@in_world(*UNPROTECTABLE, protection=Protection.AFTER_FILL)
async def test_an_exposed_position_says_how_long_and_what_was_tried(world: World) -> None:
    """The stop is refused again and again, and the settings say hold: money is at risk, since when, and why."""
    async with world.library(on_unprotectable="hold") as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(20)
        found = await told(world)
        assert found.at_risk is True
        naked = rf"Money is at risk: 10 long {AVL} is open without a live stop, for (\d+)\.\d s by now; a stop is being"
        exposed = re.match(naked, found.summary)
        assert exposed is not None
        assert 15 <= int(exposed[1]) <= 20
        assert found.since_us is not None
        assert world.clock.now_us() - found.since_us < 20_000_000
        assert said(found.unproven, "That a stop of ours is at work over 10")
        assert said(found.would_prove, "That it is protected: a stop of ours read back, to sell at least 10 at 1.33")
        assert said(found.tried, r"stop: (\d+ orders, the last one|stop 1) refused")
        world.venue.faults.clear()
        await opening


@in_every_mode(Fault("place_entry", None, "lose_request"))
async def test_an_orphan_of_which_no_source_can_tell_says_so(world: World) -> None:
    """F05's question at night: was it ever opened? Every silent source is named, and what a person can do."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.151)
        world.venue.faults.add(*(Fault(call, None, "error") for call in READS))
        await opening
        found = await told(world)
        assert found.at_risk is True
        assert found.summary == (
            f"Money may be at risk: it could not be shown in time whether 10 long {AVL} was ever opened, or is gone."
        )
        for source in ("order_status", "trade_history", "position_poll"):
            assert said(found.unproven, f"What {source} shows: it could not say when it was asked last")
        assert found.acts == (LOOK, CLOSE, RESOLVE)
        assert found.since_us == world.stored()[-1].suspected_at_us
        world.venue.faults.clear()


@in_world(protection=Protection.ON_ACKNOWLEDGEMENT)
async def test_a_close_that_is_refused_says_that_it_is_not_flat(world: World) -> None:
    """The stop is at work meanwhile, the closes and their refusals are counted, and the proof of flat is named."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(Fault("place_close", None, "refuse"))
        closing = asyncio.ensure_future(positions.close_position(row.id))
        await world.clock.sleep(20)
        found = await told(world, row.id)
        assert found.summary == f"Being closed: 10 long {AVL}; a stop stays up until nothing is left."
        assert said(found.unproven, "That it is flat: 10 filled, and 0 closed as far as shown")
        assert said(found.would_prove, "That it is flat: the entry final, closing fills that add up to 10")
        assert said(found.tried, r"close: \d+ orders, the last one refused")
        assert "the goal is flat, because of close_position" in found.tried
        world.venue.faults.clear()
        await closing


@in_world(protection=Protection.ON_ACKNOWLEDGEMENT)
async def test_a_position_on_the_other_side_is_said_not_to_be_ours(world: World) -> None:
    """Somebody turned it around: that is shown, and not touched."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.foreign_order(AVL, OrderSide.SELL, TEN * 3)
        await world.clock.sleep(30)
        found = await told(world, row.id)
        assert said(found.proven, "showed 20 short on the other side, which is not ours and is not touched")


@in_every_mode()
async def test_a_part_that_was_closed_leaves_the_rest(world: World) -> None:
    """Six of ten are what is talked of from then on."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.close_position(row.id, "4")
        await world.clock.sleep(20)
        found = await told(world, row.id)
        assert found.summary.startswith(f"No money is at risk beyond the stop: 6 long {AVL} stands behind")
        assert said(found.proven, "4 of it was closed since, 4 of that by us")


@in_world(Fault("place_entry", None, "refuse"))
async def test_a_refused_entry_is_over(world: World) -> None:
    """The proof is the exchange's own refusal."""
    async with world.library() as positions:
        await world.tried(positions)
        found = await told(world)
    assert said(found.proven, r"It is over \(refused\): the exchange refused the only send")
    assert (found.at_risk, found.since_us) == (False, None)


def test_what_another_process_may_have_sent_is_waited_for() -> None:
    """Until nothing of it can arrive any more, that is one of the things not proven."""
    row = sent(a_record(), CREATED_AT_US)
    row = replace(row, sightings=replace(row.sightings, since_us=CREATED_AT_US, taken_over=True))
    found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 1_000_000))
    assert said(found.unproven, "What the process that had it before may have sent: that can still arrive for 5.0 s")


def test_an_order_whose_process_died_is_not_called_sent() -> None:
    """F49: what was only intended may have left, and the sentence says no more than that."""
    row = a_record()
    entry = replace(row.entry, sending=Sending.UNKNOWN, sends=1, sent_at_us=CREATED_AT_US)
    row = row.with_order(replace(entry, why="its process ended before it reported the sending"))
    found = explain(row, weigh(row, BOUNDS, CREATED_AT_US + 1_000_000))
    assert said(found.unproven, "its process ended before it reported what became of the request")
