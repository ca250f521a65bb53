"""Whether Gate can be used at all, before anything is stored or sent."""

from __future__ import annotations

import ccxt.async_support as ccxt
import pytest
from captured import Desk
from rows_of_gate import ACCOUNT

from atomicpos.errors import NotReady
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.sim import SystemClock

pytestmark = pytest.mark.wire

Gate = tuple[Desk, CcxtExchange]
ACCOUNTS = "GET /api/v4/futures/usdt/accounts"


async def test_the_account_is_known_by_gate_s_own_number(gate: Gate) -> None:
    """The same name for two accounts is found out by it."""
    desk, exchange = gate
    desk.says("GET /api/v4/futures/usdt/contracts", [])
    await exchange.open()
    assert exchange.account_id == str(ACCOUNT["user"])


@pytest.mark.parametrize(("said", "status", "sentence"), [
    ({"label": "INVALID_KEY", "message": "Invalid key provided"}, 401, "Invalid key provided"),
    ({"label": "REQUEST_EXPIRED", "message": "gap between request Timestamp and server time exceeds 60"}, 403, "gap"),
    ("<html></html>", 200, "API key"), ("", 200, "API key"),
])  # fmt: skip
async def test_a_key_that_is_not_taken_is_said_in_one_sentence(
    gate: Gate, said: object, status: int, sentence: str
) -> None:
    """Nothing is guessed from a page of HTML either."""
    desk, exchange = gate
    desk.says(ACCOUNTS, said, status=status)
    with pytest.raises(NotReady, match=sentence):
        await exchange.open()
    assert desk.writes == []


@pytest.mark.parametrize(("name", "missing"), [
    ("gate", "secret"), ("kucoinfutures", "password"), ("bitget", "password"), ("hyperliquid", "privateKey"),
])  # fmt: skip
async def test_what_the_client_lacks_is_named(name: str, missing: str) -> None:
    """Each exchange wants other credentials."""
    keys = {"apiKey": "a", "secret": "b", "password": "c", "walletAddress": "0x0", "privateKey": "0x1"}
    client = getattr(ccxt, name)({**keys, missing: ""})
    exchange = connect(client, SystemClock())
    with pytest.raises(NotReady, match=f"has no {missing}"):
        await exchange.open()
    await client.close()
