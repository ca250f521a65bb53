"""The ports of protection on the in-process exchange: attached stops, the own stop, worst prices, modes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from stage import AVL, CLOSE, ENTRY, STOP, attached, play

from atomicpos.models import MarginMode, OrderSide, OrderStatus, Refusal, TriggerBy
from atomicpos.ports import OutcomeKind, PlaceOrder, SetMarginMode, SetPositionStop, WrongPositionMode
from atomicpos.sim.exchange import SimExchange


def test_an_attached_stop_is_read_back_as_the_positions_own() -> None:
    """It shows as an order without an id of ours, and on the position, and on no other order."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.reads.position_stop(AVL)).stop is None
        await exchange.write(attached(ENTRY, "1.33"))
        stop = (await exchange.reads.position_stop(AVL)).stop
        assert stop is not None
        assert (stop.client_order_id, stop.status, stop.reduce_only) == (None, OrderStatus.UNTRIGGERED, True)
        assert (stop.order_side, stop.quantity) == (OrderSide.SELL, 10)
        assert (stop.trigger_price, stop.trigger_by) == (Decimal("1.33"), TriggerBy.MARK)
        assert (await exchange.reads.position(AVL)).position.stop_price == Decimal("1.33")

    play(scene)


def test_the_own_stop_is_set_amended_and_taken_away() -> None:
    """Each is acknowledged, and so is setting it to what it is; flat, there is nothing to set it on."""
    def stop_at(trigger: str | None) -> SetPositionStop:
        return SetPositionStop(AVL, Decimal(trigger) if trigger else None, TriggerBy.MARK)

    async def scene(exchange: SimExchange) -> None:
        flat = await exchange.write(stop_at("1.3"))
        assert (flat.kind, flat.refusal) == (OutcomeKind.REFUSED, Refusal.NO_POSITION)
        await exchange.write(ENTRY)
        for trigger in ("1.3", "1.31", "1.31", None, None):
            assert (await exchange.write(stop_at(trigger))).kind is OutcomeKind.ACKNOWLEDGED
            shown = (await exchange.reads.position(AVL)).position.stop_price
            assert shown == (Decimal(trigger) if trigger else None)
        assert (await exchange.write(stop_at("1.4"))).refusal is Refusal.WOULD_TRIGGER
        assert (await exchange.write(stop_at("1.30005"))).refusal is Refusal.PRECISION

    assert [call for _, call, _ in play(scene).requests].count("set_stop") == 8


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (attached(ENTRY, "1.36"), Refusal.WOULD_TRIGGER),
        (attached(ENTRY, "1.30005"), Refusal.PRECISION),
        (replace(ENTRY, limit_price=Decimal("1.5")), Refusal.PRICE_BAND),
        (replace(ENTRY, limit_price=Decimal("1.30005")), Refusal.PRECISION),
        (replace(ENTRY, quantity=Decimal(200_001)), Refusal.QUANTITY),
        (replace(ENTRY, quantity=Decimal("1.5")), Refusal.QUANTITY),
    ],
)
def test_a_refusal_says_what_to_change(request_: PlaceOrder, refusal: Refusal) -> None:
    """Price, band, quantity and a stop that would fire at once are told apart."""
    async def scene(exchange: SimExchange) -> None:
        outcome = await exchange.write(request_)
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, refusal)

    play(scene)


def test_the_eleventh_stop_is_one_too_many() -> None:
    """Ten separate stops wait; the next is refused for that reason."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        outcomes = [await exchange.write(replace(STOP, client_order_id=f"s{n}")) for n in range(11)]
        assert [o.refusal for o in outcomes] == [None] * 10 + [Refusal.TOO_MANY_STOPS]

    play(scene)


def test_an_entry_beyond_its_worst_price_is_acknowledged_and_dead() -> None:
    """A limit on the mark fills nothing; the acknowledgement says nothing of it."""
    async def scene(exchange: SimExchange) -> None:
        outcome = await exchange.write(replace(ENTRY, limit_price=Decimal("1.3580")))
        assert (outcome.kind, outcome.order) == (OutcomeKind.ACKNOWLEDGED, None)
        (order,) = (await exchange.reads.orders(AVL, ["entry"])).orders
        assert (order.status, order.filled) == (OrderStatus.DEAD, 0)

    play(scene)


def test_the_margin_mode_is_set_and_shown() -> None:
    """Set once or twice it is acknowledged and shown; with a position open it stays, and says so."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.reads.position(AVL)).position.margin_mode is MarginMode.ISOLATED
        for _ in range(2):
            outcome = await exchange.write(SetMarginMode(AVL, MarginMode.CROSS))
            assert outcome.kind is OutcomeKind.ACKNOWLEDGED
        assert (await exchange.reads.position(AVL)).position.margin_mode is MarginMode.CROSS
        await exchange.write(ENTRY)
        refused = await exchange.write(SetMarginMode(AVL, MarginMode.ISOLATED))
        assert (refused.kind, refused.refusal) == (OutcomeKind.REFUSED, Refusal.OTHER)

    play(scene)


def test_hedge_mode_is_no_position_but_an_error() -> None:
    """A position read in hedge mode says that the mode is wrong, and an order is refused."""
    async def scene(exchange: SimExchange) -> None:
        exchange.venue.set_position_mode("hedge")
        with pytest.raises(WrongPositionMode, match="hedge"):
            await exchange.reads.position(AVL)
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
