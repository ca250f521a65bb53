"""What the in-process exchange does beyond what every exchange promises: its grading, its limits, its replies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stage import AVL, CLOSE, ENTRY, STOP, attached, play

from atomicpos.models import MarginMode, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import OutcomeKind, PlaceOrder, SetMarginMode, SetPositionStop
from atomicpos.sim.exchange import SimExchange


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (attached(ENTRY, "1.30005"), Refusal.PRECISION),
        (replace(ENTRY, limit_price=Decimal("1.30005")), Refusal.PRECISION),
        (replace(ENTRY, quantity=Decimal("1.5")), Refusal.QUANTITY),
    ],
)
def test_a_refusal_says_what_to_change(request_: PlaceOrder, refusal: Refusal) -> None:
    """A price off the tick and a quantity off the step are told apart."""
    async def scene(exchange: SimExchange) -> None:
        outcome = await exchange.write(request_)
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, refusal)

    play(scene)


def test_the_own_stop_is_on_the_tick() -> None:
    """Set between two ticks it is refused for that."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        outcome = await exchange.write(SetPositionStop(AVL, Decimal("1.30005"), TriggerBy.MARK))
        assert outcome.refusal is Refusal.PRECISION

    play(scene)


def test_the_eleventh_stop_is_one_too_many() -> None:
    """Ten separate stops wait; the next is refused for that reason."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        outcomes = [await exchange.write(replace(STOP, client_order_id=f"s{n}")) for n in range(11)]
        assert [o.refusal for o in outcomes] == [None] * 10 + [Refusal.TOO_MANY_STOPS]

    play(scene)


def test_the_margin_mode_stays_while_a_position_is_open() -> None:
    """With a position open it is refused, and says so."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        refused = await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))
        assert (refused.kind, refused.refusal) == (OutcomeKind.REFUSED, Refusal.OTHER)

    play(scene)


def test_hedge_mode_refuses_an_order() -> None:
    """A one-way request is none that the account takes."""
    async def scene(exchange: SimExchange) -> None:
        exchange.venue.set_position_mode("hedge")
        assert (await exchange.write(ENTRY)).refusal is Refusal.OTHER

    play(scene)


def test_the_instrument_says_band_and_maintenance() -> None:
    """What a preflight needs to judge a stop and a limit is on the instrument."""
    async def scene(exchange: SimExchange) -> None:
        instrument = await exchange.instrument("AVLUSDT")
        assert (instrument.price_band, instrument.maintenance_rate) == (Decimal("0.05"), Decimal("0.005"))

    play(scene)


def test_replies_may_show_the_fill() -> None:
    """Where the exchange's replies do, the acknowledgement carries the order as it filled."""
    async def scene(exchange: SimExchange) -> None:
        entry = (await exchange.write(ENTRY)).order
        assert entry is not None
        assert (entry.client_order_id, entry.status, entry.filled) == ("entry", OrderStatus.FILLED, 10)
        assert entry.average == exchange.venue.truth(AVL).average
        stop, closed = (await exchange.write(STOP)).order, (await exchange.write(CLOSE)).order
        assert stop is not None
        assert closed is not None
        assert (stop.status, closed.filled) == (OrderStatus.UNTRIGGERED, 10)

    play(scene, replies_show_fill=True)
