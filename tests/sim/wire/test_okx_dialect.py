"""The venue in OKX's dialect, asked by the real ccxt client: who may ask, what is answered, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import pytest

from atomicpos.sim import Fault
from atomicpos.sim.wire.credentials import Credentials
from atomicpos.sim.wire.okx.contracts import CONTRACTS
from atomicpos.sim.wire.okx.signature import sign
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.sim.wire.server import Server, serve
from wired import okx_client

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
INST = "AVL-USDT-SWAP"
ENTRY = {"instId": INST, "tdMode": "isolated", "side": "buy", "ordType": "market", "sz": "1"}
STOP = {"instId": INST, "tdMode": "isolated", "side": "sell", "ordType": "conditional", "sz": "1", "reduceOnly": True,
        "slTriggerPx": "1.33", "slOrdPx": "-1", "slTriggerPxType": "mark"}  # fmt: skip


@pytest.fixture
async def okx() -> AsyncIterator[Server]:
    server = await serve("okx", seed=7)
    yield server
    await server.stop()


@pytest.fixture
async def client(okx: Server) -> AsyncIterator[Any]:
    client = okx_client(okx)
    yield client
    await client.close()


async def test_the_unified_calls_of_the_client_work(okx: Server, client: Any) -> None:
    """Markets with their contract sizes, an order through batch-orders, a position in contracts, the trades of it."""
    markets = await client.load_markets()
    assert (markets[AVL]["contractSize"], markets[AVL]["linear"], markets[AVL]["active"]) == (10, True, True)
    order = await client.create_order(AVL, "market", "buy", 2, None, {"tdMode": "cross"})
    assert (order["id"], order["filled"]) == (order["info"]["ordId"], None)
    (position,) = await client.fetch_positions([AVL])
    assert (position["side"], position["contracts"], position["marginMode"]) == ("long", 2, "cross")
    assert sum(trade["amount"] for trade in await client.fetch_my_trades(AVL)) == 2
    assert okx.venue.truth(AVL).quantity == 20


async def test_f57_a_lot_is_exactly_a_step_of_every_market(client: Any) -> None:
    """Whatever the size of a contract, and none is 1 by chance only."""
    rows = {row["instId"]: row for row in (await client.publicGetPublicInstruments({"instType": "SWAP"}))["data"]}
    for contract in CONTRACTS:
        row, market = rows[contract.inst_id], contract.market
        assert Decimal(row["lotSz"]) * Decimal(row["ctVal"]) == market.step
        assert Decimal(row["maxMktSz"]) * Decimal(row["ctVal"]) == market.max_quantity
    assert len({row["ctVal"] for row in rows.values()}) > 5


async def test_every_number_and_code_is_text(client: Any) -> None:
    """As OKX writes them."""
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one"})
    for reply in (
        await client.privateGetAccountPositions({"instId": INST}),
        await client.privateGetTradeFills({"instType": "SWAP"}),
        await client.privateGetTradeOrder({"instId": INST, "clOrdId": "one"}),
    ):
        assert reply["code"] == "0"
        assert all(isinstance(value, str | list | bool) for row in reply["data"] for value in row.values())


# --- who may ask ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value", "code"), [
    ("apiKey", "another", "50111"), ("secret", "another", "50113"), ("password", "another", "50105"),
])  # fmt: skip
async def test_a_wrong_key_is_told_by_its_code(client: Any, name: str, value: str, code: str) -> None:
    """With status 401, which the client maps by the code."""
    setattr(client, name, value)
    with pytest.raises(ccxt.AuthenticationError, match=code):
        await client.privateGetAccountConfig()


@pytest.mark.parametrize(("off_s", "taken"), [(-29, True), (29, True), (-31, False), (31, False)])
async def test_a_timestamp_is_good_for_thirty_seconds(okx: Server, off_s: int, taken: bool) -> None:
    """On either side of the server's clock; a text that is no moment is another error."""
    moment = datetime.fromtimestamp(okx.venue.now_us() / 1e6 + off_s, UTC).isoformat(timespec="milliseconds")
    code, status = await asked(okx, "GET", "/api/v5/account/config", moment.replace("+00:00", "Z"))
    assert (code, status) == (("0", 200) if taken else ("50102", 401))
    assert await asked(okx, "GET", "/api/v5/account/config", "now") == ("50112", 401)


