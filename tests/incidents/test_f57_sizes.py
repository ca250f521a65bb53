"""F57: quantity, step, notional and whether it can be closed again are checked before anything is stored or sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import Instrument, State
from atomicpos.sim.markets import MARKETS, Market
from atomicpos.sim.wire.bybit import markets as bybit_markets
from atomicpos.sim.wire.server import Server
from wired import bybit_client, library
from world import AVL, World, assert_safe, in_world


@dataclass(frozen=True, slots=True)
class Size:
    """A market of the field, a quantity that was tried there, and what is said to it here."""

    name: str
    price: str
    step: str
    least: str
    most: str
    notional: str
    quantity: str
    sentence: str


FIELD = (
    # enough for minOrderQty and too little for minNotionalValue; ccxt's limits.cost is None
    Size("XAUT", "4108", "0.001", "0.001", "120", "5", "0.001", "worth 4.108 at the mark price 4108.*the least is 5$"),
    # six dollars' worth wanted, cut to a whole step of ten by the client
    Size("1000TURBO", "0.49", "10", "10", "2000000", "5", "10", "worth 4.9 at the mark price 0.49.*the least is 5$"),
    Size("BSV", "22.15", "0.1", "0.1", "11000", "5", "0.2", "worth 4.43 at the mark price 22.15.*the least is 5$"),
    # what a client would have cut to 0.01 or to nothing, without a word
    Size("TAO", "412.35", "0.01", "0.01", "3000", "5", "0.019", "steps of 0.01, the nearest is 0.02$"),
    Size("AAVE", "178.2", "0.01", "0.01", "5000", "5", "0.005", "the least for .* is 0.01$"),
    Size("YFI", "4800", "0.001", "0.001", "40", "5", "0.0015", "steps of 0.001, the nearest is 0.002$"),
    # more than one market order may have: it could be opened in no order, and closed in none
    Size("BLAST", "0.0019", "100", "100", "77800", "5", "77900", "the most for one market order .* is 77800$"),
    Size("DOGS", "0.0001", "100", "100", "9000000", "5", "49999", "steps of 100, the nearest is 50000$"),
)


def limits(size: Size) -> dict[str, Decimal]:
    return {"step": Decimal(size.step), "min_quantity": Decimal(size.least), "max_quantity": Decimal(size.most),
            "min_notional": Decimal(size.notional)}  # fmt: skip


@pytest.mark.parametrize("size", FIELD, ids=lambda size: size.name)
@pytest.mark.parametrize("kind", [str, float, Decimal])
@in_world()
async def test_f57_a_size_of_the_field_is_refused_with_value_and_limit(world: World, size: Size, kind: Any) -> None:
    """As a text, a float by its repr or a Decimal: one sentence, no row, and no write."""
    real = world.exchange.instrument

    async def instrument(symbol: str) -> Instrument:
        return replace(await real(symbol), **limits(size))

    world.exchange.instrument = instrument
    world.venue.set_mark(AVL, Decimal(size.price))
    async with world.library() as positions:
        with pytest.raises(InvalidRequest, match=f"quantity .*{size.quantity}.*{size.sentence}"):
            await positions.open_position_atomic("AVLUSDT", "buy", kind(size.quantity), stop_loss_percent="2")
    assert (world.sent(), world.stored()) == ([], ())


@pytest.mark.wire
@pytest.mark.parametrize("size", FIELD, ids=lambda size: size.name)
async def test_f57_no_create_call_for_a_size_that_the_exchange_states(
    bybit: Server, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits come from the exchange's own lotSizeFilter, through the real client; not one POST arrives."""
    shown = replace(bybit_markets.linear_market("AVLUSDT"), **limits(size))
    monkeypatch.setitem(bybit_markets._LINEAR, "AVLUSDT", shown)  # type: ignore[arg-type]
    bybit.venue.set_mark(AVL, Decimal(size.price))
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(InvalidRequest, match=f"quantity .*{size.quantity}.*{size.sentence}"):
            await positions.open_position_atomic("AVLUSDT", "buy", size.quantity, stop_loss_percent="2")
        assert await positions.list() == ()
    assert [a for a in bybit.arrivals.entries if a.method == "POST"] == []


def smallest(market: Market) -> Decimal:
    """The smallest quantity that is worth enough."""
    enough = max(market.min_quantity, market.min_notional / market.price)
    return (enough / market.step).to_integral_value(ROUND_CEILING) * market.step


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.market_id)
@pytest.mark.parametrize("side", ["buy", "sell"])
@in_world()
async def test_f57_the_smallest_size_opens_and_one_step_less_does_not(world: World, market: Market, side: str) -> None:
    """On every market of the venue: the least that is allowed is protected and can be closed again, less is refused."""
    async with world.library() as positions:
        least = smallest(market)
        _, error = await world.tried(positions, symbol=market.market_id, side=side, quantity=least - market.step)
        assert isinstance(error, InvalidRequest)
        assert (world.sent(), world.stored()) == ([], ())
        row, error = await world.tried(positions, symbol=market.market_id, side=side, quantity=least)
        assert error is None
        assert row is not None
        await world.clock.sleep(20)
        assert_safe(world, await positions.get(row.id), market.symbol)
        closed = await positions.close_position(row.id)
        assert closed.state is State.CLOSED


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.market_id)
@in_world()
async def test_f57_the_largest_size_opens_and_one_step_more_does_not(world: World, market: Market) -> None:
    """What one market order may have can be opened, stopped and closed; a step more is refused before any send."""
    async with world.library() as positions:
        more = market.max_quantity + market.step
        _, error = await world.tried(positions, symbol=market.market_id, quantity=more)
        assert isinstance(error, InvalidRequest)
        assert f"the most for one market order of {market.symbol} is {market.max_quantity}" in str(error)
        assert (world.sent(), world.stored()) == ([], ())
        row, error = await world.tried(positions, symbol=market.market_id, quantity=market.max_quantity)
        assert error is None
        assert row is not None
        assert (await positions.close_position(row.id)).state is State.CLOSED


@pytest.mark.parametrize("quantity", ["2.3", 2.3, Decimal("2.3"), "2.30", 2.3000000000000003])
@in_world()
async def test_f57_a_number_counts_as_it_is_written(world: World, quantity: object) -> None:
    """Twenty-three steps of 0.1, whatever its type; a float that is a hair off is refused, not cut."""
    async with world.library() as positions:
        row, error = await world.tried(positions, symbol="XRPUSDT", quantity=quantity)
    if quantity == 2.3000000000000003:
        assert isinstance(error, InvalidRequest)
        assert "the nearest is 2.3" in str(error)
        return
    assert error is None
    assert row is not None
    assert row.filled_quantity == Decimal("2.3")
