"""The acts of the control plane: other hands, prices by script, funding, take-overs and modes."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from atomicpos.sim.wire.process import VenueProcess
from atomicpos.sim.wire.server import Server

AVL = "AVL/USDT:USDT"


async def posted(server: Server, act: str, body: object) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/_venue/{act}", json=body) as reply:
        return reply.status, await reply.json()


async def truth(server: Server) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/_venue/truth") as reply:
        return dict((await reply.json())["AVLUSDT"])


@pytest.mark.wire
async def test_somebody_else_opens_stops_and_closes(server: Server) -> None:
    """Their orders are foreign, have no client order id, and are no entries of ours."""
    status, order = await posted(server, "orders", {"symbol": "AVLUSDT", "side": "buy", "quantity": "30"})
    assert (status, order["foreign"], order["client_order_id"], order["status"]) == (200, True, None, "filled")
    stop = {"symbol": AVL, "side": "sell", "quantity": 30, "reduce_only": True, "trigger_price": 1.30004}
    assert (await posted(server, "orders", stop))[1]["trigger_price"] == "1.3"
    shown = await truth(server)
    assert (shown["quantity"], shown["entries"], len(shown["stops"])) == ("30", 0, 1)
    close = {"symbol": AVL, "side": "sell", "quantity": "30", "reduce_only": True}
    assert (await posted(server, "orders", close))[0] == 200
    assert (await posted(server, "orders", close))[0] == 400
    assert (await truth(server))["quantity"] == "0"


@pytest.mark.wire
async def test_prices_move_by_script(server: Server) -> None:
    """Each move comes at its own time, on the tick."""
    moves = [
        {"symbol": "AVLUSDT", "after_s": 0.3, "price": "1.4"},
        {"symbol": "AVLUSDT", "after_s": 0, "price": "1.38004"},
    ]
    assert await posted(server, "script", moves) == (200, {"moves": 2})
    await asyncio.sleep(0.02)
    assert server.venue.mark(AVL) == Decimal("1.38")
    await asyncio.sleep(0.32)
    assert server.venue.mark(AVL) == Decimal("1.4")


@pytest.mark.wire
async def test_a_script_with_one_wrong_move_moves_nothing(server: Server) -> None:
    """All moves are read before the first is set going."""
    moves = [{"symbol": AVL, "after_s": 0, "price": "1.4"}, {"symbol": AVL, "after_s": -1, "price": "1.5"}]
    status, answer = await posted(server, "script", moves)
    await asyncio.sleep(0.02)
    assert (status, "after_s is -1" in answer["error"]) == (400, True)
    assert server.venue.mark(AVL) == Decimal("1.358")


@pytest.mark.wire
async def test_funding_deleveraging_and_liquidation_need_a_position(client: Any, server: Server) -> None:
    """On a flat symbol nothing comes of them; on a position each does what it is called."""
    about = {"symbol": "AVLUSDT"}
    assert (await posted(server, "funding", about))[1] == {"funding_id": None}
    assert (await posted(server, "adl", about))[1] == {"order": None}
    await client.create_order(AVL, "market", "buy", 30, None, {"stopLoss": {"triggerPrice": "1.3"}})
    assert (await posted(server, "funding", about))[1]["funding_id"]
    assert (await posted(server, "adl", {**about, "quantity": "10"}))[1]["order"]["quantity"] == "10"
    shown = await truth(server)
    assert (shown["quantity"], shown["stops"][0]["position_stop"], shown["stops"][0]["quantity"]) == ("20", True, "20")
    assert (await posted(server, "liquidate", about))[1]["order"]["quantity"] == "20"
    shown = await truth(server)
    assert (shown["quantity"], shown["stops"]) == ("0", [])


@pytest.mark.wire
async def test_the_modes_change_one_by_one(server: Server) -> None:
    """What is not named stays as it is."""
    now = {"position_mode": "one_way", "codes": "number", "page_rows": None}
    for change in ({"codes": "string"}, {"position_mode": "hedge"}, {"page_rows": 7}, {"codes": "number"},
                   {"page_rows": None}):  # fmt: skip
        now |= change
        assert (await posted(server, "mode", change))[1] == now


ORDER = {"symbol": "AVLUSDT", "side": "buy", "quantity": "10"}
WRONG: list[tuple[str, object, str]] = [
    ("orders", {**ORDER, "side": "long"}, "side is 'long'; it must be one of buy, sell"),
    ("orders", {**ORDER, "quantity": "-1"}, "quantity is '-1'; it must be a number above 0"),
    ("orders", {**ORDER, "quantity": "0.5"}, "below the minimum 1"),
    ("orders", {**ORDER, "reduce_only": "yes"}, "reduce_only is 'yes'; it must be true or false"),
    ("orders", {**ORDER, "trigger_price": "x"}, "trigger_price is 'x'"),
    ("orders", {"symbol": "AVLUSDT", "side": "buy"}, "quantity is missing; the fields are symbol, side, quantity"),
    ("orders", [ORDER], "it must be a JSON object with symbol, side"),
    ("script", ORDER, "it must be a JSON list of moves"),
    ("script", [{"symbol": "AVLUSDT", "price": "1.4"}], "after_s is missing"),
    ("liquidate", {"symbol": "XYZ"}, "no perpetual is called 'XYZ'"),
    ("funding", {"symbol": "AVLUSDT", "rate": 1}, "there is no field 'rate'"),
    ("adl", {"symbol": "AVLUSDT", "quantity": 0}, "quantity is 0"),
    ("mode", {"position_mode": "both"}, "position_mode is 'both'; it must be one of one_way, hedge"),
    ("mode", {"codes": 7}, "codes is 7; it must be one of number, string"),
    ("mode", {"page_rows": 0}, "page_rows is 0; it must be a whole number from 1"),
    ("mode", {"page_rows": 0.5}, "page_rows is 0.5; it must be a whole number from 1"),
    ("circumstances", {"clock_offset_s": "late"}, "clock_offset_s is 'late'; it must be a number of seconds from -"),
    ("circumstances", {"may_trade": 0}, "may_trade is 0; it must be true or false"),
    ("circumstances", {"address": True}, "there is no field 'address'"),
    ("listing", {"listing": "closed"}, "symbol is missing"),
    ("listing", {"symbol": "AVLUSDT", "listing": "gone"}, "listing is 'gone'; it must be one of trading, pre_launch"),
    ("listing", {"symbol": "AVLUSDT", "ends_in_s": True}, "ends_in_s is True; it must be a number of seconds"),
    ("mark", {"symbol": "AVLUSDT"}, "price is missing"),
    ("faults", [{"call": "cancel", "kind": "refuse", "code": "soon"}], "code is 'soon'; it must be a code of the exch"),
    ("faults", [{"call": "cancel", "kind": "refuse", "code": 110001}], "code is 110001"),
    ("faults", [{"call": "cancel", "kind": "lose_reply", "code": "110001"}], "only a fault of kind 'refuse' takes one"),
]


@pytest.mark.wire
@pytest.mark.parametrize(("act", "body", "sentence"), WRONG)
async def test_bad_input_is_refused_in_one_sentence(server: Server, act: str, body: object, sentence: str) -> None:
    """The answer is 400, and it names the value and what is allowed."""
    status, answer = await posted(server, act, body)
    assert (status, sentence in answer["error"]) == (400, True), answer


@pytest.mark.wire
async def test_a_planted_code_is_taken_as_a_string_or_as_a_reason(server: Server) -> None:
    """A code of the exchange's own, or one of the engine's reasons."""
    rows = [{"call": "cancel", "kind": "refuse", "code": code} for code in ("110001", "rate_limited")]
    assert await posted(server, "faults", rows) == (200, {"added": 2})


@pytest.mark.process
def test_a_venue_process_takes_every_act() -> None:
    """The same acts from another process; a refusal raises here with the venue's own sentence."""
    with VenueProcess(seed=5) as venue:
        assert venue.act("orders", ORDER)["foreign"] is True
        assert venue.act("liquidate", {"symbol": "AVLUSDT"})["order"]["quantity"] == "10"
        with pytest.raises(ValueError, match="side is 'long'"):
            venue.act("orders", {**ORDER, "side": "long"})
        assert venue.truth()["AVLUSDT"]["quantity"] == "0"
