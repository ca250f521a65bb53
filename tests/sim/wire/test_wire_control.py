"""The control plane, the server's life, and the process around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import pytest

from atomicpos.sim import connect
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.sim.wire.server import Server, serve

AVL = "AVL/USDT:USDT"


async def posted(server: Server, path: str, body: object) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(server.url + path, json=body) as reply:
        return reply.status, await reply.json()


async def got(server: Server, path: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(server.url + path) as reply:
        return await reply.json()


WRONG: list[tuple[object, str]] = [
    ({"call": "position", "kind": "lag"}, "JSON list"),
    ([{"call": "positions", "kind": "lag", "seconds": 1}], "call is 'positions'; it must be one of place_entry"),
    ([{"call": "position", "kind": "slow"}], "kind is 'slow'; it must be one of lag"),
    ([{"call": "position", "kind": "refuse"}], "call is 'position'; a fault of kind 'refuse' applies to place_entry"),
    ([{"call": "position", "kind": "lag", "seconds": "long"}], "seconds is 'long'"),
    ([{"call": "cancel", "kind": "refuse", "nth": 0}], "nth is 0"),
    ([{"call": "cancel", "kind": "refuse", "symbol": "XYZ"}], "symbol is 'XYZ'"),
    ([{"call": "cancel", "kind": "refuse", "when": 1}], "no field 'when'"),
    ([{"kind": "refuse"}], "call and kind"),
]


@pytest.mark.wire
@pytest.mark.parametrize(("body", "sentence"), WRONG)
async def test_a_wrong_fault_is_refused_in_one_sentence(server: Server, body: object, sentence: str) -> None:
    """The answer is 400 and names the value and what is allowed."""
    status, answer = await posted(server, "/_venue/faults", body)
    assert status == 400
    assert sentence in answer["error"]


@pytest.mark.wire
async def test_faults_are_planted_by_raw_or_unified_symbol(client: Any, server: Server) -> None:
    """Both names reach the same market, and the kinds can be listed."""
    for symbol in ("AVLUSDT", AVL, None):
        status, _ = await posted(server, "/_venue/faults", [{"call": "fills", "symbol": symbol, "kind": "error"}])
        assert status == 200
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await client.fetch_my_trades(AVL)
    assert "lose_reply" in (await got(server, "/_venue/faults"))["kinds"]


@pytest.mark.wire
async def test_the_mark_moves_on_its_tick_and_the_truth_is_told_in_strings(client: Any, server: Server) -> None:
    """A price between two ticks is rounded; truth is keyed by raw id, with a number only for the exposure."""
    await client.create_order(AVL, "market", "sell", 10)
    assert await posted(server, "/_venue/mark", {"symbol": "AVLUSDT", "price": "1.40004"}) == (
        200,
        {"symbol": "AVLUSDT", "price": "1.4"},
    )
    truth = await got(server, "/_venue/truth")
    assert set(truth) == set(server.symbols)
    assert (truth["AVLUSDT"]["quantity"], truth["AVLUSDT"]["entries"]) == ("-10", 1)
    assert (truth["AVLUSDT"]["stops"], truth["AVLUSDT"]["stop_quantity"]) == ([], "0")
    assert truth["AVLUSDT"]["exposure_s"] > 0
    for price in ("", "-1", "nan", None):
        status, answer = await posted(server, "/_venue/mark", {"symbol": "AVLUSDT", "price": price})
        assert (status, "price is" in answer["error"]) == (400, True)


@pytest.mark.wire
async def test_requests_are_remembered_with_their_signed_time(client: Any, server: Server) -> None:
    """The log holds what the client sent, in order, and nothing of the control plane."""
    await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
    last = (await got(server, "/_venue/requests"))[-1]
    assert (last["method"], last["path"], "entry-1" in last["body"]) == ("POST", "/v5/order/create", True)
    assert abs(int(last["timestamp"]) * 1000 - last["at_us"]) < 1_000_000


@pytest.mark.wire
async def test_requests_are_counted_by_path(client: Any, server: Server) -> None:
    """Refused ones too, and none of the control plane's own."""
    for _ in range(2):
        await client.create_order(AVL, "market", "buy", 10, None)
    with pytest.raises(ccxt.ExchangeError):
        await client.privateGetV5PositionList({"category": "linear"})
    counts = await got(server, "/_venue/counts")
    assert (counts["/v5/order/create"], counts["/v5/position/list"]) == (2, 1)
    assert not [path for path in counts if path.startswith("/_venue")]


