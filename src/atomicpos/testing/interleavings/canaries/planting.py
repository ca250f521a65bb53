"""A planted defect, and the hunt for it: how many histories the odometer needs, and on which tape it finds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..fates import Trouble
from ..histories import Told
from ..kinds import Kind
from ..naming import named
from ..odometer import Space, Tape
from ..stage import WHOLE
from ..walk import play_tape
from ..windows import Windows

LINES = 10
"""How many lines a planted defect may have."""

TAME = (None, (), False, 0, (0, 0, 0), WHOLE, Kind.ATTACHED, Trouble.STOPPED, Windows.NARROW)
"""Choices that are not worth a word."""

Play = Callable[[Space, Tape], Told]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a defect was seen."""

    needed: int
    """How many histories were played, in growing order, the last one included."""
    tape: Tape
    sentence: str
    """What was broken there."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted defect: where it is put, what it puts there, and the space that must find it."""

    name: str
    places: tuple[tuple[Any, str], ...]
    """(module or class, attribute) that the defect replaces: one decision, wherever it is looked up."""
    defect: Any
    """A function, or a property of one."""
    breaks: str
    """The invariant that must be seen broken."""
    space: Space
    within: int
    """How many histories may be needed to find it."""
    play: Play = play_tape

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Patch the shipped decision, and put it back."""
        before = [getattr(where, name) for where, name in self.places]
        for where, name in self.places:
            setattr(where, name, self.defect)
        try:
            yield
        finally:
            for (where, name), shipped in zip(self.places, before, strict=True):
                setattr(where, name, shipped)

    @property
    def lines(self) -> int:
        """How many lines the defect has, its docstring apart."""
        function: Any = self.defect.fget if isinstance(self.defect, property) else self.defect
        lines, said = inspect.getsource(function).splitlines(), function.__doc__ or ""
        return len([line for line in lines if line.strip()]) - len(said.splitlines())

    def hunt(self) -> Found | None:
        """Walk the space in growing order with the defect in place until its invariant breaks; None if none did."""
        with self.planted():
            for needed, tape in enumerate(islice(self.space.tapes(), self.within), start=1):
                sentences = (s for s in self.play(self.space, tape).broken if s.startswith(f"{self.breaks}:"))
                if (sentence := next(sentences, None)) is not None:
                    return Found(needed, tape, sentence)
        return None


def told(space: Space, tape: Tape) -> str:
    """The tape, and its choices by name but for those by which nothing is out of the ordinary."""
    names = named(space, tape)
    strange = [f"{name} {names[name]}" for name, value in space.read(tape).items() if value not in TAME]
    return f"{','.join(map(str, tape))} ({'; '.join(strange) or 'nothing at all'})"
