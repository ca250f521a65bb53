"""Every code that a fault can name, and the code as a string, as the unmodified ccxt client meets them."""

from __future__ import annotations

from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import pytest

from atomicpos.sim.faults import Call, Fault
from atomicpos.sim.orders import RefusalReason
from atomicpos.sim.wire.bybit.codes import MESSAGES, Code, planted
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"

FIELD_CODES = (
    "10001", "110094", "110043", "34040", "110017", "110072", "181001", "170003", "170131", "170193", "170209", "30208",
    "30209", "30228", "10003", "10010", "110009", "110007", "10006", "110092", "110093", "110003",
)  # fmt: skip
"""Codes that were met in the field or that decide the next step."""


def plant(server: Server, call: str, code: str) -> None:
    server.venue.faults.add(Fault(call, "AVLUSDT", "refuse", 1, None, code))


def test_every_code_that_the_venue_answers_with_has_its_sentence() -> None:
    """Those it uses by itself, and those of the field."""
    assert {int(code) for code in Code} - set(MESSAGES) == {0}
    assert {int(code) for code in FIELD_CODES} <= set(MESSAGES)


@pytest.mark.wire
@pytest.mark.parametrize("code", FIELD_CODES)
async def test_any_code_can_be_planted_as_a_string(client: Any, server: Server, code: str) -> None:
    """It arrives with its sentence, an error of some class of ccxt's, and nothing is carried out."""
    plant(server, "place_entry", code)
    with pytest.raises(ccxt.BaseError, match=f'"retCode":{code},"retMsg":"[^"]') as raised:
        await client.create_order(AVL, "market", "buy", 10)
    assert planted(code, Call.PLACE_ENTRY)[1] in str(raised.value)
    assert server.venue.truth(AVL).entries == 0


@pytest.mark.wire
async def test_the_generic_code_says_something_else_for_each_operation(client: Any, server: Server) -> None:
    """10001 of an entry speaks of its quantity, of a stop's setting of the position (F36)."""
    plant(server, "place_entry", "10001")
    plant(server, "set_stop", "10001")
    with pytest.raises(ccxt.BadRequest, match="Qty invalid"):
        await client.create_order(AVL, "market", "buy", 10)
    await client.create_order(AVL, "market", "buy", 10)
    with pytest.raises(ccxt.BadRequest, match="can not set tp/sl/ts for zero position"):
        await client.privatePostV5PositionTradingStop({"category": "linear", "symbol": "AVLUSDT", "stopLoss": "1.3"})


REASONS: list[tuple[RefusalReason, str, str]] = [
    (RefusalReason.FUNDS, "place_entry", '"retCode":110007,"retMsg":"ab not enough for new order"'),
    (RefusalReason.NOT_TRADABLE, "place_entry", '"retCode":30228,"retMsg":"No new positions during delisting'),
    (RefusalReason.PRICE_BAND, "place_entry", '"retCode":30208,"retMsg":".*higher than the maximum buying price'),
    (RefusalReason.QUANTITY, "place_entry", '"retCode":10001,"retMsg":"The number of contracts exceeds maximum limit'),
    (RefusalReason.RATE_LIMITED, "place_entry", '"retCode":10006,'),
]


@pytest.mark.wire
@pytest.mark.parametrize(("reason", "call", "sentence"), REASONS)
async def test_the_engines_own_reasons_can_be_planted_too(
    client: Any, server: Server, reason: RefusalReason, call: str, sentence: str
) -> None:
    """They are translated as the engine's own refusals are."""
    plant(server, call, reason)
    with pytest.raises(ccxt.BaseError, match=sentence):
        await client.create_order(AVL, "market", "buy", 10)


@pytest.mark.wire
async def test_a_market_sell_outside_the_band_has_a_code_of_its_own(client: Any, server: Server) -> None:
    """30209, where a buy is 30208 (F35)."""
    await client.create_order(AVL, "market", "buy", 10)
    plant(server, "place_close", "price_band")
    with pytest.raises(ccxt.ExchangeError, match=r'"retCode":30209,"retMsg":".*lower than the minimum selling price'):
        await client.create_order(AVL, "market", "sell", 10, None, {"reduceOnly": True})


@pytest.mark.wire
async def test_codes_can_be_strings_in_success_and_in_refusal(client: Any, server: Server) -> None:
    """ccxt takes both; whoever compares the raw code with a number does not (F09)."""
    async with aiohttp.ClientSession() as session:
        await session.post(f"{server.url}/_venue/mode", json={"codes": "string"})
    body = {"category": "linear", "symbol": "AVLUSDT", "stopLoss": "1.3", "slTriggerBy": "MarkPrice"}
    await client.create_order(AVL, "market", "buy", 10)
    assert (await client.privatePostV5PositionTradingStop(body))["retCode"] == "0"
    with pytest.raises(ccxt.ExchangeError, match='"retCode":"34040","retMsg":"not modified"'):
        await client.privatePostV5PositionTradingStop(body)


def test_a_code_without_a_known_sentence_is_answered_plainly() -> None:
    """A number keeps its number; what is no code at all is a wrong parameter."""
    assert planted("123456", Call.CANCEL) == (123456, "the request is refused with 123456")
    assert planted("-2021", Call.PLACE_STOP)[0] == -2021
    assert planted("soon", Call.CANCEL)[0] == 10001
