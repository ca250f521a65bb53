"""F59: symbol, price, account or key unfit to trade: refusals of their own kind; reads are repeated, entries never."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from atomicpos.errors import EntryNeverFilled, EntryRefused, InvalidRequest, NotReady
from atomicpos.models import ProofKind, Refusal, State
from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import Call
from atomicpos.sim.wire.bybit import markets as bybit_markets
from atomicpos.sim.wire.server import Server
from modes import in_every_mode
from wired import bybit_client, library
from world import AVL, World, assert_safe, in_world

CREATE = "/v5/order/create"
SHORT_BOUNDS = {"visibility_s_max": 0.4, "recv_window_s": 0.5, "clock_skew_s_max": 0.1}

REFUSED = {
    "30228": ("No new positions during delisting", Refusal.OTHER),
    "170209": ("not available in your region", Refusal.OTHER),
    "110074": ("110074", Refusal.OTHER),
    "110023": ("you can only reduce your positions", Refusal.OTHER),
    "30208": ("higher than the maximum buying price", Refusal.PRICE_BAND),
    "30209": ("lower than the minimum selling price", Refusal.PRICE_BAND),
    "110003": ("out of the allowable range", Refusal.PRICE_BAND),
    "110094": ("does not meet minimum order value", Refusal.OTHER),
    "110007": ("ab not enough for new order", Refusal.FUNDS),
    "10003": ("API key is invalid", Refusal.OTHER),
    "10005": ("Permission denied", Refusal.OTHER),
    "10010": ("Unmatched IP", Refusal.OTHER),
    "10002": ("check your server timestamp", Refusal.OTHER),
    "10006": ("Too many visits", Refusal.RATE_LIMITED),
}


@pytest.mark.wire
@pytest.mark.parametrize("code", REFUSED)
async def test_f59_a_definite_code_is_entry_refused_with_its_sentence(bybit: Server, code: str) -> None:
    """One create, never a second; the row has ended, proven by the refusal, and keeps code and sentence."""
    sentence, refusal = REFUSED[code]
    bybit.venue.faults.add(Fault("place_entry", None, "refuse", None, None, code))
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(EntryRefused, match=sentence) as refused:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    row = refused.value.position
    assert row is not None
    assert row.proof is not None
    assert (row.state, row.proof.kind) == (State.ROLLED_BACK, ProofKind.REFUSED)
    assert [order.refusal for order in row.orders if not order.reduce_only] == [refusal]
    assert code in [entry.data.get("code") for entry in row.journal]
    assert len([a for a in bybit.arrivals.entries if a.path == CREATE]) == 1


@pytest.mark.wire
@pytest.mark.parametrize("code", ["10000", "10016", "999999"])
async def test_f59_a_code_that_leaves_it_open_is_looked_up_and_not_sent_again(bybit: Server, code: str) -> None:
    """A server's timeout is no refusal: proven absent past the horizon, and still one entry."""
    bybit.venue.faults.add(Fault("place_entry", None, "refuse", None, None, code))
    async with library(bybit_client(bybit), **SHORT_BOUNDS) as positions:
        with pytest.raises(EntryNeverFilled):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    created = [json.loads(a.body) for a in bybit.arrivals.entries if a.path == CREATE]
    assert [body["reduceOnly"] for body in created].count(False) == 1


@pytest.mark.wire
@pytest.mark.parametrize("status", ["Closed", "Settling", "PreLaunch", "Delivering"])
async def test_f59_a_contract_that_does_not_trade_is_refused_before_anything_is_sent(
    bybit: Server, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchange's own status says so: InvalidRequest names the symbol, and not one POST arrives."""
    real = bybit_markets._linear_instrument

    def shown(market: Any) -> Mapping[str, Any]:
        return {**real(market), "status": status} if market.base == "AVL" else real(market)

    monkeypatch.setattr(bybit_markets, "_linear_instrument", shown)
    async with library(bybit_client(bybit)) as positions:
        with pytest.raises(InvalidRequest, match="AVLUSDT"):
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
        row = await positions.open_position_atomic("XRPUSDT", "buy", "10", stop_loss_percent="2")
        assert row.state is State.PROTECTED
    assert '"AVLUSDT"' not in "".join(a.body for a in bybit.arrivals.entries if a.method == "POST")


@pytest.mark.wire
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"apiKey": "nobody"}, "the exchange does not accept the API key"),
     ({"secret": "guessed"}, "the exchange does not accept the API key"),
     ({"apiKey": ""}, "the ccxt client has no apiKey; apiKey and secret are needed"),
     ({"secret": ""}, "the ccxt client has no secret; apiKey and secret are needed")],
    ids=str,
)  # fmt: skip
async def test_f59_a_key_that_is_not_taken_is_not_ready_before_the_first_order(
    bybit: Server, wrong: dict[str, str], sentence: str
) -> None:
    """Entering the block says so, in one sentence that holds no secret; not one POST arrives."""
    client = bybit_client(bybit)
    for name, value in wrong.items():
        setattr(client, name, value)
    with pytest.raises(NotReady, match=sentence) as refused:
        async with library(client):
            raise AssertionError("the block was entered")
    assert not any(secret in str(refused.value) for secret in (bybit.secret, bybit.api_key, "guessed"))
    assert [a for a in bybit.arrivals.entries if a.method == "POST"] == []


@pytest.mark.wire
@pytest.mark.parametrize("call", ["position", "mark"])
async def test_f59_one_transient_error_of_a_read_kills_no_signal(bybit: Server, call: str) -> None:
    """The read before the entry fails once, and is read again: protected (RUNEUSDT)."""
    bybit.venue.faults.add(Fault(call, None, "error", 1))
    async with library(bybit_client(bybit)) as positions:
        row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    assert row.state is State.PROTECTED


@pytest.mark.parametrize("call", ["position", "mark"])
@pytest.mark.parametrize("times", [1, 2, 3])
@in_every_mode()
async def test_f59_reads_before_the_entry_are_tried_three_times(world: World, call: str, times: int) -> None:
    """Two errors are survived; the third is NotReady, within a second, and nothing was sent."""
    world.venue.faults.add(*(Fault(call, None, "error", nth) for nth in range(1, times + 1)))
    async with world.library() as positions:
        row, error = await world.tried(positions)
        if times < 3:
            assert error is None
            assert_safe(world, row)
            return
        assert isinstance(error, NotReady)
        assert world.elapsed_s < 1.5
    assert (world.sent(), world.stored()) == ([], ())


@in_every_mode()
async def test_f59_a_symbol_that_may_only_be_closed_is_not_opened(world: World) -> None:
    """The slot says so when it is read before the entry: refused there, and nothing was sent (30228, 110023)."""
    world.venue.set_only_closable(AVL, True)
    async with world.library() as positions:
        _, error = await world.tried(positions)
    assert isinstance(error, InvalidRequest)
    assert (world.sent(), world.stored()) == ([], ())


@pytest.mark.parametrize(
    "kind", ["refuse", "rate_limit", "http_502_not_executed", "lose_request", "html_200_not_executed"]
)
@in_world()
async def test_f59_an_entry_is_never_sent_again(world: World, kind: str) -> None:
    """Whatever the answer to the first, there is no second entry, not even after it was proven absent."""
    world.venue.faults.add(Fault("place_entry", None, kind, 1))
    async with world.library() as positions:
        await world.tried(positions)
        await world.settle(positions, quiet_s=120)
    assert world.sent(Call.PLACE_ENTRY) == ["place_entry"]
    assert world.truth().entries == 0
