"""The bar: what each row must reach, and every way in which it does not, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lag_model import World
from one_open import ACKNOWLEDGED, AFTER_FILL, AFTER_LOOKING, ATTACHED, End, Measured, Mode

TOLERANCE = 0.1
"""How far above what is reachable ours may lie, and how far the first bot may lie from its arithmetic."""
SLACK_S = 1e-6
"""Times are whole microseconds."""
IN_THE_BAR = (ATTACHED, ACKNOWLEDGED, AFTER_FILL)
MODES = (*IN_THE_BAR, AFTER_LOOKING)

ONE_MORE = "the arithmetic counts one round trip (0.15 s) more between sight and stop than the algorithm here takes"
CLOSES = "the same looks, 0.5 s apart; the arithmetic closes what the rollback sees, the algorithm here protects it"
GIVES_UP = "one try: the arithmetic tries the stop again and closes; the algorithm here gives up when it is refused"

EXPLAINED = {"W1": ONE_MORE, "W2": CLOSES, "W6": ONE_MORE, "W10": GIVES_UP}
"""Where the first bot's row is not its arithmetic: the constant that makes the difference."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One mode in one world: the worst over all seeds and sides."""

    exposure_s: float
    said_s: float
    understated_s: float
    """The most by which a row's own exposure lies below the venue's."""
    ends: frozenset[End]

    @classmethod
    def worst(cls, runs: Iterable[Measured]) -> Cell:
        """The worst of these runs."""
        known = list(runs)
        return cls(
            max(run.exposure_s for run in known),
            max(run.said_s for run in known),
            max(run.exposure_s - run.said_s for run in known),
            frozenset(run.end for run in known),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One world: the first bot, and ours in every mode."""

    world: World
    first_bot: Measured
    ours: dict[Mode, Cell]

    def bar_s(self, mode: Mode) -> float:
        """The most that ours may be without a stop in that mode."""
        return 0.0 if mode is ATTACHED else self.world.reachable_s * (1 + TOLERANCE)

    @property
    def misses(self) -> tuple[str, ...]:
        """Every way in which the row misses its bar; none when it holds."""
        found = [f"{mode.name}: {miss}" for mode in IN_THE_BAR for miss in self._missed(mode, self.ours[mode])]
        found += [f"{AFTER_LOOKING.name}: {miss}" for miss in _understated(self.ours[AFTER_LOOKING])]
        if not self.explanation and not self.first_bot_as_computed:
            found.append("the first bot: neither as computed nor explained")
        return tuple(found)

    def _missed(self, mode: Mode, cell: Cell) -> Iterator[str]:
        if not cell.exposure_s <= self.bar_s(mode) + SLACK_S:
            yield f"{cell.exposure_s:.3f} s, at most {self.bar_s(mode):.3f} s are allowed"
        if not cell.ends <= self._right_ends(mode):
            yield f"ends {_named(cell.ends)}; {_named(self._right_ends(mode))} is right"
        yield from _understated(cell)

    def _right_ends(self, mode: Mode) -> frozenset[End]:
        if not self.world.flat:
            return frozenset({End.PROTECTED})
        refused = self.world.jumps_on_the_way and mode is ATTACHED
        return frozenset({End.NOT_OPENED if refused else End.FLAT})

    @property
    def first_bot_as_computed(self) -> bool:
        """True when the first bot lies within a tenth of its arithmetic, and ends as that says."""
        computed, measured = self.world.first_bot_s, self.first_bot
        if computed is None or math.isinf(computed):
            return computed is None or math.isinf(measured.exposure_s)
        same_end = self.world.first_bot_flat is (measured.end is End.FLAT)
        return same_end and abs(measured.exposure_s - computed) <= TOLERANCE * computed

    @property
    def explanation(self) -> str | None:
        """What makes the first bot's row differ from its arithmetic; None where it does not."""
        return None if self.first_bot_as_computed else EXPLAINED.get(self.world.name)


def _understated(cell: Cell) -> Iterator[str]:
    if cell.understated_s > SLACK_S:
        yield f"the row says {cell.understated_s:.3f} s less than the venue counted"


def _named(ends: Iterable[End]) -> str:
    return " or ".join(sorted(end.value for end in ends))
