"""The permit of a write, on the wire: asked with the timestamp that is signed, right before the first byte."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from atomicpos import sim
from atomicpos.exchanges import connect
from atomicpos.exchanges.call import UNSTAMPED
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Leg, MarginMode, OrderSide, Refusal, TriggerBy
from atomicpos.ports import (
    CancelOrder,
    Outcome,
    OutcomeKind,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
)
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

AVL = "AVL/USDT:USDT"
ENTRY = PlaceOrder(AVL, Leg.ENTRY, "ap-entry", OrderSide.BUY, Decimal(10), False)
STOP = PlaceOrder(AVL, Leg.STOP, "ap-stop", OrderSide.SELL, Decimal(10), True, Decimal("1.33"), TriggerBy.MARK)
LEVERAGE = SetLeverage(AVL, Decimal(7))
WRITES: dict[str, Write] = {
    "entry": ENTRY,
    "stop": STOP,
    "position stop": SetPositionStop(AVL, Decimal("1.33"), TriggerBy.MARK),
    "cancel": CancelOrder(AVL, "ap-entry", None, False),
    "leverage": LEVERAGE,
    "margin mode": SetMarginMode(AVL, MarginMode.CROSS),
}
WINDOW_S = 0.3
GONE = "the lease is over"


class Asked:
    """A permit that keeps what it is asked, and answers what it is told to: None for ever after the last answer."""

    def __init__(self, *answers: str | None) -> None:
        self.stamps_us: list[int] = []
        self._answers = list(answers)

    def __call__(self, stamped_us: int) -> str | None:
        self.stamps_us.append(stamped_us)
        return self._answers.pop(0) if self._answers else None


def posted(venue: Server) -> list[tuple[str, int]]:
    """Path and signed timestamp of each write that the venue heard."""
    return [(entry.path, int(entry.timestamp)) for entry in venue.arrivals.entries if entry.method == "POST"]


def gist(outcome: Outcome) -> tuple[OutcomeKind, str]:
    return outcome.kind, outcome.why


@pytest.fixture
async def short(client: Any) -> AsyncIterator[CcxtExchange]:
    """The adapter with a receive window so short that a test can outlast it."""
    adapter = connect(client, sim.SystemClock(), recv_window_s=WINDOW_S)
    await adapter.open()
    yield adapter
    await adapter.close()


@pytest.mark.parametrize("name", WRITES)
async def test_the_signed_timestamp_is_the_one_that_was_asked_about(
    venue: Server, exchange: CcxtExchange, name: str
) -> None:
    """To the millisecond: what the permit hears is what stands in the request's head, once for each write."""
    permit = Asked()
    await exchange.write(WRITES[name], permit)
    assert [stamp * 1000 for _, stamp in posted(venue)] == permit.stamps_us
    assert permit.stamps_us


@pytest.mark.parametrize("name", WRITES)
async def test_what_the_permit_forbids_never_leaves_and_the_next_write_does(
    venue: Server, client: Any, exchange: CcxtExchange, name: str
) -> None:
    """No request reaches the venue, its sentence is the outcome's, and the session is as good as before."""
    options = copy.deepcopy(client.options)
    assert gist(await exchange.write(WRITES[name], Asked(GONE))) == (OutcomeKind.NOT_SENT, GONE)
    assert (posted(venue), client.options) == ([], options)
    assert (await exchange.write(ENTRY, Asked())).kind is OutcomeKind.ACKNOWLEDGED
    assert [path for path, _ in posted(venue)] == ["/v5/order/create"]


async def test_who_sleeps_past_the_window_after_the_permit_is_refused_by_the_exchange(
    venue: Server, client: Any, short: CcxtExchange
) -> None:
    """Between check and send nobody can look again; the pinned timestamp lets the exchange's window be the fence."""
    options = copy.deepcopy(client.options)

    def sleeps(stamped_us: int) -> str | None:
        time.sleep(WINDOW_S * 1.2)
        return None

    outcome = await short.write(ENTRY, sleeps)
    assert (outcome.kind, outcome.code, outcome.refusal) == (OutcomeKind.REFUSED, "10002", Refusal.OTHER)
    assert [path for path, _ in posted(venue)] == ["/v5/order/create"], "sent once, and never again by itself"
    assert (venue.venue.truth(AVL).quantity, venue.venue.truth(AVL).entries) == (0, 0)
    assert client.options == options


