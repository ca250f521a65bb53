"""Acts of a person: each is in the position's journal with the name, and looking now hears every source anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from acts import opened
from atomicpos.app import AtomicPositions
from atomicpos.errors import InvalidRequest, NotReady, OrphanSuspected, StoreUnavailable, UnknownPosition
from atomicpos.evidence import BUILT_IN
from atomicpos.models import JournalEntry, OrderSide, Position, State
from atomicpos.ports import Change
from atomicpos.request import NAME_LENGTH
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.testing.journals import MemoryJournal
from modes import in_every_mode
from world import AVL, TEN, WRITES, Named, World, assert_safe, in_world

READS = ("orders", "fills", "position", "position_stop")


def acts(position: Position) -> list[tuple[str, str, str | None]]:
    """Cause, text and name of every act in the journal."""
    return [(entry.cause, entry.text, entry.by) for entry in position.journal if entry.kind == "act"]


class Kept(MemoryJournal):
    """Keeps every transaction, and fails while it is told to."""

    def __init__(self, world: World) -> None:
        super().__init__(now_us=world.clock.now_us)
        self.changes: list[Change] = []
        self.away = False

    async def commit(self, change: Change) -> None:
        if self.away:
            raise StoreUnavailable("the disk is gone")
        self.changes.append(change)
        await super().commit(change)

    def of(self, cause: str) -> Change:
        """The one transaction that has the act."""
        (change,) = [c for c in self.changes if any(e.cause == cause and e.by for e in c.entries)]
        return change


# --- who it was ---------------------------------------------------------------------------------------------------


@in_every_mode()
async def test_every_act_is_journaled_with_who_did_it(world: World) -> None:
    """Look, move, part, close: one line each, in the words of what was asked for."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.look(row.id, by="ada")
        await positions.move_stop(row.id, price="1.3000", by="  ada ")
        await positions.close_position(row.id, "4", by="grace")
        ended = await positions.close_position(row.id, by="grace")
        assert [act for act in acts(ended) if act[2]] == [
            ("look", "ada asked to look at it now", "ada"),
            ("move_stop", "ada asked to move the stop to 1.3000", "ada"),
            ("close_part", "grace asked to close 4 of it", "grace"),
            ("close_position", "grace asked to close it", "grace"),
        ]
        assert_safe(world, ended)


@in_every_mode()
async def test_the_bots_own_acts_are_journaled_as_before(world: World) -> None:
    """No name is given, none is made up: the line of a close is the goal's, a look leaves none."""
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.look(row.id)
        await positions.move_stop(row.id, price="1.3000")
        await positions.close_position(row.id, "4")
        ended = await positions.close_position(row.id)
    assert [text for _, text, _ in acts(ended) if text.startswith("asked")] == [
        "asked to move the stop to 1.3000", "asked to close 4 of it"
    ]
    assert all(entry.by is None and "by" not in entry.data for entry in ended.journal)
    assert "close it" not in " ".join(entry.text for entry in ended.journal)


@in_world()
async def test_an_act_is_in_the_transaction_of_its_wish(world: World) -> None:
    """Who reads the database sees both or neither: goal, moving stop and part come with the name."""
    world.journal = journal = Kept(world)
    async with world.library() as positions:
        row = await opened(world, positions)
        await positions.move_stop(row.id, price="1.3000", by="ada")
        assert journal.of("move_stop").record.moving is not None
        await positions.close_position(row.id, "4", by="ada")
        assert journal.of("close_part").record.parts_asked == 4
        (ended,) = await positions.flatten_all(by="ada")
        assert journal.of("flatten_all").record.reason == "flatten_all"
    assert acts(ended)[-1] == ("flatten_all", "ada asked to close it", "ada")


@in_world()
async def test_flatten_all_names_the_person_on_every_position(world: World) -> None:
    """Each row can be read by itself."""
    async with world.library() as positions:
        await opened(world, positions)
        await opened(world, positions, symbol="BTCUSDT", quantity=world.worth("BTC/USDT:USDT"))
        ended = await positions.flatten_all(by="ada")
    assert len(ended) == 2
    assert [acts(row)[-1][1:] for row in ended] == [("ada asked to close it", "ada")] * 2


@in_world()
async def test_what_changes_nothing_is_said_to_change_nothing(world: World) -> None:
    """A close that is asked for twice is journaled twice, and sent once."""
    async with world.library() as positions:
        row = await opened(world, positions)
        world.venue.faults.add(Fault("place_close", None, "late_reply", nth=1, seconds=1))
        first = asyncio.ensure_future(positions.close_position(row.id, by="ada"))
        await world.clock.sleep(0.5)
        await positions.close_position(row.id, by="grace")
        ended = await first
        assert [text for _, text, by in acts(await positions.get(row.id)) if by] == [
            "ada asked to close it", "grace asked to close it, which changes nothing"
        ]
        assert ended.state is State.CLOSED
        assert len(world.sent(Call.PLACE_CLOSE)) == 1