async def test_an_order_is_taken_until_the_time_it_names(okx: Server) -> None:
    """After it the gate refuses; where no such time is documented the header says nothing."""
    past = {"expTime": str(okx.venue.now_us() // 1000 - 1)}
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    order = '{"instId":"AVL-USDT-SWAP","tdMode":"isolated","side":"buy","ordType":"market","sz":"1"}'
    assert await asked(okx, "POST", "/api/v5/trade/order", moment, order, past) == ("50036", 200)
    assert await asked(okx, "POST", "/api/v5/trade/order", moment, order, {"expTime": "x"}) == ("51000", 400)
    assert okx.venue.truth(AVL).entries == 0
    assert await asked(okx, "POST", "/api/v5/trade/order", moment, order) == ("0", 200)
    algo = '{"instId":"AVL-USDT-SWAP","algoClOrdId":"nobody"}'
    assert await asked(okx, "POST", "/api/v5/trade/cancel-algos", moment, f"[{algo}]", past) == ("1", 200)


async def asked(
    okx: Server, method: str, path: str, moment: str, body: str = "", more: dict[str, str] | None = None
) -> tuple[str, int]:
    """Code and status of one request, signed by hand."""
    keys = Credentials(okx.api_key, okx.secret, okx.password)
    headers = {
        "OK-ACCESS-KEY": okx.api_key, "OK-ACCESS-PASSPHRASE": okx.password, "OK-ACCESS-TIMESTAMP": moment,
        "OK-ACCESS-SIGN": sign(keys, f"{moment}{method}{path}{body}"), **(more or {}),
    }  # fmt: skip
    async with aiohttp.ClientSession() as session:
        sent = session.request(method, okx.url + path, data=body or None, headers=headers)
        async with sent as reply:
            return str((await reply.json())["code"]), reply.status


async def test_arrivals_say_the_signed_moment_and_the_expiry(okx: Server, client: Any) -> None:
    """In milliseconds, as in every dialect."""
    await client.privateGetAccountConfig()
    entry = okx.arrivals.entries[-1]
    assert abs(int(entry.timestamp) - entry.at_us // 1000) < 5000
    assert entry.expires == ""


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "code"), [
    ({"sz": "0.05"}, "51120"), ({"sz": "1.05"}, "51121"), ({"sz": "20000.1"}, "51202"), ({"sz": "many"}, "51000"),
    ({"instId": "NONE-USDT-SWAP"}, "51001"), ({"tdMode": "cash"}, "51000"), ({"posSide": "long"}, "51000"),
    ({"side": "hold"}, "51000"), ({"ordType": "limit", "px": "1"}, "51000"), ({"clOrdId": "with-hyphen"}, "51000"),
    ({"clOrdId": "a" * 33}, "51000"), ({"reduceOnly": True}, "51169"), ({"ordType": "ioc", "px": "2"}, "51137"),
    ({"ordType": "ioc", "px": "1.35805"}, "51150"), ({"tpTriggerPx": "2"}, "51000"),
    ({"attachAlgoOrds": [{"slTriggerPx": "1.4", "slOrdPx": "-1", "slTriggerPxType": "mark"}]}, "51304"),
    ({"attachAlgoOrds": [{"slTriggerPx": "1.4", "slOrdPx": "-1"}]}, "51280"),
    ({"attachAlgoOrds": [{"slTriggerPx": "1.3", "slOrdPx": "1.29"}]}, "51000"),
    ({"reduceOnly": True, "attachAlgoOrds": [{"slTriggerPx": "1.3", "slOrdPx": "-1"}]}, "51100"),
])  # fmt: skip
async def test_an_order_that_cannot_be_taken_says_why(
    okx: Server, client: Any, changes: dict[str, Any], code: str
) -> None:
    """By its code, in its row or at the gate; nothing was changed."""
    with pytest.raises(ccxt.BaseError, match=code):
        await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one", **changes})
    assert okx.venue.truth(AVL).entries == 0


HIGH = {"slTriggerPx": "1.4", "algoClOrdId": "high", "clOrdId": "high"}


async def test_stops_that_cannot_be_taken_say_why(client: Any) -> None:
    """Without a position, on the wrong side of the mark, able to enlarge, or under an id that waits already."""
    with pytest.raises(ccxt.BaseError, match="51058"):
        await client.privatePostTradeOrderAlgo({**STOP, "algoClOrdId": "flat", "clOrdId": "flat"})
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one"})
    await client.privatePostTradeOrderAlgo({**STOP, "algoClOrdId": "stop", "clOrdId": "stop"})
    for changes, code in ((HIGH, "51304"), ({"reduceOnly": False}, "51000"), ({}, "51065")):
        with pytest.raises(ccxt.BaseError, match=code):
            await client.privatePostTradeOrderAlgo({**STOP, "algoClOrdId": "stop", "clOrdId": "stop", **changes})


async def test_a_row_says_what_failed_and_the_reply_that_something_did(client: Any) -> None:
    """One of two is taken: the code is that of a part, each row has its own."""
    two = [{**ENTRY, "clOrdId": "one"}, {**ENTRY, "clOrdId": "two", "sz": "1.05"}]
    reply = await client.privatePostTradeBatchOrders(two)
    assert (reply["code"], [row["sCode"] for row in reply["data"]]) == ("2", ["0", "51121"])


@pytest.mark.parametrize(("code", "error"), [
    ("50004", ccxt.RequestTimeout), ("50011", ccxt.RateLimitExceeded), ("50026", ccxt.ExchangeNotAvailable),
    ("51008", ccxt.InsufficientFunds), ("50037", ccxt.ExchangeError), ("51149", ccxt.ExchangeError),
])  # fmt: skip
async def test_planted_codes_keep_the_clients_own_mapping(okx: Server, client: Any, code: str, error: type) -> None:
    """With the status that is documented for them."""
    okx.venue.faults.add(Fault("place_entry", AVL, "refuse", nth=1, code=code))
    with pytest.raises(error, match=code):
        await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one"})


# --- stops ------------------------------------------------------------------------------------------------------------


async def test_a_stop_lives_as_an_algo_order_and_becomes_a_plain_one(okx: Server, client: Any) -> None:
    """Pending, moved in place, fired: then it is history, and the order that it became has its fills."""
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one"})
    await client.privatePostTradeOrderAlgo({**STOP, "algoClOrdId": "stop", "clOrdId": "stop"})
    await client.privatePostTradeAmendAlgos({
        "instId": INST, "algoClOrdId": "stop", "newSlTriggerPx": "1.34", "newSlOrdPx": "-1",
        "newSlTriggerPxType": "mark",
    })  # fmt: skip
    kinds = {"ordType": "conditional,oco", "instId": INST}
    (waiting,) = (await client.privateGetTradeOrdersAlgoPending(kinds))["data"]
    assert (waiting["slTriggerPx"], waiting["state"], waiting["ordIdList"]) == ("1.34", "live", [])
    okx.venue.set_mark(AVL, Decimal("1.34"))
    assert (await client.privateGetTradeOrdersAlgoPending(kinds))["data"] == []
    (fired,) = (await client.privateGetTradeOrdersAlgoHistory({**kinds, "state": "effective"}))["data"]
    (child,) = (await client.privateGetTradeOrder({"instId": INST, "ordId": fired["ordIdList"][0]}))["data"]
    assert (child["algoClOrdId"], child["clOrdId"], child["state"], child["source"]) == ("stop", "", "filled", "7")
    fills = (await client.privateGetTradeFills({"instType": "SWAP", "instId": INST}))["data"]
    closing = [fill for fill in fills if fill["side"] == "sell"]
    assert {fill["ordId"] for fill in closing} == {child["ordId"]}
    (flat,) = (await client.privateGetAccountPositions({"instId": INST}))["data"]
    assert flat["pos"] == "0"
    assert (await client.privateGetAccountPositions({}))["data"] == []


async def test_an_attached_stop_becomes_an_algo_order_with_its_id(okx: Server, client: Any) -> None:
    """On a whole fill; on a partial one there is none by that id, and the entry still shows what it carried."""
    attached = [{"attachAlgoClOrdId": "guard", "slTriggerPx": "1.33", "slOrdPx": "-1", "slTriggerPxType": "mark"}]
    okx.venue.faults.add(Fault("place_entry", AVL, "partial_fill", nth=1))
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one", "attachAlgoOrds": attached})
    with pytest.raises(ccxt.OrderNotFound, match="51603"):
        await client.privateGetTradeOrderAlgo({"algoClOrdId": "guard"})
    (entry,) = (await client.privateGetTradeOrder({"instId": INST, "clOrdId": "one"}))["data"]
    assert (entry["state"], entry["accFillSz"]) == ("canceled", "0.5")
    assert entry["attachAlgoOrds"][0]["attachAlgoClOrdId"] == "guard"
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "two", "attachAlgoOrds": attached})
    (stop,) = (await client.privateGetTradeOrderAlgo({"algoClOrdId": "guard"}))["data"]
    assert (stop["state"], stop["sz"], stop["reduceOnly"], stop["slTriggerPx"]) == ("live", "1", "true", "1.33")


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_pages_begin_after_an_id(client: Any) -> None:
    """Newest first; the next page holds what is earlier than the last row of this one, and the last page is empty."""
    for number in range(5):
        await client.privatePostTradeOrder({**ENTRY, "clOrdId": f"one{number}"})
    seen: list[str] = []
    while True:
        asked = {"instType": "SWAP", "limit": "3", **({"after": seen[-1]} if seen else {})}
        rows = (await client.privateGetTradeFillsHistory(asked))["data"]
        if not rows:
            break
        assert len(rows) <= 3
        seen += [row["billId"] for row in rows]
    assert len(seen) == len(set(seen)) == 10


