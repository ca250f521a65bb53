"""What is lost, late or refused on the way, through the in-process exchange."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from stage import AVL, CANCEL, CLOSE, ENTRY, STOP, elapsed_s, play

from atomicpos.models import MarginMode, Refusal, TriggerBy
from atomicpos.ports import OutcomeKind, SetLeverage, SetMarginMode, SetPositionStop, Write
from atomicpos.sim.exchange import SimExchange
from atomicpos.sim.fault_kinds import FaultKind
from atomicpos.sim.faults import Fault

LEVERAGE = SetLeverage(AVL, Decimal(5))
MARGIN = SetMarginMode(AVL, MarginMode.CROSS)
OWN_STOP = SetPositionStop(AVL, Decimal("1.3"), TriggerBy.MARK)

WRITES: dict[str, tuple[tuple[Write, ...], Write]] = {
    "place_entry": ((), ENTRY),
    "place_stop": ((ENTRY,), STOP),
    "place_close": ((ENTRY,), CLOSE),
    "set_stop": ((ENTRY,), OWN_STOP),
    "cancel": ((ENTRY, STOP), CANCEL),
    "set_leverage": ((), LEVERAGE),
    "set_margin_mode": ((), MARGIN),
}
"""Each write that can be struck, with what must have happened before it."""


def carried_out(exchange: SimExchange, call: str) -> bool:
    """Whether the engine did what that write asked for."""
    truth, leverage = exchange.venue.truth(AVL), exchange.venue.position_as_of(AVL, exchange.venue.now_us()).leverage
    return {
        "place_entry": truth.quantity == 10,
        "place_stop": len(truth.stops) == 1,
        "place_close": truth.quantity == 0,
        "set_stop": len(truth.stops) == 1,
        "cancel": not truth.stops,
        "set_leverage": leverage == 5,
        "set_margin_mode": exchange.venue.margin_mode() is MarginMode.CROSS,
    }[call]


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    ("kind", "executed", "took_s"),
    [
        (FaultKind.LOSE_REQUEST, False, 0.15),
        (FaultKind.LOSE_REPLY, True, 4.075),
        (FaultKind.HTTP_502_EXECUTED, True, 0.15),
        (FaultKind.HTTP_502_NOT_EXECUTED, False, 0.15),
        (FaultKind.HTML_200_EXECUTED, True, 0.15),
        (FaultKind.HTML_200_NOT_EXECUTED, False, 0.15),
        (FaultKind.CUT_BODY, True, 0.15),
        (FaultKind.LATE_REQUEST, False, 0.15),
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
@pytest.mark.parametrize(("seconds", "executed"), [(None, True), (0, True), (4, True), (4.9, True), (5.1, False)])
def test_a_late_request_reaches_the_engine_inside_its_window(call: str, seconds: float | None, executed: bool) -> None:
    """Its caller believes it lost; it is carried out later all the same, unless it has become too old."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        assert (await exchange.write(struck)).kind is OutcomeKind.UNKNOWN
        late_s = 1 if seconds is None else seconds
        await asyncio.sleep(late_s - 0.1)
        assert carried_out(exchange, call) is (late_s == 0)
        await asyncio.sleep(0.2)
        assert carried_out(exchange, call) is executed

    play(scene, Fault(call, AVL, "late_request", seconds=seconds))


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(
    ("seconds", "took_s", "kind"),
    [
        (None, 1.075, OutcomeKind.ACKNOWLEDGED),
        (3, 3.075, OutcomeKind.ACKNOWLEDGED),
        (11, 10.075, OutcomeKind.UNKNOWN),
    ],
)
def test_a_late_reply_is_heard_until_the_client_gives_up(
    call: str, seconds: float | None, took_s: float, kind: OutcomeKind
) -> None:
    """The engine has it at once; the caller learns so late, and nothing after its own ten seconds."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        start, writing = elapsed_s(), asyncio.ensure_future(exchange.write(struck))
        await asyncio.sleep(0.08)
        assert carried_out(exchange, call)
        assert (await writing).kind is kind
        assert round(elapsed_s() - start, 6) == took_s

    play(scene, Fault(call, AVL, "late_reply", seconds=seconds))


@pytest.mark.parametrize("call", WRITES)
def test_a_duplicated_request_is_carried_out_once(call: str) -> None:
    """The answer is the second's: an order's id exists, a cancel finds nothing, a setting is so already."""
    before, struck = WRITES[call]
    answers = {
        "cancel": (OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER),
        "set_stop": (OutcomeKind.ACKNOWLEDGED, None),
        "set_leverage": (OutcomeKind.ACKNOWLEDGED, None),
        "set_margin_mode": (OutcomeKind.ACKNOWLEDGED, None),
    }

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        outcome = await exchange.write(struck)
        assert (outcome.kind, outcome.refusal) == answers.get(call, (OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID))
        assert carried_out(exchange, call)

    play(scene, Fault(call, AVL, "duplicate"))


@pytest.mark.parametrize("call", WRITES)
def test_one_request_too_many_is_refused_definitely(call: str) -> None:
    """A rate limit is a refusal with a name, and the engine has done nothing."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        outcome = await exchange.write(struck)
        assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, Refusal.RATE_LIMITED)
        assert not carried_out(exchange, call)

    play(scene, Fault(call, AVL, "rate_limit"))


@pytest.mark.parametrize(
    ("code", "kind", "refusal"),
    [
        ("would_trigger", OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER),
        ("no_position", OutcomeKind.REFUSED, Refusal.NO_POSITION),
        ("quantity", OutcomeKind.REFUSED, Refusal.QUANTITY),
        ("price", OutcomeKind.REFUSED, Refusal.PRECISION),
        ("price_band", OutcomeKind.REFUSED, Refusal.PRICE_BAND),
        ("too_many_stops", OutcomeKind.REFUSED, Refusal.TOO_MANY_STOPS),
        ("rate_limited", OutcomeKind.REFUSED, Refusal.RATE_LIMITED),
        ("funds", OutcomeKind.REFUSED, Refusal.FUNDS),
        ("notional", OutcomeKind.REFUSED, Refusal.OTHER),
        ("not_tradable", OutcomeKind.REFUSED, Refusal.OTHER),
        ("leverage", OutcomeKind.REFUSED, Refusal.OTHER),
        ("110009", OutcomeKind.REFUSED, Refusal.OTHER),
        ("duplicate_id", OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID),
    ],
)
@pytest.mark.parametrize("call", WRITES)
def test_an_injected_refusal_may_say_why(call: str, code: str, kind: OutcomeKind, refusal: Refusal) -> None:
    """Its code is the engine's own reason, or one that nobody here knows; the engine has done nothing."""
    before, struck = WRITES[call]

    async def scene(exchange: SimExchange) -> None:
        for request in before:
            await exchange.write(request)
        outcome = await exchange.write(struck)
        assert (outcome.kind, outcome.refusal, outcome.code) == (kind, refusal, code)
        assert not carried_out(exchange, call)

    play(scene, Fault(call, AVL, "refuse", code=code))


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
