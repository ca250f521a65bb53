"""Binance's codes decide by themselves: behind an address of one's own ccxt raises bare errors for most of them."""

from __future__ import annotations

from typing import Any

import pytest
from asked import AVL, CANCEL, ENTRY, stop

from atomicpos import sim
from atomicpos.exchanges.binance.exchange import read_code
from atomicpos.exchanges.binance.refusal_codes import BINANCE_REFUSALS
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.exchanges.failures import classify
from atomicpos.exchanges.refusals import Operation
from atomicpos.models import Refusal
from atomicpos.ports import OutcomeKind
from atomicpos.sim.wire.server import Server

ENTRY_LEG, STOP_LEG, CLOSE_LEG, CANCEL_LEG = Operation.ENTRY, Operation.STOP, Operation.CLOSE, Operation.CANCEL

GRADES: list[tuple[int, Operation, OutcomeKind, Refusal | None]] = [
    (-1007, ENTRY_LEG, OutcomeKind.UNKNOWN, None),
    (-1000, STOP_LEG, OutcomeKind.UNKNOWN, None),
    (-1001, CLOSE_LEG, OutcomeKind.UNKNOWN, None),
    (-1006, CANCEL_LEG, OutcomeKind.UNKNOWN, None),
    (-4116, ENTRY_LEG, OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID),
    (-4111, STOP_LEG, OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID),
    (-1008, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.RATE_LIMITED),
    (-1003, STOP_LEG, OutcomeKind.REFUSED, Refusal.RATE_LIMITED),
    (-1015, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.RATE_LIMITED),
    (-1021, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-1111, STOP_LEG, OutcomeKind.REFUSED, Refusal.PRECISION),
    (-4014, STOP_LEG, OutcomeKind.REFUSED, Refusal.PRECISION),
    (-4023, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.PRECISION),
    (-2019, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.FUNDS),
    (-2021, STOP_LEG, OutcomeKind.REFUSED, Refusal.WOULD_TRIGGER),
    (-2022, STOP_LEG, OutcomeKind.REFUSED, Refusal.NO_POSITION),
    (-2022, CLOSE_LEG, OutcomeKind.REFUSED, Refusal.NO_POSITION),
    (-2022, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-2011, CANCEL_LEG, OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER),
    (-2013, CANCEL_LEG, OutcomeKind.REFUSED, Refusal.UNKNOWN_ORDER),
    (-2027, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-4005, CLOSE_LEG, OutcomeKind.REFUSED, Refusal.QUANTITY),
    (-4045, STOP_LEG, OutcomeKind.REFUSED, Refusal.TOO_MANY_STOPS),
    (-4131, CLOSE_LEG, OutcomeKind.REFUSED, Refusal.PRICE_BAND),
    (-4016, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.PRICE_BAND),
    (-4024, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.PRICE_BAND),
    (-4061, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-4120, STOP_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-4130, STOP_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-4164, ENTRY_LEG, OutcomeKind.REFUSED, Refusal.OTHER),
    (-9999, ENTRY_LEG, OutcomeKind.UNKNOWN, None),
]


class ExchangeError(Exception):
    """The bare class of ccxt's, which says nothing."""


@pytest.mark.parametrize(("code", "operation", "kind", "refusal"), GRADES)
def test_a_bare_error_is_graded_by_its_code(
    code: int, operation: Operation, kind: OutcomeKind, refusal: Refusal | None
) -> None:
    """A code is definite, a duplicate or undecided whatever class it comes in; one that nobody knows is unknown."""
    graded = classify(ExchangeError(), code, "", operation, True, BINANCE_REFUSALS)
    assert (graded.kind, graded.refusal) == (kind, refusal)


def test_f09_a_code_is_a_number_whatever_its_type() -> None:
    """200 says that it worked, in either spelling; a reply without a code has none."""
    assert [read_code(said)[0] for said in ({"code": "-2019"}, {"code": -2019}, {"code": "200"}, {})] == [
        -2019, -2019, 0, None,
    ]  # fmt: skip


@pytest.mark.wire
async def test_behind_a_proxy_host_the_grades_are_the_same(
    venue: Server, client: Any, exchange: CcxtExchange
) -> None:
    """As if ``connect`` had not kept the classes: ccxt raises bare errors, and nothing of ours changes."""
    client.exceptions["exact"] = {}
    assert (await exchange.write(stop("99"))).refusal is Refusal.WOULD_TRIGGER
    assert (await exchange.write(CANCEL)).refusal is Refusal.UNKNOWN_ORDER
    for code, refusal in (("-2019", Refusal.FUNDS), ("-4164", Refusal.OTHER), ("-4131", Refusal.PRICE_BAND)):
        venue.venue.faults.clear()
        venue.venue.faults.add(sim.Fault("place_entry", AVL, "refuse", code=code))
        outcome = await exchange.write(ENTRY)
        assert (outcome.kind, outcome.refusal, outcome.code) == (OutcomeKind.REFUSED, refusal, code)
    venue.venue.faults.clear()
    reading = await exchange.reads.orders(AVL, ["ap-none"])
    assert (reading.absent_ids, reading.failures) == (("ap-none",), ())


@pytest.mark.wire
@pytest.mark.parametrize(("code", "kind"), [("-1007", OutcomeKind.UNKNOWN), ("-1008", OutcomeKind.REFUSED)])
async def test_a_troubled_server_says_which_of_both(
    venue: Server, exchange: CcxtExchange, code: str, kind: OutcomeKind
) -> None:
    """A timeout of the backend leaves it open; a request that was throttled was not executed, even under 503."""
    venue.venue.faults.add(sim.Fault("place_entry", AVL, "refuse", code=code))
    assert (await exchange.write(ENTRY)).kind is kind


@pytest.mark.wire
async def test_connect_keeps_the_classes_of_errors(venue: Server, client: Any, exchange: CcxtExchange) -> None:
    """A bot that catches ccxt's own classes meets them here as at the exchange's own address."""
    with pytest.raises(Exception, match="-2021") as raised:
        await client.create_order(AVL, "market", "sell", 10, None, {"stopLossPrice": "99", "reduceOnly": True})
    assert type(raised.value).__name__ == "OrderImmediatelyFillable"
