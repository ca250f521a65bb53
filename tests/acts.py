"""What tests of a position's later life share: one that is open, and scenes that run in every protection mode."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.app import AtomicPositions
from atomicpos.models import Position, State
from atomicpos.profile import Protection
from atomicpos.sim import Fault
from world import Scene, World, play

MODES = tuple(Protection)


async def opened(world: World, positions: AtomicPositions, **request: Any) -> Position:
    """A protected position, by default a long of ten with a stop two percent away, whose drive has come to rest."""
    row, error = await world.tried(positions, **request)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED
    await world.clock.sleep(20)
    return row


def stands(world: World, row: Position, *prices: str) -> None:
    """Protected by exactly that stop, on the exchange and in the row; with several prices, by one of them."""
    (stop,) = world.truth().stops
    assert row.state is State.PROTECTED
    assert stop.trigger_price in {Decimal(price) for price in prices}
    assert (stop.trigger_price, stop.quantity >= 10) == (row.stop_price, True)


def in_every_mode(*faults: Fault) -> Callable[[Scene], Callable[..., None]]:
    """Make a test of a scene that runs in a new world with these faults, once for each protection mode."""

    def decorate(scene: Scene) -> Callable[..., None]:
        @pytest.mark.parametrize("protection", MODES)
        @functools.wraps(scene)
        def test(protection: Protection, **given: Any) -> None:
            play(scene, *faults, protection=protection, **given)

        own = inspect.Parameter("protection", inspect.Parameter.KEYWORD_ONLY)
        others = list(inspect.signature(scene).parameters.values())[1:]
        test.__signature__ = inspect.Signature([*others, own])  # type: ignore[attr-defined]
        return test

    return decorate