@pytest.mark.parametrize("name", WRITES)
async def test_an_old_timestamp_is_a_definite_refusal_of_every_write(
    venue: Server, client: Any, name: str
) -> None:
    """Bybit answers 10002 before it carries anything out (documented): refused, and nothing is left in doubt."""
    late = connect(client, sim.SkewedClock(sim.SystemClock(), -6_000_000))
    await client.load_markets()
    outcome = await late.write(WRITES[name])
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, "10002")
    assert len(posted(venue)) == 1
    await late.close()


async def test_every_write_of_several_asks_for_itself(
    venue: Server, exchange: CcxtExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leverage that reads otherwise is set again: forbidden meanwhile, the second request stays here."""

    async def another(symbol: str) -> str:
        return "3"

    monkeypatch.setattr(exchange._settings, "_leverage", another)
    permit = Asked(None, GONE)
    assert gist(await exchange.write(LEVERAGE, permit)) == (OutcomeKind.NOT_SENT, GONE)
    assert [path for path, _ in posted(venue)] == ["/v5/position/set-leverage"]
    assert len(permit.stamps_us) == 2


async def test_a_request_that_nobody_stamped_stays_here(venue: Server, client: Any, exchange: CcxtExchange) -> None:
    """A client that signs without asking for our time could be heard at any time: that is refused before it leaves."""
    plain = client.sign

    def sign(*args: Any, **kwargs: Any) -> Any:
        signed = plain(*args, **kwargs)
        signed["headers"]["X-BAPI-TIMESTAMP"] = "1"
        return signed

    client.sign = sign
    assert gist(await exchange.write(ENTRY, Asked())) == (OutcomeKind.NOT_SENT, UNSTAMPED)
    assert posted(venue) == []
    del client.sign


@pytest.mark.parametrize(("difference_ms", "heard"), [(-700, 700), (0, 0), (700, 0)])
async def test_the_permit_hears_the_later_of_our_time_and_what_is_signed(
    venue: Server, client: Any, exchange: CcxtExchange, difference_ms: int, heard: int
) -> None:
    """A clock difference that the client measured moves the signed time: whichever lets it live longer counts."""
    client.options["timeDifference"] = difference_ms
    permit = Asked()
    await exchange.write(ENTRY, permit)
    ((_, signed_ms),) = posted(venue)
    ours_ms = signed_ms + difference_ms
    assert permit.stamps_us == [(ours_ms + heard) * 1000]


def _own_fetch(client: Any, log: list[str]) -> None:
    plain = type(client).fetch

    async def fetch(url: str, *args: Any, **kwargs: Any) -> Any:
        log.append(url)
        return await plain(client, url, *args, **kwargs)

    client.fetch = fetch


@pytest.mark.parametrize("answer", [GONE, None])
async def test_where_no_trace_sees_the_permit_is_asked_right_before_the_call(
    venue: Server, client: Any, exchange: CcxtExchange, answer: str | None
) -> None:
    """A client with a fetch of its own: forbidden, it is not called at all; allowed, the stamp is the signed one."""
    log: list[str] = []
    _own_fetch(client, log)
    permit = Asked(answer)
    outcome = await exchange.write(ENTRY, permit)
    del client.fetch
    if answer is not None:
        assert (gist(outcome), log, posted(venue)) == ((OutcomeKind.NOT_SENT, GONE), [], [])
    else:
        assert outcome.kind is OutcomeKind.ACKNOWLEDGED
        assert {stamp * 1000 for _, stamp in posted(venue)} == set(permit.stamps_us)


async def test_a_permit_that_breaks_lets_nothing_leave(venue: Server, exchange: CcxtExchange) -> None:
    """An error in the asking is no permission, and no request."""

    def breaks(stamped_us: int) -> str | None:
        raise RuntimeError("no clock")

    assert (await exchange.write(ENTRY, breaks)).kind is OutcomeKind.NOT_SENT
    assert posted(venue) == []


async def test_reads_ask_nobody(venue: Server, exchange: CcxtExchange) -> None:
    """What changes nothing may leave at any time, and so may a write without a permit."""
    await exchange.reads.position(AVL)
    assert (await exchange.write(ENTRY)).kind is OutcomeKind.ACKNOWLEDGED
    assert venue.arrivals.counts["/v5/position/list"] == 1
