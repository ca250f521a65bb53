"""The table of states: the machine does what the table says, for every state and every set of answers."""

from __future__ import annotations

from itertools import product

import pytest

from atomicpos.models import SETTLED, State
from atomicpos.states import GUARDS, TABLE, mermaid, next_state, row_between


def by_the_table(state: State, answers: dict[str, bool]) -> State:
    """The first row of that state whose guard is open."""
    return next((row.dest for row in TABLE if row.source is state and answers[row.guard]), state)


@pytest.mark.parametrize("state", list(State))
def test_the_machine_is_the_table(state: State) -> None:
    """For every answer to every guard the machine goes where the table, read from top to bottom, leads."""
    asked = sorted({row.guard for row in TABLE if row.source is state})
    closed = dict.fromkeys(GUARDS, False)
    for values in product((False, True), repeat=len(asked)):
        answers = closed | dict(zip(asked, values, strict=True))
        assert next_state(state, answers) is by_the_table(state, answers)


@pytest.mark.parametrize("state", list(State))
def test_guards_of_other_states_do_not_matter(state: State) -> None:
    """With all answers yes but those the state asks for, it stays."""
    asked = {row.guard for row in TABLE if row.source is state}
    assert next_state(state, {guard: guard not in asked for guard in GUARDS}) is state


def test_every_state_is_reachable_from_the_first() -> None:
    """No state is written down that no life leads to."""
    reached, frontier = {State.PENDING_ENTRY}, [State.PENDING_ENTRY]
    while frontier:
        state = frontier.pop()
        new = {row.dest for row in TABLE if row.source is state} - reached
        reached |= new
        frontier += new
    assert reached == set(State)


def test_an_end_is_left_by_late_evidence_only() -> None:
    """No other question reopens a settled row, and it reopens as suspected."""
    rows = [row for row in TABLE if row.source in SETTLED]
    assert {row.source for row in rows} == SETTLED
    assert {(row.guard, row.dest) for row in rows} == {("late_evidence", State.ORPHAN_SUSPECTED)}


def test_every_unsettled_state_can_still_come_to_an_end() -> None:
    """From wherever a position stands, some path leads to each end that its past allows."""
    for start in set(State) - SETTLED:
        reached, frontier = {start}, [start]
        while frontier:
            state = frontier.pop()
            new = {row.dest for row in TABLE if row.source is state and not row.source.settled} - reached
            reached |= new
            frontier += new
        assert reached >= SETTLED, start


def test_an_end_needs_a_question_about_proof() -> None:
    """No row enters a settled state by a deadline or unconditionally (I2)."""
    into = {row.guard for row in TABLE if row.dest in SETTLED}
    assert into == {"never_filled", "ended_after_protection", "closed_by_us", "gone_by_other_hands"}


def test_the_row_taken_is_named_for_the_journal() -> None:
    """The journal's sentence is that of the row whose guard was open."""
    for row in TABLE:
        answers = dict.fromkeys(GUARDS, False) | {row.guard: True}
        assert row_between(row.source, row.dest, answers) == row


def test_the_diagram_draws_every_row() -> None:
    """The documentation's diagram is the table."""
    drawn = mermaid().splitlines()
    assert all(f"    {row.source.value} --> {row.dest.value}: {row.guard}" in drawn for row in TABLE)
