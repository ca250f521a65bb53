"""What the swarm's oracle holds against a row, and what it must not: told by rows and a venue made by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import Evidence, PositionView
from atomicpos.models import Leg, Order, OrderSide, OrderStatus, Proof, ProofKind, Sending, State, TriggerBy
from atomicpos.ports import Change, SetPositionStop
from atomicpos.record import Record
from atomicpos.sim.orders import PlaceRequest
from atomicpos.testing.samples import CREATED_AT_US, a_record, moved
from atomicpos.testing.swarm.oracle import Oracle
from atomicpos.testing.swarm.rest import lawful, needs_an_operator, says_the_truth
from atomicpos.testing.swarm.stakes import SwarmVenue, netted

AVL, S = "AVL/USDT:USDT", 1_000_000
AT = Decimal("1.3173")
ELSEWHERE = Decimal("1.3000")
TEN = Decimal(10)


class World:
    """A venue whose time is set by hand, and the oracle over it."""

    def __init__(self) -> None:
        self.now_us = CREATED_AT_US
        self.venue = SwarmVenue(lambda: self.now_us)
        self.oracle = Oracle(self.venue, strict=False, looks_back_s=0)

    def opens(self, row: Record) -> None:
        """The row's entry fills at the venue, with the stop that rides on it."""
        entry, rides = row.entry, row.riding
        assert rides is not None
        self.venue.place(PlaceRequest(
            AVL, entry.client_order_id, OrderSide.BUY, TEN, stop_loss=rides.trigger_price, stop_loss_by=TriggerBy.MARK
        ))

    def closes(self, row: Record) -> None:
        """The row's own close takes all of it."""
        close = next(o for o in row.orders if o.leg is Leg.CLOSE)
        self.venue.place(PlaceRequest(AVL, close.client_order_id, OrderSide.SELL, TEN, reduce_only=True))

    def settles(self, row: Record) -> list[str]:
        """What is broken once the row is stored as closed."""
        self.oracle.change(Change(ended(row)))
        return self.oracle.broken


def row(name: str, trigger: Decimal = AT, *, sends: int = 1, **fields: Any) -> Record:
    """A long of ten with its close and a stop on the position, which rides on the entry."""
    made = a_record(name, symbol=AVL, mark_price=Decimal("1.3440"))
    rides = Order(Leg.STOP, 1, f"{name} stop", OrderSide.SELL, TEN, reduce_only=True, trigger_price=trigger,
                  trigger_by=TriggerBy.MARK, attached=True, sends=sends)
    close = Order(Leg.CLOSE, 1, f"{name} close", OrderSide.SELL, TEN, reduce_only=True, sends=sends)
    made = replace(made, orders=(close, made.entry, rides), **fields)
    return replace(made, filled_quantity=TEN, parts_asked=TEN) if sends else made


def ended(row: Record) -> Record:
    """The next version, closed."""
    for order in row.orders:
        status = OrderStatus.DEAD if order.leg is Leg.STOP else OrderStatus.FILLED
        row = row.with_order(replace(order, status=status, sending=Sending.ACKNOWLEDGED))
    return moved(row, state=State.CLOSED, proof=Proof(ProofKind.EXITED, CREATED_AT_US, "closed"))


@pytest.fixture
def world() -> World:
    """A first row of the symbol has come and gone."""
    made, first = World(), row("first")
    made.oracle.know(first)
    made.opens(first)
    made.closes(first)
    assert made.settles(first) == []
    return made


def audited(world: World) -> list[str]:
    """What is broken once the first row, which is settled, was looked at again."""
    return world.settles(row("first"))


# --- whose is the position's own stop? ----------------------------------------------------------------------------


def test_a_stop_that_a_row_left_behind_is_held_against_it() -> None:
    """A row that is called closed while its own stop stands on what somebody else holds there breaks I2."""
    world, first = World(), row("first")
    world.oracle.know(first)
    world.opens(first)
    world.venue.foreign_order(AVL, OrderSide.BUY, TEN)
    world.closes(first)
    assert world.settles(first) == [f"I2: first is called closed, and ['own stop at {AT}'] live"]


def test_a_stop_is_its_successors_before_that_one_is_stored_as_sent(world: World) -> None:
    """A request leaves between two commits: what a row intends may be at the venue already (swarm, brief seed 27)."""
    second = row("second", sends=0)
    world.oracle.know(second)
    world.opens(second)
    assert audited(world) == []


def test_a_stop_is_its_successors_although_it_left_ahead_of_the_journal(world: World) -> None:
    """While the database is away a stop goes first, and the row does not know of it yet."""
    second = row("second", ELSEWHERE)
    world.oracle.know(second)
    world.opens(second)
    world.oracle.request(SetPositionStop(AVL, AT, TriggerBy.MARK), unrecorded=True)
    world.venue.set_position_stop(AVL, AT)
    assert audited(world) == []


