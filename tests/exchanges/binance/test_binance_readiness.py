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
