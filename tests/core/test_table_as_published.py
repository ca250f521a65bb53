"""The table of states is the one that users and stored rows rely on: written here a second time, on purpose.

Other tests ask whether the machine does what the table says; these, whether the table says what it must. A row with
another guard, another end or another place in the order is another promise.
"""

from __future__ import annotations

import pytest

from atomicpos import states
from atomicpos.models import State
from atomicpos.states import TABLE, mermaid

PUBLISHED = """\
stateDiagram-v2
    [*] --> pending_entry
    pending_entry --> order_filled: fill_shown
    pending_entry --> rolled_back: never_filled
    pending_entry --> orphan_suspected: deadline_passed
    order_filled --> orphan_suspected: deadline_passed
    order_filled --> verifying: always
    verifying --> closed: ended_after_protection
    verifying --> rolled_back: closed_by_us
    verifying --> closed_immediately: gone_by_other_hands
    verifying --> protected: stop_confirmed
    verifying --> orphan_suspected: deadline_passed
    protected --> closed: ended_after_protection
    protected --> verifying: protection_lost
    orphan_suspected --> rolled_back: never_filled
    orphan_suspected --> closed: ended_after_protection
    orphan_suspected --> rolled_back: closed_by_us
    orphan_suspected --> closed_immediately: gone_by_other_hands
    orphan_suspected --> protected: stop_confirmed
    orphan_suspected --> verifying: fill_is_news
    rolled_back --> orphan_suspected: late_evidence
    closed_immediately --> orphan_suspected: late_evidence
    closed --> orphan_suspected: late_evidence
    rolled_back --> [*]
    closed_immediately --> [*]
    closed --> [*]"""


def test_the_table_is_the_published_one() -> None:
    """Every row leads from where it did to where it did, by the same guard, and is asked in the same order."""
    assert mermaid() == PUBLISHED


def test_every_row_says_what_it_means() -> None:
    """The journal tells a transition by its row's meaning: each has one, in words."""
    assert all(" " in row.meaning for row in TABLE)


def test_nothing_but_advance_moves_a_state() -> None:
    """The machine has one trigger, no short cut to a state, and keeps no model that two decisions could share."""
    machine = states._machine()
    assert set(machine.events) == {"advance"}
    assert machine.models == []
    assert machine.initial == "pending_entry"


def test_a_decision_needs_an_answer_to_every_guard() -> None:
    """A question that was not answered is an error, and no closed guard."""
    with pytest.raises(ValueError, match="shorter"):
        states._Decision(State.VERIFYING, (True,))