async def test_an_unknown_dialect_is_refused_by_name() -> None:
    """The error names the dialects that exist."""
    with pytest.raises(ValueError, match=r"dialect is 'bitmex'; those that exist: binanceusdm, bybit"):
        await serve("bitmex")


async def test_the_server_listens_on_loopback_and_stops_twice() -> None:
    """Its address is 127.0.0.1, and a second stop does nothing."""
    server = await serve()
    assert server.url.startswith("http://127.0.0.1:")
    await server.stop()
    await server.stop()


def test_the_same_seed_gives_the_same_key_to_a_client_pointed_at_it() -> None:
    """Connecting rewrites addresses only: paths, keys, options and hostname stay."""
    client = ccxt.bybit({"apiKey": "mine", "secret": "too"})
    client.urls["api"]["ws"] = {"public": {"linear": "wss://stream.{hostname}/v5/public/linear"}}
    options = dict(client.options)
    connect(client, "http://127.0.0.1:4321")
    assert client.urls["api"]["private"] == "http://127.0.0.1:4321"
    assert client.urls["api"]["ws"]["public"]["linear"] == "ws://127.0.0.1:4321/v5/public/linear"
    assert (client.apiKey, client.secret, client.options) == ("mine", "too", options)
    with pytest.raises(ValueError, match="it must be an http address"):
        connect(client, "127.0.0.1:4321")


@pytest.fixture
def venue() -> Iterator[VenueProcess]:
    with VenueProcess(seed=5) as venue:
        yield venue


@pytest.mark.process
def test_a_venue_process_announces_itself_obeys_and_ends(venue: VenueProcess) -> None:
    """Faults, marks and truth work over HTTP; a wrong fault raises here with the venue's own sentence."""
    assert len(venue.symbols) == 15
    venue.faults([{"call": "fills", "kind": "lag", "seconds": 1}])
    venue.mark("AVLUSDT", "1.5")
    assert venue.truth()["AVLUSDT"]["quantity"] == "0"
    with pytest.raises(ValueError, match="kind is 'slow'"):
        venue.faults([{"call": "fills", "kind": "slow"}])
    pid = venue.pid
    venue.stop()
    venue.stop()
    assert venue.pid is None
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_venue_with_success(number: signal.Signals) -> None:
    """The exit code is 0 after SIGTERM as after SIGINT."""
    command = [sys.executable, "-m", "atomicpos.sim.wire", "--parent", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b'"url"' in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(5) == 0


@pytest.mark.process
async def test_a_client_trades_on_a_venue_in_another_process() -> None:
    """The truth told over HTTP is that of the engine the client traded on."""
    async with VenueProcess() as venue:
        client = ccxt.bybit(
            {"apiKey": venue.api_key, "secret": venue.secret, "enableRateLimit": False, "verify": False}
        )
        client.timeout_on_exit = 0
        connect(client, venue.url)
        await client.create_order(AVL, "market", "buy", 10, None, {"orderLinkId": "entry-1"})
        await client.close()
        truth = venue.truth()["AVLUSDT"]
        sent = [request["path"] for request in venue.requests()]
        assert venue.counts()["/v5/order/create"] == 1
    assert (truth["quantity"], truth["entries"], truth["stops"]) == ("10", 1, [])
    assert sent[-1] == "/v5/order/create"


ORPHANING = """
import os, sys
from atomicpos.sim.wire.process import VenueProcess
venue = VenueProcess().start()
print(venue.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.process
def test_no_venue_outlives_a_killed_parent() -> None:
    """The venue notices within its half-second round that nobody is there to stop it."""
    told = subprocess.run([sys.executable, "-c", ORPHANING], capture_output=True, timeout=10, check=False)
    pid = int(told.stdout)
    deadline = time.monotonic() + 3
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
