"""A client that cannot trade on OKX is told so in one sentence, before any order, naming what to change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from atomicpos.errors import NotReady
from atomicpos.exchanges import connect
from atomicpos.exchanges.okx.readiness import key_facts
from atomicpos.ports import KeyFacts
from atomicpos.sim import SkewedClock, SystemClock
from atomicpos.sim.wire.server import Server

pytestmark = pytest.mark.wire

CONFIG = "/api/v5/account/config"


async def refused(client: Any, clock: Any = None) -> str:
    """The sentence that the opening fails with."""
    exchange = connect(client, clock or SystemClock())
    try:
        with pytest.raises(NotReady) as caught:
            await exchange.open()
        return str(caught.value)
    finally:
        await exchange.close()


@pytest.mark.parametrize(("name", "value", "says"), [
    ("password", "", "no password"), ("secret", "", "no secret"), ("password", "wrong", "passphrase"),
    ("secret", "wrong", "API key"), ("apiKey", "wrong", "API key"),
])  # fmt: skip
async def test_keys_that_are_missing_or_wrong(okx: Server, okx_bot: Any, name: str, value: str, says: str) -> None:
    """Which of the three it is, and no secret in the sentence."""
    setattr(okx_bot, name, value)
    said = await refused(okx_bot)
    assert says in said
    assert not any(secret and secret in said for secret in (okx.secret, okx.password))


async def test_a_clock_that_is_a_minute_off(okx_bot: Any) -> None:
    """The clocks are named."""
    assert "clocks" in await refused(okx_bot, SkewedClock(SystemClock(), -60_000_000))


def shown(okx: Server, **changes: str) -> None:
    """Let the account's configuration say otherwise."""

    def hand(request: web.Request, reply: web.Response) -> web.Response:
        if request.path != CONFIG:
            return reply
        said = json.loads(reply.body)  # type: ignore[arg-type]
        said["data"][0].update(changes)
        return web.json_response(said)

    okx.tampering.hand = hand


@pytest.mark.parametrize(("changes", "says"), [
    ({"perm": "read_only"}, "may not trade"), ({"acctLv": "1"}, "spot mode"), ({"acctLv": "4"}, "portfolio margin"),
    ({"posMode": "both"}, "position mode"),
])  # fmt: skip
async def test_an_account_that_cannot_hold_what_is_asked(
    okx: Server, okx_bot: Any, changes: dict[str, str], says: str
) -> None:
    """A key that may not trade, and modes in which there are no swaps or no order that can only reduce."""
    shown(okx, **changes)
    assert says in await refused(okx_bot)


@pytest.mark.parametrize(("row", "facts"), [
    ({"perm": "read_only,trade", "ip": ""}, KeyFacts(may_trade=True, ip_bound=False)),
    ({"perm": "trade", "ip": "192.0.2.7,192.0.2.8"}, KeyFacts(may_trade=True, ip_bound=True)),
    ({"perm": "read_only,withdraw"}, KeyFacts(may_trade=False)), ({}, KeyFacts(may_trade=False)),
])  # fmt: skip
def test_what_the_account_says_of_the_key(row: dict[str, Any], facts: KeyFacts) -> None:
    """``perm`` names every permission; addresses are not said where the field is missing."""
    assert key_facts(row) == facts


async def test_an_address_that_is_refused(okx: Server, okx_bot: Any) -> None:
    """The exchange says so before anything else, with status 401."""
    said = {"code": "50110", "msg": "Your IP 10.0.0.1 is not included in your API key's IP whitelist.", "data": []}
    okx.tampering.hand = lambda request, reply: web.json_response(said, status=401)
    assert "IP address" in await refused(okx_bot)


async def test_isolated_margin_exists_in_futures_mode_only(okx: Server, okx_bot: Any) -> None:
    """In multi-currency margin mode an order that names none is sent in cross margin, and isolated is refused."""
    from atomicpos.models import MarginMode
    from atomicpos.ports import OutcomeKind, SetMarginMode

    shown(okx, acctLv="3")
    exchange = connect(okx_bot, SystemClock())
    await exchange.open()
    view = (await exchange.reads.position("AVL/USDT:USDT")).position
    outcome = await exchange.write(SetMarginMode("AVL/USDT:USDT", MarginMode.ISOLATED))
    assert (view.margin_mode, outcome.kind) == (MarginMode.CROSS, OutcomeKind.REFUSED)
    assert "futures mode" in outcome.why
    assert exchange.account_id == "44705892343619584"
    await exchange.close()
