"""An account in hedge mode: both sides of a symbol are examined."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from atomicpos.doctor import Verdict, Wanted, examine
from atomicpos.models import OrderSide, PositionSide
from atomicpos.sim import SIM_PROFILE, SimExchange
from world import AVL, World, in_world


async def told(world: World, *, supported: bool) -> dict[str, tuple[Verdict, str]]:
    exchange = SimExchange(world.venue, world.clock, profile=replace(SIM_PROFILE, hedge_mode=supported))
    return {found.name: (found.verdict, found.text) async for found in examine(exchange, world.clock, [AVL], Wanted(0))}


@in_world()
async def test_f14_hedge_mode_is_no_hindrance_where_it_is_supported(world: World) -> None:
    """The mode is told, and which sides an entry would meet."""
    world.venue.set_position_mode("hedge")
    world.venue.foreign_order(AVL, OrderSide.SELL, Decimal(4), position_side=PositionSide.SHORT)
    found = await told(world, supported=True)
    assert found["position mode"] == (Verdict.OK, "hedge mode")
    assert found["slot"] == (Verdict.WARNING, "holds 4 short: an entry on that side is refused while it does")


@in_world()
async def test_f14_elsewhere_it_is_refused_by_name(world: World) -> None:
    """Where the profile declares no hedge mode, the sentence says what to change."""
    world.venue.set_position_mode("hedge")
    verdict, text = (await told(world, supported=False))["position mode"]
    assert verdict is Verdict.REFUSE
    assert "put the account into one-way mode" in text
