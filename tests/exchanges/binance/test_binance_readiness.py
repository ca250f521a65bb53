"""Whether the key can be used, in one sentence, before any order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from asked import ORDER, sent

from atomicpos import sim
from atomicpos.errors import NotReady
from atomicpos.exchanges import connect
from atomicpos.exchanges.binance.instruments import instrument
from atomicpos.exchanges.binance.readiness import key_facts
from atomicpos.ports import KeyFacts
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire


async def refused(client: Any) -> str:
    exchange = connect(client, sim.SystemClock())
    with pytest.raises(NotReady) as said:
        await exchange.open()
    await exchange.close()
    return str(said.value)


async def test_a_missing_key_is_named(client: Any) -> None:
    """What is missing, and nothing is asked."""
    client.secret = ""
    assert "has no secret" in await refused(client)


async def test_a_wrong_key_says_what_to_look_at(client: Any) -> None:
    """-2015 may be the key, its permissions or the address: the sentence names all three, and holds no secret."""
    client.apiKey = "x" * 64
    said = await refused(client)
    assert "-2015" in said
    assert "IP address" in said
    assert "enabled for futures" in said
    assert "x" * 64 not in said


async def test_a_wrong_secret_is_told_from_a_wrong_key(client: Any) -> None:
    """-1022: the signature is not the key's."""
    client.secret = "wrong"
    assert "the secret does not belong to it" in await refused(client)


async def test_a_clock_that_is_off_is_told(client: Any) -> None:
    """Ten seconds are more than the window: the client's measured difference is what it signs with."""
    client.options["timeDifference"] = 20_000
    assert "clocks of this machine and the exchange" in await refused(client)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"canTrade":true', '"canTrade":false'), "may not trade"),
        (lambda text: "<html>", "no usable answer"),
    ],
)
async def test_an_account_that_may_not_trade_and_an_answer_that_is_none(
    venue: Server, client: Any, change: Callable[[str], str], words: str
) -> None:
    """Both before any order."""
    def hand(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v1/accountConfig":
            reply.text = change(reply.text)
        return reply

    venue.tampering.hand = hand
    assert words in await refused(client)
    assert sent(venue, ORDER) == []


async def test_the_account_and_its_limits_are_known_once_it_is_open(client: Any) -> None:
    """Its own name, and of each market what preflight needs; leverage and maintenance come from the brackets."""
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    found = await exchange.instrument("AVLUSDT")
    assert (exchange.account_id, exchange.environment) == ("SgsR", "live")
    assert (found.max_leverage, found.maintenance_rate) == (Decimal(25), Decimal("0.005"))
    assert (found.tick, found.step, found.price_band) == (Decimal("0.0001"), Decimal(1), Decimal("0.05"))
    assert (found.max_quantity, found.min_notional) == (Decimal(200_000), Decimal(1))
    await exchange.close()


@pytest.mark.parametrize(("restrictions", "facts"), [
    ({"enableFutures": True, "ipRestrict": False}, KeyFacts(may_trade=True, ip_bound=False)),
    ({"enableFutures": False, "ipRestrict": True}, KeyFacts(may_trade=False, ip_bound=True)),
    ({"enableFutures": "false", "ipRestrict": 1}, KeyFacts()), ({}, KeyFacts()),
    ({"enableFutures": True, "tradingAuthorityExpirationTime": 1_628_985_600_000}, KeyFacts(may_trade=True)),
])  # fmt: skip
def test_only_what_is_said_of_the_key_counts(restrictions: dict[str, Any], facts: KeyFacts) -> None:
    """A form that is not understood says nothing; the end of another permission is not the key's."""
    assert key_facts(restrictions) == facts


@pytest.mark.parametrize("reply", ["<html>", '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'])
async def test_a_key_that_may_not_ask_what_it_may_do_trades_all_the_same(
    venue: Server, client: Any, reply: str
) -> None:
    """Nothing is known of it then, and nothing is refused for that."""
    def hand(request: Any, said: Any) -> Any:
        if request.path.endswith("/apiRestrictions"):
            said.text = reply
        return said

    venue.tampering.hand = hand
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    assert (exchange.key, exchange.account_id) == (KeyFacts(), "SgsR")
    await exchange.close()


async def test_a_test_environment_is_not_asked_for_the_key(venue: Server, client: Any) -> None:
    """The wallet's API exists at the live exchange only."""
    client.options["enableDemoTrading"] = True
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    assert exchange.key == KeyFacts()
    assert not any(entry.path.endswith("/apiRestrictions") for entry in venue.arrivals.entries)
    await exchange.close()


@pytest.mark.parametrize(("shown", "ends_at_us"), [
    (4_133_404_800_000, None), (1_800_000_000_000, 1_800_000_000_000_000), (None, None), (0, None),
])  # fmt: skip
def test_the_end_of_a_perpetual_is_its_delivery_date(shown: int | None, ends_at_us: int | None) -> None:
    """The year 2100 is that of all whose end is not announced."""
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": "0.1"}, {"filterType": "LOT_SIZE", "stepSize": "1", "minQty": "1"},
    ]
    market = {"symbol": "A/USDT:USDT", "id": "AUSDT", "info": {"filters": filters, "deliveryDate": shown}}
    assert instrument(market, {}).ends_at_us == ends_at_us


async def test_brackets_that_cannot_be_read_leave_both_unknown(venue: Server, client: Any) -> None:
    """The rest is there: nothing is guessed."""
    def hand(request: Any, reply: Any) -> Any:
        if request.path == "/fapi/v1/leverageBracket":
            reply.text = "<html>"
        return reply

    venue.tampering.hand = hand
    exchange = connect(client, sim.SystemClock())
    await exchange.open()
    found = await exchange.instrument("AVLUSDT")
    assert (found.max_leverage, found.maintenance_rate, found.tick) == (None, None, Decimal("0.0001"))
    await exchange.close()
