"""Every kind of fault through the in-process exchange."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from stage import AVL, CANCEL, CLOSE, ENTRY, STOP, elapsed_s, play

from atomicpos.models import OrderStatus, Refusal
from atomicpos.ports import CancelOrder, OutcomeKind, PlaceOrder, ReadFailed, SetLeverage
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.fault_kinds import FaultKind
from atomicpos.sim.faults import Fault

LEVERAGE = SetLeverage(AVL, Decimal(5))

Write = PlaceOrder | CancelOrder | SetLeverage

WRITES: dict[str, tuple[tuple[Write, ...], Write]] = {
    "place_entry": ((), ENTRY),
    "place_stop": ((ENTRY,), STOP),
    "place_close": ((ENTRY,), CLOSE),
    "cancel": ((ENTRY, STOP), CANCEL),
    "set_leverage": ((), LEVERAGE),
}
"""Each write that can be struck, with what must have happened before it."""


def carried_out(exchange: SimExchange, call: str) -> bool:
    """Whether the engine did what that write asked for."""
    truth, leverage = exchange.venue.truth(AVL), exchange.venue.position_as_of(AVL, exchange.venue.now_us()).leverage
    return {
        "place_entry": truth.quantity == 10,
        "place_stop": len(truth.stops) == 1,
        "place_close": truth.quantity == 0,
        "cancel": not truth.stops,
        "set_leverage": leverage == 5,
    }[call]


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    ("kind", "executed", "took_s"),
    [
        (FaultKind.LOSE_REQUEST, False, 0.15),
        (FaultKind.LOSE_REPLY, True, 4.075),
        (FaultKind.HTTP_502_EXECUTED, True, 0.15),
        (FaultKind.HTTP_502_NOT_EXECUTED, False, 0.15),
    ],
)
def test_a_lost_answer_is_unknown_whether_or_not_it_was_carried_out(
    call: str, kind: FaultKind, executed: bool, took_s: float
) -> None:
    """The caller learns nothing; the engine has done it or not, by the kind of fault."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        start = elapsed_s()
        outcome = await exchange.write(struck)
        assert (outcome.kind, outcome.exchange_order_id) == (OutcomeKind.UNKNOWN, None)
        assert outcome.why
        assert round(elapsed_s() - start, 6) == took_s
        assert outcome.answered_at_us - outcome.asked_at_us == round(took_s * 1_000_000)
        assert carried_out(exchange, call) is executed

    play(scene, Fault(call, AVL, kind, seconds=4))


def test_a_lost_reply_hangs_for_ten_seconds_unless_told() -> None:
    """Without seconds a reply that never comes is given up after the client's own timeout."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(ENTRY)).kind is OutcomeKind.UNKNOWN
        assert elapsed_s() == 10.075

    play(scene, Fault("place_entry", None, "lose_reply"))


@pytest.mark.parametrize("call", WRITES)
def test_an_injected_refusal_is_definite(call: str) -> None:
    """A refused write is refused for funds when it is an entry, and the engine has not done it."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        outcome = await exchange.write(struck)
        expected = Refusal.FUNDS if call == "place_entry" else Refusal.OTHER
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, expected)
        assert not carried_out(exchange, call)

    play(scene, Fault(call, AVL, "refuse"))


def test_only_the_nth_call_is_struck() -> None:
    """The first stop is refused, the second is taken."""
    async def scene(exchange: SimExchange) -> None:
        await exchange.write(ENTRY)
        assert (await exchange.write(STOP)).kind is OutcomeKind.REFUSED
        assert (await exchange.write(STOP)).kind is OutcomeKind.ACKNOWLEDGED

    play(scene, Fault("place_stop", AVL, "refuse", nth=1))


def test_an_entry_that_never_fills_is_acknowledged_and_dead() -> None:
    """The entry is accepted, then read as dead with nothing filled."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
        (order,) = (await exchange.reads.orders(AVL, ["entry"])).orders
        assert (order.status, order.filled, order.average) == (OrderStatus.DEAD, 0, None)
        assert exchange.venue.truth(AVL).entries == 1

    play(scene, Fault("place_entry", AVL, "never_fill"))


@pytest.mark.parametrize(("seconds", "left"), [(None, 0), (0, 0), (2.0, 10)])
def test_a_liquidation_follows_the_fill(seconds: float | None, left: int) -> None:
    """The position is gone at once, or that many seconds after the fill."""
    async def scene(exchange: SimExchange) -> None:
        assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
        assert exchange.venue.truth(AVL).quantity == left
        await asyncio.sleep(2)
        assert exchange.venue.truth(AVL).quantity == 0
        assert exchange.venue.truth(AVL).exposure_s == (seconds or 0)

    play(scene, Fault("place_entry", AVL, "liquidate", seconds=seconds))


@pytest.mark.parametrize("call", ["orders", "fills", "position", "mark"])
def test_a_failing_read_raises_and_takes_its_time(call: str) -> None:
    """An error is raised after the round trip, never shown as empty."""
    async def scene(exchange: SimExchange) -> None:
        reads = {
            "orders": lambda: exchange.reads.orders(AVL, ["entry"]),
            "fills": lambda: exchange.reads.fills(AVL, 0),
            "position": lambda: exchange.reads.position(AVL),
            "mark": lambda: exchange.reads.mark_price(AVL),
        }
        with pytest.raises(ReadFailed, match=call):
            await reads[call]()
        assert elapsed_s() == 0.15

    play(scene, Fault(call, None, "error"))


def test_an_empty_read_shows_nothing_for_a_while_after_the_entry() -> None:
    """For the seconds set, orders, fills and position answer with nothing, and then with the truth."""
    async def scene(exchange: SimExchange) -> None:
        async def seen() -> tuple[int, int, int]:
            orders = await exchange.reads.orders(AVL, ["entry"])
            fills = await exchange.reads.fills(AVL, 0)
            position = (await exchange.reads.position(AVL)).position
            return len(orders.orders), len(fills.fills), int(position.quantity)

        await exchange.write(ENTRY)
        assert await seen() == (0, 0, 0)
        await asyncio.sleep(5)
        assert await seen() == (1, 2, 10)

    play(scene, *(Fault(call, AVL, "empty", seconds=5) for call in ("orders", "fills", "position")))


def test_the_same_faults_on_the_same_seed_play_the_same() -> None:
    """Two runs of one scene agree in every time, id and price."""
    async def scene(exchange: SimExchange) -> None:
        for request in (LEVERAGE, ENTRY, STOP, STOP, CANCEL, CLOSE):
            await exchange.write(request)

    def trace() -> object:
        exchange = play(scene, Fault("place_stop", None, "lose_reply", nth=1))
        at_us = exchange.venue.now_us()
        return exchange.requests, exchange.venue.orders_as_of(AVL, at_us), exchange.venue.executions_as_of(AVL, at_us)

    assert trace() == trace()
