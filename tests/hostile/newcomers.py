"""A client that loads markets, key and clock from replies of which one is hostile, and is then worked with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from decimal import Decimal

from atomicpos.errors import InvalidRequest, NotReady
from atomicpos.exchanges import connect
from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import Instrument, TriggerBy
from atomicpos.ports import ReadFailed, SetPositionStop
from atomicpos.testing.hostile import LIES, Operator

from .asks import AVL
from .ground import Ground
from .hand import at_most

PATHS = (
    "/v5/user/query-api", "/v5/account/info", "/v5/market/instruments-info", "/v5/asset/coin/query-info",
    "/v5/market/time",
)  # fmt: skip
"""What is asked while a client is made ready; the time only by a client that measures the difference of clocks."""
STRUCK_MAX = 8
"""ccxt follows pages for as long as each names a next one: a lie about that must end."""


async def made_ready(ground: Ground, path: str, operator: Operator, seed: int, true: Instrument) -> list[str]:
    """What is wrong with how a new client came out of it; whatever else it does is a raise that nobody expects."""
    client = ground.newcomer()
    client.options["adjustForTimeDifference"] = path == "/v5/market/time"
    ground.hand.choice = at_most(STRUCK_MAX, lambda asked: (operator, seed) if asked == path else None)
    exchange = connect(client, ground.clock)
    try:
        await exchange.open()
        return await _worked_with(exchange, operator, true)
    except NotReady:
        return []
    finally:
        ground.hand.rest()
        await exchange.close()
        await client.close()


async def _worked_with(exchange: CcxtExchange, operator: Operator, true: Instrument) -> list[str]:
    """Each call answers or fails as it is documented to, whatever the markets and the clock are now."""
    wrong: list[str] = []
    with suppress(InvalidRequest):
        wrong = _differs(await exchange.instrument("AVLUSDT"), true, operator)
    for read in (exchange.reads.position(AVL), exchange.account.positions(), exchange.account.open_orders()):
        with suppress(ReadFailed):
            await read
    await exchange.write(SetPositionStop(AVL, Decimal("1.331"), TriggerBy.MARK))
    return wrong


def _differs(told: Instrument, true: Instrument, operator: Operator) -> list[str]:
    """Where nothing false could be read, every step and limit is the exchange's own, or none."""
    if operator in LIES:
        return []
    pairs = ((f.name, getattr(told, f.name), getattr(true, f.name)) for f in fields(true))
    return [f"{name} is {a!r}, and {b!r} is so" for name, a, b in pairs if a is not None and a != b]
