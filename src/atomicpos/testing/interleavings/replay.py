"""One tape played again, and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...sim.loop import run
from .histories import Playing
from .naming import named
from .narration import Narrator
from .odometer import Space, Tape
from .pause_spaces import paused
from .paused import FIRST, SECOND, TwoProcesses
from .pausing import run_pausable
from .quiet import quiet
from .spaces import history
from .worlds import Told


@dataclass(frozen=True, slots=True)
class Replayed:
    """A history that was told."""

    choices: dict[str, str]
    """By the names of domain and value."""
    lines: tuple[str, ...]
    """What happened, in order."""
    told: Told

    def __str__(self) -> str:
        return "\n".join(self._text())

    def _text(self) -> Iterator[str]:
        width = max(map(len, self.choices))
        yield from (f"{name:<{width}}  {value}" for name, value in self.choices.items())
        yield ""
        yield from self.lines
        yield ""
        end = "nothing stored" if self.told.end is None else self.told.end.value
        yield f"answered {self.told.answer}, ended {end}"
        yield from (f"BROKEN {sentence}" for sentence in self.told.broken)
        if not self.told.broken:
            yield "every invariant holds"


def replay(space: Space, tape: Tape) -> Replayed:
    """Play a tape of a space and write down what happens. What the rig itself raises is raised."""
    choices = space.read(tape)
    with quiet():
        if "point" in choices:
            lines, told = run_pausable(lambda: _two(choices))
        else:
            lines, told = run(lambda: _one(choices))
    return Replayed(named(space, tape), lines, told)


async def _one(choices: dict[str, Any]) -> tuple[tuple[str, ...], Told]:
    playing = Playing(history(choices))
    narrator = Narrator(playing.venue, playing.watch)
    playing.listeners = (narrator.hears("library"),)
    for who, life in zip(("process", "successor"), playing.lives, strict=True):
        life.passes = narrator.passes(who)
    told = await playing.play()
    narrator.end()
    return tuple(narrator.lines), told


async def _two(choices: dict[str, Any]) -> tuple[tuple[str, ...], Told]:
    playing = TwoProcesses(paused(choices))
    narrator = Narrator(playing.venue, playing.watch)
    playing.listeners = {name: (narrator.hears(name),) for name in (FIRST, SECOND)}
    playing.fate.passes = narrator.passes(FIRST)
    told = await playing.play()
    narrator.end()
    return tuple(narrator.lines), told
