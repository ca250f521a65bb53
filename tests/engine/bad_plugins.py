"""Plug-ins that fail, hang, lie and talk nonsense."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos import Evidence
from atomicpos.evidence import Kind, OrderView, PositionView
from atomicpos.models import Fill, OrderSide, OrderStatus, PositionSide
from world import TEN

Answer = Callable[["Plugin", Any], Awaitable[Any]]


class Plugin:
    """A verifier that answers as the test says."""

    name = "plugin"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked = 0
        self.released = False

    async def look(self, question: Any) -> Any:
        self.asked += 1
        return await self.answer(self, question)


class Unspeakable(Exception):
    """An error that cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("not even that")


class Unprintable:
    """An answer that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("not even that")


class Own(BaseException):
    """What no ``except Exception`` catches."""


async def raises(plugin: Plugin, question: Any) -> Any:
    raise RuntimeError("its own defect")


async def raises_unspeakably(plugin: Plugin, question: Any) -> Any:
    raise Unspeakable


async def raises_past_every_net(plugin: Plugin, question: Any) -> Any:
    raise Own("its own defect")


async def exits(plugin: Plugin, question: Any) -> Any:
    sys.exit("its own idea")


async def cancels_itself(plugin: Plugin, question: Any) -> Any:
    raise asyncio.CancelledError


async def hangs(plugin: Plugin, question: Any) -> Any:
    await asyncio.get_running_loop().create_future()


async def hangs_and_ignores_its_cancellation(plugin: Plugin, question: Any) -> Any:
    while not plugin.released:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue


async def says_absent(plugin: Plugin, question: Any) -> Any:
    return Evidence.absent()


async def says_absent_with_proofs(plugin: Plugin, question: Any) -> Any:
    """A lie that is dressed as the built-in sources' answers: dead entry, closing fills, empty slot."""
    entry = question.entry_id
    return replace(
        Evidence.absent(),
        source="position_poll",
        exchange_time_us=2**62,
        orders=(OrderView(entry, "1", OrderStatus.DEAD, filled=Decimal(0)),),
        absent_ids=question.client_order_ids,
        fills=(Fill("x", OrderSide.SELL, TEN, Decimal(1), 2**62),),
        position=PositionView(Decimal(0), updated_at_us=2**62),
    )


async def turns_into_a_built_in_source(plugin: Plugin, question: Any) -> Any:
    plugin.name = "position_poll"
    return replace(Evidence.absent(), position=PositionView(Decimal(0), updated_at_us=2**62))


async def says_nothing_at_all(plugin: Plugin, question: Any) -> Any:
    return None


async def says_nonsense(plugin: Plugin, question: Any) -> Any:
    return {"open": True}


async def says_the_unprintable(plugin: Plugin, question: Any) -> Any:
    return Evidence(Kind.SEEN, quantity=Unprintable())  # type: ignore[arg-type]


async def says_nan(plugin: Plugin, question: Any) -> Any:
    return Evidence(Kind.SEEN, Decimal("NaN"), Decimal("sNaN"))


async def says_a_signalling_price(plugin: Plugin, question: Any) -> Any:
    return Evidence(Kind.ABSENT, price=Decimal("sNaN"))


async def says_infinity(plugin: Plugin, question: Any) -> Any:
    return Evidence(Kind.SEEN, Decimal("Infinity"))


async def does_not_know(plugin: Plugin, question: Any) -> Any:
    return Evidence.unknown("no idea")


async def says_seen_ten(plugin: Plugin, question: Any) -> Any:
    return Evidence.seen(10, "1.358")


async def says_seen_minus_ten(plugin: Plugin, question: Any) -> Any:
    return Evidence.seen(-10)


async def says_seen_with_proofs(plugin: Plugin, question: Any) -> Any:
    """A fill and a stop that never were."""
    view = OrderView(question.entry_id, "1", OrderStatus.FILLED, OrderSide.BUY, TEN, TEN, Decimal("1.358"))
    slot = PositionView(TEN, PositionSide.LONG, Decimal("1.358"), updated_at_us=2**62)
    return replace(Evidence.seen(10), source="order_status", orders=(view,), position=slot)


SHOWS_NOTHING = [
    raises, raises_unspeakably, raises_past_every_net, exits, cancels_itself, hangs, hangs_and_ignores_its_cancellation,
    says_absent, says_absent_with_proofs, turns_into_a_built_in_source, says_nothing_at_all, says_nonsense,
    says_the_unprintable, says_nan, says_a_signalling_price, says_infinity, does_not_know,
]
INSISTS = [says_seen_ten, says_seen_minus_ten, says_seen_with_proofs]
