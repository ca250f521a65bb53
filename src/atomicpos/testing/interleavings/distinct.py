"""Which tapes are one history: what is planned and cannot happen leaves no trace.

A history goes as the one without its mishap does, until that strikes. So whether it strikes can be read from the one
without it: a death at the 30th instant cannot come where 26 are passed, nor a fault of the second stop where one is
placed. Such a tape need not be played: it is the history of another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...sim import Fault
from ...sim.fault_kinds import STANDING
from .worlds import History, Told

Mishap = Fault | str
"""A fault that strikes, or the name of the field that holds the instant of a death."""
DEATHS = ("dies_at", "successor_dies_at")


def mishaps(history: History) -> tuple[Mishap, ...]:
    """What may turn out not to happen. Faults that stand are conditions: they are there from the beginning."""
    deaths = (name for name in DEATHS if getattr(history, name) is not None)
    return (*(fault for fault in history.faults if fault.kind not in STANDING), *deaths)


def without(history: History, mishap: Mishap) -> History:
    """The same history but for that."""
    if isinstance(mishap, str):
        nobody: Any = {mishap: None}
        return replace(history, **nobody)
    return replace(history, faults=tuple(fault for fault in history.faults if fault != mishap))


def as_it_went(
    history: History, struck: Collection[Fault], met: Mapping[str, int], *died: str | None
) -> History:
    """What was planned and did not happen is left out; a fault of every call, where one was made, is one of the first.

    ``died`` says where the processes died, one after the other.
    """
    deaths: Any = {name: None for name, at in zip(DEATHS, died, strict=True) if at is None}
    standing = tuple(fault for fault in history.faults if fault.kind in STANDING)
    faults = (replace(f, nth=1) if met[f.call] == 1 else f for f in history.faults if f in struck)
    return in_order(replace(history, faults=(*standing, *faults), **deaths))


def in_order(history: History) -> History:
    """Of faults that strike the same call, the one set first does; the order of others is none."""
    faults = history.faults
    if len(faults) < 2 or not _never_meet(faults):
        return history
    return replace(history, faults=tuple(sorted(faults, key=repr)))


def _never_meet(faults: tuple[Fault, ...]) -> bool:
    calls = {fault.call for fault in faults}
    counted = {(fault.call, fault.nth) for fault in faults}
    return len(calls) == len(faults) or (len(counted) == len(faults) and all(f.nth is not None for f in faults))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a history came: what could have struck it, had it been planned."""

    met: Mapping[str, int]
    instants: int
    instants_after: int

    def allows(self, history: History, mishap: Mishap) -> bool:
        """True when that strikes, in a history which is this one but for it."""
        if isinstance(mishap, Fault):
            return self.met.get(mishap.call, 0) >= (mishap.nth or 1)
        instants = self.instants if mishap == DEATHS[0] else self.instants_after
        return int(getattr(history, mishap)) < instants


@dataclass(slots=True)
class Known:
    """The histories that were played so far, over all spaces."""

    distinct: set[object] = field(default_factory=set)
    """As they went."""
    _reaches: dict[History, Reach] = field(default_factory=dict)

    def learn(self, told: Told) -> bool:
        """Add one that was played; True when it went as none did before."""
        if isinstance(told.was, History):
            self._reaches[told.was] = Reach(told.met, told.instants, told.instants_after)
        new = told.was not in self.distinct
        self.distinct.add(told.was)
        return new

    def is_another(self, history: History) -> bool:
        """True when a history, with its faults in order, is known to go as one that was played: it need not be."""
        return history in self._reaches or any(self._cannot(history, mishap) for mishap in mishaps(history))

    def _cannot(self, history: History, mishap: Mishap) -> bool:
        reach = self._reach(in_order(without(history, mishap)))
        return reach is not None and not reach.allows(history, mishap)

    def _reach(self, history: History) -> Reach | None:
        """How far it came, or the one did that it goes as; None when neither was played."""
        if history in self._reaches:
            return self._reaches[history]
        for mishap in mishaps(history):
            reach = self._reach(in_order(without(history, mishap)))
            if reach is not None and not reach.allows(history, mishap):
                return reach
        return None
