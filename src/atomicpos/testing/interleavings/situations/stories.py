"""The stories by which the rig comes into every situation: named, few, and each played like any other history.

Most situations are met on the way through the large spaces. What those pass rarely, or not at all, is told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....models import State
from ....sim.loop import run
from ..fates import A_MOMENT, AFTER_RENEWAL, BEFORE_RENEWAL, Trouble
from ..histories import History, Told, play
from ..kinds import Kind
from ..odometer import Domain, Space, Tape
from ..paused import Paused, play_paused
from ..pausing import run_pausable
from ..quiet import quiet
from ..scenes import Scene
from ..spaces import strike
from . import acts
from .levered import Levered, LeveredProcesses
from .plain import PLAIN
from .scripted import Script, Scripted
from .situation import instants

Story = Script | Paused | Levered | History

LOST = strike("place_entry", "lose_request", 1)
GONE_AT_ONCE = strike("place_entry", "liquidate", 1, 0)

PAUSE_S, LAG_S = 40.0, 8.0
"""Longer than a lease; late enough for a stop to be intended before any fill was shown."""

SCRIPTS: dict[str, Script] = {
    "opens with leverage": Script(acts.opens_levered),
    "leverage refused": Script(acts.opens_levered, (strike("set_leverage", "refuse"),)),
    "margin mode set": Script(acts.opens, knobs={"margin_mode": "cross"}),
    "margin mode refused": Script(acts.opens, (strike("set_margin_mode", "refuse"),), knobs={"margin_mode": "cross"}),
    "would be liquidated first": Script(acts.opens_far),
    "a function names the stop": Script(acts.asks_a_function),
    "its caller goes away": Script(acts.goes_away),
    "the same key twice": Script(acts.repeats),
    "asked amiss": Script(acts.asks_amiss, judged=False),
    "everything is flattened": Script(acts.flattens),
    "closed while it opens": Script(acts.closes_while_opening),
    "moves and parts refused": Script(acts.is_refused),
    "a tighter stop of others is kept": Script(acts.keeps_theirs, knobs={"on_foreign_stop": "accept"}, judged=False),
    "an operator has the word": Script(acts.has_the_word, (LOST,)),
    "an operator is contradicted": Script(acts.is_contradicted),
    "a stop that never fills": Script(acts.opens, kind=Kind.AFTER_FILL, reads=acts.StuckReads, judged=False),
    "the database is away": Script(acts.loses_the_database, kind=Kind.AFTER_FILL, judged=False),
    "found being closed, and suspected": Script(acts.closes_blindly, dies="after commit of orphan_suspected"),
    "found one step earlier, too late": Script(
        acts.opens, step_earlier=True, dies="after commit of order_filled", waits_s=acts.LONG_S
    ),
    "fills late": Script(acts.fills_late, (LOST,)),
    "fills late beside another row": Script(acts.fills_late_beside, (LOST,), judged=False),
    "a stop lives after the end": Script(
        acts.stop_comes_late, (strike("place_stop", "refuse", 1),), Kind.AFTER_FILL, judged=False
    ),
    "a stop lives after the sudden end": Script(
        acts.stop_comes_late, (strike("place_stop", "refuse"), strike("place_entry", "liquidate", 1, 0.5)),
        Kind.AFTER_FILL, judged=False,
    ),
    "others trade here": Script(acts.others_trade, judged=False),
}
"""What bots, operators and others do."""


def _deaths() -> Iterator[tuple[str, Script]]:
    """Each instant once, in a script that comes to it."""
    for name in instants():
        yield f"dies {name}", replace(_coming_to(name), dies=name)


def _coming_to(name: str) -> Script:
    """The script that comes to that instant first of all."""
    return next((script for word, script in _COMING_TO.items() if word in name), Script(acts.opens))


_ON_ACKNOWLEDGEMENT = Kind.ON_ACKNOWLEDGEMENT
_COMING_TO: dict[str, Script] = {
    "leverage": SCRIPTS["opens with leverage"],
    "margin mode": SCRIPTS["margin mode set"],
    State.PENDING_ENTRY: Script(acts.opens, kind=_ON_ACKNOWLEDGEMENT, lag=LAG_S),
    State.ORDER_FILLED: Script(acts.opens, step_earlier=True),
    State.ORPHAN_SUSPECTED: Script(acts.goes_blind),
    State.ROLLED_BACK: Script(acts.opens, (strike("place_entry", "never_fill", 1),)),
    State.CLOSED_IMMEDIATELY: Script(acts.opens, (GONE_AT_ONCE,)),
    "close": Script(acts.closes),
    "cancel": Script(acts.closes, kind=_ON_ACKNOWLEDGEMENT),
    "position stop": Script(acts.opens),
    "stop": Script(acts.opens, kind=_ON_ACKNOWLEDGEMENT),
}
"""By a word in the instant's name, the first that is in it; every other instant is passed by any open."""


def _troubles(trouble: Trouble) -> Iterator[tuple[str, Paused | Levered]]:
    """Each instant once, of a process that is stopped there, or loses its database there."""
    for name in (*instants(), "permitted", BEFORE_RENEWAL, AFTER_RENEWAL):
        yield f"is {trouble.value} {name}", _troubled(Paused(at=name, seconds=PAUSE_S, trouble=trouble))
    yield f"is {trouble.value} at {A_MOMENT}", Paused(at=0.2, seconds=PAUSE_S, trouble=trouble)


def _troubled(history: Paused) -> Paused | Levered:
    """The scene that comes to its instant."""
    at = str(history.at)
    if "leverage" in at or "margin" in at:
        return Levered(history)
    if State.PENDING_ENTRY in at:
        return replace(history, kind=Kind.ON_ACKNOWLEDGEMENT, lag=LAG_S)
    if State.CLOSED_IMMEDIATELY in at:
        return replace(history, fault=GONE_AT_ONCE)
    if "cancel" in at or at in ("before stop", "stop has left", "stop was answered"):
        return replace(history, scene=Scene.MOVE, kind=Kind.ON_ACKNOWLEDGEMENT)
    scenes = {
        State.ORDER_FILLED: Scene.FILLED, State.ORPHAN_SUSPECTED: Scene.SUSPECTED, State.ROLLED_BACK: Scene.ROLLBACK,
        "close": Scene.CLOSE, State.CLOSED: Scene.CLOSE, "renewal": Scene.CALM, "position stop": Scene.MOVE,
    }
    return replace(history, scene=next((scene for word, scene in scenes.items() if word in at), Scene.OPEN))


STORIES: dict[str, Story] = {
    **SCRIPTS, **dict(_deaths()), **dict(_troubles(Trouble.STOPPED)), **dict(_troubles(Trouble.CUT_OFF)),
    **PLAIN,
}
"""Every story, by name."""
TOLD = Space((Domain("story", tuple(STORIES)),))
"""The stories as a space: one tape each."""


def play_story(space: Space, tape: Tape) -> Told:
    """Play one story; what the rig itself raises counts as a broken history."""
    try:
        return _play(STORIES[space.read(tape)["story"]])
    except Exception as error:
        return Told((f"raised {type(error).__name__}: {error}",), (), None, None, "raised", 0)


def _play(story: Story) -> Told:
    match story:
        case Script():
            with quiet():
                return run(lambda: _scripted(story))
        case Levered():
            with quiet():
                return run_pausable(lambda: _levered(story))
        case Paused():
            return play_paused(story)
        case History():
            return play(story)


async def _scripted(script: Script) -> Told:
    return await Scripted(script).play()


async def _levered(levered: Levered) -> Told:
    return await LeveredProcesses(levered.paused).play()