def test_a_stop_at_a_trigger_that_no_other_row_knows_is_the_first_ones(world: World) -> None:
    """A successor with a stop elsewhere explains nothing: the one that stands came from the row before it."""
    second = row("second", ELSEWHERE)
    world.oracle.know(second)
    world.opens(second)
    world.venue.set_position_stop(AVL, AT)
    assert any("I2: first" in sentence for sentence in audited(world))


def test_a_stop_of_a_row_that_is_reopened_is_no_matter_of_a_later_one(world: World) -> None:
    """The first row has the slot again after the second one, and has put its stop up at the same trigger."""
    second = row("second")
    world.oracle.know(second)
    world.opens(second)
    world.closes(second)
    again = row("third")  # of the same position id as the first one: its entry's rest was late
    world.opens(again)
    world.oracle.know(replace(row("first"), state=State.VERIFYING))
    assert world.settles(second) == []


def test_of_two_settled_rows_one_is_always_held_to_the_stop(world: World) -> None:
    """A successor that only intended the stop, and has ended without sending it, is no excuse for the first row."""
    second = row("second", sends=0)
    world.oracle.know(second)
    world.oracle.know(moved(second, state=State.ROLLED_BACK))
    world.venue.foreign_order(AVL, OrderSide.BUY, TEN)
    world.venue.set_position_stop(AVL, AT)
    assert any("I2: first" in sentence for sentence in audited(world))


# --- who calls it protected? --------------------------------------------------------------------------------------


def protected_and_gone(*evidence: Evidence) -> list[str]:
    """What is broken once a protected row stays so after these findings, four seconds after its position has gone."""
    world = World()
    held = row("held", state=State.PROTECTED, stop_price=AT, sends=1)
    world.opens(held)
    world.oracle.change(Change(held))
    assert world.oracle.broken == []
    world.now_us += S
    world.closes(held)
    world.now_us += 4 * S
    world.oracle.change(Change(moved(held), evidence=evidence))
    return world.oracle.broken


NOTHING_SHOWN = replace(Evidence.absent(), source="position_poll", position=PositionView(Decimal(0)))


def test_who_was_shown_nothing_does_not_call_it_protected_anew() -> None:
    """A reading may leave out what is there: after empty answers the row stays as it was (small seed 508)."""
    assert protected_and_gone(NOTHING_SHOWN, replace(Evidence.absent(), source="order_status")) == []
    assert protected_and_gone(Evidence.unknown("no answer")) == []


@pytest.mark.parametrize("shown", [Evidence.seen(10), replace(NOTHING_SHOWN, exchange_time_us=CREATED_AT_US)])
def test_who_was_shown_something_does(shown: Evidence) -> None:
    """Whoever saw it, or the slot empty since a time that the exchange names, must not go on calling it protected."""
    assert any("I3: held is called protected" in sentence for sentence in protected_and_gone(NOTHING_SHOWN, shown))


# --- an entry that took from others -------------------------------------------------------------------------------


def suspected(theirs: Decimal) -> tuple[World, Record]:
    """A long of ten whose entry came upon a short of others, and which cannot show how it ended."""
    world, mine = World(), row("mine", state=State.ORPHAN_SUSPECTED, closed_quantity=Decimal(0))
    world.oracle.know(mine)
    if theirs:
        world.venue.foreign_order(AVL, OrderSide.SELL, theirs)
    world.opens(mine)
    return world, mine


@pytest.mark.parametrize(("theirs", "took"), [(0, 0), (4, 4), (10, 10), (13, 10)])
def test_what_an_entry_took_from_others_opened_nothing(theirs: int, took: int) -> None:
    """Of what it filled as much has closed their position as that was large, and the rest is its share."""
    world, mine = suspected(Decimal(theirs))
    assert netted(world.venue, mine) == took
    assert world.oracle.share(mine) == 10 - took
    assert says_the_truth(world.oracle, mine)


def test_an_operator_ends_what_left_an_empty_slot() -> None:
    """It filled, no exit ever comes, and nothing is there: only who was told of it can say so (large seed 2)."""
    world, mine = suspected(TEN)
    assert needs_an_operator(world.oracle, mine, ["position mine: neither could be shown"])
    assert not needs_an_operator(world.oracle, mine, [])
    assert not needs_an_operator(world.oracle, replace(mine, state=State.VERIFYING), ["position mine"])
    assert not lawful(world.oracle, mine)


@pytest.mark.parametrize("theirs", [0, 4, 13])
def test_no_operator_ends_what_is_there(theirs: int) -> None:
    """As long as the slot holds anything, or what it opened itself was closed, it ends by itself."""
    world, mine = suspected(Decimal(theirs))
    assert not needs_an_operator(world.oracle, mine, ["position mine"])
    if not theirs:
        world.closes(mine)
        assert not needs_an_operator(world.oracle, mine, ["position mine"])
        assert not says_the_truth(world.oracle, mine)
