"""What the first of two processes is about when it pauses: the scenes, what goes wrong in each, what the bot does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from ...app import AtomicPositions
from ...errors import AtomicPositionError
from ...models import Goal, Position, State
from ...ports import Clock
from ...record import Record
from ...sim import Fault
from .stage import SYMBOL

PART = "4"
PERCENT, MOVED_PERCENT = "2", "1"
CALM_S = 2.0
"""How long a protected position rests before something is done with it."""


class Scene(StrEnum):
    """What goes on while it pauses."""

    OPEN = "open"
    """An open, from the call on."""
    FILLED = "filled"
    """The same, and what would be found verifying is found one step earlier, as the table passes through it."""
    CLOSE = "close"
    """The bot closes a protected position."""
    PART = "part"
    """The bot closes a part of it."""
    MOVE = "move"
    """The bot moves its stop."""
    CALM = "calm"
    """A protected position is watched."""
    ROLLBACK = "rollback"
    """The price is beyond the stop before it stands: the position is closed again."""
    SUSPECTED = "suspected"
    """No read answers before the deadline is over, nor for a while after it."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong in it."""
        match self:
            case Scene.ROLLBACK:
                stops = ("set_stop", "place_stop")
                return tuple(Fault(call, SYMBOL, "refuse", None, None, "would_trigger") for call in stops)
            case Scene.SUSPECTED:
                reads = ("orders", "fills", "position", "position_stop")
                return tuple(Fault(call, SYMBOL, "error", None) for call in reads)
            case _:
                return ()

    @property
    def is_cued_by(self) -> Callable[[Record], bool] | None:
        """The row with which it begins; None where it begins with the bot's own act."""
        match self:
            case Scene.ROLLBACK:
                return lambda row: row.goal is Goal.FLAT
            case Scene.SUSPECTED:
                return lambda row: row.state is State.ORPHAN_SUSPECTED
            case _:
                return None


class Then(StrEnum):
    """What the bot of the second process does as soon as it runs."""

    NOTHING = "nothing"
    MOVES_BACK = "moves back"
    """It moves the stop to where it was at first."""
    CLOSES = "closes"


OPENING = (Scene.OPEN, Scene.FILLED, Scene.ROLLBACK, Scene.SUSPECTED)
"""The scenes that are over when the open is answered."""


@dataclass(slots=True)
class Bot:
    """The bot of the first process: what it asks for, and what it is answered."""

    scene: Scene
    positions: AtomicPositions
    clock: Clock
    cue: Callable[[], None]
    """Called right before what the scene is about."""

    async def act(self) -> str:
        """Play the scene; the answer to its last call: a state, or an error's name."""
        try:
            return (await self._acts()).state.value
        except AtomicPositionError as error:
            return type(error).__name__

    async def _acts(self) -> Position:
        if self.scene in (Scene.OPEN, Scene.FILLED):
            self.cue()
        position = await self.positions.open_position_atomic(SYMBOL, "buy", "10", stop_loss_percent=PERCENT)
        if self.scene in OPENING:
            return position
        await self.clock.sleep(CALM_S)
        self.cue()
        match self.scene:
            case Scene.CLOSE:
                return await self.positions.close_position(position.id)
            case Scene.PART:
                return await self.positions.close_position(position.id, PART)
            case Scene.MOVE:
                return await self.positions.move_stop(position.id, percent=MOVED_PERCENT)
            case _:
                return position


async def go_on(then: Then, positions: AtomicPositions) -> None:
    """What the second process's bot does with what it finds; what it is refused is refused."""
    for position in () if then is Then.NOTHING else await positions.list():
        with suppress(AtomicPositionError):
            if then is Then.CLOSES:
                await positions.close_position(position.id)
            else:
                await positions.move_stop(position.id, percent=PERCENT)
