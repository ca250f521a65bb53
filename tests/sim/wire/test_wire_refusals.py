"""Who and what the venue refuses, with Bybit's codes, and that nothing has changed after a refusal."""

from __future__ import annotations

from typing import Any

import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.wire.bybit.replies import Rejection
from atomicpos.sim.wire.bybit.signature import check, sign
from atomicpos.sim.wire.credentials import Credentials
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"
NOW_US = 1_760_000_000_000_000
KEY = Credentials("key", "secret")


def headers(timestamp: int = NOW_US // 1000, window: str = "5000", **changed: str) -> dict[str, str]:
    stamp = str(timestamp)
    signed = {"X-BAPI-API-KEY": "key", "X-BAPI-TIMESTAMP": stamp, "X-BAPI-RECV-WINDOW": window}
    return {**signed, "X-BAPI-SIGN": sign(KEY, stamp, window, "a=1"), **changed}


@pytest.mark.parametrize("offset_ms", [-5000, 0, 999])
def test_a_fresh_signature_passes(offset_ms: int) -> None:
    """A timestamp from one window ago to just under a second ahead is fresh."""
    check(headers(NOW_US // 1000 + offset_ms), "a=1", KEY, NOW_US)


@pytest.mark.parametrize(
    ("given", "payload", "code"),
    [
        (headers(NOW_US // 1000 - 5001), "a=1", 10002),
        (headers(NOW_US // 1000 + 1000), "a=1", 10002),
        (headers(**{"X-BAPI-API-KEY": "other"}), "a=1", 10003),
        (headers(**{"X-BAPI-SIGN": "0" * 64}), "a=1", 10004),
        (headers(), "a=2", 10004),
        (headers(**{"X-BAPI-TIMESTAMP": "soon"}), "a=1", 10001),
        ({}, "", 10003),
    ],
)
def test_what_is_not_signed_by_us_and_now_is_refused(given: dict[str, str], payload: str, code: int) -> None:
    """Stale, early, foreign and altered requests each have their own code."""
    with pytest.raises(Rejection) as refused:
        check(given, payload, KEY, NOW_US)
    assert refused.value.code == code


@pytest.mark.wire
async def test_a_wrong_secret_places_nothing(stranger: Any, server: Server) -> None:
    """The wrong signature is an authentication error at the first private call, and the engine stays untouched."""
    with pytest.raises(ccxt.AuthenticationError, match="10004"):
        await stranger.create_order(AVL, "market", "buy", 10)
    assert server.venue.truth(AVL).entries == 0


@pytest.mark.wire
async def test_a_stale_timestamp_is_refused(client: Any) -> None:
    """A client whose clock is six seconds behind is told so (10002), whatever it asks."""
    client.nonce = lambda: client.milliseconds() - 6000
    with pytest.raises(ccxt.InvalidNonce, match="10002"):
        await client.fetch_positions([AVL])


@pytest.mark.wire
async def test_a_client_order_id_is_taken_for_ever(client: Any, server: Server) -> None:
    """A second order under a used id is 110072, also when the first is long final, and it opens nothing."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    with pytest.raises(ccxt.InvalidOrder, match="110072"):
        await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    assert server.venue.truth(AVL).quantity == 10


REFUSED: list[tuple[str, str, str, dict[str, Any], type[Exception]]] = [
    ("110017", "sell", "10", {"reduceOnly": True}, ccxt.InvalidOrder),
    ("110093", "sell", "10", {"triggerPrice": "1.4", "triggerDirection": 2}, ccxt.InvalidOrder),
    ("110092", "buy", "10", {"triggerPrice": "1.3", "triggerDirection": 1}, ccxt.InvalidOrder),
    ("10001", "sell", "10", {"triggerPrice": "1.3", "triggerDirection": 1}, ccxt.BadRequest),
    ("10001", "buy", "200001", {}, ccxt.BadRequest),
    ("10001", "buy", "10", {"positionIdx": 1}, ccxt.BadRequest),
    ("10001", "buy", "10", {"stopLoss": {"triggerPrice": "1.4"}}, ccxt.BadRequest),
    ("10001", "buy", "10", {"orderLinkId": "x" * 37}, ccxt.BadRequest),
]


@pytest.mark.wire
@pytest.mark.parametrize(("code", "side", "quantity", "params", "error"), REFUSED)
async def test_each_refusal_has_bybits_code(
    client: Any, server: Server, code: str, side: str, quantity: str, params: dict[str, Any], error: type[Exception]
) -> None:
    """What cannot be taken is refused by its code and leaves no order and no position."""
    with pytest.raises(error, match=f'"retCode":{code},'):
        await client.create_order(AVL, "market", side, quantity, None, params)
    truth = server.venue.truth(AVL)
    assert (truth.quantity, truth.entries, truth.stops) == (0, 0, ())


@pytest.mark.wire
async def test_orders_below_the_minimum_value_are_refused(client: Any) -> None:
    """0.001 of HNT is below a step; 1 of HNT is worth less than the minimum (110094)."""
    with pytest.raises(ccxt.InvalidOrder, match="110094"):
        await client.create_order("HNT/USDT:USDT", "market", "buy", "1")


@pytest.mark.wire
async def test_cancelling_what_is_not_open_is_an_unknown_order(client: Any) -> None:
    """A filled order, and one that never was, are both 110001."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    for link in ("entry-1", "never-sent"):
        with pytest.raises(ccxt.OrderNotFound, match="110001"):
            await client.cancel_order(None, AVL, {"orderLinkId": link})


@pytest.mark.wire
async def test_an_order_on_the_spot_twin_is_refused(client: Any, server: Server) -> None:
    """The spot market exists to be mistaken for the perpetual; it takes no order."""
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await client.create_order("AVL/USDT", "market", "sell", 10)
    assert server.venue.truth(AVL).entries == 0