@in_world()
async def test_an_act_that_changes_nothing_is_stored_at_once_all_the_same(world: World) -> None:
    """What was seen may wait some seconds to be written; who did what may not: the process could end before."""
    world.journal = journal = Kept(world)
    async with world.library(watch_s=300) as positions:
        row = await opened(world, positions)
        world.venue.faults.add(*(Fault(call, None, "error") for call in READS))
        asked_us = world.clock.now_us()
        look = asyncio.ensure_future(positions.look(row.id, by="ada"))
        await world.clock.sleep(1)
        assert journal.of("look").record.updated_at_us - asked_us < 1000
        await look


@in_world()
async def test_an_act_is_answered_once_it_is_stored(world: World) -> None:
    """While the database is away a look is waited for, and is in the journal as soon as it is back."""
    world.journal = journal = Kept(world)
    async with world.library() as positions:
        row = await opened(world, positions)
        journal.away = True
        look = asyncio.ensure_future(positions.look(row.id, by="ada"))
        await world.clock.sleep(10)
        assert not look.done()
        journal.away = False
        assert acts(await look)[-1] == ("look", "ada asked to look at it now", "ada")


@pytest.mark.parametrize("by", ["", "  ", "a\nb", "x" * (NAME_LENGTH + 1), 7, "\x1b[2J"])
@in_world()
async def test_a_name_that_is_none_is_refused_before_anything(world: World, by: Any) -> None:
    """One sentence with the value and the limit; the position is untouched."""
    async with world.library() as positions:
        row = await opened(world, positions)
        sent, version = world.sent(), world.stored()[0].version
        for act in (
            positions.close_position(row.id, by=by), positions.close_position(row.id, "4", by=by),
            positions.flatten_all(by=by), positions.move_stop(row.id, percent=1, by=by), positions.look(row.id, by=by),
        ):
            with pytest.raises(InvalidRequest, match=r"by is .*; it must be a name of 1 to 100 printable characters"):
                await act
        assert (world.sent(), world.stored()[0].version) == (sent, version)


# --- looking now --------------------------------------------------------------------------------------------------


async def said_since(world: World, position_id: str, at_us: int) -> set[str]:
    """The sources of which the database has something that was said after that moment, be it the same again."""
    history = await world.journal.history(position_id)
    said = zip(history.evidence, history.repeats, strict=True)
    return {e.source for e, again in said if max(e.answered_at_us, again.last_answered_at_us) > at_us}


@in_every_mode()
async def test_a_look_at_a_position_at_rest_hears_every_source_and_sends_nothing(world: World) -> None:
    """What was found is in what is returned, within a few seconds."""
    async with world.library(watch_s=300) as positions:
        row = await opened(world, positions)
        sent, began_us = world.sent(), world.clock.now_us()
        found = await positions.look(row.id)
        assert world.clock.now_us() - began_us < 5_000_000
        assert found.state is State.PROTECTED
        assert world.sent() == sent
        assert await said_since(world, row.id, began_us) == BUILT_IN
        assert_safe(world, found)


@in_every_mode()
async def test_a_look_finds_what_happened_without_us(world: World) -> None:
    """Somebody else closed the position: the look ends with the row closed, and the proof."""
    async with world.library(watch_s=300) as positions:
        row = await opened(world, positions)
        world.venue.foreign_order(AVL, OrderSide.SELL, TEN, reduce_only=True)
        await world.clock.sleep(20)
        assert (await positions.get(row.id)).state is State.PROTECTED
        found = await positions.look(row.id, by="ada")
        found = await positions.wait(row.id) if not found.state.settled else found
        assert found.state is State.CLOSED
        assert found.proof is not None


@in_world()
async def test_a_settled_position_is_looked_at_and_given_back(world: World) -> None:
    """It stays what it is, the look and the name are in its journal, and nobody has it afterwards."""
    async with world.library() as positions:
        row = await opened(world, positions)
        ended = await positions.close_position(row.id)
        sent, began_us = world.sent(), world.clock.now_us()
        found = await positions.look(row.id, by="ada")
        assert (found.state, found.proof) == (ended.state, ended.proof)
        assert acts(found)[-1] == ("look", "ada asked to look at it now", "ada")
        assert await said_since(world, row.id, began_us) == BUILT_IN
        await world.clock.sleep(1)
        assert world.stored()[0].owner is None
        assert world.sent() == sent


@in_every_mode()
async def test_a_look_at_an_orphan_answers_while_it_is_driven_on(world: World) -> None:
    """No source can tell: the look returns with that, within seconds, and the row is driven as before."""
    async with world.library() as positions:
        world.venue.faults.add(Fault("place_entry", None, "lose_request"))
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.151)  # the preflight has read, the entry is on its way
        world.venue.faults.add(*(Fault(call, None, "error") for call in READS))
        row, error = await opening
        assert isinstance(error, OrphanSuspected)
        assert row is not None
        began_us = world.clock.now_us()
        found = await positions.look(row.id, by="ada")
        assert world.clock.now_us() - began_us < 5_000_000
        assert found.state is State.ORPHAN_SUSPECTED
        assert acts(found)[-1] == ("look", "ada asked to look at it now", "ada")
        assert await said_since(world, row.id, began_us) == BUILT_IN
        world.venue.faults.clear()
        assert (await positions.wait(row.id)).state is State.ROLLED_BACK


