"""The budgets: so many faults and so many deaths in one history, any with any.

Their products are larger than there is time for. So each is walked in a share, which has every combination of some of
its domains, and what else varies dealt to them: each value of the first domain has a deck of its own, shuffled by its
index, from which a value is dealt with each tape until the deck is through. Nothing is left to chance: the share is the
same in every run, and a test asserts which pairs of values it has.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ...sim import Fault
from ...sim.fault_words import Call, FaultKind
from .fault_table import EVERY, OF_PAIRS, OF_STREAMS, OF_TARGETS, SECONDS, kinds_for
from .kinds import MODES
from .odometer import Domain, Space, Tape, in_growing_order
from .spaces import LAGS
from .stage import SYMBOL, IdRule
from .ways import WAYS, Way
from .windows import NARROW

INSTANTS = 40
"""How many instants of death are tried: an open that sets leverage and margin mode first, and is closed by its caller,
passes no more in any mode while nothing else goes wrong."""
INSTANTS_AFTER = 30
"""How many instants of the successor's death are tried: it recovers within them, but for what waits out a horizon."""
CLOCKS_S = tuple(product((0, 0.5, -0.5), repeat=2))
"""How far the clocks of the first process and of its successor are ahead of the exchange's: exact, ahead, behind."""

_DEATHS = Domain("dies_at", (None, *range(INSTANTS)))
_KIND, _CLOSES = Domain("kind", MODES), Domain("closes", (True, False))
_ALL = (Domain("careful", (True,)), NARROW)
"""What does not vary: the caller sets leverage and margin mode, the windows are narrow."""

FAULT_AND_DEATH = Space((Domain("fault", (None, *EVERY)), _DEATHS, _KIND, _CLOSES, *_ALL))
"""(1, 1): no fault, or every kind at every call it applies to x at most one death."""

TWO_FAULTS = Space((Domain("fault", OF_PAIRS), Domain("fault_2", OF_PAIRS), _DEATHS, _KIND, _CLOSES, *_ALL))
"""(2, 1): every fault with every other, of the same call or another, x at most one death."""

TWO_FAULTS_ALIVE = Space((
    Domain("fault", OF_PAIRS), Domain("fault_2", OF_PAIRS), _KIND, Domain("closes", (False, True)), *_ALL,
))
"""(2, 0): every fault with every other in every mode, and nobody dies."""

TWO_DEATHS = Space((
    Domain("fault", (None, *OF_PAIRS)), Domain("dies_at", tuple(range(INSTANTS))),
    Domain("successor_dies_at", tuple(range(INSTANTS_AFTER))), _KIND, _CLOSES, *_ALL,
))
"""(1, 2): at most one fault x a death x a death of the successor."""

SKEWS = Space((Domain("fault", (None, *OF_PAIRS)), Domain("clocks", CLOCKS_S), _DEATHS, _KIND, _CLOSES, *_ALL))
"""At most one fault x clocks that are ahead or behind, differently before and after at most one death."""

ANY_FAULT_LATE = Space((Domain("fault", (None, *EVERY)), Domain("lags", LAGS), _KIND, _DEATHS, _CLOSES, *_ALL))
"""No fault, or every kind at every call x late reads x the modes, with at most one death."""

BESIDE = Space((
    Domain("fault", (None, *EVERY, *OF_TARGETS, *OF_STREAMS)), Domain("way", WAYS), _DEATHS, _KIND, _CLOSES, *_ALL,
))
"""(1, 1) beside the plain way: every kind of fault at every call, targets and the stream among them x a target, hedge
mode, a stream, or all of them, with at most one death."""

_LOST = ("lose_request", "lose_reply", "late_request", "late_reply", "duplicate")
_AGAIN = tuple(
    Fault(call, SYMBOL, kind, nth, SECONDS.get(FaultKind(kind)))
    for call in ("place_entry", "place_stop", "place_close", "cancel") for kind in _LOST for nth in (1, 2, None)
)
"""Requests with an id that are lost, late or doubled: once, when they are sent again, or whenever they are."""
SENT_AGAIN = Space((
    Domain("fault", (None, *_AGAIN)), Domain("id_rule", tuple(IdRule)), Domain("lags", LAGS), _KIND, _DEATHS, _CLOSES,
    NARROW,
))
"""No or one request of unknown outcome x how long the exchange refuses its id x late reads, with at most one death."""


# --- shares -------------------------------------------------------------------------------------------------------


def dealt(space: Space, whole: int, hands: int = 1) -> tuple[Tape, ...]:
    """The share with every combination of the first so many domains, each so many times with what else is dealt to it;
    in growing order. Left out is what cannot be: a fault beside itself, or where its call is never made.
    """
    dealer = _Dealer(space)
    sizes = (range(len(domain.values)) for domain in space.domains[:whole])
    chosen = [tape for tape in product(*sizes) if may_strike(space.read_part(tape))]
    return in_growing_order({dealer.completed(tape) for tape in chosen for _ in range(hands)})


class _Dealer:
    """A deck for each value of the first domain and each domain that is dealt."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._decks: dict[tuple[int, int], Iterator[int]] = {}

    def completed(self, tape: Tape) -> Tape:
        """The tape with an index of every domain that it lacks."""
        while len(tape) < len(self._space.domains):
            longer = (*tape, self._next(tape[0], len(tape)))
            if may_strike(self._space.read_part(longer)):
                tape = longer
        return tape

    def _next(self, first: int, at: int) -> int:
        if (first, at) not in self._decks:
            self._decks[first, at] = _deck(random.Random(f"{first} {at}"), len(self._space.domains[at].values))
        return next(self._decks[first, at])


def _deck(rng: random.Random, size: int) -> Iterator[int]:
    """Every index once, in an order of its own, and again."""
    while True:
        yield from rng.sample(range(size), size)


def may_strike(choices: dict[str, Any]) -> bool:
    """False where a fault would stand beside itself, strike a call that is never made, or double an entry that was
    sent once on an exchange that takes an id twice: no sender can help that.
    """
    faults = tuple(choices[name] for name in ("fault", "fault_2") if choices.get(name) is not None)
    if len(set(faults)) < len(faults):
        return False
    if "kind" in choices and choices["kind"] not in kinds_for(faults):
        return False
    if "way" in choices and not all(_is_met(fault, choices["way"]) for fault in faults):
        return False
    if choices.get("id_rule", IdRule.FOR_EVER) is not IdRule.FOR_EVER and _doubles_the_entry(faults):
        return False
    closing = any(fault.call in (Call.PLACE_CLOSE, Call.CANCEL) for fault in faults)
    return choices.get("closes", True) or not closing


def _is_met(fault: Fault, way: Way) -> bool:
    """False for the placing of a target where none is asked for, and for a stream where nothing is told."""
    return {Call.PLACE_TARGET: way.target, Call.STREAM: way.stream}.get(Call(fault.call), True)


def _doubles_the_entry(faults: Iterable[Fault]) -> bool:
    return any((fault.call, fault.kind) == (Call.PLACE_ENTRY, FaultKind.DUPLICATE) for fault in faults)
