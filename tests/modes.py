"""Scenes that are played once for each way in which an exchange can have a stop."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable

import pytest

from atomicpos.models import Leg, Position
from atomicpos.ports import PlaceOrder, SetPositionStop
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from shades import ShadedExchange
from world import Scene, World, play

CARRIED = (Protection.ATTACHED, Protection.ATTACHED_ORDER, Protection.ATTACHED_UNNAMED)
MODES = tuple(Protection)
"""All of them, for tests that choose worlds themselves."""

STOP_CALLS = ("place_stop", "set_stop")
"""The writes that put a stop up: as an order of its own, and as the position's own stop."""


def in_every_mode(*faults: Fault) -> Callable[[Scene], Callable[..., None]]:
    """Make tests of a scene, one for each mode of protection: ``world.profile.protection`` says which."""
    return in_modes(MODES, *faults)


def in_modes(modes: Iterable[Protection], *faults: Fault) -> Callable[[Scene], Callable[..., None]]:
    """The same, one for each of these."""

    def decorate(scene: Scene) -> Callable[..., None]:
        @functools.wraps(scene)
        def test(mode: Protection, **given: object) -> None:
            play(scene, *faults, protection=mode, **given)

        own = list(inspect.signature(scene).parameters.values())[1:]
        mode = inspect.Parameter("mode", inspect.Parameter.KEYWORD_ONLY)
        test.__signature__ = inspect.Signature([*own, mode])  # type: ignore[attr-defined]
        return pytest.mark.parametrize("mode", tuple(modes), ids=str)(test)

    return decorate


def attached(world: World) -> bool:
    """True where the exchange keeps the stop on the position itself."""
    return world.profile.protection is Protection.ATTACHED


def carried(world: World) -> bool:
    """True where a guard stop travels with the entry, under an id or without one."""
    return world.profile.protection in CARRIED


def shaded(world: World) -> ShadedExchange:
    """The world's exchange with hooks, in the same mode."""
    world.exchange = exchange = ShadedExchange(world.venue, world.clock, profile=world.profile)
    return exchange


def stop_faults(kind: str, *, nth: int | None = None, seconds: float | None = None,
                code: str | None = None) -> tuple[Fault, ...]:
    """The same fault on both writes that put a stop up."""
    return tuple(Fault(call, None, kind, nth, seconds, code) for call in STOP_CALLS)


def naked(world: World) -> None:
    """The guard stop that travels with the entry is dropped without a word, where there is one."""
    if carried(world):
        world.venue.faults.add(Fault("place_entry", None, "drop_attached", 1))


def settled_within_s(world: World, seconds: float) -> float:
    """How long a row may take to settle where the guard stop was dropped: one without an id of ours holds it for a
    horizon, for nothing else can show that it never came (I2)."""
    if world.profile.protection is not Protection.ATTACHED_UNNAMED:
        return seconds
    bounds = world.profile
    return seconds + bounds.visibility_s_max + bounds.recv_window_s + bounds.clock_skew_s_max


def is_close(request: object) -> bool:
    """True for a close of ours."""
    return isinstance(request, PlaceOrder) and request.leg is Leg.CLOSE


def is_stop(request: object) -> bool:
    """True for whatever puts a stop up, or amends it."""
    if isinstance(request, SetPositionStop):
        return request.trigger_price is not None
    return isinstance(request, PlaceOrder) and request.leg is Leg.STOP


def living_stops(world: World) -> list[object]:
    """The live stops on the exchange that are not somebody else's."""
    return [stop for stop in world.truth().stops if not stop.foreign]


def moves_of(position: Position) -> list[str]:
    """The states that the journal says it went to, in order."""
    return [entry.data["to"] for entry in position.journal if entry.kind == "transition"]
