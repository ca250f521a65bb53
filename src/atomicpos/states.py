"""The life of a position: one table, and nothing else moves a state.

Each row reads: in this state, when the guard's question to the verdict is answered yes, go there. Rows of one state
are asked from top to bottom and the first open guard wins. In plain words:

* ``pending_entry``: the intent is committed; the entry may or may not have reached the exchange. It leaves when a
  fill is *shown* (never because of an acknowledgement), when it is *proven* that nothing filled and nothing of ours
  may still arrive, or when the deadline passes with neither.
* ``order_filled``: a fill was shown. It passes on at once; the state exists so that the journal says when.
* ``verifying``: the stop is put up and read back, or, with the goal ``flat``, the exit is carried out. ``protected``
  needs the stop read back over our share of a final entry; the three ends need a proof newer than our last send.
* ``protected``: the stop was read back. It is a monitored claim: when the stop is no longer confirmed, or an exit
  was asked for, the position is verified again.
* ``orphan_suspected``: the deadline passed with neither shown. Nothing is given up: every end and ``protected`` stay
  reachable, and a fill that is news grants a new deadline.
* The ends (``rolled_back``, ``closed_immediately``, ``closed``) hold no slot. Only late evidence that carries our own
  ids reopens them, as ``orphan_suspected``.

Guards are pure questions; no I/O ever runs inside a callback. One synchronous machine serves every decision, each on
a fresh model, because one shared model is not safe between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from transitions import Machine

from .models import SETTLED, State


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    source: State
    dest: State
    guard: str
    meaning: str


_P, _F, _V = State.PENDING_ENTRY, State.ORDER_FILLED, State.VERIFYING
_OK, _O = State.PROTECTED, State.ORPHAN_SUSPECTED
_RB, _CI, _C = State.ROLLED_BACK, State.CLOSED_IMMEDIATELY, State.CLOSED

TABLE: tuple[Row, ...] = (
    Row(_P, _F, "fill_shown", "a fill of the entry was observed"),
    Row(_P, _RB, "never_filled", "proven: the entry never filled, and nothing of ours may still arrive"),
    Row(_P, _O, "deadline_passed", "neither a fill nor its impossibility was shown in time"),
    Row(_F, _O, "deadline_passed", "the fill was shown too late to be verified in time"),
    Row(_F, _V, "always", "a fill is known: protect it and confirm it"),
    Row(_V, _C, "ended_after_protection", "proven: it had been protected and has ended"),
    Row(_V, _RB, "closed_by_us", "proven: closed by us, nothing of it is left"),
    Row(_V, _CI, "gone_by_other_hands", "proven: filled, and gone by other hands before it was protected"),
    Row(_V, _OK, "stop_confirmed", "our stop was read back and covers our share of the final entry"),
    Row(_V, _O, "deadline_passed", "neither protection nor flatness was shown in time"),
    Row(_OK, _C, "ended_after_protection", "proven: it has ended"),
    Row(_OK, _V, "protection_lost", "the stop is no longer confirmed, or an exit was asked for"),
    Row(_O, _RB, "never_filled", "proven at last: the entry never filled"),
    Row(_O, _C, "ended_after_protection", "proven at last: it had been protected and has ended"),
    Row(_O, _RB, "closed_by_us", "proven at last: closed by us"),
    Row(_O, _CI, "gone_by_other_hands", "proven at last: filled, and gone by other hands"),
    Row(_O, _OK, "stop_confirmed", "our stop was read back at last"),
    Row(_O, _V, "fill_is_news", "a fill was shown for the first time: verify it with a new deadline"),
    *(Row(end, _O, "late_evidence", "late evidence with our own ids: it is not over") for end in (_RB, _CI, _C)),
)

GUARDS: tuple[str, ...] = tuple(dict.fromkeys(row.guard for row in TABLE))
"""Every question the table asks, once."""
_answers_of = itemgetter(*GUARDS)


class _Decision:
    """A throw-away model: the state to start from and the answers to the guards."""

    def __init__(self, state: State, answers: tuple[bool, ...]) -> None:
        self.state: Any = state.value
        for guard, answer in zip(GUARDS, answers, strict=True):
            self.__dict__[guard] = _answer(answer)


def _answer(value: bool) -> Any:
    return lambda *_: value


def _machine() -> Machine:
    machine = Machine(
        model=None, states=[state.value for state in State], initial=State.PENDING_ENTRY.value, auto_transitions=False
    )
    for row in TABLE:
        machine.add_transition("advance", row.source.value, row.dest.value, conditions=row.guard)
    return machine


_MACHINE = _machine()


def next_state(state: State, answers: Mapping[str, bool]) -> State:
    """Where the table leads from ``state`` with these answers (one per name in GUARDS); ``state`` if no row opens."""
    return _decided(state, _answers_of(answers))


@cache
def _decided(state: State, answers: tuple[bool, ...]) -> State:
    """The machine's decision, asked once: the same answers are given turn after turn while nothing is news."""
    model = _Decision(state, answers)
    _MACHINE.events["advance"].trigger(model)
    return State(model.state)


def row_between(source: State, dest: State, answers: Mapping[str, bool]) -> Row:
    """The row that was taken, for the journal."""
    return next(row for row in TABLE if row.source is source and row.dest is dest and answers[row.guard])


def mermaid() -> str:
    """The table as a diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.PENDING_ENTRY.value}"]
    lines += [f"    {row.source.value} --> {row.dest.value}: {row.guard}" for row in TABLE]
    lines += [f"    {state.value} --> [*]" for state in State if state in SETTLED]
    return "\n".join(lines)
