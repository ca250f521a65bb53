"""Bad input ends before any send: one sentence with the value and the limit, nothing stored."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import InvalidRequest
from atomicpos.models import State
from atomicpos.sim.fault_kinds import Call
from modes import in_every_mode
from world import AVL, ORDERS, World, in_world

NAN = math.nan

BAD: list[tuple[dict[str, Any], str]] = [
    ({"symbol": "NOPEUSDT"}, "NOPEUSDT"),
    ({"symbol": "NOPE/USDT:USDT"}, "NOPE"),
    ({"symbol": "AVL/USDT"}, "spot"),
    ({"symbol": ""}, "symbol is ''"),
    ({"symbol": None}, "symbol is None"),
    ({"symbol": 7}, "symbol is 7"),
    ({"side": "up"}, "side is 'up'.*buy, sell, long, short"),
    ({"side": None}, "side is None.*buy, sell, long, short"),
    ({"quantity": "0"}, "quantity is '0'.*above 0"),
    ({"quantity": 0.0}, "quantity is 0.0.*above 0"),
    ({"quantity": "-1"}, "quantity is '-1'.*above 0"),
    ({"quantity": "NaN"}, "quantity is 'NaN'.*finite"),
    ({"quantity": NAN}, "quantity is nan.*finite"),
    ({"quantity": Decimal("sNaN")}, "quantity is .*sNaN.*finite"),
    ({"quantity": math.inf}, "quantity is inf.*finite"),
    ({"quantity": "ten"}, "quantity is 'ten'.*number"),
    ({"quantity": ""}, "quantity is ''.*number"),
    ({"quantity": None}, "quantity is None"),
    ({"quantity": True}, "quantity is True"),
    ({"quantity": ["10"]}, "quantity is "),
    ({"quantity": "0.4"}, "quantity is 0.4.*least.* 1"),
    ({"quantity": "200001"}, "quantity is 200001.*most.*200000"),
    ({"quantity": "10.4"}, "quantity is 10.4.*steps of 1.*nearest is 10$"),
    ({"quantity": "10.6"}, "quantity is 10.6.*steps of 1.*nearest is 11$"),
    ({"symbol": "XDCUSDT", "quantity": "1234"}, "quantity is 1234.*steps of 10.*nearest is 1230$"),
    ({"symbol": "XRPUSDT", "quantity": 10.15}, r"quantity is 10.15.*steps of 0.1.*nearest is 10.[12]$"),
    ({"symbol": "XRPUSDT", "quantity": "2"}, "worth 4.8762.*least is 5"),
    ({"stop_loss_price": "1.3581"}, "stop_loss_price is 1.3581.*below the mark price 1.358"),
    ({"stop_loss_price": "1.3580"}, "stop_loss_price is 1.3580.*below the mark price 1.358"),
    ({"side": "sell", "stop_loss_price": "1.35"}, "stop_loss_price is 1.35.*above the mark price 1.358"),
    ({"stop_loss_price": "0"}, "stop_loss_price is '0'.*above 0"),
    ({"stop_loss_price": "-1"}, "stop_loss_price is '-1'.*above 0"),
    ({"stop_loss_price": NAN}, "stop_loss_price is nan.*finite"),
    ({"stop_loss_percent": "0"}, "stop_loss_percent is '0'.*above 0 and below 100"),
    ({"stop_loss_percent": 0}, "stop_loss_percent is 0.*above 0 and below 100"),
    ({"stop_loss_percent": "100"}, "stop_loss_percent is '100'.*above 0 and below 100"),
    ({"stop_loss_percent": "-2"}, "stop_loss_percent is '-2'.*above 0 and below 100"),
    ({"stop_loss_percent": "two"}, "stop_loss_percent is 'two'.*number"),
    ({"stop_loss_percent": "0.001"}, "stop_loss_percent is 0.001.*tick.*0.0001"),
    ({"stop_loss": "1.3"}, "stop_loss is '1.3'.*callable"),
    ({"stop_loss": lambda price, side: price * 2}, "stop_loss returned is 2.7.*below the mark price"),
    ({"stop_loss": lambda price, side: 0}, "stop_loss returned is 0.*above 0"),
    ({"stop_loss": lambda price, side: None}, "stop_loss returned is None"),
    ({"stop_loss": lambda price, side: 1 / 0}, "stop_loss failed.*ZeroDivisionError"),
    ({"stop_loss": lambda price: price}, "stop_loss failed.*TypeError"),
    ({"stop_loss_percent": None}, "exactly one stop rule.*none was given"),
    ({"stop_loss_percent": "2", "stop_loss_price": "1.3"}, "exactly one stop rule.*percent and stop_loss_price"),
    ({"leverage": "0"}, "leverage is '0'.*above 0"),
    ({"leverage": "26"}, "leverage is 26.*up to 25"),
    ({"leverage": "x"}, "leverage is 'x'.*number"),
    ({"idempotency_key": ""}, "idempotency_key is ''"),
    ({"idempotency_key": 81}, "idempotency_key is 81"),
]


@pytest.mark.parametrize(("request_", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
@in_world()
async def test_bad_input_is_one_clear_sentence_and_nothing_else(
    world: World, request_: dict[str, Any], sentence: str
) -> None:
    """The sentence names value and limit, on one line; no write left and no row was stored."""
    async with world.library() as positions:
        with pytest.raises(InvalidRequest, match=sentence) as refused:
            await opened(positions, request_)
        assert await positions.list() == ()
    assert refused.value.position is None
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert world.sent() == []


async def opened(positions: Any, request: dict[str, Any]) -> Any:
    words = {"symbol": "AVLUSDT", "side": "buy", "quantity": "10", **request}
    if not words.keys() & {"stop_loss_percent", "stop_loss_price", "stop_loss"}:
        words["stop_loss_percent"] = "2"
    return await positions.open_position_atomic(words.pop("symbol"), words.pop("side"), words.pop("quantity"), **words)


@pytest.mark.parametrize("quantity", ["10", 10, 10.0, Decimal("10"), "1e1", " 10 ", Decimal("10.000")])
@in_world()
async def test_every_kind_of_number_means_the_same(world: World, quantity: object) -> None:
    """A text, an int, a float by its repr and a Decimal of ten each open ten."""
    async with world.library() as positions:
        row = await opened(positions, {"quantity": quantity})
    assert (row.state, row.filled_quantity) == (State.PROTECTED, 10)


@in_world()
async def test_a_float_counts_by_its_repr(world: World) -> None:
    """2.3 is twenty-three steps of 0.1, though the float is not."""
    async with world.library() as positions:
        row = await opened(positions, {"symbol": "XRPUSDT", "quantity": 2.3})
    assert row.quantity == Decimal("2.3")


@pytest.mark.parametrize("symbol", ["AVLUSDT", "avlusdt", "AVL/USDT:USDT", " AVLUSDT "])
@in_every_mode()
async def test_a_raw_id_and_a_unified_symbol_name_the_perpetual(world: World, symbol: str) -> None:
    """Whatever the spelling, the row carries the unified symbol."""
    async with world.library() as positions:
        row = await opened(positions, {"symbol": symbol})
    assert row.symbol == "AVL/USDT:USDT"
    assert world.sent(*ORDERS)[0] == Call.PLACE_ENTRY
    assert world.sent(Call.PLACE_ENTRY, Call.PLACE_CLOSE) == [Call.PLACE_ENTRY]
    assert world.truth(AVL).stop_quantity >= 10
