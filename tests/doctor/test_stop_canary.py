"""The stop canary in virtual time: tried, read back, taken away; it opens nothing and is never left behind."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from atomicpos.doctor import CanaryBounds, Finding, StopCanary, Verdict
from atomicpos.errors import InvalidRequest, NotReady
from atomicpos.ids import CLIENT_ORDER_ID_LENGTH, canary_id, installation_of, is_canary
from atomicpos.models import OrderSide, OrderStatus, State
from atomicpos.settings import Settings
from atomicpos.sim import SIM_PROFILE, Fault, SimExchange, Venue
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.orders import PlaceRequest, VenueOrder
from world import AVL, World, in_world

BOUNDS = CanaryBounds(visibility_us=30_000_000, horizon_us=36_000_000)
INSTALLATION = "test"


def accepting(world: World, *faults: Fault) -> StopCanary:
    """A canary on a venue that takes a reduce-only stop without a position."""
    world.venue = Venue(world.clock.now_us, seed=1, stop_when_flat="accept")
    world.venue.faults.add(*faults)
    world.exchange = SimExchange(world.venue, world.clock, profile=SIM_PROFILE)
    return StopCanary(world.exchange, world.clock, INSTALLATION, BOUNDS)


async def tried(world: World, canary: StopCanary) -> Finding:
    return await canary.try_stop(await world.exchange.instrument("AVLUSDT"), world.venue.mark(AVL))


def canaries(world: World) -> list[VenueOrder]:
    return [order for order in world.accepted() if is_canary(order.client_order_id, INSTALLATION)]


@in_world()
async def test_a_stop_is_put_up_read_back_and_cancelled(world: World) -> None:
    """Reduce-only, the least quantity, thirty percent away; in the end it is dead and nothing was filled."""
    found = await tried(world, accepting(world))
    assert (found.verdict, found.text) == (Verdict.OK, "a stop at 0.9506 was put up, read back and cancelled")
    (order,) = canaries(world)
    assert (order.status, order.filled, order.reduce_only) == (OrderStatus.DEAD, 0, True)
    assert (order.order_side, order.quantity, order.trigger_price) == (OrderSide.SELL, 1, Decimal("0.9506"))
    assert world.truth().entries == 0
    assert world.sent() == [Call.PLACE_STOP, Call.CANCEL]


@in_world()
async def test_where_a_stop_needs_a_position_that_is_said(world: World) -> None:
    """A warning: it was not tried, and the refusal shows that the order was understood. One request."""
    canary = StopCanary(world.exchange, world.clock, INSTALLATION, BOUNDS)
    found = await tried(world, canary)
    assert found.verdict is Verdict.WARNING
    assert "cannot be tried without a position" in found.text
    assert world.sent() == [Call.PLACE_STOP]


FAULTS: list[tuple[str, str, Verdict, str]] = [
    ("place_stop", "refuse", Verdict.REFUSE, "the exchange takes no stop"),
    ("place_stop", "rate_limit", Verdict.REFUSE, "the exchange takes no stop"),
    ("place_stop", "lose_reply", Verdict.OK, "was put up, read back and cancelled"),
    ("place_stop", "lose_request", Verdict.REFUSE, "could not be read back"),
    ("cancel", "lose_request", Verdict.OK, "was put up, read back and cancelled"),
    ("cancel", "lose_reply", Verdict.OK, "was put up, read back and cancelled"),
    ("cancel", "refuse", Verdict.OK, "was put up, read back and cancelled"),
    ("orders", "error", Verdict.OK, "was put up, read back and cancelled"),
    ("orders", "omit", Verdict.OK, "was put up, read back and cancelled"),
]


@pytest.mark.parametrize(("call", "kind", "verdict", "says"), FAULTS, ids=[f"{c} {k}" for c, k, _, _ in FAULTS])
@in_world()
async def test_whatever_goes_wrong_none_is_left(
    world: World, call: str, kind: str, verdict: Verdict, says: str
) -> None:
    """Requests and replies that are lost, errors, and listings that leave it out: in the end none is alive."""
    found = await tried(world, accepting(world, Fault(call, None, kind, 1)))
    assert found.verdict is verdict
    assert says in found.text
    assert all(order.status is OrderStatus.DEAD for order in canaries(world))


@in_world()
async def test_one_that_cannot_be_shown_to_be_gone_is_a_refusal_that_names_it(world: World) -> None:
    """Every cancel is lost: after the horizon the finding says which order may still be there."""
    found = await tried(world, accepting(world, Fault("cancel", None, "lose_request")))
    (order,) = canaries(world)
    assert found.verdict is Verdict.REFUSE
    assert f"the canary {order.client_order_id} could not be shown to be gone; cancel it" in found.text


@in_world()
async def test_one_whose_caller_went_away_is_taken_away_all_the_same(world: World) -> None:
    """Cancelled right after it left."""
    trying = asyncio.ensure_future(tried(world, accepting(world)))
    await world.clock.sleep(0.1)
    trying.cancel()
    await world.clock.sleep(5)
    assert trying.cancelled()
    assert [order.status for order in canaries(world)] == [OrderStatus.DEAD]


@in_world()
async def test_leaving_the_block_waits_until_one_under_way_is_gone(world: World) -> None:
    """Its caller gave up while it was being put up, and the bot ends at once: no entry, and nothing alive."""
    accepting(world)
    async with world.library(stop_canary="once") as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        while not world.sent(Call.PLACE_STOP):
            await world.clock.sleep(0.01)
        opening.cancel()
    assert [order.status for order in canaries(world)] == [OrderStatus.DEAD]
    assert world.sent(Call.PLACE_ENTRY) == []


@in_world()
async def test_one_that_a_killed_process_left_is_found_by_its_id_and_cancelled(world: World) -> None:
    """No row, no file: the list of living orders is enough. What is no canary of ours stays where it is."""
    canary = accepting(world)
    instrument = await world.exchange.instrument("AVLUSDT")
    ours = canary_id(INSTALLATION, AVL, world.clock.now_us())
    others = [canary_id("else", AVL, 1), "apteststopofarowofoursxxxx", "somebody"]
    for own_id in (ours, *others):
        world.venue.place(PlaceRequest(AVL, own_id, OrderSide.SELL, instrument.step, True, Decimal(1)))
    assert await canary.clear() == ()  # it may belong to a process that is at it this moment
    await world.clock.sleep(61)
    (found,) = await canary.clear()
    assert (found.verdict, found.symbol) == (Verdict.WARNING, AVL)
    assert f"{ours}, left behind by an earlier try, was cancelled" in found.text
    alive = [order.client_order_id for order in world.accepted() if order.status is not OrderStatus.DEAD]
    assert alive == others
    assert await canary.clear() == ()


@pytest.mark.parametrize(("often", "tries"), [("off", 0), ("once", 1), ("always", 2)])
@in_world()
async def test_the_setting_says_how_often_one_is_tried_before_an_entry(world: World, often: str, tries: int) -> None:
    """Twice opened and closed on one symbol: never, before the first, or before both."""
    accepting(world)
    async with world.library(stop_canary=often) as positions:
        for _ in range(2):
            row, error = await world.tried(positions)
            assert error is None
            assert row is not None
            assert row.state is State.PROTECTED
            await positions.close_position(row.id)
    assert len([o for o in world.accepted() if is_canary(o.client_order_id, world.journal.installation)]) == tries


@in_world()
async def test_no_entry_is_sent_where_the_stop_is_refused(world: World) -> None:
    """NotReady with the exchange's sentence, and nothing stored; the next entry tries again."""
    accepting(world, Fault("place_stop", None, "refuse", 1))
    async with world.library(stop_canary="once") as positions:
        _, error = await world.tried(positions)
        assert isinstance(error, NotReady)
        assert "AVL/USDT:USDT: the exchange takes no stop" in str(error)
        assert (world.sent(Call.PLACE_ENTRY), world.stored()) == ([], ())
        row, error = await world.tried(positions)
        assert error is None
        assert row is not None


@in_world()
async def test_where_a_stop_needs_a_position_the_canary_keeps_nobody_from_opening(world: World) -> None:
    """It cannot be tried there; that is a line in the log, once."""
    async with world.library(stop_canary="once") as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    assert row.state is State.PROTECTED


def test_the_setting_is_one_of_three_words() -> None:
    """Anything else is named with what is allowed."""
    with pytest.raises(InvalidRequest, match="stop_canary is 'sometimes'; it must be one of off, once, always"):
        Settings.read({"stop_canary": "sometimes"})


def test_a_canary_s_id_is_ours_and_no_row_s() -> None:
    """It has the form of every id of ours, another at every moment, and is told by its installation."""
    ids = {canary_id("abcd", symbol, at_us) for symbol in ("A", "B") for at_us in (1, 2)}
    assert len(ids) == 4
    for own_id in ids:
        assert len(own_id) == CLIENT_ORDER_ID_LENGTH
        assert installation_of(own_id) == "abcd"
        assert is_canary(own_id, "abcd")
        assert not is_canary(own_id, "abce")
    assert not is_canary(None, "abcd")
    assert not is_canary("apabcdcanary", "abcd")