async def test_liquidations_and_adl_are_told_by_type_and_category(okx: Server, client: Any) -> None:
    """The exchange's own orders have no client id, and their trades a negative number."""
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one"})
    okx.venue.adl(AVL, Decimal(5))
    okx.venue.liquidate(AVL)
    fills = (await client.privateGetTradeFills({"instType": "SWAP"}))["data"]
    assert {fill["subType"] for fill in fills} == {"1", "128", "107"}
    assert {fill["tradeId"].startswith("-") for fill in fills if fill["subType"] != "1"} == {True}
    past = (await client.privateGetTradeOrdersHistory({"instType": "SWAP"}))["data"]
    assert {row["category"] for row in past} == {"normal", "adl", "full_liquidation"}


async def test_leverage_is_set_for_a_margin_mode(okx: Server, client: Any) -> None:
    """Each has its own; an entry takes the one of its mode; too much is refused."""
    for mode, lever in (("isolated", "5"), ("cross", "7")):
        reply = await client.privatePostAccountSetLeverage({"instId": INST, "mgnMode": mode, "lever": lever})
        assert reply["data"][0]["lever"] == lever
    shown = [(await client.privateGetAccountLeverageInfo({"instId": INST, "mgnMode": mode}))["data"][0]["lever"]
             for mode in ("isolated", "cross")]  # fmt: skip
    assert shown == ["5", "7"]
    await client.privatePostTradeOrder({**ENTRY, "clOrdId": "one", "tdMode": "cross"})
    (row,) = (await client.privateGetAccountPositions({}))["data"]
    assert (row["lever"], row["mgnMode"]) == ("7", "cross")
    with pytest.raises(ccxt.BaseError, match="59102"):
        await client.privatePostAccountSetLeverage({"instId": INST, "mgnMode": "cross", "lever": "500"})
    with pytest.raises(ccxt.BaseError, match="51000"):
        await client.privatePostTradeOrder({**ENTRY, "clOrdId": "two", "tdMode": "isolated"})


def test_a_venue_process_hands_its_passphrase_on() -> None:
    """As ccxt calls it; a dialect without one has none."""
    with VenueProcess("okx", seed=7) as venue:
        assert (len(venue.password), venue.password) != (0, "")
