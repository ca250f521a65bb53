"""F27: a stop's price is a multiple of the tick, written plainly; and a slip in a log line changes nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.events import Event
from atomicpos.models import State
from atomicpos.sim import MARKETS, Fault, Market
from atomicpos.sim.wire.server import Server
from modes import in_every_mode, is_stop, naked, shaded, stop_faults
from wired import bybit_client, library
from world import AVL, World, assert_safe

ODD = "1.2345678901234567"
"""A percentage that gives prices of many digits."""
ORDER_CREATE = "/v5/order/create"
TRADING_STOP = "/v5/position/trading-stop"


def enough(market: Market) -> Decimal:
    """A quantity that every market takes."""
    worth = 2 * market.min_notional / market.price
    return max(market.min_quantity, worth // market.step * market.step + market.step)


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.market_id)
@in_every_mode()
async def test_f27_every_trigger_that_leaves_is_a_multiple_of_the_tick(
    world: World, market: Market, side: str
) -> None:
    """Whatever the tick and however many digits the percentage has; and never looser than was asked."""
    exchange = shaded(world)
    async with world.library() as positions:
        row, error = await world.tried(
            positions, symbol=market.market_id, side=side, quantity=enough(market), stop_loss_percent=ODD
        )
    assert error is None
    assert row is not None
    sent = [request.trigger_price for request in exchange.written if is_stop(request)]
    sent += [r.attached_stop.trigger_price for r in exchange.written if getattr(r, "attached_stop", None)]
    assert sent != []
    assert [trigger for trigger in sent if trigger % market.tick or trigger <= 0] == []
    assert row.entry_price is not None
    assert row.stop_price is not None
    distance = abs(row.stop_price - row.entry_price) / row.entry_price * 100
    assert Decimal(ODD) - 100 * market.tick / row.entry_price <= distance <= Decimal(ODD)


@pytest.mark.parametrize("side", ["buy", "sell"])
@in_every_mode()
async def test_f27_a_price_refused_for_its_digits_goes_again_on_a_coarser_tick(world: World, side: str) -> None:
    """The exchange refuses the precision: the next try has a digit less, lies nearer to the market, and protects."""
    naked(world)
    exchange = shaded(world)
    world.venue.faults.add(*stop_faults("refuse", nth=1, code="price"))
    async with world.library() as positions:
        row, error = await world.tried(positions, side=side, stop_loss_percent="2.13")
        assert error is None
        await world.clock.sleep(1)
        assert row is not None
        assert_safe(world, row)
    assert row.stop_price is not None
    assert row.stop_price % (world.venue.market(AVL).tick * 10) == 0
    assert row.entry_price is not None
    assert abs(row.stop_price - row.entry_price) <= row.entry_price * Decimal("0.0213")
    first = next(request.trigger_price for request in exchange.written if is_stop(request))
    assert first % (world.venue.market(AVL).tick * 10) != 0


def raises(event: Event) -> None:
    raise NameError("name 'precision' is not defined")


class Broken(logging.Handler):
    """A log handler that fails at every line."""

    def emit(self, record: logging.LogRecord) -> None:
        raise UnboundLocalError("a slip in a log line")


@pytest.fixture
def broken_log() -> Iterator[None]:
    log, handler = logging.getLogger("atomicpos"), Broken()
    log.addHandler(handler)
    yield
    log.removeHandler(handler)


@in_every_mode()
async def test_f27_a_listener_and_an_alert_sink_that_raise_change_nothing(world: World) -> None:
    """Both raise at everything they hear: the position is protected and closed like any other."""
    async with world.library(listeners=[raises], alerts=raises) as positions:
        row, error = await world.tried(positions)
        assert error is None
        assert_safe(world, row)
        assert row is not None
        closed = await positions.close_position(row.id)
    assert closed.state is State.CLOSED
    assert_safe(world, closed)


@pytest.mark.usefixtures("broken_log")
@in_every_mode(*stop_faults("refuse", code="price"))
async def test_f27_a_log_that_raises_changes_nothing(world: World) -> None:
    """Listener, sink and log handler fail together while every stop is refused: closed, proven, and the caller told."""
    naked(world)
    async with world.library(listeners=[raises], alerts=raises) as positions:
        row, error = await world.tried(positions)
    assert error is not None
    assert row is not None
    assert (row.state, row.reason) == (State.ROLLED_BACK, "exposure_deadline")
    assert_safe(world, row)


@pytest.mark.usefixtures("broken_log")
@in_every_mode()
async def test_f27_the_default_alert_log_may_fail_too(world: World) -> None:
    """Without a sink alerts go to the log; when that raises, what is alerted is carried on with all the same."""
    naked(world)
    world.venue.faults.add(*stop_faults("refuse"), *(Fault("place_close", None, "refuse", nth) for nth in (1, 2, 3)))
    async with world.library(alerts=None) as positions:
        row, error = await world.tried(positions)
    assert error is not None
    assert row is not None
    assert row.state is State.ROLLED_BACK
    assert_safe(world, row)


def numbers(body: dict[str, Any]) -> list[str]:
    """What a request says in numbers."""
    names = ("qty", "price", "triggerPrice", "stopLoss")
    return [body[name] for name in names if name in body]


@pytest.mark.wire
@pytest.mark.parametrize("symbol", ["AVLUSDT", "BTCUSDT", "SHIBUSDT"])
async def test_f27_on_the_wire_numbers_are_plain_strings_on_the_tick(bybit: Server, symbol: str) -> None:
    """No exponent, no digits beyond the tick, no number types: as the exchange takes them."""
    market = next(market for market in MARKETS if market.market_id == symbol)
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic(symbol, "sell", enough(market), stop_loss_percent=ODD)
    assert row.state is State.PROTECTED
    sent = [json.loads(a.body) for a in bybit.arrivals.entries if a.path in (ORDER_CREATE, TRADING_STOP)]
    said = [number for body in sent for number in numbers(body)]
    assert len(said) >= 3
    assert all(isinstance(number, str) and set(number) <= set("0123456789.") for number in said)
    stops = [Decimal(body["stopLoss"]) for body in sent if "stopLoss" in body]
    assert stops != []
    assert all(stop % market.tick == 0 for stop in stops)
    assert all(len(body["stopLoss"]) <= len(str(market.tick)) + 8 for body in sent if "stopLoss" in body)