@in_world()
async def test_what_was_asked_before_a_look_is_no_answer_to_it(world: World) -> None:
    """A read that is on its way when the button is pressed may be old: the source is asked once more."""
    async with world.library(watch_s=300) as positions:
        row = await opened(world, positions)
        first = asyncio.ensure_future(positions.look(row.id))
        before = len(world.exchange.requests)
        while len(world.exchange.requests) < before + 2:  # order and position are on their way
            await world.clock.sleep(0.001)
        began_us = world.clock.now_us() + 1
        second = asyncio.ensure_future(positions.look(row.id))
        await first
        await second
        asked = [call for at, call, _ in world.exchange.requests if at >= began_us and call not in WRITES]
        assert all(any(what in call for call in asked) for what in ("orders", "positions", "fills"))


@in_world()
async def test_looks_at_once_are_each_answered(world: World) -> None:
    """Ten people press the button: ten lines, none waits for ever."""
    async with world.library() as positions:
        row = await opened(world, positions)
        found = await asyncio.gather(*(positions.look(row.id, by=f"p{n}") for n in range(10)))
        assert all(f.state is State.PROTECTED for f in found)
        names = {by for _, _, by in acts(await positions.get(row.id))}
        assert names >= {f"p{n}" for n in range(10)}


@in_every_mode()
async def test_a_look_at_another_process_position_asks_it_for_the_row(world: World) -> None:
    """The other one lives on; the look costs it nothing but the lease."""
    world.journal = MemoryJournal(now_us=world.clock.now_us)
    other = world.beside()
    async with world.library(owners=Named("one")) as first, other.library(owners=Named("other")) as second:
        row = await opened(world, first)
        found = await second.look(row.id, by="ada")
        assert found.state is State.PROTECTED
        assert acts(await first.get(row.id))[-1][2] == "ada"
        assert other.sent() == []


@in_world()
async def test_a_position_of_another_account_is_left_alone(world: World) -> None:
    """One sentence says whose it is, at once, and nothing is sent or stored."""
    async with world.library() as positions:
        row = await opened(world, positions)
        async with world.beside().library(account="other") as elsewhere:
            sent, version, began_us = world.sent(), world.stored()[0].version, world.clock.now_us()
            for act in (elsewhere.look, elsewhere.close_position):
                with pytest.raises(NotReady, match=r"is on sim .*, account 'default', and this is .*account 'other'"):
                    await act(row.id, by="ada")
            assert (world.sent(), world.stored()[0].version) == (sent, version)
            assert world.clock.now_us() == began_us


@in_world()
async def test_an_unknown_position_is_no_position_to_look_at(world: World) -> None:
    """As with every other act."""
    async with world.library() as positions:
        with pytest.raises(UnknownPosition):
            await positions.look("nobody")


def test_a_journal_line_names_a_person_only_where_one_acted() -> None:
    """``by`` is read from the line's data, wherever it is read from."""
    assert JournalEntry(1, "act", "x", "look", {"by": "ada"}).by == "ada"
    assert JournalEntry(1, "act", "x").by is None


def test_the_face_has_the_acts() -> None:
    """The names that commands and pages call."""
    for act in ("look", "close_position", "flatten_all", "move_stop", "resolve"):
        assert "by" in getattr(AtomicPositions, act).__annotations__


@in_every_mode(Fault("place_entry", None, "lose_reply"))
async def test_a_suspected_orphan_that_is_closed_is_given_time_to_be_shown_flat(world: World) -> None:
    """It was suspected before: that is no answer to the close, which returns with the proof."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.151)
        world.venue.faults.add(*(Fault(call, None, "error") for call in READS))
        row, error = await opening
        assert isinstance(error, OrphanSuspected)
        assert row is not None
        world.venue.faults.clear()
        ended = await positions.close_position(row.id, by="ada")
        assert ended.state.settled
        assert_safe(world, ended)


@in_every_mode(Fault("place_entry", None, "lose_reply"))
async def test_a_suspected_orphan_that_cannot_be_shown_flat_is_said_to_be_one_in_time(world: World) -> None:
    """Nobody waits for ever: past the new deadline it is raised, and driven on."""
    async with world.library() as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        await world.clock.sleep(0.151)
        world.venue.faults.add(*(Fault(call, None, "error") for call in READS))
        row, _ = await opening
        assert row is not None
        began_s = world.elapsed_s
        with pytest.raises(OrphanSuspected):
            await positions.close_position(row.id, by="ada")
        assert 36 <= world.elapsed_s - began_s <= 60
        world.venue.faults.clear()
        assert (await positions.wait(row.id)).state.settled
